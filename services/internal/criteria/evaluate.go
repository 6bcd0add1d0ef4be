package criteria

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// microPoints is how many micro-points make one point.
const microPoints = 1e6

// Evaluation holds one set of facts at one instant, with the answers of the
// criteria. It is for one goroutine.
type Evaluation struct {
	set   *Set
	world world
}

// Evaluate answers the criteria for what is known at asOf: events after it do not
// count, and windows reach back from it. The facts must not change as long as the
// evaluation is used.
func (s *Set) Evaluate(facts *Facts, asOf time.Time) *Evaluation {
	e := &Evaluation{set: s, world: world{
		position: s.position,
		lead:     &facts.Lead,
		account:  &facts.Account,
		history:  timeline{facts.Engagements, asOf},
		lists:    facts.Lists,
	}}
	e.world.criteria = e.world.answer(s.criteria)
	return e
}

// Criteria returns the answers of the criteria in the order of the definition.
// Answers are shared and must not be changed, here and below.
func (e *Evaluation) Criteria() []*Result { return e.world.criteria }

// Conditions evaluates the conditions, in the order of the definition.
func (e *Evaluation) Conditions() []*Result { return e.world.answer(e.set.conditions) }

// Gates evaluates the gates against scores, in the order of the definition.
func (e *Evaluation) Gates(scores Scores) []*Result {
	e.world.scores, e.world.gate = scores, true
	results := e.world.answer(e.set.gates)
	e.world.gate = false
	return results
}

// world is what a rule can see. The criteria are empty while they are evaluated
// themselves.
type world struct {
	position map[string]int // criterion → index
	lead     *Lead
	account  *Account
	history  timeline
	lists    map[string]*List
	criteria []*Result
	scores   Scores
	gate     bool   // the rules are gates: engagement is the score
	element  string // of the list that a planned loop is walking over
}

func (w *world) answer(rules []compiled) []*Result {
	results := make([]*Result, len(rules))
	for i := range rules {
		results[i] = rules[i].program.eval(w)
	}
	return results
}

// ResolveName is how CEL asks for a variable.
func (w *world) ResolveName(name string) (any, bool) {
	switch name {
	case "lead":
		return &object{leadType, w.lead}, true
	case "account":
		return &object{accountType, w.account}, true
	case "lists":
		return &object{listsType, &w.lists}, true
	case "now":
		return types.Timestamp{Time: w.history.asOf}, true
	case "engagement":
		if !w.gate {
			return &object{engagementType, &w.history}, true
		}
		return points(w.scores.Engagement), true
	case "fit":
		return points(w.scores.Fit), true
	case "combined":
		return points(w.scores.Combined), true
	}
	i, found := w.position[name]
	if !found || i >= len(w.criteria) {
		return nil, false
	}
	return unplanned(w.criteria[i]), true
}

// Parent says that there is nothing around a world.
func (w *world) Parent() cel.Activation { return nil }

// points turns micro-points into the double that gates compare. The quotient is
// correctly rounded, and so is a literal such as 70.1: equal numbers of up to six
// decimals become equal doubles, different ones stay different and in order. A
// threshold is therefore exact to the micro-point.
func points(micro int64) types.Double { return types.Double(float64(micro) / microPoints) }

// unplanned returns a criterion's answer as a value of CEL: unknown for the
// reasons for which the criterion was, and under its own name if it failed.
func unplanned(r *Result) any {
	switch r.Truth {
	case True:
		return types.True
	case False:
		return types.False
	}
	if len(r.Missing) == 0 {
		return unknown(r.Name)
	}
	all := unknown(r.Missing[0])
	for _, name := range r.Missing[1:] {
		all = types.MergeUnknowns(all, unknown(name))
	}
	return all
}
