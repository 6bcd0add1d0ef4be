package standing_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// qualified is a lead whose handoff is open.
func qualified(handoff string, cycle int32) standing.Standing {
	return standing.Standing{Qualification: standing.MQL, Cycle: cycle, Handoff: handoff}
}

func TestPartGivesALeadWhatItWas(t *testing.T) {
	t.Parallel()
	unqualified := standing.Standing{Qualification: standing.Unqualified, Cycle: 1}
	ended := func(s standing.Standing) standing.Standing {
		return s.Close(s.Handoff, standing.EndedRecycled, false, time.Unix(9, 0).UTC())
	}
	for name, c := range map[string]struct {
		now, before, want standing.Standing
		gone, stay        []standing.Standing
	}{
		"which had nothing, and had adopted a handoff": {now: qualified("b", 3), before: unqualified, gone: []standing.Standing{qualified("b", 3)}, want: unqualified},
		"with its own handoff, closed since":           {now: ended(qualified("a", 3)), before: qualified("a", 1), gone: []standing.Standing{qualified("b", 3)}, want: ended(qualified("a", 1))},
		"with what began when they were one":           {now: qualified("joint", 2), before: qualified("a", 1), gone: []standing.Standing{qualified("b", 1)}, want: qualified("joint", 2)},
		"merged with whoever stays": {now: qualified("b", 3), before: unqualified, gone: []standing.Standing{qualified("b", 3)}, stay: []standing.Standing{qualified("c", 2)},
			want: qualified("c", 2)},
		"when that was not kept, without what is another's": {now: qualified("b", 3), gone: []standing.Standing{qualified("b", 3)}, want: standing.New()},
		"when that was not kept":                            {now: qualified("a", 1), gone: []standing.Standing{qualified("b", 3)}, want: qualified("a", 1)},
	} {
		if got := standing.Part(c.now, c.before, c.gone, c.stay); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
