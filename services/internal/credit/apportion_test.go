package credit_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

func TestApportionByLargestRemainder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		model   credit.Model
		touches int
		amount  int64
		want    []int64
	}{
		{"100.00 over three: the first of equals gets the cent", credit.Linear(), 3, 10_000, []int64{3334, 3333, 3333}},
		{"two cents over three", credit.Linear(), 3, 2, []int64{1, 1, 0}},
		{"the largest fraction comes before the first touch", credit.PositionBased(), 3, 8, []int64{3, 2, 3}},
		{"of many equals the first ones get the cents", credit.Linear(), 40, 4, append([]int64{1, 1, 1, 1}, make([]int64, 36)...)},
		{"nothing to share", credit.Linear(), 3, 0, []int64{0, 0, 0}},
		{"a touch without weight gets no cent", credit.LastTouch(), 3, 1, []int64{0, 0, 1}},
		{"the largest amount", credit.Linear(), 2, math.MaxInt64, []int64{1 << 62, 1<<62 - 1}},
		{"no touches", credit.Linear(), 0, 10_000, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.model.Weights(newJourney(t, dailyTouches(tt.touches), credit.Milestones{})).Apportion(tt.amount)
			if err != nil {
				t.Fatalf("Apportion(%d) error: %v", tt.amount, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Apportion(%d) (-want +got):\n%s", tt.amount, diff)
			}
		})
	}
}

func TestApportionRefusesNegativeAmounts(t *testing.T) {
	t.Parallel()
	for _, touches := range []int{0, 3} {
		j := newJourney(t, dailyTouches(touches), credit.Milestones{})
		if _, err := credit.Linear().Weights(j).Apportion(-1); !errors.Is(err, credit.ErrNegativeAmount) {
			t.Errorf("Apportion(-1) over %d touches: got error %v, want %v", touches, err, credit.ErrNegativeAmount)
		}
		if _, err := credit.Linear().Entries(j, -1); !errors.Is(err, credit.ErrNegativeAmount) {
			t.Errorf("Entries(-1) over %d touches: got error %v, want %v", touches, err, credit.ErrNegativeAmount)
		}
	}
}

func TestMoneyIsConserved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyModel().Draw(t, "model").Weights(newJourney(t, anyLedger().Draw(t, "ledger"), anyMilestones().Draw(t, "milestones")))
		amount := rapid.Int64Range(0, math.MaxInt64).Draw(t, "amount")
		parts, err := w.Apportion(amount)
		if err != nil {
			t.Fatalf("Apportion(%d) error: %v", amount, err)
		}
		sum := int64(0)
		for i, part := range parts {
			sum += part
			exact := new(big.Rat).Mul(w.Rat(i), new(big.Rat).SetInt64(amount))
			off := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(part))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Errorf("touch %d: got %d, which is a unit or more off its exact part %s", i, part, exact.FloatString(3))
			}
		}
		if w.Len() > 0 && sum != amount {
			t.Errorf("parts sum to %d, want %d", sum, amount)
		}
	})
}

func TestEntriesLeaveOutTouchesWithoutWeight(t *testing.T) {
	t.Parallel()
	ledger := dailyTouches(3)
	got, err := credit.U5050().Entries(newJourney(t, ledger, credit.Milestones{LeadCreated: day(2)}), 101)
	if err != nil {
		t.Fatalf("Entries() error: %v", err)
	}
	want := []credit.Entry{
		{Touch: ledger[0], Millionths: 500_000, AmountMinor: 51},
		{Touch: ledger[2], Millionths: 500_000, AmountMinor: 50},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Entries() (-want +got):\n%s", diff)
	}
}

func TestEntriesSumToTheWholeAndToTheAmount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := newJourney(t, anyLedger().Draw(t, "ledger"), anyMilestones().Draw(t, "milestones"))
		amount := rapid.Int64Range(0, math.MaxInt64).Draw(t, "amount")
		entries, err := anyModel().Draw(t, "model").Entries(j, amount)
		if err != nil {
			t.Fatalf("Entries(%d) error: %v", amount, err)
		}
		var millionths, money int64
		for _, e := range entries {
			millionths += e.Millionths
			money += e.AmountMinor
		}
		if j.Len() > 0 && (millionths != credit.WholeParts || money != amount) {
			t.Errorf("entries sum to %d millionths and %d, want %d and %d", millionths, money, credit.WholeParts, amount)
		}
	})
}

func TestOfEqualWeightsTheEarlierNeverGetsLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyModel().Draw(t, "model").Weights(newJourney(t, anyLedger().Draw(t, "ledger"), anyMilestones().Draw(t, "milestones")))
		parts, err := w.Apportion(rapid.Int64Range(0, 200).Draw(t, "amount"))
		if err != nil {
			t.Fatalf("Apportion() error: %v", err)
		}
		least := make(map[uint64]int64)
		for i, part := range parts {
			if before, seen := least[w.Share(i)]; seen && part > before {
				t.Errorf("touch %d gets %d, an earlier one of the same weight %d", i, part, before)
			}
			least[w.Share(i)] = part
		}
	})
}
