package criteria

import (
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// history plans the events that a call is about: the lead's, or the account's.
func (p *planner) history(e ast.Expr) term[timeline] {
	if e.Kind() == ast.IdentKind {
		return func(w *world) (timeline, doubt) { return w.history, 0 }
	}
	events := known[History](p, e)
	return func(w *world) (timeline, doubt) {
		happened, why := events(w)
		return timeline{happened.Events, happened.AsOf}, why
	}
}

// count plans engagement.count(type), with a literal filter and a window behind it.
func (p *planner) count(call ast.CallExpr) term[int64] {
	p.scan()
	args := call.Args()
	of, kind, back, only := p.history(call.Target()), p.text(args[0]), constant(time.Duration(0)), filter(nil)
	windowed := false
	for _, arg := range args[1:] {
		if windowed = p.kind(arg).Kind() == types.DurationKind; windowed {
			back = p.length(arg)
		} else {
			only = p.filter(arg)
		}
	}
	return func(w *world) (int64, doubt) {
		history, why := of(w)
		name, why2 := kind(w)
		window, why3 := back(w)
		switch {
		case why|why2|why3 != 0:
			return 0, inOrder(inOrder(why, why2), why3)
		case windowed && window <= 0:
			return 0, badValue
		default:
			return history.count(name, only, window), 0
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
func (p *planner) last(call ast.CallExpr) term[time.Time] {
	p.scan()
	of, kind := p.history(call.Target()), p.text(call.Args()[0])
	return func(w *world) (time.Time, doubt) {
		history, why := of(w)
		name, why2 := kind(w)
		if why|why2 != 0 {
			return time.Time{}, inOrder(why, why2)
		}
		return history.last(name), 0
	}
}
