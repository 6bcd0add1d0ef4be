package criteria

import (
	"slices"

	"cel.dev/cel-go/common/ast"
)

// Reads returns the facts that a criterion or a condition looks at, itself or through the criteria that it names, sorted:
// "account.employees", "lead.attributes.seats", "engagement", "lists.competitors". A rule that there is not reads none. Of
// attributes those are known that are called by a literal name.
func (s *Set) Reads(rule string) []string {
	var names []string
	if at, ok := s.position[rule]; ok {
		return slices.Clone(s.criteria[at].reads)
	}
	for _, c := range s.conditions {
		if c.yes.Name != rule {
			continue
		}
		for _, name := range c.reads {
			if at, ok := s.position[name]; ok {
				names = append(names, s.criteria[at].reads...)
			} else {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// readsOf are the facts, and the criteria, that a checked expression names.
func readsOf(tree *ast.AST, position map[string]int) []string {
	p := planner{tree: tree, position: position}
	var names []string
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if name := p.read(e); name != "" {
			names = append(names, name)
		}
	}))
	slices.Sort(names)
	return slices.Compact(names)
}

// read is the name of the fact, the list, the probability or the criterion that an expression is; empty for anything else.
func (p *planner) read(e ast.Expr) string {
	if owner, name, ok := p.attribute(e); ok {
		return owner + ".attributes." + name
	}
	switch e.Kind() {
	case ast.IdentKind:
		if _, ok := p.position[e.AsIdent()]; ok {
			return e.AsIdent()
		}
		if p.kind(e).IsExactType(engagementType) {
			return e.AsIdent()
		}
	case ast.SelectKind:
		of := e.AsSelect().Operand()
		owner := p.object(of)
		if of.Kind() == ast.IdentKind && p.kind(of).IsExactType(predictedType) {
			owner = predictedType.TypeName()
		}
		if name := e.AsSelect().FieldName(); owner != "" && name != "attributes" {
			return owner + "." + name
		}
	default:
	}
	return ""
}
