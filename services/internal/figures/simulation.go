package figures

import (
	"fmt"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// Listed are the leads that a simulation names, each once.
func Listed(s *playbookv1.Simulation) []string {
	var all []string
	seen := map[string]bool{}
	add := func(lead string) {
		if !seen[lead] {
			seen[lead] = true
			all = append(all, lead)
		}
	}
	for _, c := range []*playbookv1.SimulationChange{s.GetGained(), s.GetLost()} {
		for _, lead := range c.GetLeads() {
			add(lead.GetLead())
		}
	}
	for _, lead := range s.GetActivation().GetLeads() {
		add(lead.GetLead())
	}
	return all
}

// Simulation prints what a draft would have done beside the version in force, for a marketing lead and a sales leader to read
// together. Names are those of leads; one that is not there is shown by its id.
func (p *Printer) Simulation(s *playbookv1.Simulation, names map[string]string) {
	p.simulated(s)
	p.sums(s)
	p.change("Gained: qualified by the draft alone", s.GetGained(), names)
	p.change("Lost: qualified by the baseline alone", s.GetLost(), names)
	p.moves(s.GetTierMoves())
	p.loads(s)
	p.clockLoads(s)
	p.activation(s.GetActivation(), names)
}

func (p *Printer) simulated(s *playbookv1.Simulation) {
	draft, baseline := s.GetDraft(), s.GetBaseline()
	if draft == "" {
		draft = "the draft"
	}
	if baseline == "" {
		baseline = "nothing: no version is in force"
	}
	p.Title("%s against %s, from %s to %s", draft, baseline, day(s.GetStartTime().AsTime()), day(s.GetEndTime().AsTime()))
	p.Line("%s leads and %s engagements were judged again, with what was recorded by each instant",
		Count(s.GetLeadCount()), Count(s.GetEngagementCount()))
	if a := s.GetFidelity(); a.GetRecordedCount() > 0 {
		p.Line("%s handoffs really began in the period; the replay of the baseline has %s of them at the same instant",
			Count(a.GetRecordedCount()), Count(a.GetReproducedCount()))
	}
	for _, caution := range s.GetCautions() {
		p.Line("caution: %s", caution)
	}
}

// sums prints both versions beside each other.
func (p *Printer) sums(s *playbookv1.Simulation) {
	b, d := s.GetBaselineFigures(), s.GetDraftFigures()
	p.Title("Both versions")
	p.Head("", "baseline", "draft", "change")
	row := func(what string, before, after int64) {
		p.Row(what, Count(before), Count(after), signed(after-before))
	}
	row("qualifications", b.GetMqlCount(), d.GetMqlCount())
	row("leads", b.GetLeadCount(), d.GetLeadCount())
	for _, tier := range tiersOf(b, d) {
		row("  in "+tierName(tier), tierCount(b, tier), tierCount(d, tier))
	}
	p.Line("%s leads qualify by both: %s earlier by the draft, %s later", Count(s.GetKeptCount()), Count(s.GetEarlierCount()), Count(s.GetLaterCount()))
	p.Title("How well qualification foretells what became of it (with the 95 %% interval)")
	p.Head("", "baseline", "draft")
	for _, f := range []struct {
		what   string
		of     func(*playbookv1.SimulationFigures) *playbookv1.SimulationFit
		recall string
	}{
		{"an opportunity followed", (*playbookv1.SimulationFigures).GetOpportunity, "opportunities foretold"},
		{"a deal was won", (*playbookv1.SimulationFigures).GetWon, "won deals foretold"},
	} {
		p.Row(f.what, proportion(f.of(b).GetPrecision()), proportion(f.of(d).GetPrecision()))
		p.Row(f.recall, proportion(f.of(b).GetRecall()), proportion(f.of(d).GetRecall()))
		p.Row("  too early to tell", "("+Count(f.of(b).GetImmatureCount())+" leads)", "("+Count(f.of(d).GetImmatureCount())+" leads)")
	}
	p.Line("(leads that only the draft qualifies had no call from sales: what became of them is what happened without one)")
}

// change prints leads on which the versions differ.
func (p *Printer) change(title string, c *playbookv1.SimulationChange, names map[string]string) {
	p.Title("%s: %s leads", title, Count(c.GetLeadCount()))
	for _, reason := range c.GetReasons() {
		p.Row(reason.GetReason(), Count(reason.GetLeadCount()))
	}
	p.Head() // the leads have columns of their own
	for _, lead := range c.GetLeads() {
		p.Row(day(lead.GetMqlTime().AsTime()), leadName(names, lead.GetLead()), tierName(lead.GetTier()), lead.GetReason())
	}
	p.rest(c.GetLeadCount(), len(c.GetLeads()))
}

func (p *Printer) rest(all int64, shown int) {
	if more := all - int64(shown); more > 0 && shown > 0 {
		p.Line("and %s more", Count(more))
	}
}

func (p *Printer) moves(moves []*playbookv1.TierMove) {
	if len(moves) == 0 {
		return
	}
	p.Title("Tiers of the leads that qualify by both")
	p.Head("baseline", "draft", "leads")
	for _, m := range moves {
		p.Row(tierName(m.GetFromTier()), tierName(m.GetToTier()), Count(m.GetLeadCount()))
	}
}

// loads prints what the pools and reps would have got.
func (p *Printer) loads(s *playbookv1.Simulation) {
	b, d := s.GetBaselineFigures().GetLoad(), s.GetDraftFigures().GetLoad()
	p.Title("Who would have got them, with the reps, pools and hours of today")
	p.Head("", "baseline", "draft", "change", "busiest day, baseline", "busiest day, draft")
	pools, reps := map[string][2]int64{}, map[string][4]int64{}
	var poolNames, repNames []string
	for v, load := range []*playbookv1.SimulationLoad{b, d} {
		for _, pool := range load.GetPools() {
			n, known := pools[pool.GetPool()]
			if n[v] = pool.GetHandoffCount(); !known {
				poolNames = append(poolNames, pool.GetPool())
			}
			pools[pool.GetPool()] = n
		}
		for _, rep := range load.GetReps() {
			n, known := reps[rep.GetRep()]
			if n[v], n[v+2] = rep.GetHandoffCount(), rep.GetBusiestDayCount(); !known {
				repNames = append(repNames, rep.GetRep())
			}
			reps[rep.GetRep()] = n
		}
	}
	for _, name := range poolNames {
		n := pools[name]
		p.Row(name, Count(n[0]), Count(n[1]), signed(n[1]-n[0]), "", "")
	}
	for _, name := range repNames {
		n := reps[name]
		p.Row(name, Count(n[0]), Count(n[1]), signed(n[1]-n[0]), Count(n[2]), Count(n[3]))
	}
	for _, row := range []struct {
		what string
		of   func(*playbookv1.SimulationLoad) int64
	}{
		{"had to wait", (*playbookv1.SimulationLoad).GetHeldCount}, {"never assigned", (*playbookv1.SimulationLoad).GetUnassignedCount},
		{"left to a queue", (*playbookv1.SimulationLoad).GetQueuedCount}, {"kept in nurture", (*playbookv1.SimulationLoad).GetNurtureCount},
		{"disqualified", (*playbookv1.SimulationLoad).GetDisqualifiedCount},
	} {
		p.Row(row.what, Count(row.of(b)), Count(row.of(d)), signed(row.of(d)-row.of(b)), "", "")
	}
}

func (p *Printer) activation(a *playbookv1.SimulationActivation, names map[string]string) {
	p.Title("If it came into force now")
	p.Line("%s leads would qualify at once, %s would be disqualified", Count(a.GetQualifiedCount()), Count(a.GetDisqualifiedCount()))
	for _, tier := range a.GetTiers() {
		p.Row("in "+tierName(tier.GetTier()), Count(tier.GetMqlCount()))
	}
	for _, rep := range a.GetLoad().GetReps() {
		p.Row("to "+rep.GetRep(), Count(rep.GetHandoffCount()))
	}
	if held := a.GetLoad().GetHeldCount(); held > 0 {
		p.Row("waiting for somebody", Count(held))
	}
	p.Head()
	for _, lead := range a.GetLeads() {
		p.Row(leadName(names, lead.GetLead()), tierName(lead.GetTier()), lead.GetRep())
	}
	p.rest(a.GetQualifiedCount(), len(a.GetLeads()))
}

// tiersOf are the tiers of both versions, in order.
func tiersOf(all ...*playbookv1.SimulationFigures) []string {
	var names []string
	seen := map[string]bool{}
	for _, f := range all {
		for _, tier := range f.GetTiers() {
			if !seen[tier.GetTier()] {
				seen[tier.GetTier()] = true
				names = append(names, tier.GetTier())
			}
		}
	}
	return names
}

func tierCount(f *playbookv1.SimulationFigures, name string) int64 {
	for _, tier := range f.GetTiers() {
		if tier.GetTier() == name {
			return tier.GetMqlCount()
		}
	}
	return 0
}

func tierName(name string) string {
	if name == "" {
		return "no tier"
	}
	return name
}

func leadName(names map[string]string, lead string) string {
	if name := names[lead]; name != "" {
		return name
	}
	return lead
}

func proportion(p *playbookv1.Proportion) string {
	if p.PerMille == nil {
		return "-"
	}
	return fmt.Sprintf("%s (%s of %s; %s to %s)", perMille(p.GetPerMille(), true), Count(p.GetPartCount()), Count(p.GetWholeCount()),
		perMille(p.GetLowerPerMille(), true), perMille(p.GetUpperPerMille(), true))
}

// signed is a change.
func signed(n int64) string {
	if n > 0 {
		return "+" + Count(n)
	}
	return Count(n)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
