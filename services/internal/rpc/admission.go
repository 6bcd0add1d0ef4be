package rpc

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// retryAfter is the least hint for a caller that was turned away; as much again is drawn, so that not all come back at once.
const retryAfter = 250 * time.Millisecond

// gate bounds how many calls run at once. A short queue evens out bursts; whoever finds it full, or waits in vain, is turned
// away at once: work that nobody waits for any more is the first thing to drop under overload.
type gate struct {
	running chan struct{} // holds one item for each running call
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
}

func newGate(running, queue int, wait time.Duration) *gate {
	return &gate{running: make(chan struct{}, running), queue: int64(queue), wait: wait}
}

func (g *gate) enter(ctx context.Context) error {
	select {
	case g.running <- struct{}{}:
		return nil
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		return busy()
	}
	turn := time.NewTimer(g.wait)
	defer turn.Stop()
	select {
	case g.running <- struct{}{}:
		return nil
	case <-turn.C:
		return busy()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) leave() { <-g.running }

func busy() error {
	f := fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "the service is busy")
	f.RetryAfter = comeBack()
	return f
}

// comeBack is the hint for one caller.
func comeBack() time.Duration { return retryAfter + rand.N(retryAfter) }

// admit lets the call in or turns it away.
func (k *call) admit() error {
	if k.method.gate == nil {
		return nil
	}
	if err := k.method.gate.enter(k.ctx); err != nil {
		return err
	}
	k.admitted = k.method.gate
	return nil
}
