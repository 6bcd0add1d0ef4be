package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
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
		wantProto(t, "shared metric", &attributionv1.SharedMetricReport{StartTime: start, EndTime: end, InfluencedPipeline: nothing, Spend: nothing,
			Standing: attributionv1.SharedMetricReport_STANDING_NO_SPEND}, metric)
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
