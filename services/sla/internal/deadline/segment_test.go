package deadline_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

func TestEachOwnerAnswersForTheirShare(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	p := only(usual(), deadline.FirstTouch, deadline.Assign)
	rule := working(8*time.Hour, deadline.FromMQL)
	p.Rules[deadline.FirstTouch] = rule
	f := lead(assigned(1, "ann", hour), covered(1, "cat", 2*hour, 3*hour), held(4*hour))
	f.Assign(2, "eva", berlin, at(5*hour)) // half past eight in the evening there
	f.Act(deadline.Act{Occurred: at(22 * hour), Recorded: at(22 * hour), Deed: deadline.Call})
	c := find(t, deadline.Clocks(f, p, almanac(t), at(22*hour)), deadline.FirstTouch, 1)
	var got []string
	for _, s := range deadline.Segments(f, p, almanac(t), c, at(22*hour)) {
		got = append(got, fmt.Sprintf("%s in %s-%d from %v until %v: %v", s.Rep, s.Calendar, s.Edition, s.From.Sub(mql), s.Until.Sub(mql), s.Elapsed))
	}
	equal(t, "segments", got, []string{
		" in new-york-1 from 0s until 1h0m0s: 1h0m0s",
		"ann in new-york-1 from 1h0m0s until 2h0m0s: 1h0m0s",
		"cat in new-york-1 from 2h0m0s until 3h0m0s: 1h0m0s",
		"ann in new-york-1 from 3h0m0s until 4h0m0s: 1h0m0s",
		" in new-york-1 from 4h0m0s until 5h0m0s: 1h0m0s",
		"eva in berlin-1 from 5h0m0s until 22h0m0s: 4h30m0s",
	})
	assign := find(t, deadline.Clocks(f, p, almanac(t), at(22*hour)), deadline.Assign, 1)
	equal(t, "what the suite owes", deadline.Segments(f, p, almanac(t), assign, at(22*hour)), []deadline.Segment{{From: mql, Until: at(hour), Elapsed: hour}})
}

// TestSharesAddUp: segments follow one another without a gap, and make up the time that the clock used.
func TestSharesAddUp(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		f := shuffle(t, someStory(t))
		now := at(time.Duration(rapid.IntRange(0, 100).Draw(t, "now")) * time.Hour)
		for _, c := range deadline.Clocks(f, mixed(), calendars, now) {
			var sum time.Duration
			next := c.Start
			for _, s := range deadline.Segments(f, mixed(), calendars, c, now) {
				if !s.From.Equal(next) {
					t.Fatalf("a gap before %+v of %+v", s, c)
				}
				sum, next = sum+s.Elapsed, s.Until
			}
			if !next.Equal(c.Stop) && c.Stop.After(c.Start) || !c.Stop.IsZero() && sum != c.Elapsed {
				t.Fatalf("shares of %v end at %v: %+v", sum, next, c)
			}
		}
	})
}
