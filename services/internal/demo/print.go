package demo

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/money"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// Write prints the report, at most 100 columns wide.
func (r *Report) Write(w io.Writer) error {
	out := figures.New(w)
	out.Title("A month of Acme, a company that does not exist: %s to %s", Start.Format("2 January 2006"), End.Add(-time.Second).Format("2 January 2006"))
	out.Line("marketing sent %s leads (%s people, some of them twice) and %s engagements,",
		figures.Count(r.Sent.Leads), figures.Count(r.Sent.People), figures.Count(r.Sent.Engagements))
	out.Line("and %d rows that were refused as bad data", r.Sent.Refused)
	out.Funnel(r.Funnel)
	r.writeHandoffs(out)
	out.Clocks(r.Compliance)
	out.Rejections(r.Rejections)
	out.Line("%d of them name the evidence: the field, and what was seen there", r.chronicle.proven)
	r.writeReps(out)
	out.Sourcing(r.Sourcing)
	r.writeDeals(out)
	out.Credits(r.Credits...)
	out.SharedMetric(r.Metric)
	r.writeBalance(out)
	return out.Flush()
}

// fates are what can have become of a handoff by the end of the month.
var fates = []struct {
	name string
	is   func(h *routingv1.Handoff) bool
}{
	{"held: nobody could take it yet", held(false)},
	{"held: in another team's queue", held(true)},
	{"with a rep, not answered yet", state(routingv1.Handoff_STATE_ASSIGNED)},
	{"accepted, being worked", state(routingv1.Handoff_STATE_ACCEPTED)},
	{"sales-qualified (SQL)", outcome(routingv1.Handoff_OUTCOME_SQL)},
	{"back to marketing, to nurture", outcome(routingv1.Handoff_OUTCOME_NURTURE)},
	{"recycled: not ready, or asks again later", outcome(routingv1.Handoff_OUTCOME_RECYCLED)},
	{"disqualified", outcome(routingv1.Handoff_OUTCOME_DISQUALIFIED)},
	{"bad data", outcome(routingv1.Handoff_OUTCOME_BAD_DATA)},
	{"duplicate", outcome(routingv1.Handoff_OUTCOME_DUPLICATE)},
}

func held(queued bool) func(h *routingv1.Handoff) bool {
	return func(h *routingv1.Handoff) bool {
		return h.GetState() == routingv1.Handoff_STATE_HELD && (h.GetQueue() != "") == queued
	}
}

func state(want routingv1.Handoff_State) func(h *routingv1.Handoff) bool {
	return func(h *routingv1.Handoff) bool { return h.GetState() == want }
}

func outcome(want routingv1.Handoff_Outcome) func(h *routingv1.Handoff) bool {
	return func(h *routingv1.Handoff) bool {
		return h.GetState() == routingv1.Handoff_STATE_CLOSED && h.GetOutcome() == want
	}
}

// writeHandoffs prints what became of the handoffs of each tier.
func (r *Report) writeHandoffs(out *figures.Printer) {
	tiers := []string{"T1", "T2", "T3", ""}
	out.Title("What became of %s handoffs", figures.Count(int64(len(r.census.handoffs))))
	out.Head("", "all", "T1", "T2", "T3", "no tier")
	for _, f := range fates {
		row := []string{f.name, figures.Count(r.census.of(f.is))}
		for _, tier := range tiers {
			row = append(row, figures.Count(r.census.of(func(h *routingv1.Handoff) bool { return h.GetTier() == tier && f.is(h) })))
		}
		out.Row(row...)
	}
	again := r.census.of(func(h *routingv1.Handoff) bool { return h.GetCycle() > 1 })
	out.Line("T1: target account, strong interest; T2: target account, some; T3: strong interest elsewhere")
	out.Line("%d came back after a handoff that was closed; %d were declined and given to the next rep", again, r.chronicle.told("routing.handoff_declined"))
	out.Line("held on the way: %s", r.waits())
	out.Line("%d times a target account became hot, and its owner was told", r.chronicle.told("routing.account_alert_raised"))
}

// waits says how often handoffs had to wait, and why.
func (r *Report) waits() string {
	var parts []string
	for reason, n := range r.chronicle.holds {
		why := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(reason.String(), "REASON_"), "_", " "))
		parts = append(parts, fmt.Sprintf("%d %s", n, why))
	}
	slices.Sort(parts)
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// writeReps prints who got how many leads and what they did about them.
func (r *Report) writeReps(out *figures.Printer) {
	out.Title("Who got the leads, and what they did about them")
	out.Head("rep, by pool", "works in", "days off", "from pool", "off fair share", "by account", "accepted", "declined", "rejected", "touched in time")
	for _, ledger := range r.Ledgers {
		out.Row(poolOf(ledger))
		for _, account := range ledger.GetAccounts() {
			rep := r.company.rep(strings.TrimPrefix(account.GetRep(), "reps/"))
			did := r.chronicle.of(account.GetRep())
			out.Row("  "+rep.name, towns[rep.calendar], figures.Count(rep.daysOff()), figures.Count(account.GetAssignedCount()),
				off(account.GetDeficitNanos()), figures.Count(did.assigned-account.GetAssignedCount()),
				figures.Count(did.accepted), figures.Count(did.declined), figures.Count(did.rejected), r.touched(account.GetRep()))
		}
	}
	out.Line("from pool: turns of its round robin; by account: as the owner of the account or of a deal there,")
	out.Line("  and turns that were handed back without fault; touched in time: first calls within the promise")
	out.Line("holidays: 1 May, 14 May, 25 May in Berlin; 25 May in America; 1 May, 27 May in Singapore")
}

// off is how many leads a rep is ahead of a fair share; behind it is negative.
func off(deficitNanos int64) string {
	hundredths := -deficitNanos / (billion / 100)
	if hundredths == 0 {
		return "0.00"
	}
	return fmt.Sprintf("%+.2f", float64(hundredths)/100)
}

// towns are where people on a calendar work.
var towns = map[string]string{newYork: "New York", sanDiego: "San Diego", berlin: "Berlin", singapore: "Singapore"}

// touched is how often a rep called in time.
func (r *Report) touched(rep string) string {
	for _, c := range r.Compliance.GetReps() {
		if c.GetKind() == "first_touch" && c.GetSlice() == rep {
			return figures.Share(c.GetMetCount(), c.GetMetCount()+c.GetMissedCount())
		}
	}
	return "-"
}

// writeDeals prints how the deals stand.
func (r *Report) writeDeals(out *figures.Printer) {
	out.Title("How these deals stand at the end of the month")
	out.Head("", "deals", "worth")
	count, worth := map[attributionv1.Opportunity_State]int64{}, map[attributionv1.Opportunity_State]int64{}
	for _, d := range r.census.deals {
		count[d.GetState()]++
		worth[d.GetState()] += cents(d.GetAmount())
	}
	for _, s := range []attributionv1.Opportunity_State{attributionv1.Opportunity_STATE_OPEN, attributionv1.Opportunity_STATE_WON,
		attributionv1.Opportunity_STATE_LOST} {
		name := strings.ToLower(strings.TrimPrefix(s.String(), "STATE_"))
		out.Row(name, figures.Count(count[s]), figures.Amount(&money.Money{CurrencyCode: "USD", Units: worth[s] / 100, Nanos: int32(worth[s]%100) * 10_000_000}))
	}
	won, lost := count[attributionv1.Opportunity_STATE_WON], count[attributionv1.Opportunity_STATE_LOST]
	out.Line("%s of the closed deals were won", figures.Share(won, won+lost))
}

func (r *Report) writeBalance(out *figures.Printer) {
	out.Title("Books: what the services say, held against each other")
	for _, c := range r.Balance {
		if c.OK() {
			out.Row("ok", c.What, c.Got)
			continue
		}
		out.Row("WRONG", c.What, c.Got+", want "+c.Want)
	}
}
