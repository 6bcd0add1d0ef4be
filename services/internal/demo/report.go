package demo

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
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

	company   *company
	census    *census
	chronicle *chronicle
	cycles    map[string][]*routingv1.Handoff // the handoffs of each lead
}

// Balanced reports whether every sum came out.
func (r *Report) Balanced() bool {
	for _, c := range r.Balance {
		if !c.OK() {
			return false
		}
	}
	return true
}

// Story is a handoff that much happened to: the one that went through most hands before it was sales-qualified. Empty if
// none was.
func (r *Report) Story() string {
	var best *routingv1.Handoff
	for _, h := range r.census.handoffs {
		if h.GetOutcome() == routingv1.Handoff_OUTCOME_SQL && (best == nil || h.GetAssignment() > best.GetAssignment()) {
			best = h
		}
	}
	return best.GetName()
}

// report asks every service for its part.
func (p *player) report(ctx context.Context) (*Report, error) {
	r := &Report{Sent: p.tally, company: p.company, cycles: map[string][]*routingv1.Handoff{}}
	for _, ask := range []func(context.Context, *Report) error{p.askAttribution, p.askSales} {
		if err := ask(ctx, r); err != nil {
			return nil, fmt.Errorf("report the month: %w", err)
		}
	}
	var err error
	if r.chronicle, err = p.chronicle(ctx); err != nil {
		return nil, err
	}
	if r.census, err = p.census(ctx); err != nil {
		return nil, err
	}
	for _, h := range r.census.handoffs {
		r.cycles[h.GetLead()] = append(r.cycles[h.GetLead()], h)
	}
	r.Balance = r.balance()
	return r, nil
}

// askAttribution asks what marketing brought.
func (p *player) askAttribution(ctx context.Context, r *Report) (err error) {
	from, to := timestamppb.New(Start), timestamppb.New(End)
	client := attributionv1.NewAttributionServiceClient(p.ops)
	if r.Funnel, err = client.GetFunnelReport(ctx, &attributionv1.GetFunnelReportRequest{StartTime: from, EndTime: to}); err != nil {
		return err
	}
	for number := range int32(len(playbookv1.AttributionModel_name)) {
		model := playbookv1.AttributionModel(number)
		if model == playbookv1.AttributionModel_ATTRIBUTION_MODEL_UNSPECIFIED {
			continue
		}
		credit, err := client.GetCreditReport(ctx, &attributionv1.GetCreditReportRequest{Model: model, StartTime: from, EndTime: to})
		if err != nil {
			return err
		}
		r.Credits = append(r.Credits, credit)
	}
	if r.Sourcing, err = client.GetSourcingReport(ctx, &attributionv1.GetSourcingReportRequest{StartTime: from, EndTime: to}); err != nil {
		return err
	}
	r.Metric, err = client.GetSharedMetricReport(ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: from, EndTime: to})
	return err
}

// askSales asks what sales did with it.
func (p *player) askSales(ctx context.Context, r *Report) (err error) {
	from, to := timestamppb.New(Start), timestamppb.New(End)
	if r.Compliance, err = slav1.NewSlaServiceClient(p.ops).GetComplianceReport(ctx,
		&slav1.GetComplianceReportRequest{StartTime: from, EndTime: to}); err != nil {
		return err
	}
	if r.Rejections, err = feedbackv1.NewFeedbackServiceClient(p.ops).GetRejectionReport(ctx,
		&feedbackv1.GetRejectionReportRequest{StartTime: from, EndTime: to}); err != nil {
		return err
	}
	for _, pool := range []string{enterprise, velocity, overflow} {
		ledger, err := routingv1.NewRoutingServiceClient(p.ops).GetFairnessLedger(ctx,
			&routingv1.GetFairnessLedgerRequest{Name: "pools/" + pool + "/ledger"})
		if err != nil {
			return err
		}
		r.Ledgers = append(r.Ledgers, ledger)
	}
	return nil
}

// poolOf is the id of a ledger's pool.
func poolOf(ledger *routingv1.FairnessLedger) string { return strings.Split(ledger.GetName(), "/")[1] }
