package criteria

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// microPoints is how many micro-points make one point.
const microPoints = 1e6

// Evaluation holds one set of facts at one instant, with the answers of the
// criteria. It is for one goroutine. The zero value is ready, and may be used again
// and again.
type Evaluation struct {
	set               *Set
	world             world
	conditions, gates Answers
	checks            Answers
}

// Evaluate answers the criteria for what is known at asOf: events after it do not
// count, and windows reach back from it. The facts must not change as long as the
// evaluation is used.
func (s *Set) Evaluate(facts *Facts, asOf time.Time) *Evaluation {
	e := new(Evaluation)
	e.Evaluate(s, facts, asOf)
	return e
}

// Evaluate begins anew with a set, facts and an instant, as [Set.Evaluate] does.
func (e *Evaluation) Evaluate(set *Set, facts *Facts, asOf time.Time) {
	e.set = set
	e.world = world{Facts: facts, position: set.position, history: timeline{facts.Engagements, asOf}}
	e.world.criteria = e.world.answer(set.criteria, new(Answers))
}

// Criteria returns the answers of the criteria. They stay as they are when the
// evaluation is used again.
func (e *Evaluation) Criteria() *Answers { return e.world.criteria }

// Conditions evaluates the conditions. The answers last until somebody asks again.
func (e *Evaluation) Conditions() *Answers { return e.world.answer(e.set.conditions, &e.conditions) }

// Gates evaluates the gates against scores. The answers last until somebody asks
// again.
func (e *Evaluation) Gates(scores Scores) *Answers {
	e.world.scores, e.world.gate = scores, true
	answers := e.world.answer(e.set.gates, &e.gates)
	e.world.gate = false
	return answers
}

// Checks evaluates the checks of the meeting that the facts hold. The answers last until
// somebody asks again.
func (e *Evaluation) Checks() *Answers { return e.world.answer(e.set.checks, &e.checks) }

// world is what a rule can see.
type world struct {
	*Facts
	position  map[string]int // criterion → index
	history   timeline
	criteria  *Answers // nil while the criteria are evaluated themselves
	scores    Scores
	gate      bool      // the rules are gates: engagement is the score
	element   string    // of the list that a planned loop is walking over
	unplanned []verdict // of the rules that CEL evaluated
}

// ResolveName is how CEL asks for a variable.
func (w *world) ResolveName(name string) (any, bool) {
	switch name {
	case "lead":
		return &object{leadType, w.Facts}, true
	case "account":
		return &object{accountType, w.Facts}, true
	case "lists":
		return &object{listsType, w.Facts}, true
	case "predicted":
		return &object{predictedType, w.Facts}, true
	case "meeting":
		return &object{meetingType, w.Facts}, true
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
	if !found || w.criteria == nil {
		return nil, false
	}
	return value(w.criteria.Result(i)), true
}

// Parent says that there is nothing around a world.
func (w *world) Parent() cel.Activation { return nil }

// points turns micro-points into the double that gates compare. The quotient is
// correctly rounded, and so is a literal such as 70.1: equal numbers of up to six
// decimals become equal doubles, different ones stay different and in order. A
// threshold is therefore exact to the micro-point.
func points(micro int64) types.Double { return types.Double(float64(micro) / microPoints) }

// value returns a criterion's answer as a value of CEL: unknown for the
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
