package criteria

import (
	"cel.dev/cel-go/common/ast"
)

func modelFacts(names []string) []fact {
	facts := make([]fact, len(names))
	for i, name := range names {
		facts[i] = modelFact(name)
	}
	return facts
}

// modelFact is the probability that a model gives.
func modelFact(name string) fact {
	return fact{name: name, at: func(facts *Facts) (float64, bool) {
		probability, known := facts.Predicted[name]
		return probability, known
	}}
}

// predicted plans the reading of a probability.
func (p *planner) predicted(e ast.Expr) term[float64] {
	selected := e.AsSelect()
	if selected.IsTestOnly() || selected.Operand().Kind() != ast.IdentKind || !p.kind(selected.Operand()).IsExactType(predictedType) {
		return giveUp[float64](p)
	}
	name := selected.FieldName()
	missing := p.missing("predicted." + name)
	return func(w *world) (float64, doubt) {
		if probability, known := w.Predicted[name]; known {
			return probability, 0
		}
		return 0, missing
	}
}
