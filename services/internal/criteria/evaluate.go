package criteria

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// microPoints is how many micro-points make one point.
const microPoints = 1e6

// Evaluation holds one set of facts at one instant, with the answers of the
// criteria. It may be used by several goroutines as long as nobody changes the
// facts.
type Evaluation struct {
	set   *Set
	world *world
}

// Evaluate answers the criteria for what is known at asOf: events after it do not
// count, and windows reach back from it. The facts must not change as long as the
// evaluation is used.
func (s *Set) Evaluate(facts *Facts, asOf time.Time) *Evaluation {
	w := &world{
		set:     s,
		lead:    object{leadType, &facts.Lead},
		account: object{accountType, &facts.Account},
		history: object{engagementType, &timeline{facts.Engagements, asOf}},
		lists:   object{listsType, &facts.Lists},
		now:     types.Timestamp{Time: asOf},
	}
	w.criteria = w.answer(s.criteria)
	return &Evaluation{s, w}
}

// Criteria returns the answers of the criteria in the order of the definition.
func (e *Evaluation) Criteria() []Result { return e.world.criteria }

// Criterion returns the answer of one criterion, and whether there is such a one.
func (e *Evaluation) Criterion(name string) (Result, bool) {
	i, found := e.set.position[name]
	if !found {
		return Result{}, false
	}
	return e.world.criteria[i], true
}

// Conditions evaluates the conditions, in the order of the definition.
func (e *Evaluation) Conditions() []Result { return e.world.answer(e.set.conditions) }

// Gates evaluates the gates against scores, in the order of the definition.
func (e *Evaluation) Gates(scores Scores) []Result {
	w := *e.world
	w.scores = &scores
	return w.answer(e.set.gates)
}

// world is what a rule can see. The criteria are empty while they are evaluated
// themselves; scores are there for gates only.
type world struct {
	set      *Set
	lead     object
	account  object
	history  object
	lists    object
	now      types.Timestamp
	criteria []Result
	scores   *Scores
}

func (w *world) answer(rules []compiled) []Result {
	results := make([]Result, len(rules))
	for i, rule := range rules {
		answer := rule.program.eval(w)
		results[i] = Result{Name: rule.name, Truth: answer.truth, Missing: answer.missing}
		if answer.err != nil {
			results[i].Err = &RuleError{Rule: rule.name, Reason: answer.err}
		}
	}
	return results
}

// ResolveName is how CEL asks for a variable.
func (w *world) ResolveName(name string) (any, bool) {
	switch name {
	case "lead":
		return &w.lead, true
	case "account":
		return &w.account, true
	case "lists":
		return &w.lists, true
	case "now":
		return w.now, true
	case "engagement":
		if w.scores == nil {
			return &w.history, true
		}
		return points(w.scores.Engagement), true
	case "fit":
		return points(w.scores.Fit), true
	case "combined":
		return points(w.scores.Combined), true
	}
	i, found := w.set.position[name]
	if !found || i >= len(w.criteria) {
		return nil, false
	}
	return value(&w.criteria[i]), true
}

// Parent says that there is nothing around a world.
func (w *world) Parent() cel.Activation { return nil }

// points turns micro-points into the double that gates compare. The quotient is
// correctly rounded, and so is a literal such as 70.1: equal numbers of up to six
// decimals become equal doubles, different ones stay different and in order. A
// threshold is therefore exact to the micro-point.
func points(micro int64) types.Double { return types.Double(float64(micro) / microPoints) }

// value returns a criterion's answer as a value of the language: unknown for the
// reasons for which the criterion was, and under its own name if it failed.
func value(r *Result) any {
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
