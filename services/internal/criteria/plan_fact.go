package criteria

import (
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// object is the variable that a field is selected from: lead, account or lists.
func (p *planner) object(e ast.Expr) string {
	if e.Kind() != ast.IdentKind {
		return ""
	}
	for _, object := range []*types.Type{leadType, accountType, listsType} {
		if p.kind(e).IsExactType(object) {
			return object.TypeName()
		}
	}
	return ""
}

// known plans the reading of a field of the lead or the account.
func known[T any](p *planner, e ast.Expr) term[T] {
	field := e.AsSelect()
	owner, name := p.object(field.Operand()), field.FieldName()
	switch {
	case field.IsTestOnly():
	case owner == "lead":
		if at, ok := find(leadFacts(), name).(func(*Lead) *Opt[T]); ok {
			missing := p.missing("lead." + name)
			return func(w *world) (T, doubt) { return value(at(w.lead), missing) }
		}
	case owner == "account":
		if at, ok := find(accountFacts(), name).(func(*Account) *Opt[T]); ok {
			missing := p.missing("account." + name)
			return func(w *world) (T, doubt) { return value(at(w.account), missing) }
		}
	}
	return giveUp[T](p)
}

func value[T any](o *Opt[T], missing doubt) (T, doubt) {
	if o.Known {
		return o.Value, 0
	}
	return o.Value, missing
}

// find returns the place of a fact, or nil.
func find[T any](facts []fact[T], name string) any {
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
func attributesOf(owner string) func(*world) map[string]string {
	if owner == "lead" {
		return func(w *world) map[string]string { return w.lead.Attributes }
	}
	return func(w *world) map[string]string { return w.account.Attributes }
}

func attributeName(owner, name string) string {
	return owner + ".attributes[" + strconv.Quote(name) + "]"
}
