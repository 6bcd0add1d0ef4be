// Package apptest runs whole suites for tests and benchmarks, as a process does.
package apptest

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/handoffhq/handoff/services/internal/app"
)

// Run runs a suite, or a part of one, until the test ends, and waits until it serves. It must stop in order. Without a
// logger it says nothing.
func Run(tb testing.TB, cfg app.Config) *app.App {
	tb.Helper()
	a, _ := Start(tb, cfg)
	return a
}

// Start runs a suite until stop is called, which waits for its end, or the test ends.
func Start(tb testing.TB, cfg app.Config) (a *app.App, stop func()) {
	tb.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	a, err := app.New(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, end := context.WithCancel(context.WithoutCancel(tb.Context()))
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		end()
		tb.Fatalf("the suite did not start: %v", err)
	}
	stop = sync.OnceFunc(func() {
		end()
		if err := <-ended; err != nil {
			tb.Errorf("stop the suite: %v", err)
		}
	})
	tb.Cleanup(stop)
	return a, stop
}
