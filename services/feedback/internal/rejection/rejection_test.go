package rejection_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

func TestCountsAddUpByHand(t *testing.T) {
	t.Parallel()
	got := rejection.Of([]rejection.Cell{
		{Source: "web", Campaign: "spring", Answers: 40},
		{Source: "web", Campaign: "spring", Reason: verdict.BadData, Answers: 5},
		{Source: "web", Campaign: "", Reason: verdict.NotReady, Answers: 4},
		{Source: "email", Campaign: "", Reason: verdict.BadData, Answers: 1},
		{Source: "email", Campaign: "spring", Reason: verdict.BadFitBudget, Answers: 4},
		{Source: "Event", Campaign: "autumn", Answers: 2},
	})
	want := rejection.Report{
		// BAD_DATA leads with 6; the two with 4 follow in the order of the reasons.
		All: rejection.Slice{Answered: 56, Rejected: 14, Reasons: []rejection.ReasonCount{{verdict.BadData, 6}, {verdict.BadFitBudget, 4}, {verdict.NotReady, 4}}},
		Sources: []rejection.Slice{
			{Name: "Event", Answered: 2},
			{Name: "email", Answered: 5, Rejected: 5, Reasons: []rejection.ReasonCount{{verdict.BadFitBudget, 4}, {verdict.BadData, 1}}},
			{Name: "web", Answered: 49, Rejected: 9, Reasons: []rejection.ReasonCount{{verdict.BadData, 5}, {verdict.NotReady, 4}}},
		},
		Campaigns: []rejection.Slice{
			{Name: "", Answered: 5, Rejected: 5, Reasons: []rejection.ReasonCount{{verdict.NotReady, 4}, {verdict.BadData, 1}}},
			{Name: "autumn", Answered: 2},
			{Name: "spring", Answered: 49, Rejected: 9, Reasons: []rejection.ReasonCount{{verdict.BadData, 5}, {verdict.BadFitBudget, 4}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestNothingAnsweredIsNoShare(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(rejection.Report{}, rejection.Of(nil)); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if _, ok := (rejection.Slice{}).PerMille(); ok {
		t.Error("got a share of nothing")
	}
}

func TestPerMilleRoundsHalfToEven(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rejected, answered int64
		want               int32
	}{
		{0, 7, 0}, {7, 7, 1000}, {1, 3, 333}, {2, 3, 667},
		{1, 2000, 0}, {3, 2000, 2}, {5, 2000, 2}, {7, 2000, 4}, // 0.5, 1.5, 2.5 and 3.5 per mille
		{1, 1999, 1}, {1, 2001, 0},
	} {
		got, ok := rejection.Slice{Answered: test.answered, Rejected: test.rejected}.PerMille()
		if !ok || got != test.want {
			t.Errorf("%d of %d: got %d, %v, want %d", test.rejected, test.answered, got, ok, test.want)
		}
	}
}

func TestPerMilleIsTheNearestWholeNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		answered := rapid.Int64Range(1, 1e12).Draw(t, "answered")
		rejected := rapid.Int64Range(0, answered).Draw(t, "rejected")
		got, _ := rejection.Slice{Answered: answered, Rejected: rejected}.PerMille()
		off := new(big.Rat).Sub(big.NewRat(int64(got), 1), new(big.Rat).Mul(big.NewRat(1000, 1), big.NewRat(rejected, answered)))
		switch off.Abs(off).Cmp(big.NewRat(1, 2)) {
		case 1:
			t.Fatalf("%d is off by %v", got, off)
		case 0:
			if got%2 != 0 {
				t.Fatalf("%d is odd", got)
			}
		}
	})
}

func TestSlicesAddUpToTheWholeInAnyOrder(t *testing.T) {
	t.Parallel()
	names := rapid.SampledFrom([]string{"", "a", "b", "c"})
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOf(rapid.Custom(func(t *rapid.T) rejection.Cell {
			return rejection.Cell{Source: names.Draw(t, "source"), Campaign: names.Draw(t, "campaign"),
				Reason: verdict.Reason(rapid.IntRange(0, 6).Draw(t, "reason")), Answers: rapid.Int64Range(1, 9).Draw(t, "answers")}
		})).Draw(t, "cells")
		report := rejection.Of(cells)
		for _, parts := range [][]rejection.Slice{report.Sources, report.Campaigns} {
			var answered, rejected int64
			for _, s := range parts {
				answered, rejected = answered+s.Answered, rejected+s.Rejected
				var reasons int64
				for _, r := range s.Reasons {
					reasons += r.Count
				}
				if reasons != s.Rejected {
					t.Fatalf("%q: reasons add up to %d of %d", s.Name, reasons, s.Rejected)
				}
			}
			if answered != report.All.Answered || rejected != report.All.Rejected {
				t.Fatalf("slices add up to %d of %d, all is %d of %d", rejected, answered, report.All.Rejected, report.All.Answered)
			}
		}
		if diff := cmp.Diff(report, rejection.Of(rapid.Permutation(cells).Draw(t, "order"))); diff != "" {
			t.Fatalf("in another order (-want +got):\n%s", diff)
		}
	})
}
