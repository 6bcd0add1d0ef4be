package demo

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// slot is how often the company's systems send what they have gathered.
const slot = time.Hour

// input is what the world does at one instant.
type input struct {
	at          time.Time
	leads       []*scoringv1.CreateLeadRequest
	broken      []*scoringv1.CreateLeadRequest // rows that no system should send; the suite refuses them
	engagements []*scoringv1.Engagement
	spends      []*attributionv1.Spend
	deals       []outbound // of sales' own
}

// Leads is how many people make contact in the month, unless the play is told otherwise.
const Leads = 2000

// script is all that the world does in the month, in order, and who makes contact, by address.
func script(seed string, leads int, c *company) ([]input, map[string]*person) {
	bySlot := map[time.Time]*input{}
	at := func(t time.Time) *input {
		t = t.Truncate(slot).Add(slot) // sent at the end of the slot in which it happened
		if bySlot[t] == nil {
			bySlot[t] = &input{at: t}
		}
		return bySlot[t]
	}
	people := map[string]*person{}
	for i := range leads {
		p := newPerson(seed, i, c)
		p.appear(at)
		people[p.email] = p
	}
	for _, d := range hunted(seed, c) {
		in := at(d.at)
		in.deals = append(in.deals, d)
	}
	for week := Start.Add(9 * time.Hour); week.Before(End); week = week.AddDate(0, 0, 7) {
		for _, k := range c.campaigns {
			in := at(week)
			in.spends = append(in.spends, &attributionv1.Spend{Source: "ads", SourceId: k.id + week.Format("/2006-01-02"),
				Campaign: "campaigns/" + k.id, Amount: &money.Money{CurrencyCode: "USD", Units: k.weekly, Nanos: 500_000_000},
				SpendTime: timestamppb.New(week)})
		}
	}
	var all []input
	for _, in := range bySlot {
		if in.at.Before(End) {
			in.sort()
			all = append(all, *in)
		}
	}
	slices.SortFunc(all, func(a, b input) int { return a.at.Compare(b.at) })
	return all, people
}

// sort brings what was gathered into the one order that the seed gives.
func (in *input) sort() {
	byLead := func(a, b *scoringv1.CreateLeadRequest) int {
		return cmp.Or(cmp.Compare(a.GetLead().GetSource(), b.GetLead().GetSource()), cmp.Compare(a.GetLead().GetSourceId(), b.GetLead().GetSourceId()))
	}
	slices.SortFunc(in.leads, byLead)
	slices.SortFunc(in.broken, byLead)
	slices.SortFunc(in.engagements, func(a, b *scoringv1.Engagement) int {
		return cmp.Or(a.GetOccurTime().AsTime().Compare(b.GetOccurTime().AsTime()), cmp.Compare(a.GetSourceEventId(), b.GetSourceEventId()))
	})
	slices.SortFunc(in.deals, func(a, b outbound) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.key(), b.key())) })
}
