package rejection_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

func share(part, whole int64) proportion.Share { return proportion.Share{Part: part, Whole: whole} }

// of is the slice of a part in a report.
func of(t *testing.T, r rejection.Report, kind rejection.Kind, name string) rejection.Slice {
	t.Helper()
	for _, s := range r.Slices {
		if s.Part == (rejection.Part{Kind: kind, Name: name}) {
			return s
		}
	}
	t.Fatalf("there is no slice %d %q", kind, name)
	return rejection.Slice{}
}

func TestCellsAddUpByHand(t *testing.T) {
	t.Parallel()
	report := rejection.Of(
		[]rejection.Cell{{Source: "web", Answers: 100}, {Source: "web", Reason: verdict.BadData, Answers: 2}},
		[]rejection.Cell{
			{Source: "web", Campaign: "spring", Rep: "jane", Answers: 40},
			{Source: "web", Campaign: "spring", Rep: "jane", Reason: verdict.BadData, Detail: "bounced", Answers: 5},
			{Source: "web", Rep: "joe", Reason: verdict.NotReady, Standing: dispute.Disputed, Answers: 4},
			{Source: "email", Pool: "west", Reason: verdict.BadData, Answers: 1},
			{Source: "email", Campaign: "spring", Tier: "T1", Reason: verdict.BadFitBudget, Standing: dispute.Reclassified, Answers: 4},
			{Source: "Event", Campaign: "autumn", LeadMagnet: "guide", Partner: "agency", Standing: dispute.Overturned, Answers: 2},
		})
	// BAD_DATA leads with 6; the two with 4 follow in the order of the reasons.
	all := []rejection.ReasonCount{{verdict.BadData, 6}, {verdict.BadFitBudget, 4}, {verdict.NotReady, 4}}
	want := rejection.Slice{Part: rejection.Part{Kind: rejection.All}, Rejected: share(14, 56), Before: share(2, 102), Trend: rejection.Up,
		Reasons: all, Disputed: 4, Overturned: 2, History: []proportion.Share{share(2, 102), share(14, 56)}}
	if diff := cmp.Diff(want, report.All); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	for _, test := range []struct {
		kind          rejection.Kind
		name          string
		now, before   proportion.Share
		trend         rejection.Trend
		first         verdict.Reason
		disputed, out int64
	}{
		{rejection.Source, "web", share(9, 49), share(2, 102), rejection.Up, verdict.BadData, 4, 0},
		{rejection.Source, "email", share(5, 5), share(0, 0), rejection.Unknown, verdict.BadFitBudget, 0, 0},
		{rejection.Source, "Event", share(0, 2), share(0, 0), rejection.Unknown, 0, 0, 2},
		{rejection.Campaign, "spring", share(9, 49), share(0, 0), rejection.Unknown, verdict.BadData, 0, 0},
		{rejection.Campaign, "", share(5, 5), share(2, 102), rejection.Up, verdict.NotReady, 4, 0},
		{rejection.LeadMagnet, "guide", share(0, 2), share(0, 0), rejection.Unknown, 0, 0, 2},
		{rejection.Partner, "agency", share(0, 2), share(0, 0), rejection.Unknown, 0, 0, 2},
		{rejection.Rep, "jane", share(5, 45), share(0, 0), rejection.Unknown, verdict.BadData, 0, 0},
		{rejection.Rep, "joe", share(4, 4), share(0, 0), rejection.Unknown, verdict.NotReady, 4, 0},
		{rejection.Pool, "west", share(1, 1), share(0, 0), rejection.Unknown, verdict.BadData, 0, 0},
		{rejection.Tier, "T1", share(4, 4), share(0, 0), rejection.Unknown, verdict.BadFitBudget, 0, 0},
		{rejection.Reason, "bad_data", share(6, 56), share(2, 102), rejection.Up, verdict.BadData, 0, 0},
		{rejection.Reason, "bad_fit_budget", share(4, 56), share(0, 102), rejection.Up, verdict.BadFitBudget, 0, 0},
		{rejection.Detail, "bounced", share(5, 56), share(0, 102), rejection.Up, verdict.BadData, 0, 0},
	} {
		s := of(t, report, test.kind, test.name)
		if s.Rejected != test.now || s.Before != test.before || s.Trend != test.trend || s.Disputed != test.disputed || s.Overturned != test.out {
			t.Errorf("%d %q: got %+v", test.kind, test.name, s)
		}
		if (len(s.Reasons) > 0) != (test.first != 0) || test.first != 0 && s.Reasons[0].Reason != test.first {
			t.Errorf("%d %q: got the reasons %v", test.kind, test.name, s.Reasons)
		}
	}
}

func TestNothingAnsweredIsNoShare(t *testing.T) {
	t.Parallel()
	want := rejection.Report{All: rejection.Slice{Part: rejection.Part{Kind: rejection.All}, Trend: rejection.Unknown, History: []proportion.Share{{}, {}}}}
	for _, periods := range [][][]rejection.Cell{nil, {nil}, {nil, nil}} {
		if diff := cmp.Diff(want, rejection.Of(periods...)); diff != "" {
			t.Errorf("report of %d periods (-want +got):\n%s", len(periods), diff)
		}
	}
}

// TestAPartMovesOnlyByMoreThanChance holds the trend against Newcombe's interval of 20 of 100 against so many of 100 before: the
// interval of 20 against 10 is [0.0001, 0.199], that of 20 against 11 [-0.011, 0.191].
func TestAPartMovesOnlyByMoreThanChance(t *testing.T) {
	t.Parallel()
	for before, want := range map[int64]rejection.Trend{10: rejection.Up, 11: rejection.Level, 20: rejection.Level, 32: rejection.Level, 33: rejection.Down, 60: rejection.Down} {
		week := func(n int64) []rejection.Cell {
			return []rejection.Cell{{Reason: verdict.BadData, Answers: n}, {Answers: 100 - n}}
		}
		if got := rejection.Of(week(before), week(20)).All.Trend; got != want {
			t.Errorf("20 of 100 after %d of 100: got %d, want %d", before, got, want)
		}
	}
}

func TestTheTopPatternsAreWhereAReasonStandsOut(t *testing.T) {
	t.Parallel()
	top := rejection.Of([]rejection.Cell{
		// Bob's leads all come from the webinar, and the webinar's all go to Bob: which of them matters cannot be told.
		{Source: "webinar", Campaign: "may", Rep: "bob", Answers: 20}, {Source: "webinar", Campaign: "may", Rep: "bob", Reason: verdict.NotReady, Answers: 15},
		// The guide is part of the web, with all of its bad data.
		{Source: "web", Campaign: "may", LeadMagnet: "guide", Rep: "ann", Answers: 20}, {Source: "web", Campaign: "may", LeadMagnet: "guide", Rep: "ann", Reason: verdict.BadData, Answers: 10},
		{Source: "web", Campaign: "may", Rep: "ann", Answers: 60}, {Source: "web", Campaign: "may", Rep: "cat", Reason: verdict.NotReady, Answers: 2},
		{Source: "list", Campaign: "may", Rep: "cat", Reason: verdict.Competitor, Answers: 2}, {Source: "list", Campaign: "may", Rep: "cat", Answers: 20},
	}).Top
	want := []rejection.Pattern{
		{Reason: verdict.NotReady, Parts: []rejection.Part{{Kind: rejection.Source, Name: "webinar"}, {Kind: rejection.Rep, Name: "bob"}}, There: share(15, 35), Elsewhere: share(2, 114), StandsOut: true},
		{Reason: verdict.BadData, Parts: []rejection.Part{{Kind: rejection.LeadMagnet, Name: "guide"}}, There: share(10, 30), Elsewhere: share(0, 119), StandsOut: true},
		{Reason: verdict.NotReady, Parts: []rejection.Part{{Kind: rejection.All}}, There: share(17, 149)},
	}
	if diff := cmp.Diff(want, top); diff != "" {
		t.Errorf("patterns (-want +got):\n%s", diff)
	}
}

func TestPartsAddUpToTheWholeInAnyOrder(t *testing.T) {
	t.Parallel()
	names := rapid.SampledFrom([]string{"", "a", "b", "c"})
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOf(rapid.Custom(func(t *rapid.T) rejection.Cell {
			c := rejection.Cell{Source: names.Draw(t, "source"), Campaign: names.Draw(t, "campaign"), LeadMagnet: names.Draw(t, "magnet"), Partner: names.Draw(t, "partner"),
				Rep: names.Draw(t, "rep"), Pool: names.Draw(t, "pool"), Tier: names.Draw(t, "tier"), Reason: verdict.Reason(rapid.IntRange(0, 6).Draw(t, "reason")),
				Standing: dispute.Standing(rapid.IntRange(1, 4).Draw(t, "standing")), Answers: rapid.Int64Range(1, 9).Draw(t, "answers")}
			if c.Reason != 0 {
				c.Detail = names.Draw(t, "detail")
			}
			return c
		})).Draw(t, "cells")
		report := rejection.Of(cells)
		sums := map[rejection.Kind]rejection.Slice{}
		for _, s := range append(report.Slices, report.All) {
			var reasons int64
			for _, r := range s.Reasons {
				reasons += r.Count
			}
			if reasons != s.Rejected.Part {
				t.Fatalf("%v: reasons add up to %d of %d", s.Part, reasons, s.Rejected.Part)
			}
			sum := sums[s.Kind]
			sum.Rejected = share(sum.Rejected.Part+s.Rejected.Part, sum.Rejected.Whole+s.Rejected.Whole)
			sum.Disputed, sum.Overturned = sum.Disputed+s.Disputed, sum.Overturned+s.Overturned
			sums[s.Kind] = sum
		}
		for kind, sum := range sums {
			ofReasons := kind == rejection.Reason || kind == rejection.Detail
			if sum.Rejected.Part != report.All.Rejected.Part || sum.Disputed != report.All.Disputed ||
				!ofReasons && (sum.Rejected.Whole != report.All.Rejected.Whole || sum.Overturned != report.All.Overturned) {
				t.Fatalf("kind %d adds up to %+v, all is %+v", kind, sum, report.All)
			}
		}
		if len(cells) > 0 && len(sums) < 8 {
			t.Fatalf("there are %d kinds", len(sums))
		}
		if diff := cmp.Diff(report, rejection.Of(rapid.Permutation(cells).Draw(t, "order"))); diff != "" {
			t.Fatalf("in another order (-want +got):\n%s", diff)
		}
	})
}
