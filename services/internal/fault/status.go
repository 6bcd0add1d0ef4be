package fault

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
)

// Domain is the domain of the ErrorInfo in every error of Handoff.
const Domain = "handoff.dev"

var kindCodes = map[Kind]codes.Code{
	Internal:         codes.Internal,
	Invalid:          codes.InvalidArgument,
	NotFound:         codes.NotFound,
	Exists:           codes.AlreadyExists,
	Conflict:         codes.FailedPrecondition,
	Aborted:          codes.Aborted,
	Unauthenticated:  codes.Unauthenticated,
	PermissionDenied: codes.PermissionDenied,
	Exhausted:        codes.ResourceExhausted,
	Unavailable:      codes.Unavailable,
	Deadline:         codes.DeadlineExceeded,
}

// Status turns an error into what the caller sees. The second result is true when the error is not a fault, or an
// internal one: its cause is then hidden and belongs in the log.
func Status(err error) (*status.Status, bool) {
	e := As(err)
	if e == nil {
		e = implied(err)
	}
	message := e.Message
	if e.Kind == Internal {
		message = "internal error"
	}
	st := status.New(kindCodes[e.Kind], message)
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{
		Reason: ReasonName(e.Reason), Domain: Domain, Metadata: e.Metadata}}
	if len(e.Violations) > 0 {
		bad := &errdetails.BadRequest{}
		for _, v := range e.Violations {
			bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
				Field: v.Field, Description: v.Message})
		}
		details = append(details, bad)
	}
	if e.RetryAfter > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(e.RetryAfter)})
	}
	if full, err := st.WithDetails(details...); err == nil {
		st = full
	}
	return st, e.Kind == Internal
}

// implied is the fault that an error without one stands for.
func implied(err error) *Error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return New(Deadline, errorsv1.ErrorReason_ERROR_REASON_DEADLINE, "the deadline has passed; the outcome is unknown")
	case errors.Is(err, context.Canceled):
		return New(Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "the call was cancelled; the outcome is unknown")
	}
	return New(Internal, errorsv1.ErrorReason_ERROR_REASON_INTERNAL, "internal error")
}

// FromPeer turns the error of a call to another service into a fault of ours. What the peer refuses as invalid is our
// mistake, not our caller's; what it says of the resource passes through. What the connection to it says of itself, such as
// an address, is kept for the log.
func FromPeer(err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	e := &Error{Message: st.Message(), Reason: errorsv1.ErrorReason_ERROR_REASON_INTERNAL, Cause: err}
	answered := false // or else it is the connection that speaks
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.GetDomain() == Domain {
			answered = true
			e.Reason = Reason(errorsv1.ErrorReason_value["ERROR_REASON_"+info.GetReason()])
			e.Metadata = info.GetMetadata()
		}
	}
	switch st.Code() {
	case codes.NotFound:
		e.Kind = NotFound
	case codes.AlreadyExists:
		e.Kind = Exists
	case codes.FailedPrecondition:
		e.Kind = Conflict
	case codes.Aborted:
		e.Kind = Aborted
	case codes.PermissionDenied:
		e.Kind = PermissionDenied
	case codes.ResourceExhausted, codes.Unavailable:
		e.Kind, e.Reason = Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE
	case codes.DeadlineExceeded, codes.Canceled:
		e.Kind, e.Reason = Deadline, errorsv1.ErrorReason_ERROR_REASON_DEADLINE
	default:
		e.Kind, e.Reason = Internal, errorsv1.ErrorReason_ERROR_REASON_INTERNAL
	}
	if !answered {
		e.Message = "another service does not answer"
	}
	return e
}
