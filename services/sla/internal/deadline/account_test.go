package deadline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// TestAnAccountAddsUp: of any clock of any story, what was counted adds up to what the clock says, and it is the same clock.
func TestAnAccountAddsUp(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		f := shuffle(t, someStory(t))
		now := at(time.Duration(rapid.IntRange(0, 100).Draw(t, "now")) * time.Hour)
		for _, c := range deadline.Clocks(f, mixed(), calendars, now) {
			a, ok := deadline.Explain(f, mixed(), calendars, now, c.Kind, c.Run)
			if !ok || !cmp.Equal(a.Clock, c) {
				t.Fatalf("another clock: %+v, want %+v", a.Clock, c)
			}
			want := a.Allowed
			switch {
			case !c.State.Open():
				want = c.Elapsed
			case c.State == deadline.Paused:
				want = a.Allowed - c.Remaining
			}
			var held, sum time.Duration
			for _, s := range a.Tenures() {
				held += s.Held
			}
			for i, s := range a.Spans {
				if sum += s.Until.Sub(s.From); !s.From.Before(s.Until) || i > 0 && s.From.Before(a.Spans[i-1].Until) {
					t.Fatalf("out of order: %+v", a.Spans)
				}
			}
			if a.Counted != want || held != want || sum != want {
				t.Fatalf("counted %v, held %v, sum %v, want %v: %+v", a.Counted, held, sum, want, a)
			}
		}
	})
}

// TestAnAccountSaysWhoHadItWhereAndWhen has a first touch of eight working hours begin on a Wednesday at 09:30 in New York, wait
// for an hour, and go to Berlin over a holiday.
func TestAnAccountSaysWhoHadItWhereAndWhen(t *testing.T) {
	t.Parallel()
	p := touchWithin()
	p.Rules[deadline.FirstTouch] = working(8*time.Hour, deadline.FromMQL)
	a := almanac(t)
	a[berlin] = []deadline.Edition{{Version: 3, From: mql.AddDate(-1, 0, 0), Calendar: office(t, zoneBerlin, worktime.Date{Year: 2026, Month: 3, Day: 5})}}
	f := lead(assigned(1, "ann", 0), paused(time.Hour, 2*time.Hour))
	f.Assign(2, "bob", berlin, at(4*time.Hour))
	touch := local(t, zoneBerlin, "2026-03-06 11:00")
	f.Act(deadline.Act{Occurred: touch, Recorded: touch.Add(time.Hour), Deed: deadline.Call})
	got, ok := deadline.Explain(f, p, a, far, deadline.FirstTouch, 1)
	equal(t, "found", ok, true)
	equal(t, "spans", got.Spans, []deadline.Span{
		{From: mql, Until: at(time.Hour), Rep: "ann", Source: 0},
		{From: at(2 * time.Hour), Until: at(4 * time.Hour), Rep: "ann", Source: 0},
		{From: local(t, zoneBerlin, "2026-03-06 09:00"), Until: touch, Rep: "bob", Source: 1}})
	equal(t, "tenures", got.Tenures(), []deadline.Tenure{{Rep: "ann", Held: 3 * time.Hour}, {Rep: "bob", Held: 2 * time.Hour}})
	equal(t, "days", got.Days, []deadline.Day{{Source: 1, Date: worktime.Date{Year: 2026, Month: 3, Day: 5}, Holiday: true}})
	equal(t, "zones", []string{got.Sources[0].Zone.String(), got.Sources[1].Zone.String()}, []string{zoneNewYork, zoneBerlin})
	equal(t, "edition", got.Sources[1].Edition, 3)
	equal(t, "acts", got.Acts, []deadline.Counted{{Act: f.Acts[0], At: touch, Answers: true}})
	equal(t, "counted", got.Counted, got.Clock.Elapsed)
	equal(t, "allowed", got.Allowed, 8*time.Hour)
	_, ok = deadline.Explain(f, p, a, far, deadline.Disposition, 1)
	equal(t, "no such clock", ok, false)
}

// TestAnAccountCutsWhereAHandoffChangesHands has one stretch of the same calendar go through three hands.
func TestAnAccountCutsWhereAHandoffChangesHands(t *testing.T) {
	t.Parallel()
	f := lead(assigned(1, "ann", 0), covered(1, "cat", time.Hour, 2*time.Hour), assigned(2, "bob", 3*time.Hour))
	got, _ := deadline.Explain(f, touchWithin(), almanac(t), mql, deadline.FirstTouch, 1)
	equal(t, "spans", got.Spans, []deadline.Span{{From: mql, Until: at(time.Hour), Rep: "ann"}, {From: at(time.Hour), Until: at(2 * time.Hour), Rep: "cat"},
		{From: at(2 * time.Hour), Until: at(3 * time.Hour), Rep: "ann"}, {From: at(3 * time.Hour), Until: at(4 * time.Hour), Rep: "bob"}})
	equal(t, "tenures", got.Tenures(), []deadline.Tenure{{Rep: "ann", Held: 2 * time.Hour}, {Rep: "cat", Held: time.Hour}, {Rep: "bob", Held: time.Hour}})
}
