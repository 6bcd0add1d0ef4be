package criteria

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// loop plans texts.exists(t, …) and texts.all(t, …), which are || and && over the
// elements. Other macros, loops in loops and loops over reference lists are left to
// CEL, which counts their steps.
func (p *planner) loop(fold ast.ComprehensionExpr) term[bool] {
	p.scan()
	exists, body := quantifier(fold)
	if body == nil {
		return giveUp[bool](p)
	}
	texts := p.texts(fold.IterRange())
	p.element = fold.IterVar()
	holds := p.boolean(body)
	p.element = ""
	return func(w *world) (bool, doubt) {
		all, why := texts(w)
		if why != 0 {
			return false, why
		}
		for _, w.element = range all {
			found, why2 := holds(w)
			if why2 == 0 && found == exists {
				return exists, 0
			}
			why = logical(why, why2)
		}
		return !exists, why
	}
}

// quantifier tells exists from all, and gives the question about one element; nil
// if the macro is neither.
func quantifier(fold ast.ComprehensionExpr) (exists bool, body ast.Expr) {
	if fold.HasIterVar2() || fold.AccuInit().Kind() != ast.LiteralKind || fold.LoopStep().Kind() != ast.CallKind {
		return false, nil
	}
	step := fold.LoopStep().AsCall()
	switch {
	case fold.AccuInit().AsLiteral() == types.False && step.FunctionName() == operators.LogicalOr:
		return true, step.Args()[1]
	case fold.AccuInit().AsLiteral() == types.True && step.FunctionName() == operators.LogicalAnd:
		return false, step.Args()[1]
	default:
		return false, nil
	}
}
