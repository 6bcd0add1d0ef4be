package apisuite

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/grpc/codes"
)

// check says what of an answer is not as it is wanted; nil if all is.
func (w want) check(got answer, in scope) error {
	var problems []error
	complain := func(what string, got, want any) {
		problems = append(problems, fmt.Errorf("%s: got %v, want %v", what, got, want))
	}
	if got.Code != w.status && (w.status != codes.OK || w.http == 0) {
		complain("status", got.Code, w.status)
	}
	if http := w.httpStatus(); got.http != 0 && got.http != http {
		complain("HTTP status", got.http, http)
	}
	if w.reason != "" && got.Reason != w.reason {
		complain("reason", got.Reason, w.reason)
	}
	if fields, err := in.list(w.fields); err != nil || (fields != nil && !slices.Equal(got.fields(), fields)) {
		complain("fields", got.fields(), fields)
	}
	if message, err := in.text(w.message); err != nil || (message != "" && message != got.Message) {
		complain("message", got.Message, message)
	}
	metadata, err := in.texts(w.metadata)
	if err != nil || (metadata != nil && !maps.Equal(metadata, got.Metadata)) {
		complain("metadata", got.Metadata, metadata)
	}
	if w.response != nil {
		problems = append(problems, w.checkResponse(got, in)...)
	}
	return errors.Join(problems...)
}

func (w want) checkResponse(got answer, in scope) (problems []error) {
	wanted, err := in.value(w.response)
	if err != nil {
		return []error{err}
	}
	for _, m := range match("", wanted, got.Response) {
		problems = append(problems, errors.New(m.String()))
	}
	return problems
}

// httpStatus is the HTTP status that is wanted.
func (w want) httpStatus() int {
	if w.http != 0 {
		return w.http
	}
	return httpStatus(w.status)
}

// fields are the fields that an error names, each once, in order.
func (a answer) fields() []string {
	var names []string
	for _, v := range a.Violations {
		names = append(names, v.Field)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
