package alarm_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/steady"
)

// plan is one thing that is due at an instant, if it is not zero.
type plan struct {
	broken int // how often it fails before it is done

	mu    sync.Mutex
	at    time.Time
	done  []time.Time
	step  time.Duration // how far the machine's clock was set
	stops int
}

func (p *plan) stepped() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.step
}

func (p *plan) set(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
}

// seen is when it was done, and how often the machine's clock was found to be set.
func (p *plan) seen() (done []time.Time, stops int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.done), p.stops
}

func (p *plan) stopped(context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stops++
}

func (p *plan) NextDue(context.Context) (time.Time, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at, !p.at.IsZero(), nil
}

func (p *plan) Fire(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken--; p.broken >= 0 {
		return errors.New("broken")
	}
	p.done, p.at = append(p.done, time.Now()), time.Time{}
	return nil
}

// watched runs a test beside the watch of a plan, on a clock of its own.
func watched(t *testing.T, p *plan, test func(t *testing.T, a alarm.Alarm, began time.Time)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		a, ended, began := alarm.New(), make(chan error, 1), time.Now()
		duty := alarm.Duty{Timed: p, Now: time.Now, Logger: slog.New(slog.DiscardHandler), Undone: "nothing is done",
			Stopped: p.stopped,
			Readings: func() steady.Reading {
				return steady.Reading{Wall: time.Now().Add(p.stepped()), Running: time.Since(began)}
			}}
		go func() { ended <- a.Watch(ctx, duty) }()
		synctest.Wait()
		test(t, a, began)
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the watch ended with %v", err)
		}
	})
}

func TestWhatIsPlannedWhileTheWatchSleepsIsDoneInTime(t *testing.T) {
	p := &plan{}
	watched(t, p, func(t *testing.T, a alarm.Alarm, began time.Time) {
		p.set(began.Add(3 * time.Second))
		a.Ring()
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if done, _ := p.seen(); len(done) != 1 || done[0].Sub(began) != 3*time.Second {
			t.Errorf("done at %v, want once, 3 s after %v", done, began)
		}
	})
}

func TestWhatAnotherReplicaPlansIsFoundWithoutARing(t *testing.T) {
	p := &plan{}
	watched(t, p, func(t *testing.T, _ alarm.Alarm, began time.Time) {
		p.set(began.Add(time.Second))
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if done, _ := p.seen(); len(done) != 1 {
			t.Errorf("done at %v, want once", done)
		}
	})
}

func TestWhatFailsIsTriedAgainSoon(t *testing.T) {
	p := &plan{broken: 3}
	watched(t, p, func(t *testing.T, a alarm.Alarm, began time.Time) {
		p.set(began)
		for range 3 { // a ring does not have it tried sooner
			a.Ring()
			synctest.Wait()
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if done, _ := p.seen(); len(done) != 1 || done[0].Sub(began) != 3*time.Second {
			t.Errorf("done at %v, want once, after three faults of a second each", done)
		}
	})
}

func TestNothingIsDoneUntilAClockThatWasSetIsSteady(t *testing.T) {
	for name, step := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			p := &plan{}
			watched(t, p, func(t *testing.T, a alarm.Alarm, began time.Time) {
				p.mu.Lock()
				p.at, p.step = began, step
				p.mu.Unlock()
				for range 3 { // a ring ends no doubt
					a.Ring()
					synctest.Wait()
				}
				if done, stops := p.seen(); len(done) != 0 || stops != 1 {
					t.Errorf("done at %v while the clock is in doubt; it stopped %d times, want once", done, stops)
				}
				time.Sleep(3 * time.Second)
				synctest.Wait()
				if done, _ := p.seen(); len(done) != 1 || done[0].Sub(began) != 2*time.Second {
					t.Errorf("done at %v, want once, after two readings that agree", done)
				}
			})
		})
	}
}
