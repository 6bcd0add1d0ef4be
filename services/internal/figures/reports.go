package figures

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Funnel prints how far leads came.
func (p *Printer) Funnel(r *attributionv1.FunnelReport) {
	p.Title("Funnel")
	for _, s := range r.GetStages() {
		p.Row(word(s.GetMilestone().String(), "MILESTONE_"), fmt.Sprint(s.GetCount()), perMille(s.ConversionPerMille)+" of the one before")
	}
}

// Clocks prints how often each clock was met, and what became of both teams' promises.
func (p *Printer) Clocks(r *slav1.ComplianceReport) {
	p.Title("Clocks")
	p.Row("clock", "met", "missed", "cancelled", "in time", "median", "p90")
	for _, c := range r.GetClocks() {
		p.Row(c.GetKind(), fmt.Sprint(c.GetMetCount()), fmt.Sprint(c.GetMissedCount()), fmt.Sprint(c.GetCancelledCount()),
			perMille(c.MetPerMille), c.GetMedian().AsDuration().String(), c.GetP90().AsDuration().String())
	}
	p.Title("Promises")
	for _, c := range r.GetCommitments() {
		kept := map[bool]string{true: "kept", false: "broken"}[c.GetKept()]
		if c.Kept == nil {
			kept = "nothing to say"
		}
		p.Row(c.GetParty(), c.GetMeasure(), fmt.Sprint(c.GetTarget()), fmt.Sprint(c.GetActual()), kept)
	}
}

// Rejections prints what sales rejected, by reason.
func (p *Printer) Rejections(r *feedbackv1.RejectionReport) {
	p.Title("Rejections: %d of %d answers (%s)", r.GetRejectedCount(), r.GetAnsweredCount(), perMille(r.RejectedPerMille))
	for _, reason := range r.GetReasons() {
		p.Row(word(reason.GetReason().String(), "REJECTION_REASON_"), fmt.Sprint(reason.GetCount()))
	}
}

// Credits prints the credit of each channel, a row a model. There is at least one report, all of one period.
func (p *Printer) Credits(reports ...*attributionv1.CreditReport) {
	p.Title("Credit for opportunities worth %s, by channel and model", amount(reports[0].GetTotal()))
	header := []string{"model"}
	for _, c := range reports[0].GetChannels() {
		header = append(header, named(c.GetSlice()))
	}
	p.Row(append(header, "untouched")...)
	for _, credit := range reports {
		row := []string{word(credit.GetModel().String(), "ATTRIBUTION_MODEL_")}
		for _, c := range credit.GetChannels() {
			row = append(row, amount(c.GetAmount()))
		}
		p.Row(append(row, amount(credit.GetUntouched()))...)
	}
}

// Sourcing prints where the pipeline came from.
func (p *Printer) Sourcing(r *attributionv1.SourcingReport) {
	p.Title("Where the pipeline came from")
	for _, class := range []struct {
		name string
		of   *attributionv1.SourcingClass
	}{{"sourced by marketing", r.GetSourced()}, {"influenced by marketing", r.GetInfluenced()},
		{"neither", r.GetUntouched()}, {"pipeline", r.GetPipeline()}} {
		p.Row(class.name, fmt.Sprint(class.of.GetOpportunityCount()), amount(class.of.GetAmount()))
	}
}

// SharedMetric prints the one number that both teams own.
func (p *Printer) SharedMetric(r *attributionv1.SharedMetricReport) {
	p.Title("The shared number")
	ratio := "none: nothing was spent"
	if r.RatioMilli != nil {
		ratio = fmt.Sprintf("%d.%03d", r.GetRatioMilli()/1000, r.GetRatioMilli()%1000)
	}
	p.Line("influenced pipeline %s / spend %s = %s (%s)", amount(r.GetInfluencedPipeline()), amount(r.GetSpend()), ratio,
		word(r.GetStanding().String(), "STANDING_"))
}

func perMille(share *int32) string {
	if share == nil {
		return "-"
	}
	return fmt.Sprintf("%d.%d %%", *share/10, *share%10)
}

func amount(m *money.Money) string {
	if m.GetCurrencyCode() == "" {
		return "0"
	}
	return fmt.Sprintf("%d.%02d %s", m.GetUnits(), m.GetNanos()/10_000_000, m.GetCurrencyCode())
}

func word(value, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, prefix), "_", " "))
}

func named(slice string) string {
	if slice == "" {
		return "unknown"
	}
	return slice
}
