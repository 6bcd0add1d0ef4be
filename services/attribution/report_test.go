package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// of says with which account an opportunity is, and what it is worth.
func of(accountNumber int, cents int64) func(*attributionv1.Opportunity) {
	return func(o *attributionv1.Opportunity) { o.Account, o.Amount = account(accountNumber), usd(cents) }
}

func (b *bundle) creditReport(t *testing.T, req *attributionv1.GetCreditReportRequest) *attributionv1.CreditReport {
	t.Helper()
	got, err := b.api.GetCreditReport(b.ctx, req)
	if err != nil {
		t.Fatalf("GetCreditReport() error: %v", err)
	}
	return got
}

func (b *bundle) sourcing(t *testing.T) *attributionv1.SourcingReport {
	t.Helper()
	got, err := b.api.GetSourcingReport(b.ctx, &attributionv1.GetSourcingReportRequest{})
	if err != nil {
		t.Fatalf("GetSourcingReport() error: %v", err)
	}
	return got
}

func TestCreditReportSumsToWhatWasOpenedInThePeriod(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 2, day(1)),
			touched(1, 1, day(1), by("webinar", "spring")), touched(2, 1, day(2), by("email", "")), touched(3, 1, day(3), by("webinar", "")),
			touched(4, 2, day(2), by("email", "spring")))
		b.open(t, "1", day(10), of(1, 100_00))
		b.open(t, "2", day(10), of(2, 7))
		b.open(t, "3", day(10), of(3, 5_00))
		b.open(t, "unknown worth", day(10), of(2, 0), func(o *attributionv1.Opportunity) { o.Amount = nil })
		b.open(t, "the period's first instant", day(9), of(3, 1))
		b.open(t, "a microsecond before", day(9).Add(-time.Microsecond), of(3, 50_00))
		b.open(t, "the first instant after", day(11), of(3, 50_00))

		got := b.creditReport(t, &attributionv1.GetCreditReportRequest{Model: linear, StartTime: ts(day(9)), EndTime: ts(day(11))})
		wantProto(t, "report", &attributionv1.CreditReport{
			Model: linear, StartTime: ts(day(9)), EndTime: ts(day(11)),
			Channels: []*attributionv1.CreditSlice{
				{Slice: "email", Amount: usd(33_33 + 7), OpportunitiesPpm: 2_333_333, TouchCount: 3},
				{Slice: "webinar", Amount: usd(66_67), OpportunitiesPpm: 666_667, TouchCount: 2},
			},
			Campaigns: []*attributionv1.CreditSlice{
				{Amount: usd(66_66), OpportunitiesPpm: 666_666, TouchCount: 2},
				{Slice: "campaigns/spring", Amount: usd(33_34 + 7), OpportunitiesPpm: 2_333_334, TouchCount: 3},
			},
			Total: usd(105_08), Untouched: usd(5_01), OpportunityCount: 5, UntouchedCount: 2,
		}, got)
	})
}

func TestReportsOfAnEmptyPeriod(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		start, end := ts(roomtest.Start.AddDate(0, 0, -90)), ts(roomtest.Start)
		nothing := money.Amount{}.Proto()
		wantProto(t, "credits", &attributionv1.CreditReport{Model: wShaped, StartTime: start, EndTime: end, Total: nothing, Untouched: nothing},
			b.creditReport(t, &attributionv1.GetCreditReportRequest{}))
		none := &attributionv1.SourcingClass{Amount: nothing}
		wantProto(t, "sourcing", &attributionv1.SourcingReport{StartTime: start, EndTime: end, Sourced: none, Influenced: none, Untouched: none,
			Pipeline: none, Rules: rules(0, 0, 0)}, b.sourcing(t))
		metric, err := b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{})
		if err != nil {
			t.Fatalf("GetSharedMetricReport() error: %v", err)
		}
		wantProto(t, "shared metric", &attributionv1.SharedMetricReport{StartTime: start, EndTime: end, InfluencedPipeline: nothing, Spend: nothing}, metric)
	})
}

func TestReportsHoldEveryOpportunityOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), touched(1, 1, day(1), by("email", "")))
		const deals = 450 // more than are read at once, and most of them opened at one instant
		req := &attributionv1.BatchCreateOpportunitiesRequest{}
		for i := range deals {
			req.Requests = append(req.Requests, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
				Source: "crm", SourceId: fmt.Sprint(i), Account: account(1), Amount: usd(1), OpenTime: ts(day(2 + i/400))}})
		}
		if _, err := b.api.BatchCreateOpportunities(b.ctx, req); err != nil {
			t.Fatalf("BatchCreateOpportunities() error: %v", err)
		}
		got := b.creditReport(t, &attributionv1.GetCreditReportRequest{})
		if got.GetOpportunityCount() != deals || got.GetUntouchedCount() != 0 {
			t.Errorf("got %d opportunities, %d of them untouched, want %d and none", got.GetOpportunityCount(), got.GetUntouchedCount(), deals)
		}
		wantProto(t, "total", usd(deals), got.GetTotal())
	})
}

func TestReportsNeverAddCurrencies(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t, "1", day(10))
		b.open(t, "2", day(11), func(o *attributionv1.Opportunity) { o.Amount = cash("EUR", 1) })
		_, err := b.api.GetCreditReport(b.ctx, &attributionv1.GetCreditReportRequest{})
		wantRefused(t, err, codes.FailedPrecondition, "CURRENCY_MISMATCH")
		_, err = b.api.GetSourcingReport(b.ctx, &attributionv1.GetSourcingReportRequest{})
		wantRefused(t, err, codes.FailedPrecondition, "CURRENCY_MISMATCH")
		_, err = b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{})
		wantRefused(t, err, codes.FailedPrecondition, "CURRENCY_MISMATCH")

		b.spend(t, spent("1", "", cash("EUR", 1), day(10)))
		apart := &attributionv1.GetSharedMetricReportRequest{StartTime: ts(day(9)), EndTime: ts(day(11))}
		_, err = b.api.GetSharedMetricReport(b.ctx, apart)
		wantRefused(t, err, codes.FailedPrecondition, "CURRENCY_MISMATCH")
		if got := b.creditReport(t, &attributionv1.GetCreditReportRequest{StartTime: ts(day(9)), EndTime: ts(day(11))}); got.GetOpportunityCount() != 1 {
			t.Errorf("one currency at a time: got %d opportunities, want 1", got.GetOpportunityCount())
		}
	})
}

func TestPeriodsThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		_, err := b.api.GetCreditReport(b.ctx, &attributionv1.GetCreditReportRequest{StartTime: ts(day(2)), EndTime: ts(day(2))})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "start_time")
		_, err = b.api.GetFunnelReport(b.ctx, &attributionv1.GetFunnelReportRequest{StartTime: ts(roomtest.Start)})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "start_time")
	})
}

func TestSumsOutOfRangeAreRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t, "1", day(10), of(1, 1<<62))
		b.open(t, "2", day(10), of(1, 1<<62))
		_, err := b.api.GetCreditReport(b.ctx, &attributionv1.GetCreditReportRequest{})
		wantRefused(t, err, codes.ResourceExhausted, "LIMIT_EXCEEDED")
	})
}

func rules(recorded, first, before int64) []*attributionv1.SourcedRuleCount {
	return []*attributionv1.SourcedRuleCount{
		{Rule: "recorded_source", OpportunityCount: recorded},
		{Rule: "first_touch_marketing", OpportunityCount: first},
		{Rule: "marketing_before_sales", OpportunityCount: before},
	}
}

func wantRules(t *testing.T, r *attributionv1.SourcingReport, want []*attributionv1.SourcedRuleCount) {
	t.Helper()
	wantProto(t, "rules", &attributionv1.SourcingReport{Rules: want}, &attributionv1.SourcingReport{Rules: r.GetRules()})
}

// acted is the event that a person of sales did something.
func acted(handoffNumber, leadNumber int, at time.Time) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_ActivityRecorded{
		ActivityRecorded: &eventv1.ActivityRecorded{Handoff: handoff(handoffNumber), OccurTime: ts(at)}}}
}

func TestSourcingIsFrozenAndTheRulesStandBeside(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 2, day(1)), created(3, 3, day(1)), created(4, 4, day(1)),
			touched(1, 1, day(5)), touched(3, 3, day(20)))
		automated := acted(1, 1, day(1))
		automated.GetActivityRecorded().Automated = true
		b.Tell(t, eventlog.SLA, acted(3, 3, day(2)), automated)
		marketings := func(o *attributionv1.Opportunity) { o.RecordedTeam = attributionv1.Opportunity_TEAM_MARKETING }
		one := b.open(t, "1", day(10), of(1, 1_00))              // touched before it was opened
		two := b.open(t, "2", day(10), of(2, 10_00), marketings) // nothing known yet
		three := b.open(t, "3", day(10), of(3, 100_00))          // touched while it is open, after sales was there
		b.open(t, "4", day(10), of(4, 1000_00))                  // never touched
		for o, want := range map[*attributionv1.Opportunity]attributionv1.Opportunity_Team{
			one: attributionv1.Opportunity_TEAM_MARKETING, two: attributionv1.Opportunity_TEAM_UNSPECIFIED, three: attributionv1.Opportunity_TEAM_UNSPECIFIED,
		} {
			if o.GetSourcedBy() != want {
				t.Errorf("opportunity %s is sourced by %v, want %v", o.GetSourceId(), o.GetSourcedBy(), want)
			}
		}
		class := func(n, cents int64) *attributionv1.SourcingClass {
			return &attributionv1.SourcingClass{OpportunityCount: n, Amount: usd(cents)}
		}
		want := &attributionv1.SourcingReport{StartTime: ts(roomtest.Start.AddDate(0, 0, -90)), EndTime: ts(roomtest.Start),
			Sourced: class(1, 1_00), Influenced: class(1, 100_00), Untouched: class(2, 1010_00), Pipeline: class(4, 1111_00), Rules: rules(1, 1, 1)}
		wantProto(t, "report", want, b.sourcing(t))

		// A touch that is told late changes what the rules say, and influences, but the team stays.
		b.Tell(t, eventlog.Scoring, touched(2, 2, day(3)))
		want.Influenced, want.Untouched, want.Rules = class(2, 110_00), class(1, 1000_00), rules(1, 2, 2)
		wantProto(t, "report with the late touch", want, b.sourcing(t))
		// So does what sales did before that touch.
		b.Tell(t, eventlog.SLA, &eventv1.Event{Handoff: handoff(2), Lead: lead(2), Payload: &eventv1.Event_FirstTouchMade{
			FirstTouchMade: &eventv1.FirstTouchMade{Handoff: handoff(2), OccurTime: ts(day(2))}}})
		want.Rules = rules(1, 2, 1)
		wantProto(t, "report with sales' first touch", want, b.sourcing(t))
	})
}

func TestEveryDealOfABatchIsSourcedOnItsOwn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		touchedAt := day(-40)
		b.Tell(t, eventlog.Scoring, created(1, 1, touchedAt), touched(1, 1, touchedAt))
		req := &attributionv1.BatchCreateOpportunitiesRequest{}
		for i, at := range []time.Time{touchedAt.AddDate(0, 0, 90).Add(time.Microsecond), touchedAt.Add(-time.Microsecond), touchedAt, touchedAt.AddDate(0, 0, 90)} {
			req.Requests = append(req.Requests, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
				Source: "crm", SourceId: fmt.Sprint(i), Account: account(1), OpenTime: ts(at)}})
		}
		resp, err := b.api.BatchCreateOpportunities(b.ctx, req)
		if err != nil {
			t.Fatalf("BatchCreateOpportunities() error: %v", err)
		}
		var got []attributionv1.Opportunity_Team
		for _, o := range resp.GetOpportunities() {
			got = append(got, o.GetSourcedBy())
		}
		const unknown, marketing = attributionv1.Opportunity_TEAM_UNSPECIFIED, attributionv1.Opportunity_TEAM_MARKETING
		if diff := cmp.Diff([]attributionv1.Opportunity_Team{unknown, unknown, marketing, marketing}, got); diff != "" {
			t.Errorf("teams (-want +got):\n%s", diff)
		}
	})
}

func TestTheAgreedRuleFreezesTheTeam(t *testing.T) {
	tests := []struct {
		rule playbookv1.SourcedBy
		want attributionv1.Opportunity_Team
	}{
		{playbookv1.SourcedBy_SOURCED_BY_RECORDED_SOURCE, attributionv1.Opportunity_TEAM_UNSPECIFIED},
		{playbookv1.SourcedBy_SOURCED_BY_FIRST_TOUCH_MARKETING, attributionv1.Opportunity_TEAM_MARKETING},
		{playbookv1.SourcedBy_SOURCED_BY_MARKETING_BEFORE_SALES, attributionv1.Opportunity_TEAM_SALES},
	}
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.SLA, acted(1, 1, day(1)))
		b.Tell(t, eventlog.Scoring, created(1, 1, day(2)), touched(1, 1, day(2)))
		for i, tt := range tests {
			t.Run(tt.rule.String(), func(t *testing.T) {
				b.activate(t, i+1, agreed(&playbookv1.AttributionPolicy{SourcedBy: tt.rule}))
				o := b.open(t, fmt.Sprint(i), day(10))
				if o.GetSourcedBy() != tt.want {
					t.Errorf("sourced by %v, want %v", o.GetSourcedBy(), tt.want)
				}
				told := b.Told(t)
				if got, want := told[len(told)-1].GetPlaybook(), fmt.Sprintf("playbooks/%d", i+1); got != want {
					t.Errorf("playbook of the event: got %s, want %s", got, want)
				}
			})
		}
	})
}

// A hundred thousand dollars a month of demand generation influence half a million to a million of pipeline: 5 to 10
// dollars for one.
func TestSharedMetricAgainstItsHealthyRange(t *testing.T) {
	const (
		none    = attributionv1.SharedMetricReport_STANDING_UNSPECIFIED
		below   = attributionv1.SharedMetricReport_STANDING_BELOW
		healthy = attributionv1.SharedMetricReport_STANDING_HEALTHY
		above   = attributionv1.SharedMetricReport_STANDING_ABOVE
		noRange = attributionv1.SharedMetricReport_STANDING_NO_RANGE
	)
	milli := func(n int64) *int64 { return &n }
	tests := []struct {
		name       string
		influenced int64
		spend      int64
		ratio      *int64
		standing   attributionv1.SharedMetricReport_Standing
	}{
		{"the low end", 500_000_00, 100_000_00, milli(5000), healthy},
		{"the high end", 1_000_000_00, 100_000_00, milli(10000), healthy},
		{"a cent below looks like five and is not", 499_999_99, 100_000_00, milli(5000), below},
		{"a cent above looks like ten and is not", 1_000_000_01, 100_000_00, milli(10000), above},
		{"half of a thousandth goes to the even one", 2_5, 10_000, milli(2), below},
		{"and up to the next even one", 3_5, 10_000, milli(4), below},
		{"nothing spent", 500_000_00, 0, nil, none},
		{"nothing influenced", 0, 100_000_00, milli(0), below},
	}
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)))
		policy := &playbookv1.AttributionPolicy{Influenced: &playbookv1.InfluencedPolicy{Lookback: durationpb.New(24 * time.Hour)},
			SharedMetric: &playbookv1.SharedMetricPolicy{Healthy: &playbookv1.Band{Low: 5, High: 10}, Spend: []string{"abm", "lead_gen", "account_targeting"}}}
		b.activate(t, 1, agreed(policy))
		for i, tt := range tests {
			at := day(2 * (i + 1))
			if tt.influenced > 0 {
				b.Tell(t, eventlog.Scoring, touched(i, 1, at))
				b.open(t, fmt.Sprint(i), at, of(1, tt.influenced))
			}
			b.open(t, fmt.Sprint("untouched ", i), at, of(2, 77_00))
			if tt.spend > 0 {
				b.spend(t, spent(fmt.Sprint("a", i), "abm", usd(tt.spend-1), at), spent(fmt.Sprint("b", i), "lead_gen", usd(1), at),
					spent(fmt.Sprint("c", i), "brand", usd(1_000_000_00), at))
			}
			t.Run(tt.name, func(t *testing.T) {
				got, err := b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: ts(at), EndTime: ts(at.Add(24 * time.Hour))})
				if err != nil {
					t.Fatalf("GetSharedMetricReport() error: %v", err)
				}
				want := &attributionv1.SharedMetricReport{StartTime: ts(at), EndTime: ts(at.Add(24 * time.Hour)), InfluencedPipeline: usd(tt.influenced),
					InfluencedCount: min(tt.influenced, 1), Spend: usd(tt.spend), RatioMilli: tt.ratio, Standing: tt.standing}
				if tt.spend == 0 {
					want.Spend = money.Amount{}.Proto()
				}
				wantProto(t, "report", want, got)
			})
		}
		b.activate(t, 2, agreed(nil))
		got, err := b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: ts(day(2)), EndTime: ts(day(3))})
		if err != nil {
			t.Fatalf("GetSharedMetricReport() error: %v", err)
		}
		if got.GetStanding() != noRange || got.GetSpend().GetUnits() != 1_100_000 {
			t.Errorf("without a range or categories: got %v and spend %v, want %v and all spend", got.GetStanding(), got.GetSpend(), noRange)
		}
	})
}

// An opportunity that grew out of a marketing lead which sales called qualified is marketing's in the shared number, once,
// whether a touch influenced it or not.
func TestSharedMetricCountsMarketingsSQLsOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), touched(1, 1, day(2)), created(2, 2, day(1)), created(3, 3, day(1)))
		for n, outcome := range map[int]routingv1.Handoff_Outcome{
			1: routingv1.Handoff_OUTCOME_SQL, 2: routingv1.Handoff_OUTCOME_SQL, 3: routingv1.Handoff_OUTCOME_NURTURE,
		} {
			b.Tell(t, eventlog.Routing, &eventv1.Event{Payload: &eventv1.Event_HandoffClosed{
				HandoffClosed: &eventv1.HandoffClosed{Handoff: handoff(n), Lead: lead(n), Outcome: outcome}}})
		}
		for n, cents := range map[int]int64{1: 1_00, 2: 10_00, 3: 100_00} {
			b.open(t, fmt.Sprint(n), day(10), of(n, cents), func(o *attributionv1.Opportunity) { o.Handoff = handoff(n) })
		}
		got, err := b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{})
		if err != nil {
			t.Fatalf("GetSharedMetricReport() error: %v", err)
		}
		wantProto(t, "influenced pipeline", usd(11_00), got.GetInfluencedPipeline())
		if got.GetInfluencedCount() != 2 {
			t.Errorf("influenced: got %d, want 2", got.GetInfluencedCount())
		}
	})
}
