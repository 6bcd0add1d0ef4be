package gateway

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
)

// writeError writes the error of a call, or of a request that could not be read, as google.rpc.Status.
func writeError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = errTooLarge()
	}
	writeStatus(w, err)
}

// writeRoutingError writes that there is nothing at a path, or nothing for a method.
func writeRoutingError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, code int) {
	st := status.New(codes.NotFound, "there is nothing at this path")
	switch code {
	case http.StatusMethodNotAllowed:
		st = status.New(codes.Unimplemented, "the path does not have this method")
	case http.StatusBadRequest:
		st = status.New(codes.InvalidArgument, "the path is not well formed")
	}
	write(w, code, st)
}

func errTooLarge() error {
	st := status.New(codes.ResourceExhausted, "the body is larger than 1 MiB")
	if full, err := st.WithDetails(&errdetails.ErrorInfo{Reason: "LIMIT_EXCEEDED", Domain: "handoff.dev"}); err == nil {
		st = full
	}
	return st.Err()
}

// writeStatus writes a status with the HTTP code that it stands for.
func writeStatus(w http.ResponseWriter, err error) {
	st := reasoned(err)
	code := runtime.HTTPStatusFromCode(st.Code())
	if st.Code() == codes.ResourceExhausted && st.Message() == status.Convert(errTooLarge()).Message() {
		code = http.StatusRequestEntityTooLarge
	}
	write(w, code, st)
}

// streamError is what a stream ends with.
func streamError(_ context.Context, err error) *status.Status { return reasoned(err) }

// reasoned gives a reason to an error that no service gave: grpc-gateway could not read the request, or the connection
// failed. What a connection says of itself names addresses, which are nobody's business.
func reasoned(err error) *status.Status {
	st := status.Convert(err)
	if len(st.Details()) > 0 {
		return st
	}
	var reason errorsv1.ErrorReason
	switch st.Code() {
	case codes.InvalidArgument:
		reason = errorsv1.ErrorReason_ERROR_REASON_FIELD_INVALID
	case codes.Unavailable:
		reason, st = errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, status.New(st.Code(), "the service cannot answer now")
	case codes.DeadlineExceeded:
		reason, st = errorsv1.ErrorReason_ERROR_REASON_DEADLINE, status.New(st.Code(), "the deadline has passed; the outcome is unknown")
	case codes.Internal, codes.Unknown:
		reason, st = errorsv1.ErrorReason_ERROR_REASON_INTERNAL, status.New(st.Code(), "internal error")
	default:
		return st
	}
	name := strings.TrimPrefix(reason.String(), "ERROR_REASON_")
	if full, err := st.WithDetails(&errdetails.ErrorInfo{Reason: name, Domain: "handoff.dev"}); err == nil {
		return full
	}
	return st
}

func write(w http.ResponseWriter, code int, st *status.Status) {
	body, err := protojson.Marshal(st.Proto())
	if err != nil {
		http.Error(w, http.StatusText(code), code)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(body) // whoever has left needs no answer
}
