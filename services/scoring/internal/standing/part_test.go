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

func TestWhenALeadQualifiedFirstIsKeptThroughCyclesMergesAndPartings(t *testing.T) {
	t.Parallel()
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	qualify := func(s standing.Standing, handoff string, n int64) standing.Standing {
		next, step := s.Judge(standing.Finding{OverLine: true, Acted: true}, at(n), func(int32) string { return handoff })
		if step != standing.Qualify {
			t.Fatalf("%+v does not qualify", s)
		}
		return next
	}
	closed := func(s standing.Standing, n int64) standing.Standing {
		return s.Close(s.Handoff, standing.EndedRecycled, false, at(n))
	}
	once := qualify(standing.New(), "a", 5)
	other := qualify(standing.New(), "b", 3)
	merged := standing.Merge(once, other)
	mergedLate := standing.Merge(standing.New(), other)
	joint := qualify(closed(closed(merged, 7), 7), "joint", 9)
	for name, c := range map[string]struct {
		got  standing.Standing
		want int64
	}{
		"in a second cycle":                     {qualify(closed(once, 6), "c", 8), 5},
		"of two who become one":                 {merged, 3},
		"of one who had not qualified":          {mergedLate, 3},
		"parted":                                {standing.Part(merged, once, []standing.Standing{other}, nil), 5},
		"parted, with what began together":      {standing.Part(joint, once, []standing.Standing{other}, nil), 5},
		"parted, having had nothing of its own": {standing.Part(qualify(closed(mergedLate, 7), "joint", 9), standing.New(), []standing.Standing{other}, nil), 9},
		"never":                                 {standing.Part(mergedLate, standing.Standing{Qualification: standing.Unqualified}, []standing.Standing{other}, nil), 0},
	} {
		if got := c.got.FirstQualifiedAt; c.want == 0 && !got.IsZero() || c.want > 0 && !got.Equal(at(c.want)) {
			t.Errorf("%s: first at %v, want %d", name, got, c.want)
		}
	}
}
