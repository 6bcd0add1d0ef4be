package deadline

import (
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// PauseReason says why clocks stand still.
type PauseReason string

// SystemIncident is the reason that is nobody's choice: what is there to act with was out of order. It alone holds for
// whoever gets the handoff meanwhile, and may be told afterwards.
const SystemIncident PauseReason = "SYSTEM_INCIDENT"

// Pause is a time when clocks of a handoff stand still. It ends when somebody says so, at the instant that was agreed, or
// once it has lasted as long as the playbook allows, whichever comes first.
type Pause struct {
	Number   int         `json:"number"` // from 1, in the order in which they were told
	Reason   PauseReason `json:"reason"`
	Kinds    []Kind      `json:"kinds,omitempty"` // of the clocks; empty for all that may pause
	From     time.Time   `json:"from"`
	Until    time.Time   `json:"until,omitzero"`   // when it ends at the latest, as was agreed
	Resumed  time.Time   `json:"resumed,omitzero"` // when somebody said that it is over
	Recorded time.Time   `json:"recorded"`
	Role     string      `json:"role"`         // of who paused
	Rep      string      `json:"rep,omitzero"` // who paused, if a rep
}

// Standstill is a pause as it holds for one clock.
type Standstill struct {
	Pause Pause
	From  time.Time
	Until time.Time // zero if it never ends by itself
	Why   Resumption
}

// Resumption says why a standstill ends.
type Resumption int

// The reasons to go on.
const (
	ResumedBySomebody Resumption = iota + 1 // somebody said so
	ResumedAsAgreed                         // the instant that was agreed came
	ResumedAtLimit                          // it had lasted as long as the playbook allows
	ResumedByStop                           // the clock stopped
)

// Pauses is what the playbook says of pauses.
type Pauses struct {
	AtMost     map[PauseReason]Budget // how long one lasts at most, by the reasons that count
	PerHandoff int                    // how many a handoff may have, incidents not counted
}

// MayPause says whether clocks of a kind can stand still. The suite cannot ask for more time to assign.
func (k Kind) MayPause() bool { return k != Assign }

// Pause records that clocks stand still, and gives the pause with its number.
func (f *Facts) Pause(p Pause) Pause {
	p.Number = len(f.Pauses) + 1
	f.Pauses = append(slices.Clone(f.Pauses), p)
	return p
}

// Resume records that pauses are over, by their numbers.
func (f *Facts) Resume(at time.Time, numbers ...int) {
	f.Pauses = slices.Clone(f.Pauses)
	for i := range f.Pauses {
		if p := &f.Pauses[i]; slices.Contains(numbers, p.Number) && p.Resumed.IsZero() {
			p.Resumed = at
		}
	}
}

// concerns says whether a pause holds for a clock. What asks something of one rep alone does not stand still because of what
// was before the rep had it, unless nobody could have acted.
func (p Pause) concerns(s start) bool {
	anew := s.kind == Accept && s.at.After(p.From)
	return s.kind.MayPause() && (len(p.Kinds) == 0 || slices.Contains(p.Kinds, s.kind)) &&
		(!anew || p.Reason == SystemIncident)
}

// standstills are the pauses that hold for a clock, in the order in which they begin. What begins when the clock's time is over
// already holds no more: it would excuse who is late.
func (d *docket) standstills(rule Rule, c course, t timeline, s start) []Standstill {
	var all []Standstill
	pauses := slices.SortedStableFunc(slices.Values(d.facts.Pauses), func(a, b Pause) int { return a.From.Compare(b.From) })
	for _, p := range pauses {
		still := d.standstill(p, t, s.end)
		if !p.concerns(s) || !still.Until.IsZero() && !still.Until.After(latest(still.From, s.at)) || s.end.by(p.From) {
			continue
		}
		t.pauses = intervals(all)
		if t.worked(s.at, p.From) < c.until(p.From).limit(rule, t, s.at).budget {
			all = append(all, still)
		}
	}
	return all
}

// stillness are the pauses that hold for clocks of a sort, whatever time they have left.
func (d *docket) stillness(t timeline, s start) []Standstill {
	var all []Standstill
	for _, p := range d.facts.Pauses {
		if p.concerns(s) {
			all = append(all, d.standstill(p, t, s.end))
		}
	}
	return all
}

// standstill is how long a pause holds for a clock that ends, or does not.
func (d *docket) standstill(p Pause, t timeline, end ending) Standstill {
	most := d.policy.Pauses.AtMost[p.Reason].in(t.at(p.From).calendar)
	still := Standstill{Pause: p, From: p.From}
	until := func(at time.Time, why Resumption) {
		if !at.IsZero() && (still.Until.IsZero() || at.Before(still.Until)) {
			still.Until, still.Why = at, why
		}
	}
	until(p.Resumed, ResumedBySomebody)
	until(p.Until, ResumedAsAgreed)
	until(t.unpaused().due(p.From, most), ResumedAtLimit)
	until(end.at, ResumedByStop)
	return still
}

func (s Standstill) lasts(at time.Time) bool {
	return !s.From.After(at) && (s.Until.IsZero() || s.Until.After(at))
}

// Standing are the pauses because of which a clock stands still at an instant.
func (c Clock) Standing(at time.Time) []Standstill {
	if c.State != Paused {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Pauses), func(s Standstill) bool { return !s.lasts(at) })
}

// WentOn is the pause that ended last for a clock that does not stand still; not ok if there is none.
func (c Clock) WentOn() (last Standstill, ok bool) {
	for _, s := range c.Pauses {
		if !ok || s.Until.After(last.Until) {
			last, ok = s, true
		}
	}
	return last, ok && c.State != Paused
}

func intervals(all []Standstill) []worktime.Interval {
	var out []worktime.Interval
	for _, s := range all {
		out = append(out, worktime.Interval{Start: s.From, End: s.Until})
	}
	return out
}

// by says whether the end has come by an instant.
func (e ending) by(at time.Time) bool { return !e.none() && !e.at.After(at) }

// pause says that a clock stands still if it does at an instant. It has no deadline until it goes on, for nobody knows when.
func (c *Clock) pause(l limit, t timeline, now time.Time) {
	for _, s := range c.Pauses {
		joins := c.State == Paused && !s.From.After(c.Resume)
		if c.State == Overdue || !s.lasts(now) && !joins {
			continue
		}
		c.State = Paused
		if c.Resume = latest(c.Resume, s.Until); s.Until.IsZero() {
			c.Resume = s.Until
			break
		}
	}
	if c.State == Paused {
		c.Due, c.AtRisk, c.Ladder = time.Time{}, time.Time{}, nil
		used := t.worked(c.Start, now)
		c.Remaining = l.budget - used
		if used <= c.Goal.Span {
			c.Goal.At = time.Time{}
		}
	}
}
