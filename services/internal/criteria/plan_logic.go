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
		switch w.criteria[place].Truth {
		case True:
			return true, 0
		case False:
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
	name := field.FieldName()
	switch p.object(field.Operand()) {
	case "lead":
		return present(find(leadFacts(), name), func(w *world) *Lead { return w.lead })
	case "account":
		return present(find(accountFacts(), name), func(w *world) *Account { return w.account })
	case "lists":
		return func(w *world) (bool, doubt) { return w.lists[name] != nil, 0 }
	default:
		return giveUp[bool](p)
	}
}

// present tells whether a field is known; attributes as a whole always are.
func present[T any](at any, of func(*world) *T) term[bool] {
	switch at := at.(type) {
	case func(*T) *Opt[string]:
		return isKnown(at, of)
	case func(*T) *Opt[int64]:
		return isKnown(at, of)
	case func(*T) *Opt[bool]:
		return isKnown(at, of)
	case func(*T) *Opt[Money]:
		return isKnown(at, of)
	case func(*T) *Opt[[]string]:
		return isKnown(at, of)
	default:
		return constant(true)
	}
}

func isKnown[T, V any](at func(*T) *Opt[V], of func(*world) *T) term[bool] {
	return func(w *world) (bool, doubt) { return at(of(w)).Known, 0 }
}

// attributeIn tells whether there is an attribute of a name.
func attributeIn(owner string, name term[string]) term[bool] {
	attributes := attributesOf(owner)
	return func(w *world) (bool, doubt) {
		key, why := name(w)
		if why != 0 {
			return false, why
		}
		_, found := attributes(w)[key]
		return found, 0
	}
}
