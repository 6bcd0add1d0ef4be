package demo

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

func usd(units int64) *money.Money { return &money.Money{CurrencyCode: "USD", Units: units} }

func class(count, units int64) *attributionv1.SourcingClass {
	return &attributionv1.SourcingClass{OpportunityCount: count, Amount: usd(units)}
}

// tiny is the report of a month with one lead, one handoff, two clocks and one deal.
func tiny() *Report {
	h := &routingv1.Handoff{Name: "handoffs/h", Lead: "leads/l", State: routingv1.Handoff_STATE_ACCEPTED, Assignment: 1}
	due := timestamppb.New(Start)
	return &Report{
		Sent:       Tally{Leads: 1, Engagements: 1, People: 1, Spend: 200},
		Funnel:     &attributionv1.FunnelReport{Stages: []*attributionv1.FunnelStage{{Count: 1}, {Count: 1}}},
		Compliance: &slav1.ComplianceReport{Clocks: []*slav1.ClockCompliance{{MetCount: 1}}},
		Rejections: &feedbackv1.RejectionReport{All: &feedbackv1.RejectionSlice{}},
		Credits: []*attributionv1.CreditReport{{Channels: []*attributionv1.CreditSlice{{Amount: usd(7)}},
			Campaigns: []*attributionv1.CreditSlice{{Amount: usd(7)}}, Untouched: usd(3)}},
		Sourcing: &attributionv1.SourcingReport{Sourced: class(1, 10), Influenced: class(0, 0), Untouched: class(0, 0), Pipeline: class(1, 10)},
		Metric:   &attributionv1.SharedMetricReport{Spend: usd(2)},
		Ledgers: []*routingv1.FairnessLedger{{Name: "pools/p/ledger",
			Accounts: []*routingv1.FairnessAccount{{DeficitNanos: billion / 2}, {DeficitNanos: -billion / 2}}}},
		company: newCompany("a"),
		census: &census{
			leads:    []*scoringv1.Lead{{Name: "leads/l", Qualification: scoringv1.Lead_QUALIFICATION_MQL, Handoff: h.GetName()}},
			handoffs: []*routingv1.Handoff{h},
			clocks: []*slav1.Clock{{Kind: "accept", State: slav1.Clock_STATE_MET, DueTime: due},
				{Kind: "disposition", State: slav1.Clock_STATE_RUNNING, DueTime: due}},
			deals: []*attributionv1.Opportunity{{State: attributionv1.Opportunity_STATE_WON, Amount: usd(10)}},
		},
		chronicle: &chronicle{events: 6, last: 6, numbered: map[string]int64{"scoring/l": 3, "routing/h": 2, "attribution/o": 1},
			types: map[string]int64{"handoff.scoring.lead_created": 1, "handoff.scoring.engagement_recorded": 1, "handoff.scoring.lead_qualified": 1,
				"handoff.routing.handoff_opened": 1, "handoff.routing.handoff_accepted": 1, "handoff.attribution.opportunity_created": 1},
			given: map[string]bool{h.GetName(): true}, reps: map[string]*deeds{"reps/r": {assigned: 1}}},
		cycles: map[string][]*routingv1.Handoff{"leads/l": {h}},
	}
}

func TestABalancedMonthHasNoWrongCheck(t *testing.T) {
	t.Parallel()
	r := tiny()
	r.Balance = r.balance()
	for _, c := range r.Balance {
		if !c.OK() {
			t.Errorf("%s: got %s, want %s", c.What, c.Got, c.Want)
		}
	}
	if !r.Balanced() {
		t.Error("the report says that the books do not balance")
	}
}

// Each line is something that a service got wrong, and the check that says so.
func TestEveryCheckCanFail(t *testing.T) {
	t.Parallel()
	for what, breaks := range map[string]func(r *Report){
		"leads known =":              func(r *Report) { r.Sent.People++ },
		"exactly one place":          func(r *Report) { r.census.leads[0].Handoff = "handoffs/other" },
		"exactly one place =":        func(r *Report) { r.cycles["leads/l"] = append(r.cycles["leads/l"], r.census.handoffs[0]) },
		"people in the funnel":       func(r *Report) { r.Funnel.Stages[0].Count++ },
		"MQLs in the funnel":         func(r *Report) { r.Funnel.Stages[1].Count++ },
		"engagements in the journal": func(r *Report) { r.Sent.Engagements++ },
		"alerts raised":              func(r *Report) { r.chronicle.types["handoff.routing.account_alert_raised"]++ },
		"handoffs = leads qualified": func(r *Report) { r.chronicle.types["handoff.scoring.lead_qualified"]++ },
		"accepted or closed":         func(r *Report) { r.census.handoffs[0].State = routingv1.Handoff_STATE_UNSPECIFIED },
		"given to a rep":             func(r *Report) { clear(r.chronicle.given) },
		"closings told":              func(r *Report) { r.census.handoffs[0].State = routingv1.Handoff_STATE_CLOSED },
		"clocks started":             func(r *Report) { r.census.clocks[1].State = slav1.Clock_STATE_UNSPECIFIED },
		"assignments made":           func(r *Report) { r.chronicle.reps["reps/r"].assigned++ },
		"handoffs accepted":          func(r *Report) { r.census.clocks[1].Kind = "demo_booked" },
		"clocks that fell due":       func(r *Report) { r.Compliance.Clocks[0].MissedCount++ },
		"rejections routed":          func(r *Report) { r.chronicle.types["handoff.routing.handoff_rejected"]++ },
		"by reason sum":              func(r *Report) { r.Rejections.All.Reasons = []*feedbackv1.ReasonCount{{Count: 1}} },
		"sums to zero":               func(r *Report) { r.Ledgers[0].Accounts[0].DeficitNanos++ },
		"nobody is more than": func(r *Report) {
			r.Ledgers[0].Accounts[0].DeficitNanos, r.Ledgers[0].Accounts[1].DeficitNanos = billion, -billion
		},
		"won or lost = deals":         func(r *Report) { r.census.deals[0].State = attributionv1.Opportunity_STATE_UNSPECIFIED },
		"won or lost = pipeline":      func(r *Report) { r.census.deals[0].Amount.Nanos = 10_000_000 },
		"untouched = deals":           func(r *Report) { r.Sourcing.Untouched.OpportunityCount++ },
		"untouched = pipeline":        func(r *Report) { r.Sourcing.Influenced.Amount.Nanos = 10_000_000 },
		"money spent":                 func(r *Report) { r.Sent.Spend++ },
		"models whose credits sum":    func(r *Report) { r.Credits[0].Campaigns[0].Amount.Nanos = 10_000_000 },
		"that the services numbered":  func(r *Report) { r.chronicle.numbered["sla/h"] = 1 },
		"number of the last event":    func(r *Report) { r.chronicle.last++ },
		"leads told":                  func(r *Report) { r.chronicle.types["handoff.scoring.lead_created"]++ },
		"handoffs told":               func(r *Report) { r.chronicle.types["handoff.routing.handoff_opened"]++ },
		"deals told":                  func(r *Report) { r.chronicle.types["handoff.attribution.opportunity_created"]++ },
		"that a service could not ap": func(r *Report) { r.census.parked++ },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := tiny()
			breaks(r)
			r.Balance = r.balance()
			if r.Balanced() {
				t.Fatal("the books balance")
			}
			for _, c := range r.Balance {
				if strings.Contains(c.What, what) && !c.OK() {
					return
				}
			}
			t.Errorf("another check fails: %+v", r.Balance)
		})
	}
}
