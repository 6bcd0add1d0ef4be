package criteria

import (
	"cmp"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// equation plans a == b over values of one type.
func (p *planner) equation(left, right ast.Expr) term[bool] {
	switch p.common(left, right) {
	case types.StringKind:
		if text, ok := literalText(right); ok {
			return p.equalsText(left, text)
		}
		return equal(p.text(left), p.text(right))
	case types.IntKind:
		return equal(p.whole(left), p.whole(right))
	case types.DoubleKind:
		return equal(p.decimal(left), p.decimal(right))
	case types.BoolKind:
		return equal(p.boolean(left), p.boolean(right))
	case types.DurationKind:
		return equal(p.length(left), p.length(right))
	case types.TimestampKind:
		return both(inOrder, p.instant(left), p.instant(right), time.Time.Equal)
	default:
		return giveUp[bool](p)
	}
}

// common is the type of two values; a whole number beside a double is one too.
func (p *planner) common(left, right ast.Expr) types.Kind {
	a, b := p.kind(left).Kind(), p.kind(right).Kind()
	switch {
	case a == b:
		return a
	case a == types.DoubleKind && b == types.IntKind, a == types.IntKind && b == types.DoubleKind:
		return types.DoubleKind
	default:
		return types.ErrorKind
	}
}

func equal[T comparable](left, right term[T]) term[bool] {
	return both(inOrder, left, right, func(a, b T) bool { return a == b })
}

// equalsText is the commonest of all: a fact is a certain text.
func (p *planner) equalsText(e ast.Expr, text string) term[bool] {
	at, missing := place[string](p, e)
	if at == nil {
		return ask(p.text(e), func(value string) bool { return value == text })
	}
	return func(w *world) (bool, doubt) {
		if o := at(w.Facts); o.Known {
			return o.Value == text, 0
		}
		return false, missing
	}
}

// both plans a question about two values.
func both[T any](join func(left, right doubt) doubt, left, right term[T], holds func(a, b T) bool) term[bool] {
	return func(w *world) (bool, doubt) {
		a, why := left(w)
		b, why2 := right(w)
		if why|why2 != 0 {
			return false, join(why, why2)
		}
		return holds(a, b), 0
	}
}

// comparison plans a < b, a <= b, a > b and a >= b over values of one type.
func (p *planner) comparison(operator string, left, right ast.Expr) term[bool] {
	if p.kind(left).IsExactType(moneyType) {
		return p.moneyComparison(operator, left, right)
	}
	switch p.common(left, right) {
	case types.StringKind:
		return both(strict, p.text(left), p.text(right), ordered[string](operator))
	case types.IntKind:
		if number, ok := right.AsLiteral().(types.Int); ok {
			return against(operator, p.whole(left), int64(number))
		}
		return both(strict, p.whole(left), p.whole(right), ordered[int64](operator))
	case types.DurationKind:
		return both(strict, p.length(left), p.length(right), ordered[time.Duration](operator))
	case types.TimestampKind:
		holds := order(operator)
		return both(strict, p.instant(left), p.instant(right), func(a, b time.Time) bool { return holds(a.Compare(b)) })
	case types.DoubleKind:
		// NaN is neither less nor more than anything, in CEL as in Go.
		return both(strict, p.decimal(left), p.decimal(right), ordered[float64](operator))
	default:
		return giveUp[bool](p)
	}
}

// ordered is an order of values that Go can compare.
func ordered[T cmp.Ordered](operator string) func(a, b T) bool {
	switch operator {
	case operators.Less:
		return func(a, b T) bool { return a < b }
	case operators.LessEquals:
		return func(a, b T) bool { return a <= b }
	case operators.Greater:
		return func(a, b T) bool { return a > b }
	default:
		return func(a, b T) bool { return a >= b }
	}
}

// against plans the comparison with a literal.
func against[T cmp.Ordered](operator string, left term[T], literal T) term[bool] {
	switch operator {
	case operators.Less:
		return func(w *world) (bool, doubt) { value, why := left(w); return value < literal, why }
	case operators.LessEquals:
		return func(w *world) (bool, doubt) { value, why := left(w); return value <= literal, why }
	case operators.Greater:
		return func(w *world) (bool, doubt) { value, why := left(w); return value > literal, why }
	default:
		return func(w *world) (bool, doubt) { value, why := left(w); return value >= literal, why }
	}
}

// order reads what a comparison gives: less, equal or more than 0.
func order(operator string) func(int) bool {
	holds := ordered[int](operator)
	return func(compared int) bool { return holds(compared, 0) }
}

// moneyComparison fails between two currencies.
func (p *planner) moneyComparison(operator string, left, right ast.Expr) term[bool] {
	a, b, holds := p.money(left), p.money(right), order(operator)
	return func(w *world) (bool, doubt) {
		x, why := a(w)
		y, why2 := b(w)
		if why|why2 != 0 {
			return false, strict(why, why2)
		}
		compared, err := x.compare(y)
		if err != nil {
			return false, badCurrency
		}
		return holds(compared), 0
	}
}

// money plans an amount: a fact, or money("5 USD").
func (p *planner) money(e ast.Expr) term[Money] {
	switch e.Kind() {
	case ast.SelectKind:
		return known[Money](p, e)
	case ast.CallKind:
		if e.AsCall().FunctionName() != "money" {
			break
		}
		if text, ok := literalText(e.AsCall().Args()[0]); ok {
			if amount, err := ParseMoney(text); err == nil {
				return constant(amount)
			}
		}
	default:
	}
	return giveUp[Money](p)
}
