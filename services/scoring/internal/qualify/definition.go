package qualify

import (
	"fmt"
	"maps"
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
)

// parts says which of a definition's conditions mean what: first the disqualifiers, then intent, then routing.
type parts struct {
	disqualifiers []string // names, in the order of the conditions
	high, medium  int      // index of the condition, or -1
	firstMatch    int      // index of the first rule of routing
	requirements  int      // index of the first requirement of routing; the rules are before it, and the rest follow it
	mql           bool     // whether there is a gate
}

// define gathers every expression of a document that scoring evaluates.
func define(doc *playbookv1.Document) (criteria.Definition, parts) {
	d := criteria.Definition{Models: modelNames(doc)}
	for _, name := range sortedKeys(doc.GetCriteria()) {
		d.Criteria = append(d.Criteria, criteria.Rule{Name: name, Expression: doc.GetCriteria()[name]})
	}
	p := parts{disqualifiers: sortedKeys(doc.GetDisqualify())}
	for _, name := range p.disqualifiers {
		d.Conditions = append(d.Conditions, criteria.Rule{Name: "disqualify." + name, Expression: doc.GetDisqualify()[name]})
	}
	p.high = optional(&d, "intent.high", doc.GetIntent().GetHigh())
	p.medium = optional(&d, "intent.medium", doc.GetIntent().GetMedium())
	p.firstMatch = len(d.Conditions)
	for i, rule := range doc.GetRouting().GetFirstMatch() {
		d.Conditions = append(d.Conditions, criteria.Rule{Name: fmt.Sprintf("routing.first_match[%d]", i), Expression: rule.GetWhen()})
	}
	p.requirements = len(d.Conditions)
	for i, rule := range doc.GetRouting().GetRequirements() {
		d.Conditions = append(d.Conditions, criteria.Rule{Name: fmt.Sprintf("routing.requirements[%d]", i), Expression: rule.GetWhen()})
	}
	if gate := doc.GetStages().GetMql(); gate != "" {
		d.Gates, p.mql = []criteria.Rule{{Name: "stages.mql", Expression: gate}}, true
	}
	return d, p
}

// optional adds a condition that a document may leave out, and gives its index, or -1.
func optional(d *criteria.Definition, name, expression string) int {
	if expression == "" {
		return -1
	}
	d.Conditions = append(d.Conditions, criteria.Rule{Name: name, Expression: expression})
	return len(d.Conditions) - 1
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
