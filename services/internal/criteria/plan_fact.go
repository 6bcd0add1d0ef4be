package criteria

import (
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// object is the variable that a field is selected from: lead, account, meeting or lists.
func (p *planner) object(e ast.Expr) string {
	if e.Kind() != ast.IdentKind {
		return ""
	}
	for _, object := range []*types.Type{leadType, accountType, meetingType, listsType} {
		if p.kind(e).IsExactType(object) {
			return object.TypeName()
		}
	}
	return ""
}

// place returns where a field of such an object is, and the doubt if it is unknown; nil if the expression is no such field of that type.
func place[T any](p *planner, e ast.Expr) (at func(*Facts) *Opt[T], missing doubt) {
	if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() {
		return nil, 0
	}
	owner, name := p.object(e.AsSelect().Operand()), e.AsSelect().FieldName()
	at, ok := find(owner, name).(func(*Facts) *Opt[T])
	if !ok {
		return nil, 0
	}
	return at, p.missing(owner + "." + name)
}

// known plans the reading of a field of an object.
func known[T any](p *planner, e ast.Expr) term[T] {
	at, missing := place[T](p, e)
	if at == nil {
		return giveUp[T](p)
	}
	return func(w *world) (T, doubt) {
		if o := at(w.Facts); o.Known {
			return o.Value, 0
		}
		var none T
		return none, missing
	}
}

// find returns the place of a fact, or nil.
func find(owner, name string) any {
	facts := leadFacts()
	switch owner {
	case "lead":
	case "account":
		facts = accountFacts()
	case "meeting":
		facts = meetingFacts()
	default:
		return nil
	}
	for _, f := range facts {
		if f.name == name {
			return f.at
		}
	}
	return nil
}

// attribute is an open attribute with a literal name: the variable that holds it
// and its name, if an expression is one.
func (p *planner) attribute(e ast.Expr) (owner, name string, ok bool) {
	switch e.Kind() {
	case ast.SelectKind: // lead.attributes.budget
		owner, ok = p.attributes(e.AsSelect().Operand())
		return owner, e.AsSelect().FieldName(), ok
	case ast.CallKind: // lead.attributes["budget"]
		call := e.AsCall()
		if call.FunctionName() != operators.Index || len(call.Args()) != 2 {
			return "", "", false
		}
		if name, ok = literalText(call.Args()[1]); ok {
			owner, ok = p.attributes(call.Args()[0])
		}
		return owner, name, ok
	default:
		return "", "", false
	}
}

// attributes returns whose attributes an expression is, if it is any.
func (p *planner) attributes(e ast.Expr) (owner string, ok bool) {
	if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() || e.AsSelect().FieldName() != "attributes" {
		return "", false
	}
	owner = p.object(e.AsSelect().Operand())
	return owner, owner == "lead" || owner == "account"
}

// attributesOf gives the attributes of the lead or the account.
func attributesOf(owner string) func(*Facts) map[string]string {
	at, _ := find(owner, "attributes").(func(*Facts) map[string]string)
	return at
}

func attributeName(owner, name string) string {
	return owner + ".attributes[" + strconv.Quote(name) + "]"
}
