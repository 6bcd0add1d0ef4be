package figures

import (
	"cmp"
	"slices"
	"strings"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// Ledger prints who got how much of a pool and whom it owes, then its newest decisions.
func (p *Printer) Ledger(l *routingv1.FairnessLedger, entries []*routingv1.FairnessEntry) {
	p.Title("%s: %s", strings.TrimSuffix(l.GetName(), "/ledger"), modes[l.GetMode()])
	if l.GetFairnessGroup() != "" {
		p.Line("It shares its ledger with the pools of group %s.", l.GetFairnessGroup())
	}
	p.Line("%s decisions; turn %d of epoch %d", Count(l.GetDecisionCount()), l.GetTurn(), l.GetEpoch())
	p.Head("rep", "weight", "turns", "owed", "past the pool", "last turn")
	accounts := slices.SortedStableFunc(slices.Values(l.GetAccounts()), func(a, b *routingv1.FairnessAccount) int {
		return cmp.Compare(b.GetDeficitNanos(), a.GetDeficitNanos())
	})
	for _, a := range accounts {
		last := "never"
		if a.GetLastAssignTime() != nil {
			last = clock(a.GetLastAssignTime())
		}
		p.Row(strings.TrimPrefix(a.GetRep(), "reps/"), Count(int64(a.GetWeight())), Count(a.GetAssignedCount()), Leads(a.GetDeficitNanos()),
			Count(a.GetOwnerCount()), last)
	}
	p.Line("(owed: how many leads they are behind their exact share; less than 0 is ahead)")
	if len(entries) == 0 {
		return
	}
	p.Title("The newest decisions")
	p.Head("", "rep", "picked by", "", "handoff")
	for _, e := range entries {
		p.Row(clock(e.GetDecideTime()), strings.TrimPrefix(e.GetRep(), "reps/"), picked(e), credited(e), cmp.Or(strings.TrimPrefix(e.GetHandoff(), "handoffs/"), "-"))
	}
}

// picked is what singled out a rep, and what broke the tie.
func picked(e *routingv1.FairnessEntry) string {
	text := word(e.GetRule().String(), "RULE_")
	if e.GetTie() != 0 {
		text += ", tie by " + word(e.GetTie().String(), "TIE_")
	}
	return text
}

// credited says that a turn was taken back; nothing if it counts.
func credited(e *routingv1.FairnessEntry) string {
	if e.GetCredit() == nil {
		return ""
	}
	return "taken back: " + word(e.GetCredit().GetReason().String(), "CREDIT_REASON_")
}

// Load prints what everybody would get of leads that were tried out.
func (p *Printer) Load(l *routingv1.RouteLoad) {
	p.Title("%s leads: %s to reps, %s held, %s to queues, %s closed at once", Count(l.GetLeadCount()), Count(l.GetAssignedCount()), Count(l.GetHeldCount()),
		Count(l.GetQueuedCount()), Count(l.GetClosedCount()))
	if l.GetUnqualifiedCount() > 0 {
		p.Line("%s of them do not qualify by the playbook in force", Count(l.GetUnqualifiedCount()))
	}
	if l.GetErrorCount() > 0 {
		p.Line("%s could not be read", Count(l.GetErrorCount()))
	}
	if len(l.GetReps()) > 0 {
		p.Head("rep", "would get", "of all", "has open now")
	}
	for _, r := range l.GetReps() {
		p.Row(cmp.Or(r.GetDisplayName(), strings.TrimPrefix(r.GetRep(), "reps/")), Count(r.GetLeadCount()), Share(r.GetLeadCount(), l.GetAssignedCount()), Count(r.GetOpenCount()))
	}
	if len(l.GetPools()) > 0 {
		p.Head("pool", "would give", "would hold")
	}
	for _, pool := range l.GetPools() {
		p.Row(strings.TrimPrefix(pool.GetPool(), "pools/"), Count(pool.GetLeadCount()), Count(pool.GetHeldCount()))
	}
}
