package criteria

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// shape holds a checked expression against the rules that types alone cannot say.
// Most of them keep values from growing: an expression may look at facts and
// compare them, but not build texts or nested lists, so there is nothing whose
// size could double with every few characters of source.
type shape struct {
	tree   *ast.AST
	report func(id int64, message string)
}

func checkShape(checked *cel.Ast) *cel.Issues {
	tree := checked.NativeRep()
	issues := cel.NewIssuesWithSourceInfo(common.NewErrors(checked.Source()), tree.SourceInfo())
	s := shape{tree: tree, report: func(id int64, message string) { issues.ReportErrorAtID(id, "%s", message) }}
	s.checkAll()
	if s.kind(tree.Expr()) != types.BoolKind {
		s.report(tree.Expr().ID(), "the answer must be true or false, not "+cel.FormatCELType(tree.GetType(tree.Expr().ID())))
	}
	return issues
}

func (s *shape) checkAll() {
	ast.PostOrderVisit(s.tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.ListKind:
			s.checkList(e)
		case ast.MapKind:
			s.checkMap(e)
		case ast.CallKind:
			s.checkCall(e)
		case ast.StructKind:
			s.report(e.ID(), "facts cannot be constructed")
		default:
		}
	}))
}

func (s *shape) checkList(e ast.Expr) {
	elements := e.AsList().Elements()
	if len(elements) > 0 && s.tree.GetType(e.ID()).Parameters()[0].Kind() == types.DynKind {
		s.report(e.ID(), "a list holds values of one type")
	}
	for _, element := range elements {
		if !s.isPlain(element) {
			s.report(element.ID(), "a list holds texts, numbers, booleans or times, and nothing nested")
		}
	}
}

// checkMap lets a map be a filter of engagements and nothing else.
func (s *shape) checkMap(e ast.Expr) {
	for _, entry := range e.AsMap().Entries() {
		key, value := entry.AsMapEntry().Key(), entry.AsMapEntry().Value()
		name, ok := literalText(key)
		switch {
		case !ok:
			s.report(key.ID(), "a property is a literal text")
		case propertyOf(name) == nil:
			s.report(key.ID(), fmt.Sprintf("an event has no property %.40q; it has %s", name, strings.Join(propertyNames(), ", ")))
		}
		if kind := s.tree.GetType(value.ID()); kind.Kind() != types.StringKind && !kind.IsExactType(textsType) {
			s.report(value.ID(), `a filter maps a property to a text or a list of texts, {"page": ["/pricing"]}`)
		}
	}
}

func (s *shape) checkCall(e ast.Expr) {
	call := e.AsCall()
	switch call.FunctionName() {
	case operators.Add:
		s.checkAdd(e)
	case operators.Equals, operators.NotEquals, operators.In:
		for _, arg := range call.Args() {
			if s.tree.GetType(arg.ID()).IsExactType(moneyType) {
				s.report(e.ID(), "money has an order but no equality: use <, <=, > or >=")
				return
			}
		}
	case operators.Conditional:
		if s.kind(e) == types.StructKind {
			s.report(e.ID(), "a choice is between values; write which fact each branch looks at")
		}
	case overloads.Matches:
		s.checkPattern(e)
	case "money":
		s.checkLiteral(call, func(text string) error { _, err := ParseMoney(text); return err })
	case "within", "duration":
		s.checkLiteral(call, func(text string) error { _, err := ParseWindow(text); return err })
	default:
	}
}

// checkAdd lets numbers and times be added. The lists that map and filter collect
// are added too, but only to the accumulator of the macro, which no author can name.
func (s *shape) checkAdd(e ast.Expr) {
	first := e.AsCall().Args()[0]
	if first.Kind() == ast.IdentKind && first.AsIdent() == parser.HiddenAccumulatorName {
		return
	}
	switch s.kind(e) {
	case types.IntKind, types.UintKind, types.DoubleKind, types.DurationKind, types.TimestampKind:
	default:
		s.report(e.ID(), "+ adds numbers and times; texts and lists cannot be joined")
	}
}

// checkPattern lets only literals be regular expressions: they are compiled once,
// and their size is known.
func (s *shape) checkPattern(e ast.Expr) {
	args := e.AsCall().Args()
	if pattern := args[len(args)-1]; pattern.Kind() != ast.LiteralKind {
		s.report(pattern.ID(), "a pattern is a literal text")
	}
}

func (s *shape) checkLiteral(call ast.CallExpr, parse func(string) error) {
	arg := call.Args()[0]
	if text, ok := literalText(arg); ok {
		if err := parse(text); err != nil {
			s.report(arg.ID(), err.Error())
		}
	}
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().(types.String)
	return string(text), ok
}

func (s *shape) isPlain(e ast.Expr) bool {
	switch s.kind(e) {
	case types.BoolKind, types.IntKind, types.UintKind, types.DoubleKind, types.StringKind,
		types.DurationKind, types.TimestampKind:
		return true
	default:
		return false
	}
}

func (s *shape) kind(e ast.Expr) cel.Kind { return s.tree.GetType(e.ID()).Kind() }
