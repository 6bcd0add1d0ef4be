package deadline

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// Cause is who or what kept a handoff waiting.
type Cause int

// The causes.
const (
	System   Cause = iota // nobody had been told of it: the suite, or what it hears from, was late
	Routing               // it was with a rep to whom it did not belong, or whoever was asked gave it back
	Capacity              // nobody was there to take it, or everybody had enough
	Fit                   // it was with a rep who rejected it as no good lead, however late
	Rep                   // a rep had it, and did nothing
	causes
)

// Causes lists all causes in their order.
func Causes() []Cause { return []Cause{System, Routing, Capacity, Fit, Rep} }

// Whole is one, in the parts in which shares of causes are counted.
const Whole = 1_000_000

// Shares are the parts that the causes have in a missed clock, by cause. They add up to [Whole], or are all 0 for a clock that
// was not missed.
type Shares [causes]int64

// Holding is a time for which a handoff was with a rep, or waited for one, while a clock ran that was missed.
type Holding struct {
	From, Until time.Time
	Used        time.Duration // of the clock's own time
	Cause       Cause
	Turn        int  // the number of the rep's assignment; 0 if nobody had it
	Hold        Wait // why nobody had it; 0 if the suite had not said
}

// Wait is why nobody could get a handoff, as Routing numbers it.
type Wait int

// The reasons to wait that are no want of people: the playbook names a pool that nobody is in, or that does not exist, or everybody
// who was asked gave the handoff back.
const (
	waitPoolEmpty        Wait = 1
	waitEverybodyDecline Wait = 4
	waitPoolMissing      Wait = 5
)

// Taking is why a handoff was taken from a rep, as Routing numbers it.
type Taking int

// The reasons to take that say something of the rep, or of how many there are. All others say that it was theirs by mistake.
const (
	takenCapacity Taking = 2
	takenAbsence  Taking = 3
	takenRepLeft  Taking = 4
	takenBreach   Taking = 7
	takenOffline  Taking = 8
)

// Hold is from when nobody could get the handoff, and why.
type Hold struct {
	At     time.Time `json:"at"`
	Reason Wait      `json:"reason,omitzero"`
}

// Wait records that nobody can get the handoff, and why, and why it was taken from the last rep if it was.
func (f *Facts) Wait(at time.Time, reason Wait, taken Taking) {
	f.Holds = append(f.Holds, Hold{At: at, Reason: reason})
	if n := len(f.Assignments); n > 0 && taken != 0 {
		f.Assignments[n-1].Taken = taken
	}
}

// Take records why the handoff was taken from the rep before an assignment, if it was.
func (f *Facts) Take(number int, taken Taking) {
	if number > 1 && taken != 0 {
		f.assignment(number - 1).Taken = taken
	}
}

// diagnose says who had the handoff while a missed clock used its time up: until its deadline, or until its end if that came
// before. What happened after the deadline changes nothing but what is known of who had it.
func (d *docket) diagnose(t timeline, c Clock) []Holding {
	end := c.Due
	if !c.Stop.IsZero() && (end.IsZero() || c.Stop.Before(end)) {
		end = c.Stop
	}
	if end.IsZero() {
		return nil // it stands still, and nobody knows its deadline
	}
	var all []Holding
	for _, h := range d.turns() {
		h.From = latest(h.From, c.Start)
		if n := len(all); n > 0 {
			if h.From.After(end) {
				break
			}
			all[n-1].Until = h.From
		}
		all = append(all, h)
	}
	last := &all[len(all)-1]
	last.Until = latest(end, last.From)
	if some := slices.DeleteFunc(slices.Clone(all), func(h Holding) bool { return !h.From.Before(h.Until) }); len(some) > 0 {
		all = some
	} else {
		all = all[len(all)-1:] // the clock ended as it began
	}
	for i, h := range all {
		all[i].Used = t.worked(h.From, h.Until)
	}
	return all
}

// turns are who had the handoff, one after another, from ever on.
func (d *docket) turns() []Holding {
	all := []Holding{{Cause: System}}
	for _, h := range d.facts.Holds {
		all = append(all, Holding{From: h.At, Cause: h.Reason.cause(), Hold: h.Reason})
	}
	for _, a := range d.facts.Assignments {
		if !a.At.IsZero() {
			all = append(all, Holding{From: a.At, Cause: d.facts.cause(a), Turn: a.Number})
		}
	}
	slices.SortStableFunc(all, func(a, b Holding) int { return a.From.Compare(b.From) })
	return all
}

func (w Wait) cause() Cause {
	switch w {
	case waitPoolEmpty, waitEverybodyDecline, waitPoolMissing:
		return Routing
	default:
		return Capacity
	}
}

// cause is what a rep's turn says of who kept the handoff waiting, by how it ended.
func (f *Facts) cause(a Assignment) Cause {
	switch {
	case f.Closing.Step == StepReject && f.Closing.Assignment == a.Number:
		return Fit
	case a.Taken == takenBreach, a.Taken == takenOffline:
		return Rep
	case a.Taken == takenCapacity, a.Taken == takenAbsence, a.Taken == takenRepLeft:
		return Capacity
	case a.Taken != 0, !a.Answered.IsZero() && !a.Accepted:
		return Routing
	default:
		return Rep
	}
}

// Shares are the parts of the causes in a clock that was missed, by the clock's own time that each used. If no such time passed,
// who had the handoff at last has the whole.
func (c Clock) Shares() Shares {
	var shares Shares
	var total time.Duration
	var used [causes]time.Duration
	for _, h := range c.Holdings {
		used[h.Cause] += h.Used
		total += h.Used
	}
	if total == 0 {
		if n := len(c.Holdings); n > 0 {
			shares[c.Holdings[n-1].Cause] = Whole
		}
		return shares
	}
	parts := make([]int64, causes)
	for i, u := range used {
		parts[i] = u.Microseconds()
	}
	copy(shares[:], Apportion(parts, Whole))
	return shares
}

// Apportion shares a number out in proportion to parts, exactly: what rounding down leaves goes to the largest remainders, of equal
// ones to the first. Parts are not negative; if all are 0, so are the shares.
func Apportion(parts []int64, whole int64) []int64 {
	shares := make([]int64, len(parts))
	var total int64
	for _, p := range parts {
		total += p
	}
	if total == 0 {
		return shares
	}
	left := whole
	order := make([]int, len(parts))
	remainders := make([]int64, len(parts))
	for i, p := range parts {
		shares[i], remainders[i] = scale(p, whole, total)
		left -= shares[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}

// scale is part * whole / total, rounded down, and the remainder; it does not overflow. part is at most total.
func scale(part, whole, total int64) (quotient, remainder int64) {
	high, low := bits.Mul64(uint64(part), uint64(whole))
	q, r := bits.Div64(high, low, uint64(total))
	return int64(q), int64(r)
}
