package criteria

import (
	"math"
	"strconv"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// whole plans an int.
func (p *planner) whole(e ast.Expr) term[int64] {
	switch e.Kind() {
	case ast.LiteralKind:
		if literal, ok := e.AsLiteral().(types.Int); ok {
			return constant(int64(literal))
		}
	case ast.SelectKind:
		return known[int64](p, e)
	case ast.CallKind:
		return p.wholeCall(e.AsCall())
	default:
	}
	return giveUp[int64](p)
}

func (p *planner) wholeCall(call ast.CallExpr) term[int64] {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Add:
		return reckon(p.whole(args[0]), p.whole(args[1]), sum)
	case operators.Subtract:
		return reckon(p.whole(args[0]), p.whole(args[1]), difference)
	case operators.Multiply:
		return reckon(p.whole(args[0]), p.whole(args[1]), product)
	case operators.Divide:
		return reckon(p.whole(args[0]), p.whole(args[1]), quotient)
	case operators.Modulo:
		return reckon(p.whole(args[0]), p.whole(args[1]), remainder)
	case operators.Negate:
		return reckon(constant(int64(0)), p.whole(args[0]), difference)
	case operators.Conditional:
		return choice(p.boolean(args[0]), p.whole(args[1]), p.whole(args[2]))
	case overloads.TypeConvertInt:
		if p.kind(args[0]).Kind() == types.StringKind {
			return parsed(p.text(args[0]), func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
		}
	case overloads.Size:
		if call.IsMemberFunction() {
			return p.size(call.Target())
		}
		return p.size(args[0])
	case "count":
		return p.count(call)
	}
	return giveUp[int64](p)
}

// size plans how many characters a text has, or how many elements a list.
func (p *planner) size(of ast.Expr) term[int64] {
	if owner, ok := p.attributes(of); ok {
		attributes := attributesOf(owner)
		return func(w *world) (int64, doubt) { return int64(len(attributes(w.Facts))), 0 }
	}
	if p.kind(of).Kind() == types.StringKind {
		text := p.text(of)
		return func(w *world) (int64, doubt) {
			value, why := text(w)
			return int64(utf8.RuneCountInString(value)), why
		}
	}
	texts := p.texts(of)
	return func(w *world) (int64, doubt) {
		value, why := texts(w)
		return int64(len(value)), why
	}
}

// exact is the last whole number up to which each is a double.
const exact = 1 << 53

// decimal plans a double, or a literal whole number that is compared with one.
func (p *planner) decimal(e ast.Expr) term[float64] {
	switch e.Kind() {
	case ast.LiteralKind:
		switch literal := e.AsLiteral().(type) {
		case types.Double:
			return constant(float64(literal))
		case types.Int:
			if -exact <= literal && literal <= exact {
				return constant(float64(literal))
			}
		}
	case ast.IdentKind:
		return p.score(e.AsIdent())
	case ast.SelectKind:
		if p.kind(e.AsSelect().Operand()).IsExactType(predictedType) {
			return p.predicted(e)
		}
		amount := known[Points](p, e)
		return func(w *world) (float64, doubt) {
			micro, why := amount(w)
			return float64(points(int64(micro))), why
		}
	case ast.CallKind:
		return p.decimalCall(e.AsCall())
	default:
	}
	return giveUp[float64](p)
}

func (p *planner) decimalCall(call ast.CallExpr) term[float64] {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Conditional:
		return choice(p.boolean(args[0]), p.decimal(args[1]), p.decimal(args[2]))
	case overloads.TypeConvertDouble:
		if p.kind(args[0]).Kind() == types.StringKind {
			return parsed(p.text(args[0]), func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
		}
	}
	return giveUp[float64](p)
}

// score plans one of the three scores.
func (p *planner) score(name string) term[float64] {
	switch name {
	case "fit":
		return func(w *world) (float64, doubt) { return float64(points(w.scores.Fit)), 0 }
	case "engagement":
		return func(w *world) (float64, doubt) { return float64(points(w.scores.Engagement)), 0 }
	case "combined":
		return func(w *world) (float64, doubt) { return float64(points(w.scores.Combined)), 0 }
	default:
		return giveUp[float64](p)
	}
}

// parsed plans a text that is read as a number.
func parsed[T any](of term[string], parse func(string) (T, error)) term[T] {
	return func(w *world) (T, doubt) {
		text, why := of(w)
		if why != 0 {
			var none T
			return none, why
		}
		value, err := parse(text)
		if err != nil {
			return value, badValue
		}
		return value, 0
	}
}

// reckon plans an operation on two values, which may have no result.
func reckon[A, B, T any](left term[A], right term[B], of func(a A, b B) (T, bool)) term[T] {
	return func(w *world) (T, doubt) {
		a, why := left(w)
		b, why2 := right(w)
		if why|why2 != 0 {
			var none T
			return none, strict(why, why2)
		}
		result, ok := of(a, b)
		if !ok {
			return result, badValue
		}
		return result, 0
	}
}

// The operations on whole numbers have no result where it would not fit.

func sum[T ~int64](a, b T) (T, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

func difference[T ~int64](a, b T) (T, bool) {
	c := a - b
	return c, (c < a) == (b > 0)
}

func product(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, c/b == a && (b != -1 || a != math.MinInt64)
}

func quotient(a, b int64) (int64, bool) {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return 0, false
	}
	return a / b, true
}

func remainder(a, b int64) (int64, bool) {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return 0, false
	}
	return a % b, true
}
