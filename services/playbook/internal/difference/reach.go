package difference

import (
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// reach is what expressions look at, directly or by the name of a criterion: facts, as account.is_target, and the names of
// criteria and scores.
type reach struct {
	gates  map[string]bool // whoever decides who is qualified
	routes map[string]bool // whoever decides who gets the lead

	targetsSurge bool // and no other accounts do
}

// reached is what either of the documents looks at. They have their defaults.
func reached(docs ...*playbookv1.Document) reach {
	r := reach{gates: map[string]bool{}, routes: map[string]bool{}}
	for _, doc := range docs {
		gate := doc.GetStages().GetMql()
		note(r.gates, doc, gate)
		r.gates[history] = r.gates[history] || slices.Contains(slices.Collect(expression.Names(gate)), history)
		for _, text := range doc.GetDisqualify() {
			note(r.gates, doc, text)
		}
		scores(r.gates, doc)
		note(r.routes, doc, doc.GetIntent().GetHigh())
		note(r.routes, doc, doc.GetIntent().GetMedium())
		for _, rule := range doc.GetRouting().GetFirstMatch() {
			note(r.routes, doc, rule.GetWhen())
		}
		for _, rule := range doc.GetRouting().GetRequirements() {
			note(r.routes, doc, rule.GetWhen())
		}
		meetings := doc.GetMeetings()
		for _, text := range []string{meetings.GetBuyerRole(), meetings.GetCompanyFit(), meetings.GetUseCase(), meetings.GetGeography()} {
			note(r.routes, doc, text)
		}
		for _, rule := range doc.GetScoring().GetFit() { // it orders queues at least
			note(r.routes, doc, rule.GetWhen())
		}
		r.targetsSurge = r.targetsSurge || doc.GetSurge().GetOnlyTargets()
		people(r.gates, doc)
		people(r.routes, doc)
	}
	return r
}

// scores notes what gives the points that a gate asks for.
func scores(seen map[string]bool, doc *playbookv1.Document) {
	if !seen["fit"] && !seen["combined"] {
		return
	}
	for _, rule := range doc.GetScoring().GetFit() {
		note(seen, doc, rule.GetWhen())
	}
}

// people notes what makes the personas of a committee that somebody asks for.
func people(seen map[string]bool, doc *playbookv1.Document) {
	for _, fact := range committee() {
		if !seen[fact] {
			continue
		}
		for _, persona := range doc.GetPersonas() {
			note(seen, doc, persona.GetWhen())
		}
		return
	}
}

// committee is what can be asked of the buying committee.
func committee() []string {
	return []string{"account.committee", "account.committee_coverage", "account.committee_engaged"}
}

// note notes what an expression looks at, and what the criteria look at that it names; criteria name no others.
func note(seen map[string]bool, doc *playbookv1.Document, text string) {
	facts(seen, text)
	for _, name := range slices.Compact(slices.Sorted(expression.Names(text))) {
		seen[name] = seen[name] || name != history
		facts(seen, doc.GetCriteria()[name])
	}
}

// history is what a lead did, and in a gate alone the score of it.
const history = "engagement"

// facts notes the facts that an expression looks at, with what they are facts of.
func facts(seen map[string]bool, text string) {
	for found := range expression.Facts(text) {
		of, _, _ := strings.Cut(found, ".")
		seen[found], seen[of] = true, seen[of] || of != history
	}
}

// of is what a change of any of these touches: who is qualified, else who gets the lead, else how it is counted.
func (r reach) of(names ...string) Effect {
	effect := Counting
	for _, name := range names {
		switch {
		case r.gates[name]:
			return Qualification
		case r.routes[name]:
			effect = Assignment
		}
	}
	return effect
}
