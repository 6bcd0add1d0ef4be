package deadline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// mql is a Wednesday, half past nine in the morning in New York.
var mql = time.Date(2026, 3, 4, 14, 30, 0, 0, time.UTC)

// at is an instant after the lead became an MQL.
func at(after time.Duration) time.Time { return mql.Add(after) }

// far is long after everything.
var far = mql.AddDate(1, 0, 0)

const (
	newYork = "new-york"
	berlin  = "berlin"
)

// office is nine to five on weekdays, less holidays.
func office(t testing.TB, zone string, holidays ...worktime.Date) *worktime.Calendar {
	t.Helper()
	day := []worktime.Span{{Open: 9 * time.Hour, Close: 17 * time.Hour}}
	c, err := worktime.New(worktime.Spec{TimeZone: zone, Hours: worktime.Week{
		time.Monday: day, time.Tuesday: day, time.Wednesday: day, time.Thursday: day, time.Friday: day}, Holidays: holidays})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func almanac(t testing.TB) deadline.Almanac {
	t.Helper()
	return deadline.Almanac{
		newYork: {{Version: 1, From: mql.AddDate(-1, 0, 0), Calendar: office(t, "America/New_York")}},
		berlin:  {{Version: 1, From: mql.AddDate(-1, 0, 0), Calendar: office(t, "Europe/Berlin")}},
	}
}

// within is a rule in wall time.
func within(budget time.Duration, from deadline.Anchor) deadline.Rule {
	return deadline.Rule{Terms: terms(budget), From: from}
}

// working is a rule in working time.
func working(budget time.Duration, from deadline.Anchor) deadline.Rule {
	r := within(budget, from)
	r.Business = true
	return r
}

func terms(budget time.Duration) deadline.Terms {
	return deadline.Terms{Within: deadline.Budget{Time: budget}, Warn: deadline.Warning{Share: 0.75}}
}

// usual is a policy with every clock, all in wall time.
func usual() deadline.Policy {
	return deadline.Policy{Calendar: newYork, LateLogging: 24 * time.Hour, Rules: map[deadline.Kind]deadline.Rule{
		deadline.Assign:      within(5*time.Minute, deadline.FromMQL),
		deadline.Accept:      within(4*time.Hour, deadline.FromAssigned),
		deadline.FirstTouch:  within(24*time.Hour, deadline.FromAssigned),
		deadline.SpeedToLead: within(24*time.Hour, deadline.FromMQL),
		deadline.Disposition: within(5*24*time.Hour, deadline.FromAccepted),
		deadline.DemoBooked:  within(30*24*time.Hour, deadline.FromMQL),
	}}
}

// only keeps the rules of some kinds.
func only(p deadline.Policy, kinds ...deadline.Kind) deadline.Policy {
	rules := map[deadline.Kind]deadline.Rule{}
	for _, k := range kinds {
		rules[k] = p.Rules[k]
	}
	p.Rules = rules
	return p
}

// lead is a handoff that was opened at once.
func lead(more ...func(*deadline.Facts)) deadline.Facts {
	var f deadline.Facts
	f.Qualify(mql)
	f.Open("T1")
	for _, m := range more {
		m(&f)
	}
	return f
}

func assigned(number int, rep string, after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.Assign(number, rep, "", at(after)) }
}

// covered is a time when somebody stood in; until 0 it lasts.
func covered(number int, rep string, from, until time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) {
		f.Cover(number, rep, "", at(from))
		if until > 0 {
			f.Uncover(number, at(until))
		}
	}
}

func accepted(number int, after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.Answer(number, true, at(after)) }
}

// refused is a decline or a reject.
func refused(number int, after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.Answer(number, false, at(after)) }
}

func held(after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.Hold(at(after)) }
}

func tier(to string, after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.ChangeTier(to, at(after)) }
}

// touched is a call that was recorded a while after it was made.
func touched(after, lateness time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) {
		f.Act(deadline.Act{Occurred: at(after), Recorded: at(after + lateness), Deed: deadline.Call})
	}
}

// done is an act that was recorded at once.
func done(deed deadline.Deed, after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.Act(deadline.Act{Occurred: at(after), Recorded: at(after), Deed: deed}) }
}

// booked is a deal, which is a demo and no touch.
func booked(after time.Duration) func(*deadline.Facts) {
	return done(deadline.OpportunityCreated, after)
}

func closed(step deadline.Step, outcome deadline.Outcome, assignment int, after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) {
		f.Close(deadline.Closing{At: at(after), Step: step, Outcome: outcome, Assignment: assignment})
	}
}

func merged(after time.Duration) func(*deadline.Facts) {
	return func(f *deadline.Facts) { f.Merge(at(after)) }
}

// find is the clock of a kind and run.
func find(t testing.TB, clocks []deadline.Clock, kind deadline.Kind, run int) deadline.Clock {
	t.Helper()
	for _, c := range clocks {
		if c.Kind == kind && c.Run == run {
			return c
		}
	}
	t.Fatalf("no clock %s-%d among %v", kind, run, clocks)
	return deadline.Clock{}
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
