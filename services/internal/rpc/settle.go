package rpc

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// settle turns an error into the status that the caller gets, and logs the cause if it is hidden from them.
func (k *call) settle(err error) error {
	if k.passes(err) {
		return err
	}
	if k.outage(err) {
		k.chain.logger.WarnContext(k.ctx, "call failed for now", slog.String("method", k.method.name), slog.String("cause", err.Error()))
		err = away()
	}
	st, hidden := fault.Status(err)
	if hidden {
		attrs := []any{slog.String("method", k.method.name), slog.String("error", err.Error())}
		var c *crash
		if errors.As(err, &c) {
			attrs = append(attrs, slog.String("stack", string(c.stack)))
		}
		k.chain.logger.ErrorContext(k.ctx, "call failed", attrs...)
	}
	return st.Err()
}

// outage says whether an error will pass by itself. That the caller's time is up says nothing of the service.
func (k *call) outage(err error) bool {
	if k.chain.outage == nil || fault.As(err) != nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return false
	}
	return k.chain.outage(err)
}

func away() error {
	f := fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "the service cannot reach its data now; the outcome is unknown")
	f.RetryAfter = comeBack()
	return f
}

// passes says whether the error is gRPC's own answer: of its own services, or of a method that this version does not have,
// which a peer of another version must be able to tell.
func (k *call) passes(err error) bool {
	st, ok := status.FromError(err)
	if !ok || fault.As(err) != nil {
		return false
	}
	return !k.method.own || st.Code() == codes.Unimplemented
}
