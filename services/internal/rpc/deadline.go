package rpc

import (
	"context"
	"time"

	"google.golang.org/grpc/tap"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

const (
	defaultDeadline = 10 * time.Second       // of a unary call that has none
	maxDeadline     = 60 * time.Second       // of any unary call
	minDeadline     = 100 * time.Millisecond // with less left a call is not begun
	hopTime         = 20 * time.Millisecond  // what a service keeps for its own answer when it calls another
)

// bound sees that a unary call ends. It sets the limit when the headers have come, on gRPC's own context, because that is the
// one that requests are read under: with a limit on the chain's context alone, one that never comes would be waited for as
// long as the connection lasts.
func (s *Server) bound(ctx context.Context, begun *tap.Info) (context.Context, error) {
	deadline, has := ctx.Deadline()
	limit := defaultDeadline
	if has {
		limit = maxDeadline
	}
	if s.streams[begun.FullMethodName] || has && time.Until(deadline) <= limit {
		return ctx, nil
	}
	bounded, cancel := context.WithTimeout(ctx, limit) //nolint:gosec // gRPC cancels the context above when the call is over
	_ = cancel
	return bounded, nil
}

// limitTime refuses a call that has no time left. A stream lasts as long as it is listened to, but a watch ends when the
// server stops.
func (k *call) limitTime() error {
	deadline, has := k.ctx.Deadline()
	switch {
	case k.method.watch:
		k.cancelOnDrain()
	case k.method.access == open:
	case has && time.Until(deadline) < minDeadline:
		return fault.New(fault.Deadline, errorsv1.ErrorReason_ERROR_REASON_DEADLINE,
			"less than %v are left, too little to begin", minDeadline)
	}
	return nil
}

func (k *call) cancelOnDrain() {
	ctx, cancel := context.WithCancel(k.ctx)
	forget := context.AfterFunc(k.chain.draining, cancel)
	k.ctx = ctx
	k.cancel = func() { forget(); cancel() }
}

// shave gives the context of a unary call to another service.
func shave(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-hopTime))
	}
	return context.WithTimeout(ctx, defaultDeadline)
}
