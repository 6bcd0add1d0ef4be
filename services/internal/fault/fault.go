package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
)

// Kind says what a caller may conclude.
type Kind int

// The kinds, each with the gRPC code that it becomes.
const (
	Internal         Kind = iota // INTERNAL: a fault of ours
	Invalid                      // INVALID_ARGUMENT: the request can never succeed as it is
	NotFound                     // NOT_FOUND: it does not exist, or the caller may not know that it does
	Exists                       // ALREADY_EXISTS
	Conflict                     // FAILED_PRECONDITION: the state does not allow it
	Aborted                      // ABORTED: somebody was faster; read again and decide anew
	Unauthenticated              // UNAUTHENTICATED
	PermissionDenied             // PERMISSION_DENIED
	Exhausted                    // RESOURCE_EXHAUSTED: too much or too often
	Unavailable                  // UNAVAILABLE: try again later
	Deadline                     // DEADLINE_EXCEEDED
)

// Reason is the machine-readable reason of a fault.
type Reason = errorsv1.ErrorReason

// Violation is a field that breaks its rule.
type Violation struct {
	Field   string // the path, such as `lead.email`
	Message string // what is wrong with it
}

// Error is an error as its caller sees it.
type Error struct {
	Kind       Kind
	Reason     Reason
	Message    string
	Metadata   map[string]string
	Violations []Violation
	RetryAfter time.Duration // how long to wait before a retry; 0 says nothing
	Cause      error         // logged, never shown
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", ReasonName(e.Reason), e.Message)
	for _, k := range slices.Sorted(maps.Keys(e.Metadata)) {
		fmt.Fprintf(&b, " %s=%q", k, e.Metadata[k])
	}
	for _, v := range e.Violations {
		fmt.Fprintf(&b, "; %s: %s", v.Field, v.Message)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// With adds metadata and returns e.
func (e *Error) With(key, value string) *Error {
	if e.Metadata == nil {
		e.Metadata = make(map[string]string)
	}
	e.Metadata[key] = value
	return e
}

// New makes a fault. The message is for people and may name ids, never personal data.
func New(kind Kind, reason Reason, format string, args ...any) *Error {
	return &Error{Kind: kind, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Field says that one field of the request is invalid.
func Field(path, format string, args ...any) *Error {
	return Fields(Violation{Field: path, Message: fmt.Sprintf(format, args...)})
}

// Fields says that fields of the request are invalid.
func Fields(violations ...Violation) *Error {
	parts := make([]string, len(violations))
	for i, v := range violations {
		parts[i] = v.Field + ": " + v.Message
	}
	return &Error{Kind: Invalid, Reason: errorsv1.ErrorReason_ERROR_REASON_FIELD_INVALID,
		Message: strings.Join(parts, "; "), Violations: violations}
}

// Missing says that a resource does not exist. A resource that the caller may not see is answered in the same words.
func Missing(resource string) *Error {
	return New(NotFound, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_NOT_FOUND, "%s does not exist", resource).With("resource", resource)
}

// Taken says that a resource of this name exists already.
func Taken(resource string) *Error {
	return New(Exists, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_EXISTS, "%s exists already", resource).With("resource", resource)
}

// Stale says that the caller's etag is not the current one.
func Stale(resource, current string) *Error {
	return New(Aborted, errorsv1.ErrorReason_ERROR_REASON_ETAG_MISMATCH,
		"%s has changed since it was read", resource).With("resource", resource).With("etag", current)
}

// Dangling says that a field names a resource that does not exist.
func Dangling(field, resource string) *Error {
	e := Field(field, "%s does not exist", resource)
	e.Reason = errorsv1.ErrorReason_ERROR_REASON_REFERENCE_NOT_FOUND
	return e.With("field", field).With("resource", resource)
}

// Refused says that a resource is in a state that does not allow the change.
func Refused(resource, state, format string, args ...any) *Error {
	return New(Conflict, errorsv1.ErrorReason_ERROR_REASON_STATE_CONFLICT, format, args...).With("resource", resource).With("state", state)
}

// As finds the fault in a chain of errors; nil if there is none.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// ReasonName is the reason as it stands in an error's details: without its prefix.
func ReasonName(r Reason) string {
	return strings.TrimPrefix(r.String(), "ERROR_REASON_")
}
