package wellformed

import "github.com/handoffhq/handoff/services/internal/fault"

// usualCounts is how many counters a walk has without asking for memory.
const usualCounts = 32

// walk gives what is wrong in a message, with paths from there on. Paths are put together on the way back, so that a
// message without fault pays nothing for them.
func (p *plan) walk(wire []byte, depth int) []fault.Violation {
	if depth > MaxDepth && len(wire) > 0 {
		return wrong("is nested more than %d messages deep", MaxDepth)
	}
	var usual [usualCounts]int32
	counts := usual[:]
	if p.counted > usualCounts {
		counts = make([]int32, p.counted)
	}
	var found []fault.Violation
	for len(wire) > 0 && len(found) < maxViolations {
		v, rest, ok := next(wire)
		if !ok {
			return undecodable()
		}
		wire = rest
		if c := p.field(v.number); c != nil && c.takes(v.form) {
			if c.limit > 0 && c.over(&counts[c.slot], v) {
				return within(c.name, c.tooMany())
			}
			found = append(found, c.walk(v, counts, depth)...)
		}
	}
	return found
}

// over counts the values in v and says whether there are too many now.
func (c *check) over(count *int32, v value) bool {
	*count += int32(c.valuesIn(v))
	return int(*count) > c.limit
}

func (c *check) tooMany() []fault.Violation {
	switch {
	case c.kind == pair:
		return wrong("has more than %d pairs", c.limit)
	case c.list:
		return wrong("has more than %d items", c.limit)
	}
	return wrong("is given more than once")
}

// walk checks one occurrence of a field.
func (c *check) walk(v value, counts []int32, depth int) []fault.Violation {
	var bad []fault.Violation
	switch c.kind {
	case text:
		bad = v.text()
	case number:
		bad = c.finite(v)
	case instant:
		bad = v.instant()
	case span:
		bad = v.span()
	case nested:
		bad = c.plan.walk(v.content, depth+1)
	case pair:
		bad = atKey(v.content, c.plan.walk(v.content, depth))
	}
	if bad == nil {
		return nil
	}
	if c.list && !c.packed {
		bad = within(index(int(counts[c.slot])-1), bad)
	}
	return within(c.name, bad)
}
