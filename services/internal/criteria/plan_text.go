package criteria

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// text plans a text: a literal, the variable of a loop, a fact, an attribute, or a
// choice of them.
func (p *planner) text(e ast.Expr) term[string] {
	if owner, name, ok := p.attribute(e); ok {
		return p.attributeText(owner, name)
	}
	switch e.Kind() {
	case ast.LiteralKind:
		if text, ok := literalText(e); ok {
			return constant(text)
		}
	case ast.IdentKind:
		if p.element != "" && e.AsIdent() == p.element {
			return func(w *world) (string, doubt) { return w.element, 0 }
		}
	case ast.SelectKind:
		return known[string](p, e)
	case ast.CallKind:
		if args := e.AsCall().Args(); e.AsCall().FunctionName() == operators.Conditional {
			return choice(p.boolean(args[0]), p.text(args[1]), p.text(args[2]))
		}
	default:
	}
	return giveUp[string](p)
}

func (p *planner) attributeText(owner, name string) term[string] {
	missing, attributes := p.missing(attributeName(owner, name)), attributesOf(owner)
	return func(w *world) (string, doubt) {
		value, found := attributes(w.Facts)[name]
		if !found {
			return "", missing
		}
		return value, 0
	}
}

// texts plans a list of texts: a fact, or literals.
func (p *planner) texts(e ast.Expr) term[[]string] {
	if literals, ok := literalTexts(e); ok {
		return constant(literals)
	}
	if e.Kind() == ast.SelectKind {
		return known[[]string](p, e)
	}
	return giveUp[[]string](p)
}

// literalTexts are the elements of a list of nothing but literal texts.
func literalTexts(e ast.Expr) ([]string, bool) {
	if e.Kind() != ast.ListKind {
		return nil, false
	}
	elements := e.AsList().Elements()
	texts := make([]string, len(elements))
	for i, element := range elements {
		var ok bool
		if texts[i], ok = literalText(element); !ok {
			return nil, false
		}
	}
	return texts, true
}

// textTest plans contains, startsWith, endsWith and matches.
func (p *planner) textTest(call ast.CallExpr) term[bool] {
	args := call.Args()
	if call.IsMemberFunction() {
		args = slices.Concat([]ast.Expr{call.Target()}, args)
	}
	var holds func(text, part string) bool
	switch call.FunctionName() {
	case overloads.Contains:
		holds = strings.Contains
	case overloads.StartsWith:
		holds = strings.HasPrefix
	case overloads.EndsWith:
		holds = strings.HasSuffix
	default:
		return p.pattern(args[0], args[1])
	}
	if part, ok := literalText(args[1]); ok {
		return ask(p.text(args[0]), func(text string) bool { return holds(text, part) })
	}
	return both(strict, p.text(args[0]), p.text(args[1]), holds)
}

// pattern plans a match with a literal regular expression.
func (p *planner) pattern(text, pattern ast.Expr) term[bool] {
	p.scan()
	literal, _ := literalText(pattern)
	compiled, err := regexp.Compile(literal)
	if err != nil {
		return giveUp[bool](p)
	}
	return ask(p.text(text), compiled.MatchString)
}

// ask plans a question about one value.
func ask[T any](of term[T], holds func(T) bool) term[bool] {
	return func(w *world) (bool, doubt) {
		value, why := of(w)
		if why != 0 {
			return false, why
		}
		return holds(value), 0
	}
}

// membership plans x in a list: literals, a fact that is a list, a reference list,
// or the names of attributes.
func (p *planner) membership(of, in ast.Expr) term[bool] {
	if owner, ok := p.attributes(in); ok {
		return attributeIn(owner, p.text(of))
	}
	if in.Kind() == ast.ListKind {
		return p.oneOf(of, in)
	}
	if in.Kind() != ast.SelectKind || p.kind(of).Kind() != types.StringKind {
		return giveUp[bool](p)
	}
	if p.object(in.AsSelect().Operand()) == "lists" {
		return p.listed(of, in.AsSelect())
	}
	p.scan()
	value, all := p.text(of), p.texts(in)
	return func(w *world) (bool, doubt) {
		text, why := value(w)
		texts, why2 := all(w)
		if why|why2 != 0 {
			return false, strict(why, why2)
		}
		return slices.Contains(texts, text), 0
	}
}

// oneOf plans x in [a, b] over literals. Nothing is in an empty list, known or not.
func (p *planner) oneOf(of, list ast.Expr) term[bool] {
	if len(list.AsList().Elements()) == 0 {
		return constant(false)
	}
	if texts, ok := literalTexts(list); ok && p.kind(of).Kind() == types.StringKind {
		return p.oneOfTexts(of, texts)
	}
	if numbers, ok := literalNumbers(list); ok && p.kind(of).Kind() == types.IntKind {
		return member(p.whole(of), numbers)
	}
	return giveUp[bool](p)
}

func (p *planner) oneOfTexts(of ast.Expr, texts []string) term[bool] {
	at, missing := place[string](p, of)
	if at == nil || len(texts) > few {
		return member(p.text(of), texts)
	}
	return func(w *world) (bool, doubt) {
		o := at(w.Facts)
		if !o.Known {
			return false, missing
		}
		for i := range texts {
			if texts[i] == o.Value {
				return true, 0
			}
		}
		return false, 0
	}
}

// few is up to how many values it is faster to compare with each than to look one up.
const few = 8

func member[T comparable](of term[T], values []T) term[bool] {
	if len(values) <= few {
		return func(w *world) (bool, doubt) {
			value, why := of(w)
			for i := range values {
				if values[i] == value {
					return true, why
				}
			}
			return false, why
		}
	}
	set := make(map[T]struct{}, len(values))
	for _, value := range values {
		set[value] = struct{}{}
	}
	return ask(of, func(value T) bool {
		_, found := set[value]
		return found
	})
}

func literalNumbers(list ast.Expr) ([]int64, bool) {
	elements := list.AsList().Elements()
	numbers := make([]int64, len(elements))
	for i, element := range elements {
		if element.Kind() != ast.LiteralKind {
			return nil, false
		}
		number, ok := element.AsLiteral().(types.Int)
		if !ok {
			return nil, false
		}
		numbers[i] = int64(number)
	}
	return numbers, true
}

// listed plans x in lists.name.
func (p *planner) listed(of ast.Expr, list ast.SelectExpr) term[bool] {
	value, name := p.text(of), list.FieldName()
	missing := p.missing("lists." + name)
	return func(w *world) (bool, doubt) {
		text, why := value(w)
		members := w.Lists[name]
		if members == nil {
			return false, strict(why, missing)
		}
		_, found := members.members[text]
		return found, why
	}
}
