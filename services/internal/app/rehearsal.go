package app

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/testclock"
)

// openRehearsal opens the stored clock, or begins a new one.
func (a *App) openRehearsal(ctx context.Context) (*rehearsal, error) {
	db, err := a.openDB(ctx, "testclock", func() (fs.FS, error) { return testclock.Migrations(), nil })
	if err != nil {
		return nil, err
	}
	start := a.cfg.Start
	if start.IsZero() {
		start = clock.System().Truncate(time.Hour)
	}
	now, seed, err := testclock.Load(ctx, db, start, a.cfg.Seed)
	if err != nil {
		return nil, err
	}
	return &rehearsal{clock: clock.NewTest(now), seed: seed, db: db}, nil
}

// open puts the clock's service behind the public door, with the relays and timers of all services in their fixed order.
func (r *rehearsal) open(a *App) {
	cfg := testclock.Config{DB: r.db, Clock: r.clock}
	for _, room := range a.rooms {
		for _, relay := range room.relays {
			cfg.Relays = append(cfg.Relays, actingRelay{relay, room.name})
		}
		if t, ok := room.service.(timed); ok {
			cfg.Timers = append(cfg.Timers, actingTimers{t, room.name})
		}
	}
	r.service = testclock.New(cfg)
	r.service.Register(a.public)
}

// around keeps the suite in lockstep: one change from outside at a time, each followed by a drain of the event logs.
func (r *rehearsal) around(ctx context.Context, method string, handle func(ctx context.Context) error) error {
	if reads(method) || strings.HasPrefix(method, "/handoff.testclock.") {
		return handle(ctx)
	}
	return r.service.Exclusive(ctx, handle)
}

// reads reports whether a method changes nothing, by the standard names of such methods.
func reads(method string) bool {
	for _, prefix := range []string{"Get", "List", "Check", "Watch", "Explain", "Score", "Lint", "Diff", "Compare", "Rank", "Evaluate", "Simulate", "Preview", "Render", "Export", "Compute"} {
		if strings.HasPrefix(path.Base(method), prefix) {
			return true
		}
	}
	return false
}

// actingRelay delivers in the name of its service.
type actingRelay struct {
	*eventlog.Relay
	service string
}

// Step implements testclock.Relay.
func (r actingRelay) Step(ctx context.Context) (bool, error) {
	return r.Relay.Step(auth.WithActor(ctx, auth.Service(r.service)))
}

// actingTimers fires in the name of its service.
type actingTimers struct {
	timed
	service string
}

// Fire implements testclock.Timers.
func (t actingTimers) Fire(ctx context.Context) error {
	return t.timed.Fire(auth.WithActor(ctx, auth.Service(t.service)))
}
