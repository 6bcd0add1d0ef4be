package figures

import (
	"cmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
)

// Funnel prints how far people came.
func (p *Printer) Funnel(r *attributionv1.FunnelReport) {
	p.Title("Funnel: people first met in the period, each counted once, as far as they have come")
	p.Head("stage", "people", "of stage before")
	for _, s := range r.GetStages() {
		p.Row(stage(word(s.GetMilestone().String(), "MILESTONE_")), Count(s.GetCount()), perMille(s.GetConversionPerMille(), s.ConversionPerMille != nil))
	}
}

// stage spells the letters of a stage out.
func stage(name string) string {
	return cmp.Or(map[string]string{"mql": "marketing-qualified (MQL)", "sal": "sales-accepted (SAL)", "sql": "sales-qualified (SQL)"}[name], name)
}

// Rejections prints what sales rejected, by reason and by source.
func (p *Printer) Rejections(r *feedbackv1.RejectionReport) {
	all := r.GetAll().GetRejected()
	p.Title("Rejections: %d of %d answers (%s)", all.GetPartCount(), all.GetWholeCount(), perMille(all.GetPerMille(), all.GetWholeCount() > 0))
	if len(r.GetAll().GetReasons()) > 0 {
		p.Head("reason", "rejected", "share")
	}
	for _, reason := range r.GetAll().GetReasons() {
		p.Row(word(reason.GetReason().String(), "REJECTION_REASON_"), Count(reason.GetCount()), Share(reason.GetCount(), all.GetPartCount()))
	}
	headed := false
	for _, s := range r.GetSlices() {
		if s.GetKind() != feedbackv1.RejectionSlice_KIND_SOURCE {
			continue
		}
		if !headed {
			p.Head("source of the lead", "answered", "rejected", "share")
			headed = true
		}
		of := s.GetRejected()
		p.Row(named(s.GetSlice()), Count(of.GetWholeCount()), Count(of.GetPartCount()), perMille(of.GetPerMille(), of.GetWholeCount() > 0))
	}
}

// Credits prints the credit of each channel, a row a model. There is at least one report, all of one period.
func (p *Printer) Credits(reports ...*attributionv1.CreditReport) {
	total := reports[0].GetTotal()
	unit := unitOf(total)
	p.Title("Credit by channel and model: deals opened in the period, worth %s%s", Amount(total), unit.note(total))
	var channels []string
	known := map[string]bool{}
	for _, credit := range reports {
		for _, c := range credit.GetChannels() {
			if !known[c.GetSlice()] {
				channels, known[c.GetSlice()] = append(channels, c.GetSlice()), true
			}
		}
	}
	head := []string{"model"}
	for _, c := range channels {
		head = append(head, named(c))
	}
	p.Head(append(head, "untouched")...)
	for _, credit := range reports {
		amounts := map[string]string{}
		for _, c := range credit.GetChannels() {
			amounts[c.GetSlice()] = unit.amount(c.GetAmount())
		}
		row := []string{word(credit.GetModel().String(), "ATTRIBUTION_MODEL_")}
		for _, c := range channels {
			row = append(row, cmp.Or(amounts[c], "-"))
		}
		p.Row(append(row, unit.amount(credit.GetUntouched()))...)
	}
	p.Line("(untouched: no touch of the account before the opening; full path looks on until a deal is won)")
}

// Sourcing prints where the pipeline came from.
func (p *Printer) Sourcing(r *attributionv1.SourcingReport) {
	p.Title("Pipeline: deals opened in the period, with those that have no lead (the funnel counts people)")
	p.Head("where it came from", "deals", "worth", "share")
	whole := cents(r.GetPipeline().GetAmount())
	for _, class := range []struct {
		name string
		of   *attributionv1.SourcingClass
	}{{"sourced by marketing", r.GetSourced()}, {"sourced by sales, influenced by marketing", r.GetInfluenced()},
		{"sourced by sales, untouched by marketing", r.GetUntouched()}, {"pipeline", r.GetPipeline()}} {
		p.Row(class.name, Count(class.of.GetOpportunityCount()), Amount(class.of.GetAmount()), Share(cents(class.of.GetAmount()), whole))
	}
	if len(r.GetRules()) > 0 {
		p.Head("sourced by marketing, by what is known now", "deals")
	}
	for _, rule := range r.GetRules() {
		p.Row("by the rule "+word(rule.GetRule().String(), "SOURCED_BY_"), Count(rule.GetOpportunityCount()))
	}
}

// SharedMetric prints the one number that both teams own.
func (p *Printer) SharedMetric(r *attributionv1.SharedMetricReport) {
	p.Title("The number that both teams own: influenced pipeline for each unit of money spent")
	if r.RatioMilli == nil {
		p.Line("%s / nothing spent: no number", Amount(r.GetInfluencedPipeline()))
		return
	}
	standing := map[attributionv1.SharedMetricReport_Standing]string{
		attributionv1.SharedMetricReport_STANDING_BELOW: "below the healthy range", attributionv1.SharedMetricReport_STANDING_HEALTHY: "healthy",
		attributionv1.SharedMetricReport_STANDING_ABOVE: "above the healthy range", attributionv1.SharedMetricReport_STANDING_NO_RANGE: "no range agreed"}
	p.Line("%s / %s = %d.%03d: %s", Amount(r.GetInfluencedPipeline()), Amount(r.GetSpend()), r.GetRatioMilli()/1000, r.GetRatioMilli()%1000,
		standing[r.GetStanding()])
}
