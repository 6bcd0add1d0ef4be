package trial_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/coverage"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
	"github.com/handoffhq/handoff/services/routing/internal/trial"
)

// noon is a Monday in winter.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }

// newDesk has a pool of two reps, who work from eight to six and hold as many handoffs as they may.
func newDesk(t rapid.TB, most int64) *dispatch.Desk {
	t.Helper()
	spec := worktime.Spec{TimeZone: "UTC"}
	for day := range spec.Hours {
		spec.Hours[day] = []worktime.Span{{Open: 8 * time.Hour, Close: 18 * time.Hour}}
	}
	hours, err := worktime.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	desk, ledger := dispatch.New(noon), fairness.Pool{}
	desk.AddCalendar("day", hours)
	for _, id := range []string{"ann", "bob"} {
		rep := &dispatch.Rep{Calendar: "day", Rep: presence.Rep{Active: true}}
		if most > 0 {
			rep.MaxOpen = &most
		}
		desk.AddRep(id, rep)
		ledger, _ = ledger.Join(id, 1)
	}
	desk.AddPool("east", &dispatch.Pool{Book: &dispatch.Book{Ledger: ledger}, Members: []string{"ann", "bob"}})
	return desk
}

func handoff(number int64, begins time.Time) trial.Handoff {
	return trial.Handoff{Number: number, At: begins, Lead: dispatch.Lead{Key: fairness.LeadKey{Source: "web", SourceID: string(rune('a' + number%26))}, Pool: "east"}}
}

// outcome is a settled handoff in short.
type outcome struct {
	Number int64
	At     time.Time
	Held   bool
}

func play(t rapid.TB, r *trial.Trial, end time.Time, handoffs ...trial.Handoff) (all []outcome, reps map[string]int) {
	t.Helper()
	for _, h := range handoffs {
		if err := r.Begin(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.End(end); err != nil {
		t.Fatal(err)
	}
	reps = map[string]int{}
	for _, s := range r.Settled() {
		all = append(all, outcome{s.Number, s.At, s.Held})
		reps[s.Rep]++
	}
	return all, reps
}

func TestWhoComesAtNightGetsARepInTheMorning(t *testing.T) {
	t.Parallel()
	early := handoff(2, at(9)) // 21:00
	early.Rank = 1
	got, reps := play(t, trial.New(newDesk(t, 0), time.Hour), at(48), handoff(0, at(0)), handoff(1, at(8)), early, handoff(3, at(22)))
	morning := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]outcome{{0, at(0), false}, {1, morning, true}, {2, morning, true}, {3, at(22), false}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if reps["ann"] != 2 || reps["bob"] != 2 {
		t.Errorf("four leads went to %v", reps)
	}
}

func TestWhoIsFullTakesTheNextWhenOneIsGivenBack(t *testing.T) {
	t.Parallel()
	first, second := handoff(0, at(0)), handoff(1, at(0))
	first.ClosesAt = at(2) // the other stays as long as handoffs usually do
	urgent := handoff(3, at(1))
	urgent.Rank = -1
	got, _ := play(t, trial.New(newDesk(t, 1), 4*time.Hour), at(3), first, second, handoff(2, at(0.5)), urgent)
	want := []outcome{{0, at(0), false}, {1, at(0), false}, {3, at(2), true}, {2, time.Time{}, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got, _ = play(t, trial.New(newDesk(t, 1), 4*time.Hour), at(5), first, second, handoff(2, at(0.5)), urgent)
	want[3] = outcome{2, at(4), true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("later (-want +got):\n%s", diff)
	}
}

// TestWhoIsAskedLastTakesTheNextWhenOneIsGivenBack: a rep, or somebody of a pool, if it suits them.
func TestWhoIsAskedLastTakesTheNextWhenOneIsGivenBack(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]dispatch.Fallback{"a rep": {Rep: "ann"}, "a pool": {Pool: "east"}} {
		desk := newDesk(t, 1)
		desk.Rep("bob").Active = false
		first, second, third := handoff(1, at(0)), handoff(2, at(1)), handoff(3, at(1.5))
		third.Lead.Needs = coverage.New(nil, nil, nil, []string{"de"})
		for _, h := range []*trial.Handoff{&first, &second, &third} {
			h.Lead.Pool, h.Lead.Fallback, h.ClosesAt = "", last, at(2)
		}
		second.ClosesAt = at(5)
		got, reps := play(t, trial.New(desk, time.Hour), at(6), first, second, third)
		want := []outcome{{1, at(0), false}, {2, at(2), true}, {3, at(5), true}}
		if last.Pool != "" {
			want[2].At = time.Time{} // by a pool it must suit them
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, who got %v (-want +got):\n%s", name, reps, diff)
		}
	}
}

func TestEachIsSettledOnceAndNobodyHoldsMoreThanTheyMay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Int64Range(1, 4).Draw(t, "most")
		r := trial.New(newDesk(t, most), rapid.SampledFrom([]time.Duration{time.Hour, 30 * time.Hour}).Draw(t, "stays"))
		begins := noon
		var handoffs []trial.Handoff
		for i := range rapid.IntRange(0, 60).Draw(t, "n") {
			begins = begins.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute)
			h := handoff(int64(i), begins)
			h.Rank = rapid.Int64Range(0, 2).Draw(t, "rank")
			handoffs = append(handoffs, h)
		}
		got, _ := play(t, r, begins.Add(time.Hour), handoffs...)
		var numbers []int64
		for _, o := range got {
			numbers = append(numbers, o.Number)
			if begins := handoffs[o.Number].At; !o.At.IsZero() && (o.At.Before(begins) || o.Held != o.At.After(begins)) {
				t.Errorf("%d began at %v and was given at %v, held %v", o.Number, begins, o.At, o.Held)
			}
		}
		slices.Sort(numbers)
		if len(slices.Compact(numbers)) != len(handoffs) || len(got) != len(handoffs) {
			t.Errorf("of %d handoffs %d were settled", len(handoffs), len(got))
		}
	})
}
