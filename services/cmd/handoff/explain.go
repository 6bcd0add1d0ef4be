package main

import (
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
	lines := []string{st.Message()}
	for _, d := range st.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			lines[0] += " (" + d.GetReason() + ")"
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				lines = append(lines, "  "+v.GetField()+": "+v.GetDescription())
			}
		}
	}
	return strings.Join(lines, "\n")
}
