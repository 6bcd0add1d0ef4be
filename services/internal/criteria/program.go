package criteria

import (
	"errors"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"
)

// celProgram is a rule that CEL evaluates.
type celProgram struct{ program cel.Program }

func newCELProgram(env *cel.Env, tree *cel.Ast) (*celProgram, error) {
	p, err := env.Program(tree,
		cel.EvalOptions(cel.OptOptimize),
		cel.CostTracking(pricing{}),
		cel.CostLimit(MaxCost))
	if err != nil {
		return nil, err
	}
	return &celProgram{p}, nil
}

// holds relies on CEL's logic of unknown values: true || unknown is true, false &&
// unknown is false, every other operation on an unknown value is unknown. The
// provider makes the unknown values, so CEL's own matching of unknown patterns,
// which allocates at each access, is not needed.
func (p *celProgram) holds(w *world) (bool, doubt) {
	value, _, err := p.program.Eval(w)
	if err != nil {
		return w.leave(verdict{err: reason(err)})
	}
	switch value := value.(type) {
	case types.Bool:
		return bool(value), 0
	case *types.Unknown:
		return w.leave(verdict{missing: missing(value)})
	default:
		return w.leave(verdict{err: ErrValue})
	}
}

// leave keeps the reasons of a rule that CEL evaluated.
func (w *world) leave(v verdict) (bool, doubt) {
	w.unplanned = append(w.unplanned, v)
	return false, elsewhere | doubt(len(w.unplanned)-1)
}

// reason sorts an error of the evaluation into one of the three that we publish.
func reason(err error) error {
	var cancelled interpreter.EvalCancelledError
	switch {
	case errors.As(err, &cancelled):
		return ErrCost
	case errors.Is(err, ErrCurrency):
		return ErrCurrency
	default:
		return ErrValue
	}
}
