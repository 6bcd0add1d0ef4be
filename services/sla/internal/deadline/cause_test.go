package deadline_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// touchIn4h is a policy with nothing but four hours to the first touch.
func touchIn4h(business bool) deadline.Policy {
	rule := within(4*time.Hour, deadline.FromMQL)
	rule.Business = business
	return deadline.Policy{Calendar: newYork, LateLogging: 24 * time.Hour, Rules: map[deadline.Kind]deadline.Rule{deadline.FirstTouch: rule}}
}

func missed(t testing.TB, f deadline.Facts, p deadline.Policy) deadline.Clock {
	t.Helper()
	clocks := deadline.Clocks(f, p, almanac(t), far)
	if len(clocks) != 1 {
		t.Fatalf("got %d clocks, want one", len(clocks))
	}
	return clocks[0]
}

func waiting() deadline.Facts {
	var f deadline.Facts
	f.Qualify(mql)
	f.Open("T1")
	return f
}

func TestWhyAClockWasMissed(t *testing.T) {
	t.Parallel()
	assign := func(f *deadline.Facts, n int, hours float64) {
		f.Assign(n, fmt.Sprint("reps/", n), "", at(time.Duration(hours*float64(time.Hour))))
	}
	const hour = time.Hour
	for name, test := range map[string]struct {
		business bool
		tell     func(*deadline.Facts)
		want     deadline.Shares // system, routing, capacity, fit, rep
	}{
		"the suite never gave it to anybody":                      {false, func(*deadline.Facts) {}, deadline.Shares{1_000_000, 0, 0, 0, 0}},
		"the suite gave it after the deadline":                    {false, func(f *deadline.Facts) { assign(f, 1, 5) }, deadline.Shares{1_000_000, 0, 0, 0, 0}},
		"the suite took an hour of four, and the rep did nothing": {false, func(f *deadline.Facts) { assign(f, 1, 1) }, deadline.Shares{250_000, 0, 0, 0, 750_000}},
		"the rep accepted and did nothing": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			f.Answer(1, true, at(hour))
		}, deadline.Shares{0, 0, 0, 0, 1_000_000}},
		"held for two hours because everybody was at a cap": {false, func(f *deadline.Facts) {
			f.Wait(at(hour), 3, 0)
			assign(f, 1, 3)
		}, deadline.Shares{250_000, 0, 500_000, 0, 250_000}},
		"held because the pool does not exist": {false, func(f *deadline.Facts) { f.Wait(at(0), 5, 0) }, deadline.Shares{0, 1_000_000, 0, 0, 0}},
		"in a queue from which nobody picked":  {false, func(f *deadline.Facts) { f.Wait(at(0), 6, 0) }, deadline.Shares{0, 0, 1_000_000, 0, 0}},
		"declined after three hours": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			f.Answer(1, false, at(3*hour))
			assign(f, 2, 3)
		}, deadline.Shares{0, 750_000, 0, 0, 250_000}},
		"passed on for silence": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			assign(f, 2, 3)
			f.Take(2, 7)
		}, deadline.Shares{0, 0, 0, 0, 1_000_000}},
		"passed on because it belongs to another territory": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			assign(f, 2, 1)
			f.Take(2, 1)
		}, deadline.Shares{0, 250_000, 0, 0, 750_000}},
		"taken from a rep who has left, and nobody else there": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			f.Hold(at(2 * hour))
			f.Wait(at(2*hour), 2, 4)
		}, deadline.Shares{0, 0, 1_000_000, 0, 0}},
		"rejected after the deadline": {false, func(f *deadline.Facts) {
			assign(f, 1, 1)
			f.Answer(1, false, at(6*hour))
			f.Close(deadline.Closing{At: at(6 * hour), Step: deadline.StepReject, Outcome: deadline.OutcomeDisqualified, Assignment: 1})
		}, deadline.Shares{250_000, 0, 0, 750_000, 0}},
		"what happens after the deadline uses nothing of it": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			f.Hold(at(10 * hour))
			f.Wait(at(10*hour), 2, 0)
		}, deadline.Shares{0, 0, 0, 0, 1_000_000}},
		"disposed untouched at once": {false, func(f *deadline.Facts) {
			assign(f, 1, 0)
			f.Close(deadline.Closing{At: at(0), Step: deadline.StepDispose, Outcome: deadline.OutcomeDisqualified, Assignment: 1})
		}, deadline.Shares{0, 0, 0, 0, 1_000_000}},
		"nights do not count in working time": {true, func(f *deadline.Facts) { assign(f, 1, 3) }, deadline.Shares{750_000, 0, 0, 0, 250_000}},
		"a third each": {false, func(f *deadline.Facts) {
			f.Wait(at(80*time.Minute), 2, 0)
			f.Assign(1, "reps/1", "", at(160*time.Minute))
		}, deadline.Shares{333_334, 0, 333_333, 0, 333_333}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := waiting()
			test.tell(&f)
			c := missed(t, f, touchIn4h(test.business))
			if c.State != deadline.Overdue && c.State != deadline.Missed {
				t.Fatalf("the clock is %v", c.State)
			}
			if diff := cmp.Diff(test.want, c.Shares()); diff != "" {
				t.Errorf("shares (-want +got):\n%s\nof %+v", diff, c.Holdings)
			}
		})
	}
}

func TestAClockThatWasNotMissedHasNoCause(t *testing.T) {
	t.Parallel()
	f := waiting()
	f.Act(deadline.Act{Deed: deadline.Call, Occurred: at(time.Hour), Recorded: at(time.Hour)})
	if c := missed(t, f, touchIn4h(false)); c.State != deadline.Met || len(c.Holdings) != 0 || c.Shares() != (deadline.Shares{}) {
		t.Errorf("got %v, held by %v", c.State, c.Holdings)
	}
}

// TestHoldingsCoverTheTimeOfTheClock draws what happened to a handoff: who had it follows each other from the start to the deadline,
// what each used is the budget, the shares are one, and the order in which it was recorded does not matter.
func TestHoldingsCoverTheTimeOfTheClock(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		f := waiting()
		minute := rapid.IntRange(0, 3)
		last := 0
		for n := range rapid.IntRange(0, 6).Draw(t, "turns") {
			last += 1 + 100*minute.Draw(t, "minutes")
			when := at(time.Duration(last) * time.Minute)
			if rapid.Bool().Draw(t, "hold") {
				f.Hold(when)
				f.Wait(when, deadline.Wait(rapid.IntRange(0, 7).Draw(t, "reason")), deadline.Taking(rapid.IntRange(0, 9).Draw(t, "taken")))
				continue
			}
			f.Assign(n+1, "reps/x", rapid.SampledFrom([]string{"", berlin}).Draw(t, "calendar"), when)
			f.Take(n+1, deadline.Taking(rapid.IntRange(0, 9).Draw(t, "taken")))
		}
		p := touchIn4h(rapid.Bool().Draw(t, "business"))
		clocks := deadline.Clocks(f, p, calendars, far)
		c := clocks[0]
		var used time.Duration
		next := c.Start
		for _, h := range c.Holdings {
			if !h.From.Equal(next) || !h.From.Before(h.Until) {
				t.Fatalf("from %v to %v, after %v", h.From, h.Until, next)
			}
			next, used = h.Until, used+h.Used
		}
		if !next.Equal(c.Due) || used != 4*time.Hour {
			t.Fatalf("held until %v, due at %v, used %v", next, c.Due, used)
		}
		var sum int64
		for _, share := range c.Shares() {
			sum += share
		}
		if sum != deadline.Whole {
			t.Errorf("shares %v add up to %d", c.Shares(), sum)
		}
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "order"))).Shuffle(len(f.Holds), func(i, j int) { f.Holds[i], f.Holds[j] = f.Holds[j], f.Holds[i] })
		if other := deadline.Clocks(f, p, calendars, far)[0]; !cmp.Equal(other.Holdings, c.Holdings) {
			t.Errorf("in another order %v, before %v", other.Holdings, c.Holdings)
		}
	})
}

func TestSharesAreExactAndInProportion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(0, 1<<50), 1, 6).Draw(t, "parts")
		whole := rapid.Int64Range(0, 1_000_000).Draw(t, "whole")
		shares := deadline.Apportion(parts, whole)
		var sum, total int64
		for i := range parts {
			sum, total = sum+shares[i], total+parts[i]
		}
		if total == 0 {
			whole = 0
		}
		if sum != whole {
			t.Fatalf("%v of %d: %v add up to %d", parts, whole, shares, sum)
		}
		for i, p := range parts {
			exact := float64(p) / max(1, float64(total)) * float64(whole)
			if float64(shares[i]) < exact-1.001 || float64(shares[i]) > exact+1.001 {
				t.Errorf("%d of %d is about %f of %d, got %d", p, total, exact, whole, shares[i])
			}
		}
		if !slices.Equal(deadline.Apportion(parts, whole), deadline.Apportion(slices.Clone(parts), whole)) {
			t.Error("the same parts give other shares")
		}
	})
}
