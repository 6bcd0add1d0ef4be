package pattern_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
)

// Both the campaigns' shares and the reps' differ widely, 175 of 500 in all. Within one side the other does not.
func TestWhatTheOtherSideExplainsIsNotTheCause(t *testing.T) {
	t.Parallel()
	at := func(campaign, rep string) pattern.Origin { return pattern.Origin{Campaign: campaign, Rep: rep} }
	for want, rows := range map[pattern.Label][]pattern.Row{
		pattern.Targeting: {row(120, 200, at("bad", "jane")), row(30, 50, at("bad", "joe")), row(5, 50, at("good", "jane")), row(20, 200, at("good", "joe"))},
		pattern.Process:   {row(120, 200, at("big", "jane")), row(30, 50, at("small", "jane")), row(5, 50, at("big", "joe")), row(20, 200, at("small", "joe"))},
	} {
		found := pattern.Find(rows, usually)
		if len(found) == 0 {
			t.Errorf("want %v: nothing is found", want)
		}
		for _, f := range found {
			if f.Label != want {
				t.Errorf("got %v, want %v", f, want)
			}
		}
	}
}

// A campaign is bad whoever gets it. Another one goes to one rep alone: of its share neither can be said to be the cause.
func TestTheSameCasesAreUnclearAlsoWhereAnotherCauseIsKnown(t *testing.T) {
	t.Parallel()
	var rows []pattern.Row
	for _, rep := range []string{"ana", "jane", "joe"} {
		rows = append(rows, row(60, 100, pattern.Origin{Campaign: "bad", Rep: rep}), row(5, 100, pattern.Origin{Campaign: "good", Rep: rep}))
	}
	rows = append(rows, row(8, 20, pattern.Origin{Campaign: "spring", Rep: "kate"}))
	for _, f := range pattern.Find(rows, usually) {
		want := pattern.Targeting
		if len(f.Slices) > 1 {
			want = pattern.Unclear
		}
		if f.Label != want {
			t.Errorf("got %v, want %v", f, want)
		}
	}
}
