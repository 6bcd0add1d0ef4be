package deadline_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// TestASuspectActCountsAsIfItHadNeverHappened: of any story, with any acts flagged, the clocks are those without them. Once they are
// confirmed the clocks are what they were, whichever came first.
func TestASuspectActCountsAsIfItHadNeverHappened(t *testing.T) {
	t.Parallel()
	calendars := almanac(t)
	rapid.Check(t, func(t *rapid.T) {
		whole := shuffle(t, someStory(t))
		now := at(time.Duration(rapid.IntRange(0, 100).Draw(t, "now")) * time.Hour)
		var suspect []string
		for i := range whole.Acts {
			if whole.Acts[i].ID = strconv.Itoa(i); rapid.Bool().Draw(t, "suspect") {
				suspect = append(suspect, whole.Acts[i].ID)
			}
		}
		without, flagged, early := whole, whole, whole
		without.Acts = slices.DeleteFunc(slices.Clone(whole.Acts), func(a deadline.Act) bool { return slices.Contains(suspect, a.ID) })
		for _, id := range suspect {
			flagged.Flag(id, false)
			early.Confirm(id)
			early.Flag(id, false)
		}
		look := func(f deadline.Facts) []any {
			touched, _ := f.Touched()
			return []any{deadline.Clocks(f, mixed(), calendars, now), deadline.Attempts(f, mixed(), calendars, now), touched}
		}
		if diff := cmp.Diff(look(without), look(flagged)); diff != "" {
			t.Errorf("flagged (-without +flagged):\n%s", diff)
		}
		for _, id := range suspect {
			flagged.Confirm(id)
		}
		if diff := cmp.Diff(look(whole), look(flagged)); diff != "" {
			t.Errorf("confirmed (-whole +confirmed):\n%s", diff)
		}
		if !cmp.Equal(early, flagged) {
			t.Errorf("confirmed first: %+v, want %+v", early.Acts, flagged.Acts)
		}
	})
}

func TestAFlagIsNewsOnce(t *testing.T) {
	t.Parallel()
	f := lead(func(f *deadline.Facts) { f.Act(deadline.Act{Occurred: at(time.Hour), Deed: deadline.Call, ID: "a"}) })
	equal(t, "of nothing", f.Flag("b", false), false)
	equal(t, "flagged", f.Flag("a", false), true)
	equal(t, "again", f.Flag("a", false), false)
	equal(t, "confirmed", f.Confirm("a"), true)
	equal(t, "again", f.Confirm("a"), false)
	equal(t, "still confirmed", f.Flag("a", false), false)
}

// TestTwoActsAreNotOneThoughTheyAreAlike: each can be flagged by itself.
func TestTwoActsAreNotOneThoughTheyAreAlike(t *testing.T) {
	t.Parallel()
	act := deadline.Act{Occurred: at(time.Hour), Recorded: at(time.Hour), Deed: deadline.Call}
	first, second := act, act
	first.ID, second.ID = "a", "b"
	f := lead(assigned(1, "ann", 0), func(f *deadline.Facts) { f.Act(second); f.Act(first); f.Flag("a", false) })
	equal(t, "touched by the other", find(t, deadline.Clocks(f, usual(), almanac(t), far), deadline.FirstTouch, 1).Stop, at(time.Hour))
}

func TestAnAccountShowsWhatIsSuspect(t *testing.T) {
	t.Parallel()
	act := deadline.Act{Occurred: at(time.Hour), Recorded: at(time.Hour), Deed: deadline.Call, ID: "a"}
	f := lead(assigned(1, "ann", 0), func(f *deadline.Facts) { f.Act(act); f.Flag("a", false) }, touched(2*time.Hour, 0))
	a, _ := deadline.Explain(f, usual(), almanac(t), far, deadline.FirstTouch, 1)
	act.Suspect = true
	equal(t, "acts", a.Acts, []deadline.Counted{{Act: act},
		{Act: deadline.Act{Occurred: at(2 * time.Hour), Recorded: at(2 * time.Hour), Deed: deadline.Call}, At: at(2 * time.Hour), Answers: true}})
}

// TestWhatWasMetIsToldAgain when it turned out not to be, and was met after all.
func TestWhatWasMetIsToldAgain(t *testing.T) {
	t.Parallel()
	told := deadline.Alerts(0).With(deadline.AlertAtRisk).With(deadline.AlertMet)
	for state, again := range map[deadline.State]bool{deadline.Running: true, deadline.Overdue: true, deadline.Paused: true, deadline.Missed: true,
		deadline.Met: false, deadline.Cancelled: false} {
		left := deadline.Clock{State: state}.Recall(told)
		equal(t, state.String(), []bool{left.Has(deadline.AlertMet), left.Has(deadline.AlertAtRisk)}, []bool{!again, true})
	}
}
