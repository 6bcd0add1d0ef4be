package criteria

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// boolean plans an expression that is true or false.
func (p *planner) boolean(e ast.Expr) term[bool] {
	switch e.Kind() {
	case ast.LiteralKind:
		if literal, ok := e.AsLiteral().(types.Bool); ok {
			return constant(bool(literal))
		}
	case ast.IdentKind:
		return p.criterion(e.AsIdent())
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			return p.presence(e.AsSelect())
		}
		return known[bool](p, e)
	case ast.ComprehensionKind:
		return p.loop(e.AsComprehension())
	case ast.CallKind:
		return p.test(e.AsCall())
	default:
	}
	return giveUp[bool](p)
}

// test plans a call that is true or false.
func (p *planner) test(call ast.CallExpr) term[bool] {
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd:
		return conjunction(p.boolean(args[0]), p.boolean(args[1]))
	case operators.LogicalOr:
		return disjunction(p.boolean(args[0]), p.boolean(args[1]))
	case operators.LogicalNot:
		return negation(p.boolean(args[0]))
	case operators.Conditional:
		return choice(p.boolean(args[0]), p.boolean(args[1]), p.boolean(args[2]))
	case operators.Equals:
		return p.equation(args[0], args[1])
	case operators.NotEquals:
		return negation(p.equation(args[0], args[1]))
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return p.comparison(call.FunctionName(), args[0], args[1])
	case operators.In:
		return p.membership(args[0], args[1])
	case overloads.Contains, overloads.StartsWith, overloads.EndsWith, overloads.Matches:
		return p.textTest(call)
	default:
		return giveUp[bool](p)
	}
}

// criterion plans the answer of a criterion: unknown for the criterion's reasons.
func (p *planner) criterion(name string) term[bool] {
	place, found := p.position[name]
	if !found {
		return giveUp[bool](p)
	}
	missing := p.bit(absent{[]string{name}, place})
	return func(w *world) (bool, doubt) {
		switch w.criteria.outcomes[place] {
		case yes:
			return true, 0
		case 0:
			return false, 0
		default:
			return false, missing
		}
	}
}

func conjunction(left, right term[bool]) term[bool] {
	return func(w *world) (bool, doubt) {
		a, why := left(w)
		if !a && why == 0 {
			return false, 0
		}
		b, why2 := right(w)
		if !b && why2 == 0 {
			return false, 0
		}
		return true, logical(why, why2)
	}
}

func disjunction(left, right term[bool]) term[bool] {
	return func(w *world) (bool, doubt) {
		a, why := left(w)
		if a && why == 0 {
			return true, 0
		}
		b, why2 := right(w)
		if b && why2 == 0 {
			return true, 0
		}
		return false, logical(why, why2)
	}
}

func negation(of term[bool]) term[bool] {
	return func(w *world) (bool, doubt) {
		a, why := of(w)
		return !a, why
	}
}

func choice[T any](which term[bool], yes, no term[T]) term[T] {
	return func(w *world) (T, doubt) {
		a, why := which(w)
		switch {
		case why != 0:
			var none T
			return none, why
		case a:
			return yes(w)
		default:
			return no(w)
		}
	}
}

// presence plans has(lead.title), has(lists.x) and has(lead.attributes.budget).
func (p *planner) presence(field ast.SelectExpr) term[bool] {
	if owner, ok := p.attributes(field.Operand()); ok {
		return attributeIn(owner, constant(field.FieldName()))
	}
	owner, name := p.object(field.Operand()), field.FieldName()
	if owner == "lists" {
		return func(w *world) (bool, doubt) { return w.Lists[name] != nil, 0 }
	}
	switch at := find(owner, name).(type) {
	case func(*Facts) *Opt[string]:
		return present(at)
	case func(*Facts) *Opt[int64]:
		return present(at)
	case func(*Facts) *Opt[bool]:
		return present(at)
	case func(*Facts) *Opt[Money]:
		return present(at)
	case func(*Facts) *Opt[[]string]:
		return present(at)
	case func(*Facts) map[string]string: // as a whole they are always known
		return constant(true)
	default:
		return giveUp[bool](p)
	}
}

func present[T any](at func(*Facts) *Opt[T]) term[bool] {
	return func(w *world) (bool, doubt) { return at(w.Facts).Known, 0 }
}

// attributeIn tells whether there is an attribute of a name.
func attributeIn(owner string, name term[string]) term[bool] {
	attributes := attributesOf(owner)
	return func(w *world) (bool, doubt) {
		key, why := name(w)
		if why != 0 {
			return false, why
		}
		_, found := attributes(w.Facts)[key]
		return found, 0
	}
}
