package criteria

import (
	"cmp"
	"regexp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// Bound is a number that an expression compares something with, in `account.employees >= 200` the 200.
type Bound struct {
	Field string  // what is compared, as CEL writes it: "account.employees", "fit", `engagement.count("webinar")`
	Op    string  // <, <=, > or >=, as if the field stood on the left
	Value float64 // the number
	// Start and End are the place of the number in the expression, in bytes: whoever puts another number there changes
	// this bound and nothing else.
	Start, End int
}

// mirrored are the operators of bounds, and what they are when the two sides change places.
var mirrored = map[string]string{operators.Less: ">", operators.LessEquals: ">=", operators.Greater: "<", operators.GreaterEquals: "<="}

// written are the same operators as CEL writes them.
var written = map[string]string{operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">="}

// number is how CEL writes numbers.
var number = regexp.MustCompile(`^(-\s*)?(0x[0-9a-fA-F]+|([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?)[uU]?`)

// Bounds returns the bounds of an expression, in the order of their places. It reads what is written: whether the comparison
// stands behind a `!` is not looked at, and the types are not checked. An expression that cannot be read has none.
func Bounds(expression string) []Bound {
	if len(expression) > MaxExpression {
		return nil
	}
	env, err := cel.NewCustomEnv(cel.ParserExpressionSizeLimit(MaxExpression), cel.ParserRecursionLimit(maxDepth))
	if err != nil {
		return nil
	}
	parsed, issues := env.Parse(expression)
	if issues.Err() != nil {
		return nil
	}
	tree := parsed.NativeRep()
	var all []Bound
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if bound, ok := boundOf(tree, expression, e); ok {
			all = append(all, bound)
		}
	}))
	slices.SortFunc(all, func(a, b Bound) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// boundOf is the bound of a comparison with a number, if an expression is one.
func boundOf(tree *ast.AST, text string, e ast.Expr) (bound Bound, ok bool) {
	if e.Kind() != ast.CallKind {
		return bound, false
	}
	call := e.AsCall()
	op, compares := written[call.FunctionName()]
	if !compares || len(call.Args()) != 2 {
		return bound, false
	}
	field, literal := call.Args()[0], call.Args()[1]
	if _, left := numberIn(field); left {
		field, literal, op = literal, field, mirrored[call.FunctionName()]
	}
	value, isNumber := numberIn(literal)
	if _, constant := numberIn(field); !isNumber || constant {
		return bound, false
	}
	name, err := parser.Unparse(field, tree.SourceInfo())
	if err != nil {
		return bound, false
	}
	start := startOf(tree, text, literal)
	end := start + len(number.FindString(text[start:]))
	return Bound{name, op, value, start, end}, start < end
}

// startOf is where an expression begins in its text, in bytes. CEL counts characters.
func startOf(tree *ast.AST, text string, e ast.Expr) int {
	place, _ := tree.SourceInfo().GetOffsetRange(e.ID())
	n := int32(0)
	for at := range text {
		if n == place.Start {
			return at
		}
		n++
	}
	return len(text)
}

// numberIn is the value of a literal number.
func numberIn(e ast.Expr) (float64, bool) {
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	switch literal := e.AsLiteral().(type) {
	case types.Int:
		return float64(literal), true
	case types.Uint:
		return float64(literal), true
	case types.Double:
		return float64(literal), true
	default:
		return 0, false
	}
}
