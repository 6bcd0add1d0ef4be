package pattern_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

func row(part, whole int64, o pattern.Origin) pattern.Row {
	return pattern.Row{Origin: o, Share: proportion.Share{Part: part, Whole: whole}}
}

// The shares are those of Wilson's intervals in the package's doc.
func TestAShareIsAnAlertOfEnoughAnswersAndStrongByItsInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part, whole   int64
		alert, strong bool
	}{
		{3, 10, false, false}, {10, 10, false, false}, {19, 19, false, false}, {6, 20, true, false}, {5, 20, false, false},
		{15, 50, true, false}, {40, 100, true, true}, {299, 1000, false, false}, {300, 1000, true, false}, {329, 1000, true, true},
		{20, 20, true, true}, {0, 0, false, false},
	} {
		found := pattern.Find([]pattern.Row{row(c.part, c.whole, pattern.Origin{})}, usually)
		if len(found) > 0 != c.alert || c.alert && found[0].Strong != c.strong {
			t.Errorf("%d of %d: got %v, want alert %v, strong %v", c.part, c.whole, found, c.alert, c.strong)
		}
	}
}

func TestSlicesOfTheSameCasesAreOneFindingThatCannotBeTold(t *testing.T) {
	t.Parallel()
	rows := []pattern.Row{
		row(90, 100, pattern.Origin{Source: "web", Campaign: "spring", Rep: "kate", Pool: "east"}),
		row(10, 300, pattern.Origin{Source: "web", Campaign: "autumn", Rep: "omar", Pool: "east"}),
		row(10, 300, pattern.Origin{Source: "fair", Rep: "omar", Pool: "west"}),
	}
	want := []pattern.Finding{{Share: proportion.Share{Part: 90, Whole: 100}, Strong: true, Label: pattern.Unclear,
		Slices: []pattern.Slice{{Dimension: pattern.Campaign, Value: "spring"}, {Dimension: pattern.Rep, Value: "kate"}}}}
	if diff := cmp.Diff(want, pattern.Find(rows, usually)); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	rows = append(rows, row(9, 10, pattern.Origin{Source: "web", Campaign: "spring", Rep: "ana", Pool: "east"}))
	want = []pattern.Finding{
		{Share: proportion.Share{Part: 90, Whole: 100}, Strong: true, Label: pattern.Targeting, Slices: []pattern.Slice{{Dimension: pattern.Rep, Value: "kate"}}},
		{Share: proportion.Share{Part: 99, Whole: 110}, Strong: true, Label: pattern.Targeting, Slices: []pattern.Slice{{Dimension: pattern.Campaign, Value: "spring"}}},
	}
	got := pattern.Find(rows, usually)
	for i := range got { // which of the two sides it is cannot be told either, with ten cases between them
		got[i].Label = pattern.Targeting
	}
	slices.SortFunc(got, func(a, b pattern.Finding) int { return int(a.Share.Whole - b.Share.Whole) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with other cases (-want +got):\n%s", diff)
	}
}

// A reason that is frequent everywhere says nothing of where to look.
func TestWhatVariesByNothingIsUnclear(t *testing.T) {
	t.Parallel()
	var rows []pattern.Row
	for _, campaign := range []string{"spring", "autumn"} {
		for _, rep := range []string{"kate", "omar"} {
			rows = append(rows, row(20, 40, pattern.Origin{Source: "web", Campaign: campaign, Rep: rep, Pool: "east"}))
		}
	}
	for _, f := range pattern.Find(rows, usually) {
		if f.Label != pattern.Unclear || !f.Strong {
			t.Errorf("got %v", f)
		}
	}
}

func TestTwoEffectsOfTheSameReasonAreUnclear(t *testing.T) {
	t.Parallel()
	var rows []pattern.Row
	for _, campaign := range []string{"bad", "b", "c", "d"} {
		for _, rep := range []string{"harsh", "m", "n", "o"} {
			part := int64(4)
			if campaign == "bad" || rep == "harsh" {
				part = 25
			}
			rows = append(rows, row(part, 40, pattern.Origin{Campaign: campaign, Rep: rep}))
		}
	}
	found := pattern.Find(rows, usually)
	if len(found) == 0 {
		t.Fatal("nothing is found")
	}
	for _, f := range found {
		if f.Label != pattern.Unclear {
			t.Errorf("got %v", f)
		}
	}
}

func TestAFindingDoesNotDependOnHowCasesAreListed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := func(label string) string { return rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, label) }
		var rows []pattern.Row
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			whole := rapid.Int64Range(0, 60).Draw(t, "whole")
			rows = append(rows, row(rapid.Int64Range(0, whole).Draw(t, "part"), whole,
				pattern.Origin{Source: word("source"), Campaign: word("campaign"), LeadMagnet: word("magnet"), Rep: word("rep"), Pool: word("pool")}))
		}
		split := rapid.Permutation(rows).Draw(t, "order")
		for i := range split {
			if s := split[i].Share; s.Part > 0 {
				split[i].Share = proportion.Share{Part: s.Part - 1, Whole: s.Whole - 1}
				split = append(split, row(1, 1, split[i].Origin))
			}
		}
		if diff := cmp.Diff(pattern.Find(rows, usually), pattern.Find(split, usually)); diff != "" {
			t.Errorf("listed otherwise (-want +got):\n%s", diff)
		}
	})
}
