package burst

import "time"

// What a rule has at most.
const (
	MaxCount  = 100
	MaxWithin = 10 * time.Minute
)

// Rule says how many activities within what time are not too many.
type Rule struct {
	Count  int           // at most MaxCount; 0 for any number
	Within time.Duration // less than that lies between the first and the last of a burst; at most MaxWithin
}

// Suspects says whether an activity that happened at an instant is one of too many. The instants are those of all activities of its
// actor, it among them, in order; those further away than MaxCount of them, or than MaxWithin, decide nothing.
//
// At a steady pace of exactly the count in that time nothing is suspect: between the first and the last of one more lies all of it.
func (r Rule) Suspects(instants []time.Time, at time.Time) bool {
	if r.Count == 0 {
		return false
	}
	for first, from := range instants {
		last := first + r.Count
		if last >= len(instants) || from.After(at) {
			return false
		}
		if until := instants[last]; !until.Before(at) && until.Sub(from) < r.Within {
			return true
		}
	}
	return false
}
