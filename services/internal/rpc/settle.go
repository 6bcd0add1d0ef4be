package rpc

import (
	"errors"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// settle turns an error into the status that the caller gets, and logs the cause if it is hidden from them.
func (k *call) settle(err error) error {
	if k.passes(err) {
		return err
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

// passes says whether the error is gRPC's own answer: of its own services, or of a method that this version does not have,
// which a peer of another version must be able to tell.
func (k *call) passes(err error) bool {
	st, ok := status.FromError(err)
	if !ok || fault.As(err) != nil {
		return false
	}
	return !k.method.own || st.Code() == codes.Unimplemented
}
