package criteria

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// term is a planned expression of one type: it has a value, or a doubt that says
// why not.
type term[T any] func(*world) (T, doubt)

// plan is a rule as a tree of Go functions over the facts. It makes no values of
// CEL, and puts nothing on the heap.
type plan struct {
	holds  term[bool]
	absent []absent // what the bits of a doubt stand for
}

// maxScans is how many walks over events, lists and texts one plan may hold, so
// that the work of a plan is bounded without being counted. An expression with more
// of them is left to CEL, which counts.
const maxScans = 16

// planner turns one checked expression into a plan. What it does not cover makes it
// give up, and the expression is left to CEL. The terms that it goes on to make are
// then never used.
type planner struct {
	tree     *ast.AST
	position map[string]int // criterion → index
	absent   []absent
	scans    int
	element  string // the variable of the loop around the expression, if any
	gaveUp   bool
}

// newPlan plans a checked expression, and reports whether it could.
func newPlan(tree *cel.Ast, position map[string]int) (plan, bool) {
	p := planner{tree: tree.NativeRep(), position: position}
	holds := p.boolean(p.tree.Expr())
	if p.gaveUp || p.scans > maxScans || len(p.absent) > maxAbsent {
		return plan{}, false
	}
	return plan{holds, p.absent}, true
}

// giveUp notes that an expression is not covered. The term stands in for it and is
// never asked.
func giveUp[T any](p *planner) term[T] {
	p.gaveUp = true
	return func(*world) (none T, _ doubt) { return none, badValue }
}

// scan notes a walk over events, a list or a text. There is none within a loop: the
// work would be a product.
func (p *planner) scan() {
	p.scans++
	if p.element != "" {
		p.gaveUp = true
	}
}

// missing returns the doubt about a fact. The same name is always the same bit.
func (p *planner) missing(name string) doubt {
	return p.bit(absent{[]string{name}, -1})
}

func (p *planner) bit(a absent) doubt {
	at := slices.IndexFunc(p.absent, func(b absent) bool { return a.criterion == b.criterion && a.names[0] == b.names[0] })
	if at < 0 {
		at = len(p.absent)
		p.absent = append(p.absent, a)
	}
	return 1 << min(at, maxAbsent-1)
}

// constant is a term that is always the same.
func constant[T any](value T) term[T] {
	return func(*world) (T, doubt) { return value, 0 }
}

// kind is the type of an expression.
func (p *planner) kind(e ast.Expr) *types.Type { return p.tree.GetType(e.ID()) }
