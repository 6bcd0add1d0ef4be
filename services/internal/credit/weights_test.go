package credit_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

func TestWeightsAreExactFractions(t *testing.T) {
	t.Parallel()
	reach := func(lead, opportunity, won int) credit.Milestones {
		at := func(n int) time.Time {
			if n < 0 {
				return time.Time{}
			}
			return day(n)
		}
		return credit.Milestones{LeadCreated: at(lead), OpportunityCreated: at(opportunity), ClosedWon: at(won)}
	}
	const none = -1
	tests := []struct {
		name    string
		model   credit.Model
		touches int
		reached credit.Milestones
		want    string
	}{
		{"no touches, no weights", credit.WShaped(), 0, reach(0, 0, 0), "of 0"},
		{"linear, 3 touches", credit.Linear(), 3, reach(0, 1, 2), "1 1 1 of 3"},
		{"the zero model is linear", credit.Model{}, 4, reach(none, none, none), "1 1 1 1 of 4"},
		{"first touch", credit.FirstTouch(), 3, reach(0, 1, 2), "1 0 0 of 1"},
		{"last touch", credit.LastTouch(), 3, reach(0, 1, 2), "0 0 1 of 1"},

		{"position, 1 touch", credit.PositionBased(), 1, reach(none, none, none), "1 of 1"},
		{"position, 2 touches", credit.PositionBased(), 2, reach(none, none, none), "1 1 of 2"},
		{"position, 3 touches: .4 .2 .4", credit.PositionBased(), 3, reach(none, none, none), "2 1 2 of 5"},
		{"position, 5 touches: .4 .2/3 .4", credit.PositionBased(), 5, reach(none, none, none), "6 1 1 1 6 of 15"},

		{"U 40-20-40: .4 .1 .4 .1", credit.U402040(), 4, reach(2, none, none), "4 1 4 1 of 10"},
		{"U 40-20-40 without a lead: .8 .1 .1", credit.U402040(), 3, reach(none, none, none), "8 1 1 of 10"},
		{"U 40-20-40, lead at the first touch: .8 .2", credit.U402040(), 2, reach(0, none, none), "4 1 of 5"},
		{"U 40-20-40, no middle", credit.U402040(), 2, reach(1, none, none), "1 1 of 2"},
		{"U 50-50", credit.U5050(), 4, reach(2, none, none), "1 0 1 0 of 2"},
		{"U 50-50 without a lead", credit.U5050(), 4, reach(none, none, none), "1 0 0 0 of 1"},

		{"W, 5 touches: .30 .05 .30 .05 .30", credit.WShaped(), 5, reach(2, 4, none), "6 1 6 1 6 of 20"},
		{"W, first touch is the lead: .60 .10 .30", credit.WShaped(), 3, reach(0, 2, none), "6 1 3 of 10"},
		{"W, no middle: .667 .333", credit.WShaped(), 2, reach(0, 1, none), "2 1 of 3"},
		{"W, no opportunity: .45 .10 .45", credit.WShaped(), 3, reach(2, none, none), "9 2 9 of 20"},
		{"W, one touch holds all", credit.WShaped(), 1, reach(0, 0, none), "1 of 1"},
		{"W ignores the won deal", credit.WShaped(), 3, reach(0, 1, 2), "6 3 1 of 10"},

		{"full path, 6 touches: .225 .05 .225 .05 .225 .225", credit.FullPath(), 6, reach(2, 4, 5), "9 2 9 2 9 9 of 40"},
		{"full path, not won: .30 .05 .30 .05 .30", credit.FullPath(), 5, reach(2, 4, none), "6 1 6 1 6 of 20"},
		{"full path, last touch created the opportunity and won it", credit.FullPath(), 3, reach(0, 2, 2), "9 2 9 of 20"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := spell(tt.model.Weights(newJourney(t, dailyTouches(tt.touches), tt.reached)))
			if got != tt.want {
				t.Errorf("%v weights: got %s, want %s", tt.model, got, tt.want)
			}
		})
	}
}

func TestLastNonDirectSkipsDirectTouches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		direct []int
		want   string
	}{
		{"the last is not direct", []int{0, 1}, "0 0 1 of 1"},
		{"direct touches end it", []int{1, 2}, "1 0 0 of 1"},
		{"only direct touches: the last of them", []int{0, 1, 2}, "0 0 1 of 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ledger := dailyTouches(3)
			for _, i := range tt.direct {
				ledger[i].Direct = true
			}
			if got := spell(credit.LastNonDirect().Weights(newJourney(t, ledger, credit.Milestones{}))); got != tt.want {
				t.Errorf("weights: got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAbsentMilestonesOfCustomModels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		weights credit.CustomWeights
		reached credit.Milestones
		want    string
	}{
		{
			"none of the model's milestones, no rest: shared evenly",
			credit.CustomWeights{OpportunityCreated: 400_000, ClosedWon: 600_000}, credit.Milestones{}, "1 1 1 of 3",
		},
		{
			"none of the model's milestones, with a rest: shared evenly",
			credit.CustomWeights{ClosedWon: 900_000, Rest: 100_000}, credit.Milestones{}, "1 1 1 of 3",
		},
		{
			"a milestone of weight zero belongs to the rest",
			credit.CustomWeights{LastTouch: 500_000, Rest: 500_000}, credit.Milestones{LeadCreated: day(1)}, "1 1 2 of 4",
		},
		{
			"unequal milestones share an absent one's part in proportion: .9 × 1/3, .1, .9 × 2/3",
			credit.CustomWeights{FirstTouch: 200_000, ClosedWon: 300_000, LastTouch: 400_000, Rest: 100_000},
			credit.Milestones{}, "3 1 6 of 10",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := spell(custom(t, tt.weights).Weights(newJourney(t, dailyTouches(3), tt.reached)))
			if got != tt.want {
				t.Errorf("weights: got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWeightsSumToExactlyOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ledger := anyLedger().Draw(t, "ledger")
		model := anyModel().Draw(t, "model")
		w := model.Weights(newJourney(t, ledger, anyMilestones().Draw(t, "milestones")))
		if w.Len() != len(ledger) {
			t.Fatalf("weights: got %d, want one for each of %d touches", w.Len(), len(ledger))
		}
		var sum uint64
		for i := range w.Len() {
			sum += w.Share(i)
		}
		if sum != w.Whole() || (sum == 0) != (len(ledger) == 0) {
			t.Errorf("%v: shares sum to %d of %d with %d touches", model, sum, w.Whole(), len(ledger))
		}
	})
}

func TestArrivalOrderChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ledger := anyLedger().Draw(t, "ledger")
		reached := anyMilestones().Draw(t, "milestones")
		model := anyModel().Draw(t, "model")
		amount := rapid.Int64Range(0, 1<<62).Draw(t, "amount")
		entries := func(ledger []credit.Touch) []credit.Entry {
			got, err := model.Entries(newJourney(t, ledger, reached), amount)
			if err != nil {
				t.Fatalf("Entries() error: %v", err)
			}
			return got
		}
		before := slices.Clone(ledger)
		shuffled := rapid.Permutation(ledger).Draw(t, "shuffled")
		if diff := cmp.Diff(entries(ledger), entries(shuffled)); diff != "" {
			t.Errorf("entries differ by arrival (-first +shuffled):\n%s", diff)
		}
		if diff := cmp.Diff(before, ledger); diff != "" {
			t.Errorf("the ledger was changed (-before +after):\n%s", diff)
		}
	})
}

func TestLongestJourneyKeepsTheWholeBelow2To63(t *testing.T) {
	t.Parallel()
	ledger := dailyTouches(3)
	long := make([]credit.Touch, credit.MaxTouches)
	for i := range long {
		long[i] = ledger[0]
		long[i].OccurredAt = day(0).Add(time.Duration(i) * time.Microsecond)
	}
	j := newJourney(t, long, credit.Milestones{LeadCreated: day(0)})
	// Primes keep the fraction from being reduced.
	worst := custom(t, credit.CustomWeights{FirstTouch: 499_979, LeadCreated: 0, LastTouch: 499_979, Rest: 42})
	for _, model := range []credit.Model{worst, timeDecay(t, credit.WeekHalfLife)} {
		w := model.Weights(j)
		var sum uint64
		for i := range w.Len() {
			sum += w.Share(i)
		}
		if sum != w.Whole() || w.Whole() >= 1<<63 {
			t.Errorf("%v: shares sum to %d of %d", model, sum, w.Whole())
		}
	}
}
