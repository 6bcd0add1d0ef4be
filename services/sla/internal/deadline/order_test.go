package deadline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// story is what happened to one handoff, as each sender tells it in its own order.
type story struct {
	scoring, routing, attribution, own, pauses []func(*deadline.Facts)
}

// deeds are what acts may be.
var deeds = []deadline.Deed{deadline.Call, deadline.CallAttempt, deadline.Email, deadline.Message, deadline.MeetingBooked, deadline.MeetingHeld, deadline.Reply, deadline.OpportunityCreated}

// someStory makes one up. Everything may happen at one instant, as it does on a clock that stands still.
func someStory(t *rapid.T) story {
	var s story
	now := time.Duration(0)
	later := func() time.Duration {
		now += time.Duration(rapid.IntRange(0, 10).Draw(t, "hours")) * time.Hour
		return now
	}
	qualify := func(f *deadline.Facts) { f.Qualify(mql) }
	s.scoring = append(s.scoring, qualify)
	s.routing = append(s.routing, qualify, func(f *deadline.Facts) { f.Open("T2") })
	for number := 1; number <= rapid.IntRange(0, 3).Draw(t, "assignments"); number++ {
		s.routing = append(s.routing, turn(t, number, later)...)
	}
	if rapid.Bool().Draw(t, "closed") {
		step := rapid.SampledFrom([]deadline.Step{0, deadline.StepReject, deadline.StepRecycle, deadline.StepDispose}).Draw(t, "step")
		outcome := deadline.Outcome(rapid.IntRange(1, 6).Draw(t, "outcome"))
		s.routing = append(s.routing, closed(step, outcome, rapid.IntRange(0, 3).Draw(t, "last"), later()))
	}
	if rapid.Bool().Draw(t, "merged") {
		s.scoring = append(s.scoring, merged(time.Duration(rapid.IntRange(0, 60).Draw(t, "merged at"))*time.Hour))
	}
	for range rapid.IntRange(0, 5).Draw(t, "acts") {
		act := deadline.Act{Occurred: at(time.Duration(rapid.IntRange(-5, 60).Draw(t, "occurred")) * time.Hour),
			Deed: rapid.SampledFrom(deeds).Draw(t, "deed"), Source: rapid.SampledFrom([]string{"", "dialer", "crm"}).Draw(t, "source")}
		act.Recorded = act.Occurred.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "lateness")) * time.Hour)
		tell := func(f *deadline.Facts) { f.Act(act) }
		if act.Deed == deadline.OpportunityCreated {
			s.attribution = append(s.attribution, tell)
		} else {
			s.own = append(s.own, tell)
		}
	}
	s.pauses = somePauses(t)
	return s
}

// somePauses are told in their order, but not all in that in which they begin.
func somePauses(t *rapid.T) []func(*deadline.Facts) {
	var told []func(*deadline.Facts)
	now := time.Duration(0)
	for range rapid.IntRange(0, 3).Draw(t, "pauses") {
		now += time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour
		p := deadline.Pause{Reason: rapid.SampledFrom([]deadline.PauseReason{prospect, deadline.SystemIncident}).Draw(t, "reason"), From: at(now), Recorded: at(now),
			Kinds: rapid.SampledFrom([][]deadline.Kind{nil, {"accept"}, {"first_touch", "disposition"}}).Draw(t, "kinds")}
		switch rapid.IntRange(0, 3).Draw(t, "end") {
		case 1:
			p.From = p.From.Add(-time.Duration(rapid.IntRange(0, 5).Draw(t, "back")) * time.Hour)
			p.Until = p.Recorded
		case 2:
			p.Until = p.From.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "lasts")) * time.Hour)
		case 3:
			now += time.Duration(rapid.IntRange(0, 20).Draw(t, "resumed")) * time.Hour
			over := at(now)
			told = append(told, func(f *deadline.Facts) { f.Pause(p) }, func(f *deadline.Facts) { resume(f, over) })
			continue
		}
		told = append(told, func(f *deadline.Facts) { f.Pause(p) })
	}
	return told
}

// turn is what routing tells of one assignment.
func turn(t *rapid.T, number int, later func() time.Duration) []func(*deadline.Facts) {
	calendar := rapid.SampledFrom([]string{"", newYork, berlin}).Draw(t, "calendar")
	when := at(later())
	told := []func(*deadline.Facts){func(f *deadline.Facts) { f.Assign(number, fmt.Sprint("rep", number), calendar, when) }}
	if rapid.Bool().Draw(t, "tier changes") {
		told = append(told, tier(rapid.SampledFrom([]string{"T1", "T2", "T3", ""}).Draw(t, "tier"), later()))
	}
	switch rapid.IntRange(0, 3).Draw(t, "turn") {
	case 1:
		told = append(told, accepted(number, later()))
	case 2:
		told = append(told, refused(number, later()))
	case 3:
		told = append(told, held(later()))
	}
	return told
}

// shuffle mixes the senders and keeps the order of each. What is recorded here comes in any order.
func shuffle(t *rapid.T, s story) deadline.Facts {
	var f deadline.Facts
	queues := [][]func(*deadline.Facts){s.scoring, s.routing, s.attribution, rapid.Permutation(s.own).Draw(t, "own"), s.pauses}
	for {
		var waiting []int
		for i, q := range queues {
			if len(q) > 0 {
				waiting = append(waiting, i)
			}
		}
		if len(waiting) == 0 {
			return f
		}
		i := rapid.SampledFrom(waiting).Draw(t, "sender")
		queues[i][0](&f)
		queues[i] = queues[i][1:]
	}
}

// mixed is a policy with wall and working time, tiers and clocks of some tiers only.
func mixed() deadline.Policy {
	p := pausable()
	p.Rules[deadline.Accept] = working(4*time.Hour, deadline.FromAssigned)
	p.Rules[deadline.Disposition] = deadline.Rule{Terms: deadline.Terms{Within: deadline.Budget{Days: 2}}, Business: true, From: deadline.FromAccepted, Strict: true}
	touch := working(8*time.Hour, deadline.FromAssigned)
	touch.Tiers = map[string]deadline.Terms{"T1": terms(time.Hour), "T3": terms(24 * time.Hour)}
	p.Rules[deadline.FirstTouch] = touch
	demo := p.Rules[deadline.DemoBooked]
	demo.Only = []string{"T2", "T3"}
	p.Rules[deadline.DemoBooked] = demo
	for kind, r := range ownRules() {
		p.Rules[kind] = r
	}
	again := p.Rules[worked]
	again.OnReassign = deadline.Restart
	p.Rules[worked] = again
	p.Rules[deadline.Attempted], p.Trusted = trying(), []string{"dialer"}
	for kind, r := range p.Rules {
		r.Ladder = []float64{0.5, 1, 1.5}
		p.Rules[kind] = r
	}
	return p
}

func TestTheOrderOfSendersDoesNotMatter(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		s := someStory(t)
		now := at(time.Duration(rapid.IntRange(0, 100).Draw(t, "now")) * time.Hour)
		one, other := shuffle(t, s), shuffle(t, s)
		if diff := cmp.Diff(one, other); diff != "" {
			t.Fatalf("facts differ:\n%s", diff)
		}
		if diff := cmp.Diff(deadline.Clocks(one, mixed(), calendars, now), deadline.Clocks(other, mixed(), calendars, now)); diff != "" {
			t.Fatalf("clocks differ:\n%s", diff)
		}
	})
}

// TestWhatAlwaysHolds checks the promises of the package on stories of all kinds.
func TestWhatAlwaysHolds(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		f := shuffle(t, someStory(t))
		now := at(time.Duration(rapid.IntRange(0, 100).Draw(t, "now")) * time.Hour)
		later := deadline.Clocks(f, mixed(), calendars, now.Add(time.Hour))
		for _, c := range deadline.Clocks(f, mixed(), calendars, now) {
			paused := c.State == deadline.Paused
			switch {
			case paused && (!c.Due.IsZero() || !c.AtRisk.IsZero() || c.Ladder != nil || c.Remaining <= 0 || !c.Resume.After(now)):
				t.Fatalf("stands still and does not: %+v", c)
			case paused:
			case c.Remaining != 0 || !c.Resume.IsZero():
				t.Fatalf("does not stand still and does: %+v", c)
			case c.Due.IsZero() || c.Due.Before(c.Start):
				t.Fatalf("due before its start: %+v", c)
			case !c.AtRisk.IsZero() && c.AtRisk.After(c.Due):
				t.Fatalf("warns after its deadline: %+v", c)
			case c.State.Open() != (len(c.Ladder) == 3) || !slices.IsSortedFunc(c.Ladder, time.Time.Compare):
				t.Fatalf("steps out of order, or of a clock that ended: %+v", c)
			case c.State.Open() && (c.Ladder[0].After(c.Due) || c.Ladder[1] != c.Due.Add(deadline.Settle)):
				t.Fatalf("steps on the wrong side of the deadline: %+v", c)
			case c.State.Open() != c.Stop.IsZero():
				t.Fatalf("open and stopped, or neither: %+v", c)
			case c.State == deadline.Running && now.After(c.Due), c.State == deadline.Overdue && now.Before(c.Due):
				t.Fatalf("on the wrong side of its deadline at %v: %+v", now, c)
			case c.State == deadline.Met && !c.Answered, (c.Reason != "") != (c.State == deadline.Cancelled):
				t.Fatalf("contradicts itself: %+v", c)
			case c.State == deadline.Missed && c.Answered && !c.Stop.After(c.Due) && c.Kind != deadline.Disposition:
				t.Fatalf("missed by an answer before its deadline: %+v", c)
			case !c.State.Open() && !slices.ContainsFunc(later, func(l deadline.Clock) bool { return cmp.Equal(c, l) }):
				t.Fatalf("changed after it ended: %+v, %+v", c, later)
			}
		}
	})
}
