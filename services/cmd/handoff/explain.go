package main

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// explain is an error as a person in front of a terminal wants it: what the suite says, and each field that is wrong.
func explain(err error) string {
	f := fault.As(err)
	if f != nil && f.Cause != nil {
		err = f.Cause // the answer as the suite gave it
	}
	st, ok := status.FromError(err)
	switch {
	case !ok && f != nil:
		return f.Message
	case !ok:
		return err.Error()
	}
	head, reason := st.Message(), ""
	var wrong []string
	for _, d := range st.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			reason = " (" + d.GetReason() + ")"
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				wrong = append(wrong, v.GetField()+": "+v.GetDescription())
			}
		}
	}
	if head == strings.Join(wrong, "; ") { // it says the same in one line
		if len(wrong) == 1 {
			return head + reason
		}
		head = fmt.Sprintf("%d things are wrong", len(wrong))
	}
	return strings.Join(append([]string{head + reason}, wrong...), "\n  ")
}
