package criteria

import "iter"

// compiled is a rule that can be evaluated. It is planned, or asks CEL, which is
// the reference implementation, where the planner does not cover it.
type compiled struct {
	holds   term[bool]
	yes, no *Result  // what it mostly answers, made once
	absent  []absent // what the bits of a plan's doubt stand for
	reads   []string // the facts and the criteria that it names
	planned bool
}

// Answers are what rules of one kind answered, in the order of the definition. Each
// is kept as a number; its names are looked up when somebody asks.
type Answers struct {
	rules     []compiled
	outcomes  []outcome
	criteria  *Answers  // that the rules could refer to
	unplanned []verdict // of the rules that CEL evaluated
}

// outcome is what one rule answered: no, yes, or a doubt.
type outcome uint64

const yes outcome = 1 << maxAbsent

func (o outcome) truth() Truth {
	switch o {
	case 0:
		return False
	case yes:
		return True
	default:
		return Unknown
	}
}

// answer asks rules, and puts their outcomes where those of earlier facts were.
func (w *world) answer(rules []compiled, a *Answers) *Answers {
	a.rules, a.criteria = rules, w.criteria
	if cap(a.outcomes) < len(rules) {
		a.outcomes = make([]outcome, len(rules))
	}
	a.outcomes = a.outcomes[:len(rules)]
	for i := range rules {
		switch holds, why := rules[i].holds(w); {
		case why != 0:
			a.outcomes[i] = outcome(why)
		case holds:
			a.outcomes[i] = yes
		default:
			a.outcomes[i] = 0
		}
	}
	a.unplanned, w.unplanned = w.unplanned, nil
	return a
}

// Len returns how many rules there are.
func (a *Answers) Len() int { return len(a.rules) }

// Truth returns the answer of a rule by its place.
func (a *Answers) Truth(i int) Truth { return a.outcomes[i].truth() }

// Result returns the answer of a rule by its place, with its reasons. Results may be
// shared between evaluations and must not be changed.
func (a *Answers) Result(i int) *Result {
	switch rule := &a.rules[i]; a.Truth(i) {
	case True:
		return rule.yes
	case False:
		return rule.no
	default:
		return a.doubted(rule, doubt(a.outcomes[i]))
	}
}

// All walks over the answers with their reasons.
func (a *Answers) All() iter.Seq[*Result] {
	return func(yield func(*Result) bool) {
		for i := range a.rules {
			if !yield(a.Result(i)) {
				return
			}
		}
	}
}

func (a *Answers) doubted(rule *compiled, why doubt) *Result {
	name := rule.yes.Name
	switch {
	case why&elsewhere != 0:
		return a.unplanned[why&^elsewhere].named(name)
	case why.fails():
		return verdict{err: why.reason()}.named(name)
	default:
		return verdict{missing: why.missing(rule.absent, a.criteria)}.named(name)
	}
}

// verdict is why a rule has no answer: the facts that are missing, or ErrCost,
// ErrCurrency or ErrValue.
type verdict struct {
	missing []string
	err     error
}

func (v verdict) named(rule string) *Result {
	if v.err != nil {
		return &Result{Name: rule, Err: &RuleError{Rule: rule, Reason: v.err}}
	}
	return &Result{Name: rule, Missing: v.missing}
}
