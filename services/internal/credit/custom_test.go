package credit_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/internal/credit"
)

func TestCustomListsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		weights credit.CustomWeights
		want    []credit.WeightProblem
	}{
		{
			"no weights",
			credit.CustomWeights{},
			[]credit.WeightProblem{{Reason: "weights sum to 0, not to 1000000 parts per million"}},
		},
		{
			"a part too many",
			credit.CustomWeights{FirstTouch: 900_000, Rest: 100_001},
			[]credit.WeightProblem{{Reason: "weights sum to 1000001, not to 1000000 parts per million"}},
		},
		{
			"out of range although the sum is right",
			credit.CustomWeights{LeadCreated: -1, Rest: 1_000_001},
			[]credit.WeightProblem{
				{Field: "lead_created", Reason: "is -1, not within 0 to 1000000 parts per million"},
				{Field: "rest", Reason: "is 1000001, not within 0 to 1000000 parts per million"},
			},
		},
		{
			"everything wrong",
			credit.CustomWeights{FirstTouch: -1, LeadCreated: -2, OpportunityCreated: -3, ClosedWon: -4, LastTouch: -5, Rest: math.MaxInt32},
			[]credit.WeightProblem{
				{Field: "first_touch", Reason: "is -1, not within 0 to 1000000 parts per million"},
				{Field: "lead_created", Reason: "is -2, not within 0 to 1000000 parts per million"},
				{Field: "opportunity_created", Reason: "is -3, not within 0 to 1000000 parts per million"},
				{Field: "closed_won", Reason: "is -4, not within 0 to 1000000 parts per million"},
				{Field: "last_touch", Reason: "is -5, not within 0 to 1000000 parts per million"},
				{Field: "rest", Reason: "is 2147483647, not within 0 to 1000000 parts per million"},
				{Reason: "weights sum to 2147483632, not to 1000000 parts per million"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := credit.Custom(tt.weights)
			var invalid *credit.WeightsError
			if !errors.As(err, &invalid) {
				t.Fatalf("Custom(): got error %v, want a WeightsError", err)
			}
			if diff := cmp.Diff(tt.want, invalid.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWeightsErrorNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := credit.Custom(credit.CustomWeights{FirstTouch: -1, Rest: 7})
	const want = "custom model: first_touch is -1, not within 0 to 1000000 parts per million; " +
		"weights sum to 6, not to 1000000 parts per million"
	if err == nil || err.Error() != want {
		t.Errorf("error text:\n got %v\nwant %s", err, want)
	}
}

func TestCustomReproducesTheNamedModels(t *testing.T) {
	t.Parallel()
	reached := credit.Milestones{LeadCreated: day(2), OpportunityCreated: day(4), ClosedWon: day(5)}
	j := newJourney(t, dailyTouches(7), reached)
	tests := []struct {
		named   credit.Model
		weights credit.CustomWeights
	}{
		{credit.FirstTouch(), credit.CustomWeights{FirstTouch: 1_000_000}},
		{credit.LastTouch(), credit.CustomWeights{LastTouch: 1_000_000}},
		{credit.Linear(), credit.CustomWeights{Rest: 1_000_000}},
		{credit.PositionBased(), credit.CustomWeights{FirstTouch: 400_000, LastTouch: 400_000, Rest: 200_000}},
		{credit.U402040(), credit.CustomWeights{FirstTouch: 400_000, LeadCreated: 400_000, Rest: 200_000}},
		{credit.U5050(), credit.CustomWeights{FirstTouch: 500_000, LeadCreated: 500_000}},
		{credit.WShaped(), credit.CustomWeights{FirstTouch: 300_000, LeadCreated: 300_000, OpportunityCreated: 300_000, Rest: 100_000}},
		{credit.FullPath(), credit.CustomWeights{FirstTouch: 225_000, LeadCreated: 225_000, OpportunityCreated: 225_000, ClosedWon: 225_000, Rest: 100_000}},
	}
	for _, tt := range tests {
		t.Run(tt.named.String(), func(t *testing.T) {
			t.Parallel()
			got, want := spell(custom(t, tt.weights).Weights(j)), spell(tt.named.Weights(j))
			if got != want {
				t.Errorf("custom weights: got %s, want %s", got, want)
			}
		})
	}
}
