package criteria

import (
	"math"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// instant plans a timestamp: now, a literal, when something happened last, or one
// of them moved by a length of time.
func (p *planner) instant(e ast.Expr) term[time.Time] {
	if e.Kind() == ast.IdentKind && e.AsIdent() == "now" {
		return func(w *world) (time.Time, doubt) { return w.history.asOf, 0 }
	}
	if e.Kind() != ast.CallKind {
		return giveUp[time.Time](p)
	}
	call, args := e.AsCall(), e.AsCall().Args()
	switch call.FunctionName() {
	case "last":
		return p.last(call)
	case operators.Subtract:
		return reckon(p.instant(args[0]), p.length(args[1]), earlier)
	case operators.Add:
		if p.kind(args[0]).Kind() == types.DurationKind {
			return reckon(p.length(args[0]), p.instant(args[1]), func(d time.Duration, t time.Time) (time.Time, bool) { return later(t, d) })
		}
		return reckon(p.instant(args[0]), p.length(args[1]), later)
	case overloads.TypeConvertTimestamp:
		if text, ok := literalText(args[0]); ok {
			if literal, ok := types.String(text).ConvertToType(types.TimestampType).(types.Timestamp); ok {
				return constant(literal.Time)
			}
		}
	}
	return giveUp[time.Time](p)
}

// length plans a duration: a literal, or what is between two instants.
func (p *planner) length(e ast.Expr) term[time.Duration] {
	if e.Kind() != ast.CallKind {
		return giveUp[time.Duration](p)
	}
	call, args := e.AsCall(), e.AsCall().Args()
	switch call.FunctionName() {
	case "within", "duration":
		if text, ok := literalText(args[0]); ok {
			if window, err := ParseWindow(text); err == nil {
				return constant(window)
			}
		}
	case operators.Add:
		return reckon(p.length(args[0]), p.length(args[1]), sum)
	case operators.Subtract:
		if p.kind(args[0]).Kind() == types.TimestampKind {
			return reckon(p.instant(args[0]), p.instant(args[1]), between)
		}
		return reckon(p.length(args[0]), p.length(args[1]), difference)
	}
	return giveUp[time.Duration](p)
}

// The instants of CEL are those of the years 1 to 9999.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

func later(t time.Time, d time.Duration) (time.Time, bool) {
	moved := t.Add(d)
	return moved, moved.Unix() >= firstSecond && moved.Unix() <= lastSecond
}

func earlier(t time.Time, d time.Duration) (time.Time, bool) {
	if d == math.MinInt64 {
		return t, false
	}
	return later(t, -d)
}

// between is the time from b to a, if it fits: as CEL reckons it, in seconds first.
func between(a, b time.Time) (time.Duration, bool) {
	seconds, ok := product(a.Unix()-b.Unix(), int64(time.Second))
	if !ok {
		return 0, false
	}
	return sum(time.Duration(seconds), time.Duration(a.Nanosecond()-b.Nanosecond()))
}
