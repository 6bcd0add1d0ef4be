package rpc

import (
	"context"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

const (
	defaultDeadline = 10 * time.Second       // of a unary call that has none
	maxDeadline     = 60 * time.Second       // of any unary call
	minDeadline     = 100 * time.Millisecond // with less left a call is not begun
	hopTime         = 20 * time.Millisecond  // what a service keeps for its own answer when it calls another
)

// limitTime sees that the call ends. A stream lasts as long as it is listened to, but a watch ends when the server stops.
func (k *call) limitTime() error {
	deadline, has := k.ctx.Deadline()
	left := time.Until(deadline)
	switch {
	case k.method.watch:
		k.cancelOnDrain()
	case k.method.access == open:
	case has && left < minDeadline:
		return fault.New(fault.Deadline, errorsv1.ErrorReason_ERROR_REASON_DEADLINE,
			"less than %v are left, too little to begin", minDeadline)
	case k.method.stream:
	case !has:
		k.ctx, k.cancel = context.WithTimeout(k.ctx, defaultDeadline)
	case left > maxDeadline:
		k.ctx, k.cancel = context.WithTimeout(k.ctx, maxDeadline)
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
