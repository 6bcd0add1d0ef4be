package demo

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/type/money"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// Check is a sum that must come out.
type Check struct {
	What string
	Want string
	Got  string
}

// OK reports whether the sum came out.
func (c Check) OK() bool { return c.Want == c.Got }

// books holds what the services say against each other, and against what was sent.
type books struct {
	*Report
	checks []Check
}

// balance gives every check.
func (r *Report) balance() []Check {
	b := &books{Report: r}
	for _, page := range []func(){b.leads, b.handoffs, b.clocks, b.answers, b.fairness, b.deals, b.credits, b.journal} {
		page()
	}
	return b.checks
}

func (b *books) check(what string, want, got int64) {
	b.checks = append(b.checks, Check{What: what, Want: figures.Count(want), Got: figures.Count(got)})
}

// leads: everybody who was sent is known once, counted once in the funnel, and ends in one place.
func (b *books) leads() {
	names, places, qualified := map[string]bool{}, int64(0), int64(0)
	for _, l := range b.census.leads {
		names[l.GetName()] = true
		if l.GetHandoff() != "" {
			qualified++
		}
		if b.placed(l) {
			places++
		}
	}
	known := int64(len(names))
	b.check("leads known = people sent and not refused", b.Sent.People, known)
	b.check("leads that end in exactly one place = leads known", known, places)
	b.check("people in the funnel = leads known", known, b.Funnel.GetStages()[0].GetCount())
	b.check("MQLs in the funnel = leads with a handoff", qualified, b.Funnel.GetStages()[1].GetCount())
	b.check("engagements in the journal = engagements sent", b.Sent.Engagements, b.chronicle.told("scoring.engagement_recorded"))
	b.check("alerts raised = accounts that became hot, each time", b.chronicle.told("scoring.account_surged"), b.chronicle.told("routing.account_alert_raised"))
}

// placed reports whether a lead is in one place: below the line or disqualified without a handoff, in the one open handoff,
// or back from handoffs that are all closed.
func (b *books) placed(l *scoringv1.Lead) bool {
	all, open := 0, 0
	named := l.GetHandoff() == ""
	for _, h := range b.cycles[l.GetName()] {
		all++
		if h.GetState() != routingv1.Handoff_STATE_CLOSED {
			open++
		}
		named = named || h.GetName() == l.GetHandoff()
	}
	states := []scoringv1.Lead_Qualification{scoringv1.Lead_QUALIFICATION_UNQUALIFIED, scoringv1.Lead_QUALIFICATION_MQL,
		scoringv1.Lead_QUALIFICATION_DISQUALIFIED}
	return named && open <= 1 && (all > 0) == (l.GetHandoff() != "") && slices.Contains(states, l.GetQualification())
}

// handoffs: whoever qualified has a handoff, and each is in one state.
func (b *books) handoffs() {
	in := func(states ...routingv1.Handoff_State) int64 {
		return b.census.of(func(h *routingv1.Handoff) bool { return slices.Contains(states, h.GetState()) })
	}
	qualified, all := b.chronicle.told("scoring.lead_qualified"), int64(len(b.census.handoffs))
	b.check("handoffs = leads qualified, each time that they were", qualified, all)
	b.check("handoffs held, assigned, accepted or closed = handoffs", all, in(routingv1.Handoff_STATE_HELD,
		routingv1.Handoff_STATE_ASSIGNED, routingv1.Handoff_STATE_ACCEPTED, routingv1.Handoff_STATE_CLOSED))
	apart := b.census.of(func(h *routingv1.Handoff) bool {
		return h.GetAssignment() == 0 && (h.GetState() == routingv1.Handoff_STATE_HELD || h.GetOutcome() == routingv1.Handoff_OUTCOME_NURTURE)
	})
	b.check("handoffs given to a rep = qualified - held - kept by marketing", qualified-apart, int64(len(b.chronicle.given)))
	b.check("handoffs closed = closings told", b.chronicle.told("routing.handoff_closed"), in(routingv1.Handoff_STATE_CLOSED))
}

// clocks: each that was started is in one state, and the report counts those that fell due.
func (b *books) clocks() {
	in := func(states ...slav1.Clock_State) int64 {
		return b.census.ticking(func(k *slav1.Clock) bool { return slices.Contains(states, k.GetState()) })
	}
	of := func(kind string) int64 {
		return b.census.ticking(func(k *slav1.Clock) bool { return k.GetKind() == kind })
	}
	b.check("clocks met + missed + open + cancelled = clocks started", int64(len(b.census.clocks)), in(slav1.Clock_STATE_MET)+
		in(slav1.Clock_STATE_MISSED)+in(slav1.Clock_STATE_RUNNING, slav1.Clock_STATE_OVERDUE)+in(slav1.Clock_STATE_CANCELLED))
	b.check("accept clocks started = assignments made", b.chronicle.assigned(), of("accept"))
	b.check("disposition clocks started = handoffs accepted", b.chronicle.told("routing.handoff_accepted"), of("disposition"))
	due := b.census.ticking(func(k *slav1.Clock) bool {
		counts := k.GetState() == slav1.Clock_STATE_MET || k.GetState() == slav1.Clock_STATE_MISSED || k.GetState() == slav1.Clock_STATE_OVERDUE
		return counts && within(k.GetDueTime().AsTime())
	})
	reported := int64(0)
	for _, c := range b.Compliance.GetClocks() {
		reported += c.GetMetCount() + c.GetMissedCount()
	}
	b.check("clocks that the report counts = clocks that fell due", due, reported)
}

func within(at time.Time) bool { return !at.Before(Start) && at.Before(End) }

// answers: what feedback reports is what routing did.
func (b *books) answers() {
	all := b.Rejections.GetAll()
	rejected := all.GetRejected().GetPartCount()
	b.check("rejections reported, and those overturned = rejections routed", b.chronicle.told("routing.handoff_rejected"), rejected+all.GetOverturnedCount())
	sum := int64(0)
	for _, reason := range all.GetReasons() {
		sum += reason.GetCount()
	}
	b.check("rejections by reason sum to all", rejected, sum)
}

// fairness: nobody's gain is nobody's loss, and with equal weights and any absences nobody of n is ever more than (n-1)/2
// leads off an exact share.
func (b *books) fairness() {
	for _, ledger := range b.Ledgers {
		var sum, most int64
		for _, a := range ledger.GetAccounts() {
			sum += a.GetDeficitNanos()
			most = max(most, a.GetDeficitNanos(), -a.GetDeficitNanos())
		}
		pool := poolOf(ledger)
		b.check(pool+": what reps are off their fair share sums to zero", 0, sum)
		bound := int64(len(ledger.GetAccounts())-1) * billion / 2
		b.checks = append(b.checks, Check{What: fmt.Sprintf("%s: nobody is more than %s leads off", pool, thousandths(bound)),
			Want: thousandths(min(most, bound)), Got: thousandths(most)})
	}
}

// billion is one lead in the ledger's units.
const billion = 1_000_000_000

// thousandths is a number of leads in the ledger's units, rounded to a thousandth.
func thousandths(nanos int64) string { return fmt.Sprintf("%.3f", float64(nanos)/billion) }

// deals: each deal is open, won or lost, and all of them are the pipeline.
func (b *books) deals() {
	worth, counted := int64(0), int64(0)
	for _, d := range b.census.deals {
		worth += cents(d.GetAmount())
		if slices.Contains([]attributionv1.Opportunity_State{attributionv1.Opportunity_STATE_OPEN, attributionv1.Opportunity_STATE_WON,
			attributionv1.Opportunity_STATE_LOST}, d.GetState()) {
			counted++
		}
	}
	pipeline := b.Sourcing.GetPipeline()
	b.check("deals open, won or lost = deals in the pipeline", pipeline.GetOpportunityCount(), counted)
	b.check("worth of deals open, won or lost = pipeline, in cents", cents(pipeline.GetAmount()), worth)
	count, classes := int64(0), int64(0)
	for _, c := range []*attributionv1.SourcingClass{b.Sourcing.GetSourced(), b.Sourcing.GetInfluenced(), b.Sourcing.GetUntouched()} {
		count, classes = count+c.GetOpportunityCount(), classes+cents(c.GetAmount())
	}
	b.check("deals sourced + influenced + untouched = deals in the pipeline", pipeline.GetOpportunityCount(), count)
	b.check("worth of sourced + influenced + untouched = pipeline, in cents", cents(pipeline.GetAmount()), classes)
	b.check("money spent in the shared number = money sent, in cents", b.Sent.Spend, cents(b.Metric.GetSpend()))
}

// credits: whatever the model, the money is the pipeline's, to the cent.
func (b *books) credits() {
	pipeline := cents(b.Sourcing.GetPipeline().GetAmount())
	exact := int64(0)
	for _, credit := range b.Credits {
		channels, campaigns := cents(credit.GetUntouched()), cents(credit.GetUntouched())
		for _, s := range credit.GetChannels() {
			channels += cents(s.GetAmount())
		}
		for _, s := range credit.GetCampaigns() {
			campaigns += cents(s.GetAmount())
		}
		if channels == pipeline && campaigns == pipeline {
			exact++
		}
	}
	b.check("models whose credits sum to the pipeline, to the cent", int64(len(b.Credits)), exact)
}

// journal: whatever the services said is there, once.
func (b *books) journal() {
	b.check("events in the journal = events that the services numbered", b.chronicle.emitted(), b.chronicle.events)
	b.check("number of the last event = events in the journal", b.chronicle.events, b.chronicle.last)
	b.check("leads told = leads known", int64(len(b.census.leads)), b.chronicle.told("scoring.lead_created"))
	b.check("handoffs told = handoffs", int64(len(b.census.handoffs)), b.chronicle.told("routing.handoff_opened"))
	b.check("deals told = deals", int64(len(b.census.deals)), b.chronicle.told("attribution.opportunity_created"))
	b.check("events that a service could not apply", 0, b.census.parked)
}

func cents(m *money.Money) int64 { return m.GetUnits()*100 + int64(m.GetNanos())/10_000_000 }
