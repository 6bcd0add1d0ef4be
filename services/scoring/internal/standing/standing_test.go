package standing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

var (
	start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	day   = 24 * time.Hour
)

func mint(cycle int32) string { return fmt.Sprintf("h%d", cycle) }

// mql is a lead whose handoff of the first cycle is open.
func mql() standing.Standing {
	return standing.Standing{Qualification: standing.MQL, Cycle: 1, Handoff: "h1", QualifiedAt: start, FirstQualifiedAt: start}
}

// closed is a lead whose handoff of the first cycle ended at start.
func closed(outcome standing.Outcome) standing.Standing {
	return mql().Close("h1", outcome, false, start)
}

func TestALeadMovesByWhatThePolicySays(t *testing.T) {
	t.Parallel()
	disqualified, _ := mql().Judge(standing.Finding{Disqualifier: "competitor"}, start, mint)
	for name, c := range map[string]struct {
		from     standing.Standing
		finding  standing.Finding
		want     standing.Qualification
		wantStep standing.Step
	}{
		"a new lead below the line":                       {standing.New(), standing.Finding{}, standing.Unqualified, standing.Stay},
		"a new lead over the line":                        {standing.New(), standing.Finding{OverLine: true}, standing.MQL, standing.Qualify},
		"a disqualifier goes before the line":             {standing.New(), standing.Finding{Disqualifier: "student", OverLine: true}, standing.Disqualified, standing.Disqualify},
		"an MQL below the line stays one":                 {mql(), standing.Finding{}, standing.MQL, standing.Stay},
		"an MQL over the line again is no new event":      {mql(), standing.Finding{OverLine: true, Acted: true, Signal: true}, standing.MQL, standing.Stay},
		"an MQL that meets a disqualifier":                {mql(), standing.Finding{Disqualifier: "competitor"}, standing.Disqualified, standing.Disqualify},
		"the same disqualifier again is no new event":     {disqualified, standing.Finding{Disqualifier: "competitor"}, standing.Disqualified, standing.Stay},
		"a disqualifier that goes away leaves the cycle":  {disqualified, standing.Finding{OverLine: true}, standing.MQL, standing.Stay},
		"a lead that was given back and does nothing new": {closed(standing.EndedRecycled), standing.Finding{OverLine: true}, standing.MQL, standing.Stay},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, step := c.from.Judge(c.finding, start.Add(100*day), mint)
			if got.Qualification != c.want || step != c.wantStep {
				t.Errorf("got %d and step %d, want %d and step %d", got.Qualification, step, c.want, c.wantStep)
			}
		})
	}
}

func TestALeadComesBackOnlyAsItsOutcomeAllows(t *testing.T) {
	t.Parallel()
	const cooldown = 30 * 24 * time.Hour
	acted := standing.Finding{OverLine: true, Acted: true, Cooldown: cooldown}
	signal := acted
	signal.Signal = true
	below := signal
	below.OverLine = false
	for name, c := range map[string]struct {
		from    standing.Standing
		finding standing.Finding
		after   time.Duration
		want    bool
	}{
		"recycled, before the cooldown":             {closed(standing.EndedRecycled), acted, cooldown - time.Microsecond, false},
		"recycled, when the cooldown has passed":    {closed(standing.EndedRecycled), acted, cooldown, true},
		"recycled, with high intent":                {closed(standing.EndedRecycled), signal, time.Hour, true},
		"recycled, with high intent below the line": {closed(standing.EndedRecycled), below, time.Hour, false},
		"nurture":                  {closed(standing.EndedNurture), acted, cooldown, true},
		"sql":                      {closed(standing.EndedSQL), acted, cooldown, true},
		"disqualified by sales":    {closed(standing.EndedDisqualified), signal, 10 * cooldown, false},
		"bad data":                 {closed(standing.EndedBadData), signal, 10 * cooldown, false},
		"duplicate, as a rep said": {closed(standing.EndedDuplicate), signal, 10 * cooldown, false},
		"duplicate, as the suite said, without events": {mql().Close("h1", standing.EndedDuplicate, true, start), standing.Finding{OverLine: true}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, step := c.from.Judge(c.finding, start.Add(c.after), mint)
			if back := step == standing.Qualify; back != c.want {
				t.Fatalf("comes back: got %v, want %v", back, c.want)
			}
			want := c.from
			if c.want {
				want = standing.Standing{Qualification: standing.MQL, Cycle: 2, Handoff: "h2", QualifiedAt: start.Add(c.after), FirstQualifiedAt: start}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTheEndOfAnotherHandoffChangesNothing(t *testing.T) {
	t.Parallel()
	for _, handoff := range []string{"", "h0", "h2"} {
		if got := mql().Close(handoff, standing.EndedRecycled, false, start); got != mql() {
			t.Errorf("closing %q changed %+v", handoff, got)
		}
	}
	first := closed(standing.EndedRecycled)
	if got := first.Close("h1", standing.EndedSQL, false, start.Add(day)); got != first {
		t.Errorf("a handoff was closed twice: %+v", got)
	}
}

func TestOfTwoLeadsThatAreOneTheOpenHandoffGoesOn(t *testing.T) {
	t.Parallel()
	fresh, _ := standing.New().Judge(standing.Finding{}, start, mint)
	other := standing.Standing{Qualification: standing.MQL, Cycle: 3, Handoff: "other", QualifiedAt: start}
	later := other.Close("other", standing.EndedNurture, false, start.Add(day))
	outcast, _ := standing.New().Judge(standing.Finding{Disqualifier: "student"}, start, mint)
	for name, c := range map[string]struct {
		survivor, absorbed standing.Standing
		wantHandoff        string
		wantCycle          int32
		want               standing.Qualification
	}{
		"neither had one":                       {fresh, fresh, "", 1, standing.Unqualified},
		"only the survivor's is open":           {mql(), fresh, "h1", 1, standing.MQL},
		"only the absorbed one's is open":       {fresh, other, "other", 3, standing.MQL},
		"both are open":                         {mql(), other, "h1", 3, standing.MQL},
		"the absorbed one's is open, his ended": {closed(standing.EndedRecycled), other, "other", 3, standing.MQL},
		"both ended, the absorbed one's later":  {closed(standing.EndedRecycled), later, "other", 3, standing.MQL},
		"both ended, the survivor's later":      {later, closed(standing.EndedRecycled), "other", 3, standing.MQL},
		"the survivor is disqualified":          {outcast, other, "other", 3, standing.Disqualified},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := standing.Merge(c.survivor, c.absorbed)
			if got.Handoff != c.wantHandoff || got.Cycle != c.wantCycle || got.Qualification != c.want {
				t.Errorf("got %+v, want handoff %q, cycle %d, qualification %d", got, c.wantHandoff, c.wantCycle, c.want)
			}
		})
	}
}

// TestNoHistoryOpensTwoHandoffs walks leads through random histories.
func TestNoHistoryOpensTwoHandoffs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, now := standing.New(), start
		open, last := "", int32(0)
		t.Repeat(map[string]func(*rapid.T){
			"judge": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "days")) * day)
				f := standing.Finding{OverLine: rapid.Bool().Draw(t, "over"), Acted: rapid.Bool().Draw(t, "acted"),
					Signal: rapid.Bool().Draw(t, "signal"), Cooldown: 30 * day}
				if rapid.IntRange(0, 5).Draw(t, "stop") == 0 {
					f.Disqualifier = "student"
				}
				next, step := s.Judge(f, now, mint)
				if step == standing.Qualify {
					if open != "" || next.Cycle != last+1 {
						t.Fatalf("cycle %d began after cycle %d while %q was open", next.Cycle, last, open)
					}
					open, last = next.Handoff, next.Cycle
				}
				s = next
			},
			"close": func(t *rapid.T) {
				outcome := standing.Outcome(rapid.IntRange(1, 6).Draw(t, "outcome"))
				s = s.Close(open, outcome, rapid.Bool().Draw(t, "by suite"), now)
				open = ""
			},
			"": func(t *rapid.T) {
				if (open != "") != s.Open() {
					t.Fatalf("open is %q, the standing says %+v", open, s)
				}
			},
		})
	})
}
