package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// Report is the month in figures, as the suite reports it, and whether the books balance.
type Report struct {
	Sent       Tally
	Funnel     *attributionv1.FunnelReport
	Compliance *slav1.ComplianceReport
	Rejections *feedbackv1.RejectionReport
	Credits    []*attributionv1.CreditReport // by model, in the order of the models
	Sourcing   *attributionv1.SourcingReport
	Metric     *attributionv1.SharedMetricReport
	Ledgers    []*routingv1.FairnessLedger
	Balance    []Check
}

// Check is a sum that must come out.
type Check struct {
	What string
	Want string
	Got  string
}

// OK reports whether the sum came out.
func (c Check) OK() bool { return c.Want == c.Got }

// Balanced reports whether every sum came out.
func (r *Report) Balanced() bool {
	for _, c := range r.Balance {
		if !c.OK() {
			return false
		}
	}
	return true
}

// report asks every service for its part.
func (p *player) report(ctx context.Context) (*Report, error) {
	r := &Report{Sent: p.tally}
	from, to := timestamppb.New(Start), timestamppb.New(End)
	attribution := attributionv1.NewAttributionServiceClient(p.ops)
	var err error
	if r.Funnel, err = attribution.GetFunnelReport(ctx, &attributionv1.GetFunnelReportRequest{StartTime: from, EndTime: to}); err != nil {
		return nil, err
	}
	if r.Compliance, err = slav1.NewSlaServiceClient(p.ops).GetComplianceReport(ctx, &slav1.GetComplianceReportRequest{StartTime: from, EndTime: to}); err != nil {
		return nil, err
	}
	if r.Rejections, err = feedbackv1.NewFeedbackServiceClient(p.ops).GetRejectionReport(ctx, &feedbackv1.GetRejectionReportRequest{StartTime: from, EndTime: to}); err != nil {
		return nil, err
	}
	for number := range int32(len(playbookv1.AttributionModel_name)) {
		model := playbookv1.AttributionModel(number)
		if model == playbookv1.AttributionModel_ATTRIBUTION_MODEL_UNSPECIFIED {
			continue
		}
		credit, err := attribution.GetCreditReport(ctx, &attributionv1.GetCreditReportRequest{Model: model, StartTime: from, EndTime: to})
		if err != nil {
			return nil, err
		}
		r.Credits = append(r.Credits, credit)
	}
	if r.Sourcing, err = attribution.GetSourcingReport(ctx, &attributionv1.GetSourcingReportRequest{StartTime: from, EndTime: to}); err != nil {
		return nil, err
	}
	if r.Metric, err = attribution.GetSharedMetricReport(ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: from, EndTime: to}); err != nil {
		return nil, err
	}
	for _, pool := range []string{"enterprise", "velocity", "overflow"} {
		ledger, err := routingv1.NewRoutingServiceClient(p.ops).GetFairnessLedger(ctx, &routingv1.GetFairnessLedgerRequest{Name: "pools/" + pool + "/ledger"})
		if err != nil {
			return nil, err
		}
		r.Ledgers = append(r.Ledgers, ledger)
	}
	r.Balance, err = p.balance(ctx, r)
	return r, err
}

// Write prints the report.
func (r *Report) Write(w io.Writer) error {
	out := figures.New(w)
	out.Title("A month of a made-up company: %s to %s", Start.Format("2 January 2006"), End.Add(-time.Second).Format("2 January 2006"))
	out.Line("%d leads sent, %d refused as bad data, %d engagements", r.Sent.Leads, r.Sent.Refused, r.Sent.Engagements)
	out.Funnel(r.Funnel)
	out.Clocks(r.Compliance)
	out.Rejections(r.Rejections)
	out.Credits(r.Credits...)
	out.Sourcing(r.Sourcing)
	out.SharedMetric(r.Metric)
	r.writeLedgers(out)
	r.writeBalance(out)
	return out.Flush()
}

func (r *Report) writeLedgers(out *figures.Printer) {
	out.Title("Who got how many")
	for _, ledger := range r.Ledgers {
		for _, a := range ledger.GetAccounts() {
			out.Row(strings.Split(ledger.GetName(), "/")[1], a.GetRep(), fmt.Sprint(a.GetAssignedCount()),
				fmt.Sprintf("%+.3f behind", float64(a.GetDeficitNanos())/1e9))
		}
	}
}

func (r *Report) writeBalance(out *figures.Printer) {
	out.Title("Books")
	for _, c := range r.Balance {
		if c.OK() {
			out.Row("ok", c.What, c.Got)
			continue
		}
		out.Row("WRONG", c.What, c.Got+", want "+c.Want)
	}
}
