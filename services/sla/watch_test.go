package sla_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/internal/steady"
	"github.com/handoffhq/handoff/services/sla"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// machine is the wall clock of a machine, which can be set.
type machine struct{ set atomic.Int64 }

func (m *machine) now() time.Time { return clock.System().Add(time.Duration(m.set.Load())) }

// running runs the service in normal time, which the test makes pass: on SQLite, in one process.
func running(t *testing.T, test func(t *testing.T, b *bench, m *machine)) {
	t.Helper()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b := &bench{TB: t, room: roomtest.New(t, sqldbtest.SQLite(t, migrations)), routing: &routing{}}
		m, start := &machine{}, time.Now()
		b.room.Host.Now, b.room.Host.Test = m.now, false
		b.service, err = sla.New(t.Context(), sla.Config{Host: b.room.Host, Playbook: standIn{}, Routing: struct{ routingv1.RoutingServiceClient }{},
			Readings: func() steady.Reading { return steady.Reading{Wall: m.now(), Running: time.Since(start)} }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.service.Run(ctx) }()
		synctest.Wait()
		b.room.Serve(t, b.service)
		test(t, b, m)
		cancel()
		equal(b, "end", <-done, nil)
	})
}

// pass lets time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestTheLoopFiresByItself(t *testing.T) {
	t.Parallel()
	running(t, func(t *testing.T, b *bench, _ *machine) {
		b.room.Tell(b, eventlog.Scoring, qualified(1, time.Since(roomtest.Start)))
		pass(5 * time.Minute)
		equal(b, "told at the deadline", len(b.alarms()), 1)
		pass(time.Second + time.Millisecond)
		equal(b, "told a second later", len(b.alarms()), 2)
	})
}

func TestTheLoopStandsStillUntilAClockThatWasSetIsSteady(t *testing.T) {
	t.Parallel()
	running(t, func(t *testing.T, b *bench, m *machine) {
		from := time.Since(roomtest.Start)
		m.set.Store(int64(time.Hour))
		b.room.Tell(b, eventlog.Scoring, qualified(2, from))
		pass(time.Second)
		equal(b, "told while the clock is in doubt", len(b.alarms()), 0)
		pass(3 * time.Second)
		equal(b, "told once it is steady", len(b.alarms()), 2)
	})
}

func TestAClockThatIsSetAndSetBackTellsNothingEarly(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			running(t, func(t *testing.T, b *bench, m *machine) {
				b.room.Tell(b, eventlog.Scoring, qualified(1, time.Since(roomtest.Start)))
				pass(time.Minute)
				m.set.Store(int64(by))
				pass(1500 * time.Millisecond)
				m.set.Store(0)
				pass(time.Minute)
				equal(b, "told early", len(b.alarms()), 0)
				pass(3*time.Minute - time.Second)
				equal(b, "told in time", len(b.alarms()), 1)
				pass(time.Second)
				equal(b, "told at last", len(b.alarms()), 2)
			})
		})
	}
}

// TestAClockThatIsSlewedBackLosesNothing sets the clock back by less than is taken for a set clock.
func TestAClockThatIsSlewedBackLosesNothing(t *testing.T) {
	t.Parallel()
	running(t, func(t *testing.T, b *bench, m *machine) {
		b.room.Tell(b, eventlog.Scoring, qualified(1, time.Since(roomtest.Start)))
		pass(5*time.Minute + 500*time.Millisecond) // the breach is known by now
		m.set.Store(int64(-50 * time.Second))
		pass(49 * time.Second)
		equal(b, "told early", len(b.alarms()), 1)
		pass(3 * time.Second)
		equal(b, "told when its time has come again", len(b.alarms()), 2)
	})
}

// TestWhatIsAnsweredAtTheLastMomentIsNotCalledOut answers when the loop has read the handoff, and only waits for the instant.
func TestWhatIsAnsweredAtTheLastMomentIsNotCalledOut(t *testing.T) {
	t.Parallel()
	running(t, func(t *testing.T, b *bench, _ *machine) {
		pass(300 * time.Millisecond) // so that no look at the table comes between
		from := time.Since(roomtest.Start)
		b.room.Tell(b, eventlog.Scoring, qualified(1, from), qualified(2, from))
		pass(5*time.Minute + time.Second - time.Millisecond)
		b.room.Tell(b, eventlog.Routing, opened(1, "T1", from), assigned(1, 1, "ann", "", from+time.Minute))
		pass(time.Hour)
		var told []string
		for _, e := range b.room.Told(b) {
			if e.GetClockBreached() != nil {
				told = append(told, e.GetHandoff())
			}
		}
		equal(b, "called out", told, []string{handoff(2)})
	})
}

// TestAClockThatWasStoredByAnotherReplicaIsFoundInTime stores one as another process would: this one hears nothing of it.
func TestAClockThatWasStoredByAnotherReplicaIsFoundInTime(t *testing.T) {
	t.Parallel()
	running(t, func(t *testing.T, b *bench, _ *machine) {
		other, err := sla.New(t.Context(), sla.Config{Host: b.room.Host, Playbook: standIn{}, Routing: struct{ routingv1.RoutingServiceClient }{}})
		if err != nil {
			t.Fatal(err)
		}
		room := roomtest.New(t, b.room.Host.DB)
		room.Serve(t, other)
		room.Tell(b, eventlog.Scoring, qualified(1, time.Since(roomtest.Start)-5*time.Minute))
		pass(1100 * time.Millisecond)
		equal(b, "told", len(b.alarms()), 2)
	})
}

// TestWhatCannotBeToldNowIsToldOnceItCan has the log take nothing for a while.
func TestWhatCannotBeToldNowIsToldOnceItCan(t *testing.T) {
	t.Parallel()
	running(t, func(t *testing.T, b *bench, _ *machine) {
		b.room.Tell(b, eventlog.Scoring, qualified(1, time.Since(roomtest.Start)))
		do := func(statement string) {
			err := b.room.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		do(`CREATE TRIGGER no_more BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'no more'); END`)
		pass(6 * time.Minute)
		equal(b, "told while the log takes nothing", len(b.alarms()), 0)
		do(`DROP TRIGGER no_more`)
		pass(3 * time.Second)
		equal(b, "told when it takes events again", len(b.alarms()), 2)
	})
}

// TestMemoryIsFlatWhateverIsOpen runs alone: others use the same memory. It has clocks wait that are not due for long, while the loop looks at the table again and again.
func TestMemoryIsFlatWhateverIsOpen(t *testing.T) {
	running(t, func(t *testing.T, b *bench, _ *machine) {
		const open = 50_000
		pass(10 * time.Second)
		before := heap()
		next := time.Now().AddDate(0, 1, 0).UnixMicro()
		row := store.Clock{ClockKey: store.ClockKey{Kind: deadline.Assign, Run: 1}, StartAt: next - 1, DueAt: next, NextAt: next}
		for from := 0; from < open; from += 5_000 {
			err := b.room.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				for i := range 5_000 {
					store.PutClock(tx, fmt.Sprintf("%031xf", from+i), row)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Minute)
		if grown := heap() - before; grown > 64*open/2 {
			t.Errorf("%d open clocks take %d bytes", open, grown)
		}
	})
}

// heap is what lives in memory.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
