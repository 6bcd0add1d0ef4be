package pipeline_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

func TestInfluenceNeedsAQualifyingMarketingTouchInTheWindow(t *testing.T) {
	t.Parallel()
	created, asOf := day(100), day(200)
	tests := []struct {
		name     string
		closedAt time.Time
		touch    credit.Touch
		want     bool
	}{
		{"before creation", time.Time{}, credit.Touch{Team: credit.Marketing, OccurredAt: day(99)}, true},
		{"90 days before creation", time.Time{}, credit.Touch{Team: credit.Marketing, OccurredAt: day(10)}, true},
		{"a microsecond earlier", time.Time{}, credit.Touch{Team: credit.Marketing, OccurredAt: day(10).Add(-time.Microsecond)}, false},
		{"while it was open", time.Time{}, credit.Touch{Team: credit.Marketing, OccurredAt: day(150)}, true},
		{"when it was closed", day(150), credit.Touch{Team: credit.Marketing, OccurredAt: day(150)}, true},
		{"after it was closed", day(149), credit.Touch{Team: credit.Marketing, OccurredAt: day(150)}, false},
		{"after the as-of instant", time.Time{}, credit.Touch{Team: credit.Marketing, OccurredAt: day(201)}, false},
		{"after the as-of instant, closed even later", day(300), credit.Touch{Team: credit.Marketing, OccurredAt: day(201)}, false},
		{"by sales", time.Time{}, credit.Touch{Team: credit.Sales, OccurredAt: day(99)}, false},
		{"by a person without a role", time.Time{}, credit.Touch{Team: credit.Marketing, Person: "bob", OccurredAt: day(99)}, false},
		{"of a passive kind", time.Time{}, credit.Touch{Team: credit.Marketing, Kind: credit.EmailSent, OccurredAt: day(99)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.touch.Person == "" {
				tt.touch.Person = "ann"
			}
			eligible := credit.Eligibility{
				Window:   pipeline.InfluenceWindow(created, tt.closedAt, asOf, 90*days),
				People:   credit.ContactRoles("ann"),
				Excluded: credit.PassiveKinds(),
			}
			if got := pipeline.Influenced([]credit.Touch{tt.touch}, eligible).Influenced; got != tt.want {
				t.Errorf("Influenced(): got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestInfluenceNamesEachCampaignOnce(t *testing.T) {
	t.Parallel()
	touches := []credit.Touch{
		{Team: credit.Marketing, Campaign: "webinar"},
		{Team: credit.Marketing, Campaign: "spring"},
		{Team: credit.Marketing, Campaign: "webinar"},
		{Team: credit.Marketing},
		{Team: credit.Sales, Campaign: "outbound"},
	}
	want := influencedBy("spring", "webinar")
	if diff := cmp.Diff(want, pipeline.Influenced(touches, credit.Eligibility{})); diff != "" {
		t.Errorf("Influenced() (-want +got):\n%s", diff)
	}
}

func TestClassOfAnOpportunity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		opportunity pipeline.Opportunity
		want        pipeline.Class
	}{
		{"sourced and influenced", pipeline.Opportunity{SourcedBy: credit.Marketing, Influence: influencedBy("a")}, pipeline.Sourced},
		{"sourced, no touch in the window", pipeline.Opportunity{SourcedBy: credit.Marketing}, pipeline.Sourced},
		{"sourced by sales, influenced", pipeline.Opportunity{SourcedBy: credit.Sales, Influence: influencedBy()}, pipeline.InfluencedNotSourced},
		{"sourced by nobody, influenced", pipeline.Opportunity{Influence: influencedBy()}, pipeline.InfluencedNotSourced},
		{"sourced by sales", pipeline.Opportunity{SourcedBy: credit.Sales}, pipeline.Untouched},
		{"neither", pipeline.Opportunity{}, pipeline.Untouched},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.opportunity.Class(); got != tt.want {
				t.Errorf("Class(): got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestClassesSumToThePipeline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		opportunities := anyPipeline().Draw(t, "pipeline")
		b, err := pipeline.BreakDown(opportunities)
		if err != nil {
			t.Fatalf("BreakDown() error: %v", err)
		}
		var want pipeline.Line
		for _, o := range opportunities {
			want.Count++
			want.AmountMinor += o.AmountMinor
		}
		got := pipeline.Line{
			Count:       b.Sourced.Count + b.InfluencedNotSourced.Count + b.Untouched.Count,
			AmountMinor: b.Sourced.AmountMinor + b.InfluencedNotSourced.AmountMinor + b.Untouched.AmountMinor,
		}
		if got != want || b.Total != want {
			t.Errorf("classes sum to %+v and the total is %+v, want %+v", got, b.Total, want)
		}
	})
}

func TestCampaignsDoNotAddUpToTheTotal(t *testing.T) {
	t.Parallel()
	opportunities := []pipeline.Opportunity{
		{ID: "a", AmountMinor: 100, Influence: influencedBy("spring", "webinar")},
		{ID: "b", AmountMinor: 30, Influence: influencedBy("webinar")},
		{ID: "c", AmountMinor: 5, Influence: influencedBy()},
		{ID: "d", AmountMinor: 1_000, SourcedBy: credit.Marketing},
	}
	got, err := pipeline.ByCampaign(opportunities)
	if err != nil {
		t.Fatalf("ByCampaign() error: %v", err)
	}
	want := pipeline.CampaignInfluence{
		Campaigns: []pipeline.CampaignLine{
			{Campaign: "spring", Line: pipeline.Line{Count: 1, AmountMinor: 100}},
			{Campaign: "webinar", Line: pipeline.Line{Count: 2, AmountMinor: 130}},
		},
		Total: pipeline.Line{Count: 3, AmountMinor: 135},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ByCampaign() (-want +got):\n%s", diff)
	}
}

func TestPipelinesThatCannotBeSummedAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		opportunities []pipeline.Opportunity
		want          error
	}{
		{"one opportunity twice", []pipeline.Opportunity{{ID: "a"}, {ID: "b"}, {ID: "a"}}, pipeline.ErrDuplicateOpportunity},
		{"a negative amount", []pipeline.Opportunity{{ID: "a", AmountMinor: -1}}, pipeline.ErrNegativeAmount},
		{"a negative number of SQLs", []pipeline.Opportunity{{ID: "a", MarketingSQLs: -1}}, pipeline.ErrNegativeAmount},
		{"too much", []pipeline.Opportunity{{ID: "a", AmountMinor: math.MaxInt64}, {ID: "b", AmountMinor: 1}}, pipeline.ErrOverflow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, byClass := pipeline.BreakDown(tt.opportunities)
			_, byCampaign := pipeline.ByCampaign(tt.opportunities)
			_, influenced := pipeline.SumInfluenced(tt.opportunities, pipeline.BareSQLs{}, pipeline.Union)
			for _, err := range []error{byClass, byCampaign, influenced} {
				if !errors.Is(err, tt.want) {
					t.Errorf("got error %v, want %v", err, tt.want)
				}
			}
		})
	}
}
