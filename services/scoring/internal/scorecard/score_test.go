package scorecard_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

var asOf = time.Date(2026, 3, 6, 16, 30, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return asOf.Add(-d) }

func always(truth scorecard.Truth) func(int) answer {
	return func(int) answer { return answer{Truth: truth} }
}

// oneType is a policy with a single rule and no caps, for one question at a time.
func oneType(rule scorecard.EventRule) scorecard.Policy {
	rule.Type = "event"
	return scorecard.Policy{
		Engagement: []scorecard.Group{{Name: "group", Cap: full, Events: []scorecard.EventRule{rule}}},
		Weights:    scorecard.Weights{Fit: point},
	}
}

func TestPointsHalveWithEachHalfLife(t *testing.T) {
	t.Parallel()
	card := mustCard(t, oneType(scorecard.EventRule{Points: 40 * point, HalfLife: 14 * day, Cap: full}))
	tests := []struct {
		age    time.Duration
		want   scorecard.Micro
		factor int64
	}{
		{0, 40_000_000, 1_000_000_000},
		{7 * day, 28_284_271, 707_106_781},
		{14 * day, 20_000_000, 500_000_000},
		{28 * day, 10_000_000, 250_000_000},
		{14 * 25 * day, 1, 30}, // 40,000,000 / 2^25 = 1.19
		{14 * 26 * day, 1, 15}, // 0.596
		{14 * 27 * day, 0, 7},  // 0.298
		{14 * 400 * day, 0, 0}, // 5,600 days
		{106_751 * day, 0, 0},  // 292 years
		{time.Microsecond, 40_000_000, 1_000_000_000},
	}
	for _, tt := range tests {
		t.Run(tt.age.String(), func(t *testing.T) {
			t.Parallel()
			got := card.Engagement([]scorecard.Event{{ID: "e", Type: "event", OccurredAt: ago(tt.age)}}, asOf)
			if got.Total != tt.want || accountOf(got).Lines[0].Events[0].Factor != tt.factor {
				t.Errorf("got %v with factor %d, want %v with %d", got.Total, accountOf(got).Lines[0].Events[0].Factor, tt.want, tt.factor)
			}
		})
	}
}

func TestEventIsRoundedHalfToEven(t *testing.T) {
	t.Parallel()
	for raw, want := range map[scorecard.Micro]scorecard.Micro{1: 0, 2: 1, 3: 2, 5: 2, 6: 3, 7: 4, 9: 4, 11: 6} {
		card := mustCard(t, oneType(scorecard.EventRule{Points: raw, HalfLife: day, Cap: full}))
		got := card.Engagement([]scorecard.Event{{ID: "e", Type: "event", OccurredAt: ago(day)}}, asOf)
		if got.Total != want {
			t.Errorf("half of %d = %d, want %d", raw, got.Total, want)
		}
	}
}

func TestWindowAndDecayWorkTogether(t *testing.T) {
	t.Parallel()
	card := mustCard(t, oneType(scorecard.EventRule{Points: 40 * point, HalfLife: 14 * day, Window: 28 * day, Cap: full}))
	tests := []struct {
		name string
		age  time.Duration
		want scorecard.Micro
	}{
		{"within, decayed", 14 * day, 20 * point},
		{"on the edge", 28 * day, 10 * point},
		{"beyond", 28*day + time.Microsecond, 0},
		{"not yet", -time.Microsecond, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := card.Engagement([]scorecard.Event{{ID: "e", Type: "event", OccurredAt: ago(tt.age)}}, asOf)
			if got.Total != tt.want {
				t.Errorf("got %v, want %v", got.Total, tt.want)
			}
		})
	}
}

func TestBonusIsTheLargestThatMatches(t *testing.T) {
	t.Parallel()
	card := mustCard(t, oneType(scorecard.EventRule{Points: 2 * point, Cap: full, Bonus: []scorecard.Bonus{
		{Asset: "/pricing", Points: 8 * point}, {Asset: "demo_request", Points: 20 * point}, {Asset: "guide", Points: 8 * point},
	}}))
	tests := []struct {
		event scorecard.Event
		want  scorecard.Micro
		asset string
	}{
		{scorecard.Event{}, 2 * point, ""},
		{scorecard.Event{Page: "/about"}, 2 * point, ""},
		{scorecard.Event{Page: "/pricing"}, 10 * point, "/pricing"},
		{scorecard.Event{Asset: "guide"}, 10 * point, "guide"},
		{scorecard.Event{Page: "/pricing", Asset: "guide"}, 10 * point, "/pricing"},
		{scorecard.Event{Page: "/pricing", Form: "demo_request"}, 22 * point, "demo_request"},
	}
	for _, tt := range tests {
		t.Run(tt.event.Page+tt.event.Form+tt.event.Asset, func(t *testing.T) {
			t.Parallel()
			tt.event.ID, tt.event.Type, tt.event.OccurredAt = "e", "event", asOf
			got := card.Engagement([]scorecard.Event{tt.event}, asOf)
			if got.Total != tt.want || accountOf(got).Lines[0].Asset != tt.asset {
				t.Errorf("got %v for %q, want %v for %q", got.Total, accountOf(got).Lines[0].Asset, tt.want, tt.asset)
			}
		})
	}
}

func TestExplanationOfAnEngagementScore(t *testing.T) {
	t.Parallel()
	card := mustCard(t, example())
	events := []scorecard.Event{
		{ID: "view-4", Type: "page_view", OccurredAt: asOf, Page: "/pricing"},
		{ID: "view-1", Type: "page_view", OccurredAt: ago(28 * day), Page: "/pricing"},
		{ID: "view-3", Type: "page_view", OccurredAt: ago(time.Hour), Page: "/about"},
		{ID: "view-2", Type: "page_view", OccurredAt: ago(14 * day), Page: "/pricing"},
		{ID: "view-5", Type: "page_view", OccurredAt: asOf, Page: "/pricing"},
		{ID: "webinar", Type: "webinar_attend", OccurredAt: ago(60 * day)},
		{ID: "form", Type: "form_submit", OccurredAt: asOf},
		{ID: "call", Type: "phone_call", OccurredAt: asOf},
	}
	share := func(id string, age time.Duration, factor int64, raw, decayed, typeCut, groupCut scorecard.Micro) scorecard.Share {
		return scorecard.Share{ID: id, OccurredAt: ago(age), Factor: factor, Raw: raw, Decayed: decayed,
			TypeCut: typeCut, GroupCut: groupCut, Contribution: decayed - typeCut - groupCut}
	}
	const one = 1_000_000_000
	want := account{
		Total:        60 * point,
		Completeness: 100,
		Lines: []*scorecard.Line{
			{
				// An hour takes 0.2 % of 2 points.
				Part: scorecard.EngagementPart, Group: "website", Rule: "page_view",
				Raw: 2 * point, Decayed: 1_995_878, Contribution: 1_995_878,
				Events: []scorecard.Share{share("view-3", time.Hour, 997_939_188, 2*point, 1_995_878, 0, 0)},
			},
			{
				// The type's cap of 20 is filled from the oldest: 2.5, 5, 1.995878, then 10
				// of view-4, and 0.504122 of view-5.
				Part: scorecard.EngagementPart, Group: "website", Rule: "page_view", Asset: "/pricing",
				Raw: 40 * point, Decayed: 27_500_000, TypeCut: 9_495_878, Contribution: 18_004_122,
				Events: []scorecard.Share{
					share("view-1", 28*day, one/4, 10*point, 2_500_000, 0, 0),
					share("view-2", 14*day, one/2, 10*point, 5_000_000, 0, 0),
					share("view-4", 0, one, 10*point, 10_000_000, 0, 0),
					share("view-5", 0, one, 10*point, 10_000_000, 9_495_878, 0),
				},
			},
			{
				Part: scorecard.EngagementPart, Group: "events", Rule: "webinar_attend",
				Raw: 25 * point, Decayed: 12_500_000, Contribution: 12_500_000,
				Events: []scorecard.Share{share("webinar", 60*day, one/2, 25*point, 12_500_000, 0, 0)},
			},
			{
				// The group's cap of 40 has 27.5 left.
				Part: scorecard.EngagementPart, Group: "events", Rule: "form_submit",
				Raw: 40 * point, Decayed: 40 * point, GroupCut: 12_500_000, Contribution: 27_500_000,
				Events: []scorecard.Share{share("form", 0, one, 40*point, 40*point, 0, 12_500_000)},
			},
		},
	}
	if diff := cmp.Diff(want, accountOf(card.Engagement(events, asOf))); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
}

func TestTotalAboveAHundredIsClampedInALineOfItsOwn(t *testing.T) {
	t.Parallel()
	policy := example()
	policy.Fit = append(policy.Fit, scorecard.FitRule{Name: "extra", Points: 7 * point, When: "extra"})
	card := mustCard(t, policy)
	fit := fitOf(card, always(scorecard.True))
	engagement := card.Engagement([]scorecard.Event{
		{ID: "a", Type: "content_download", OccurredAt: asOf}, {ID: "b", Type: "content_download", OccurredAt: asOf},
		{ID: "c", Type: "page_view", OccurredAt: asOf, Page: "/pricing"}, {ID: "d", Type: "page_view", OccurredAt: asOf, Page: "/pricing"},
		{ID: "e", Type: "email_click", OccurredAt: asOf}, {ID: "f", Type: "email_click", OccurredAt: asOf}, {ID: "g", Type: "email_click", OccurredAt: asOf},
		{ID: "h", Type: "form_submit", OccurredAt: asOf},
	}, asOf)
	for name, tt := range map[string]struct {
		score scorecard.Score
		lost  scorecard.Micro
	}{"fit": {fit, 7 * point}, "engagement": {engagement, 8 * point}} {
		lines := accountOf(tt.score).Lines
		last := lines[len(lines)-1]
		if tt.score.Total != full || last.Rule != scorecard.Clamp || last.Contribution != -tt.lost || last.Name() != "CLAMP" {
			t.Errorf("%s = %v with last line %+v, want 100 and CLAMP of -%v", name, tt.score.Total, last, tt.lost)
		}
	}
}

func TestTotalIsClampedFromTheFirstMillionthAboveAHundred(t *testing.T) {
	t.Parallel()
	for extra, want := range map[scorecard.Micro]int{0: 2, 1: 3} {
		score := fitOf(mustCard(t, scorecard.Policy{
			Fit:     []scorecard.FitRule{{Name: "a", Points: full, When: "a"}, {Name: "b", Points: extra, When: "b"}},
			Weights: scorecard.Weights{Fit: point},
		}), always(scorecard.True))
		lines := accountOf(score).Lines
		if score.Total != full || len(lines) != want {
			t.Errorf("100 and %v give %v in %d lines, want 100 in %d", extra, score.Total, len(lines), want)
		}
	}
}

func TestAGroupOfFitRulesGivesNoMoreThanItsCap(t *testing.T) {
	t.Parallel()
	card := mustCard(t, scorecard.Policy{
		Fit: []scorecard.FitRule{
			{Name: "geo", Points: 20 * point, When: "geo", Group: "firmographic"},
			{Name: "industry", Points: 25 * point, When: "industry", Group: "firmographic"},
			{Name: "role", Points: 30 * point, When: "role"},
			{Name: "size", Points: 10 * point, When: "size", Group: "firmographic"},
		},
		FitGroups: []scorecard.FitGroup{{Name: "firmographic", Cap: 40 * point}},
		Weights:   scorecard.Weights{Fit: point},
	})
	type line struct {
		name              string
		contribution, cut scorecard.Micro
	}
	tests := []struct {
		name   string
		answer func(int) answer
		total  scorecard.Micro
		want   []line
	}{
		{"all match", always(scorecard.True), 70 * point, []line{{"firmographic/geo", 20 * point, 0}, {"firmographic/industry", 20 * point, 5 * point},
			{"role", 30 * point, 0}, {"firmographic/size", 0, 10 * point}}},
		{"one is not known, and leaves its room to the others", func(rule int) answer {
			if rule == 0 {
				return answer{}
			}
			return answer{Truth: scorecard.True}
		}, 65 * point, []line{{"firmographic/geo", 0, 0}, {"firmographic/industry", 25 * point, 0}, {"role", 30 * point, 0}, {"firmographic/size", 10 * point, 0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			score := fitOf(card, tt.answer)
			var got []line
			for l := range score.Lines() {
				got = append(got, line{l.Name(), l.Contribution, l.GroupCut})
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(line{})); diff != "" || score.Total != tt.total {
				t.Errorf("total %v, want %v; lines (-want +got):\n%s", score.Total, tt.total, diff)
			}
		})
	}
}

func TestUnknownGivesNothingAndLowersCompleteness(t *testing.T) {
	t.Parallel()
	card := mustCard(t, example())
	answers := map[string]answer{
		"size_fit":     {Truth: scorecard.Unknown, Missing: []string{"account.employees"}},
		"industry_fit": {Truth: scorecard.True},
		"tech_fit":     {Truth: scorecard.False},
		"geo_fit":      {Truth: scorecard.True},
	}
	got := fitOf(card, named(example(), answers))
	want := account{
		Total:        40 * point,
		Completeness: 60, // 25 for size and 15 for role are open
		Lines: []*scorecard.Line{
			{Part: scorecard.FitPart, Rule: "size", Raw: 25 * point, Missing: []string{"account.employees"}},
			{Part: scorecard.FitPart, Rule: "industry", Truth: scorecard.True, Raw: 25 * point, Decayed: 25 * point, Contribution: 25 * point},
			{Part: scorecard.FitPart, Rule: "tech", Truth: scorecard.False, Raw: 20 * point},
			{Part: scorecard.FitPart, Rule: "geography", Truth: scorecard.True, Raw: 15 * point, Decayed: 15 * point, Contribution: 15 * point},
			{Part: scorecard.FitPart, Rule: "role", Raw: 15 * point},
		},
	}
	if diff := cmp.Diff(want, accountOf(got)); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		policy scorecard.Policy
		truth  scorecard.Truth
		want   int
	}{
		"nothing to ask":      {oneType(scorecard.EventRule{}), scorecard.Unknown, 100},
		"nothing known":       {example(), scorecard.Unknown, 0},
		"everything is false": {example(), scorecard.False, 100},
		"everything is true":  {example(), scorecard.True, 100},
		"99.99… is not 100 %": {scorecard.Policy{Fit: []scorecard.FitRule{{Name: "a", Points: full, When: "a"}, {Name: "b", Points: 1, When: "tech_fit"}}, Weights: scorecard.Weights{Fit: point}}, 99, 99},
	} {
		given := always(tt.truth)
		if tt.truth == 99 {
			given = named(tt.policy, map[string]answer{"a": {Truth: scorecard.True}})
		}
		if got := fitOf(mustCard(t, tt.policy), given).Completeness; got != tt.want {
			t.Errorf("%s: completeness = %d, want %d", name, got, tt.want)
		}
	}
}

func TestCombinedIsTheWeightedMeanRoundedHalfToEven(t *testing.T) {
	t.Parallel()
	tests := []struct {
		weights         scorecard.Weights
		fit, engagement scorecard.Micro
		want            scorecard.Micro
	}{
		{scorecard.Weights{Fit: point / 2, Engagement: point / 2}, 70 * point, 50 * point, 60 * point},
		{scorecard.Weights{Fit: point / 2, Engagement: point / 2}, full, full, full},
		{scorecard.Weights{Fit: point / 2, Engagement: point / 2}, 1, 0, 0},
		{scorecard.Weights{Fit: point / 2, Engagement: point / 2}, 1, 2, 2},
		{scorecard.Weights{Fit: point / 2, Engagement: point / 2}, 3, 2, 2},
		{scorecard.Weights{Fit: 333_333, Engagement: 666_667}, 100, 10, 40},
		{scorecard.Weights{Fit: point}, 12_345_678, full, 12_345_678},
	}
	for _, tt := range tests {
		policy := example()
		policy.Weights = tt.weights
		if got := mustCard(t, policy).Combined(tt.fit, tt.engagement); got != tt.want {
			t.Errorf("%+v of %d and %d = %d, want %d", tt.weights, tt.fit, tt.engagement, got, tt.want)
		}
	}
}
