package sqldb

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff is a bounded exponential wait with full jitter: the n-th wait is
// anything between nothing and min(first·2ⁿ, most), so that many who failed
// together do not come back together.
type backoff struct {
	first, most time.Duration
}

// wait waits before the attempt after the n-th, counted from 0. It gives the
// error of ctx when that ends first.
func (b backoff) wait(ctx context.Context, n int) error {
	ceiling := min(b.first<<min(n, 20), b.most)
	timer := time.NewTimer(rand.N(ceiling) + 1)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
