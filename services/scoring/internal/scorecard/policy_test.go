package scorecard_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

const (
	point = scorecard.Point
	full  = scorecard.Full
	day   = 24 * time.Hour
)

// example is a policy as teams write it.
func example() scorecard.Policy {
	return scorecard.Policy{
		Fit: []scorecard.FitRule{
			{Name: "size", Points: 25 * point, When: "size_fit"},
			{Name: "industry", Points: 25 * point, When: "industry_fit"},
			{Name: "tech", Points: 20 * point, When: "tech_fit"},
			{Name: "geography", Points: 15 * point, When: "geo_fit"},
			{Name: "role", Points: 15 * point, When: "buyer_role"},
		},
		Engagement: []scorecard.Group{
			{Name: "content", Cap: 30 * point, Events: []scorecard.EventRule{
				{Type: "content_download", Points: 15 * point, HalfLife: 30 * day, Cap: full},
			}},
			{Name: "website", Cap: 30 * point, Events: []scorecard.EventRule{
				{Type: "page_view", Points: 2 * point, HalfLife: 14 * day, Cap: 20 * point, Bonus: []scorecard.Bonus{
					{Asset: "/pricing", Points: 8 * point}, {Asset: "/case-studies", Points: 4 * point},
				}},
			}},
			{Name: "email", Cap: 20 * point, Events: []scorecard.EventRule{
				{Type: "email_click", Points: 6 * point, HalfLife: 14 * day, Cap: full},
			}},
			{Name: "events", Cap: 40 * point, Events: []scorecard.EventRule{
				{Type: "webinar_attend", Points: 25 * point, HalfLife: 60 * day, Cap: full},
				{Type: "form_submit", Points: 40 * point, HalfLife: 60 * day, Cap: full},
			}},
		},
		Weights: scorecard.Weights{Fit: point / 2, Engagement: point / 2},
	}
}

func mustCard(tb testing.TB, p scorecard.Policy) *scorecard.Card {
	tb.Helper()
	card, err := scorecard.New(p)
	if err != nil {
		tb.Fatal(err)
	}
	return card
}

func TestExamplePolicyIsValid(t *testing.T) {
	t.Parallel()
	if err := example().Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidateReportsEverythingWithItsPath(t *testing.T) {
	t.Parallel()
	_, err := scorecard.New(scorecard.Policy{
		Fit: []scorecard.FitRule{
			{Name: "size", Points: -1, When: "size_fit"},
			{Name: "size", Points: full + 1},
			{Points: 5 * point, When: "x"},
		},
		Engagement: []scorecard.Group{
			{Name: "website", Cap: full + 1, Events: []scorecard.EventRule{
				{Type: "page_view", Points: -point, HalfLife: -1, Window: -1, Cap: -1, Bonus: []scorecard.Bonus{
					{Asset: "/pricing", Points: full}, {Asset: "/pricing", Points: full + 1}, {},
				}},
			}},
			{Name: "email", Events: []scorecard.EventRule{{Type: "page_view"}}},
		},
		Weights: scorecard.Weights{Fit: point, Engagement: 1},
	})
	var refused *scorecard.PolicyError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a PolicyError", err)
	}
	const twice = "stands here a second time; it would count twice"
	want := []scorecard.Problem{
		{Field: "scoring.fit.size.points", Message: "is -0.000001; points go from 0 to 100"},
		{Field: "scoring.fit.size", Message: twice},
		{Field: "scoring.fit.size.points", Message: "is 100.000001; points go from 0 to 100"},
		{Field: "scoring.fit.size.when", Message: "names no criterion"},
		{Field: "scoring.fit.", Message: "has no name"},
		{Field: "scoring.engagement.website.cap", Message: "is 100.000001; points go from 0 to 100"},
		{Field: "scoring.engagement.website.events.page_view.points", Message: "is -1; points go from 0 to 100"},
		{Field: "scoring.engagement.website.events.page_view.cap", Message: "is -0.000001; points go from 0 to 100"},
		{Field: "scoring.engagement.website.events.page_view.half_life", Message: "is negative"},
		{Field: "scoring.engagement.website.events.page_view.window", Message: "is negative"},
		{Field: `scoring.engagement.website.events.page_view.bonus["/pricing"]`, Message: twice},
		{Field: `scoring.engagement.website.events.page_view.bonus["/pricing"]`, Message: "is 100.000001; points go from 0 to 100"},
		{Field: `scoring.engagement.website.events.page_view.bonus[""]`, Message: "has no name"},
		{Field: "scoring.engagement.email.events.page_view", Message: twice},
		{Field: "scoring.weights", Message: "1 of fit and 0.000001 of engagement do not make 1"},
	}
	if diff := cmp.Diff(want, refused.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCardDoesNotShareThePolicy(t *testing.T) {
	t.Parallel()
	policy := example()
	card := mustCard(t, policy)
	policy.Fit[0].Points = 0
	policy.Engagement[1].Events[0].Bonus[0].Points = 0
	policy.Engagement[1].Events[0].Type = "other"
	if got := fitOf(card, always(scorecard.True)).Total; got != full {
		t.Errorf("fit = %v, want 100", got)
	}
	got := card.Engagement([]scorecard.Event{{ID: "e", Type: "page_view", OccurredAt: asOf, Page: "/pricing"}}, asOf)
	if got.Total != 10*point {
		t.Errorf("engagement = %v, want 10", got.Total)
	}
}

func TestMicroIsWrittenWithItsDecimals(t *testing.T) {
	t.Parallel()
	for micro, want := range map[scorecard.Micro]string{
		0: "0", 1: "0.000001", -1: "-0.000001", 70_000_001: "70.000001", 28_284_271: "28.284271",
		full: "100", -5_500_000: "-5.5", 120_000: "0.12",
	} {
		if got := micro.String(); got != want {
			t.Errorf("%d = %q, want %q", int64(micro), got, want)
		}
	}
}
