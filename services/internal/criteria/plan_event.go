package criteria

import (
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// count plans engagement.count(type), with a literal filter and a window behind it.
func (p *planner) count(call ast.CallExpr) term[int64] {
	p.scan()
	args := call.Args()
	kind, back, only := p.text(args[0]), constant(time.Duration(0)), filter(nil)
	windowed := false
	for _, arg := range args[1:] {
		if windowed = p.kind(arg).Kind() == types.DurationKind; windowed {
			back = p.length(arg)
		} else {
			only = p.filter(arg)
		}
	}
	return func(w *world) (int64, doubt) {
		name, why := kind(w)
		window, why2 := back(w)
		switch {
		case why|why2 != 0:
			return 0, inOrder(why, why2)
		case windowed && window <= 0:
			return 0, badValue
		default:
			return w.history.count(name, only, window), 0
		}
	}
}

// filter reads {"form": ["demo_request", "pricing"], "page": "/pricing"}.
func (p *planner) filter(e ast.Expr) filter {
	if e.Kind() != ast.MapKind {
		p.gaveUp = true
		return nil
	}
	var only filter
	seen := map[string]bool{}
	for _, entry := range e.AsMap().Entries() {
		name, _ := literalText(entry.AsMapEntry().Key())
		values, ok := literalTexts(entry.AsMapEntry().Value())
		if text, is := literalText(entry.AsMapEntry().Value()); is {
			values, ok = []string{text}, true
		}
		if !ok || seen[name] {
			p.gaveUp = true
		}
		seen[name] = true
		only = append(only, wanted{propertyOf(name), values})
	}
	return only
}

// last plans engagement.last(type).
func (p *planner) last(of ast.Expr) term[time.Time] {
	p.scan()
	kind := p.text(of)
	return func(w *world) (time.Time, doubt) {
		name, why := kind(w)
		if why != 0 {
			return time.Time{}, why
		}
		return w.history.last(name), 0
	}
}
