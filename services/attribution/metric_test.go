package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/money"
)

// A hundred thousand dollars a month of demand generation influence half a million to a million of pipeline: 5 to 10
// dollars for one.
func TestSharedMetricAgainstItsHealthyRange(t *testing.T) {
	const (
		none    = attributionv1.SharedMetricReport_STANDING_NO_SPEND
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
