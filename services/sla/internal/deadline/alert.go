package deadline

import (
	"math/bits"
	"slices"
	"time"
)

// Settle is how long after its deadline a clock is called out, so that an answer on its way at that very instant pages
// nobody. Reports say the deadline all the same.
const Settle = time.Second

// MaxSteps is how many steps a ladder has at most.
const MaxSteps = 10

// Alert is something that a clock tells once.
type Alert uint16

// The alerts.
const (
	AlertAtRisk    Alert = 1 << iota // it is about to run out
	AlertBreached                    // it ran out, or closed unanswered
	AlertRetracted                   // the breach was none
	AlertMet                         // it was met in time
	firstStep                        // and the other steps of the ladder follow
)

// AlertStep says that a step of the ladder was reached. The first is 0.
func AlertStep(n int) Alert { return firstStep << n }

// Step is the number of the ladder's step that an alert is about; not ok if it is about none.
func (a Alert) Step() (n int, ok bool) {
	return bits.TrailingZeros16(uint16(a / firstStep)), a >= firstStep
}

// Alerts is a set of alerts.
type Alerts uint16

// Has says whether an alert is in the set.
func (s Alerts) Has(a Alert) bool { return s&Alerts(a) != 0 }

// With is the set and one more. A breach and its retraction take each other back.
func (s Alerts) With(a Alert) Alerts {
	switch a {
	case AlertBreached:
		s &^= Alerts(AlertRetracted)
	case AlertRetracted:
		s &^= Alerts(AlertBreached)
	}
	return s | Alerts(a)
}

// Recall is what a clock has told of how it stands. That it was met is no part of that any more when what met it turned out not to
// count; should somebody act after all, it is told again.
func (c Clock) Recall(told Alerts) Alerts {
	if c.State.Open() || c.State == Missed {
		told &^= Alerts(AlertMet)
	}
	return told
}

// Alarm is an alert that is to be told, and the instant at which it was due.
type Alarm struct {
	Alert Alert
	At    time.Time
}

// Alarms are what a clock must tell at an instant and has not told, in the order of their instants. The clock must be as
// it stands at that instant.
func (c Clock) Alarms(told Alerts, now time.Time) []Alarm {
	var alarms []Alarm
	tell := func(alert Alert, at time.Time) {
		if !told.Has(alert) && !at.IsZero() && !at.After(now) {
			alarms = append(alarms, Alarm{alert, at})
		}
	}
	if c.excused(told) {
		tell(AlertRetracted, now)
	}
	switch c.State {
	case Running, Overdue:
		for _, alarm := range c.schedule() {
			tell(alarm.Alert, alarm.At)
		}
	case Missed:
		tell(AlertBreached, earlier(c.ring(), now))
	case Met:
		tell(AlertMet, now)
	case Cancelled, Paused:
	}
	return alarms
}

// excused says whether a clock called out a breach that was none: somebody had acted in time, or it had stood still, which was
// told afterwards.
func (c Clock) excused(told Alerts) bool {
	afterwards := func(s Standstill) bool { return s.Pause.From.Before(s.Pause.Recorded) }
	inTime := c.State == Running || c.State == Paused
	return told.Has(AlertBreached) && (c.State == Met || inTime && slices.ContainsFunc(c.Pauses, afterwards))
}

// Next is when a clock that has told everything so far will have something to tell, or change its state; zero if it never
// will by itself.
func (c Clock) Next(told Alerts) time.Time {
	switch {
	case !c.State.Open():
		return time.Time{}
	case c.State == Paused:
		return c.Resume
	}
	for _, alarm := range c.schedule() {
		if !told.Has(alarm.Alert) || alarm.Alert == AlertBreached && c.State == Running {
			return alarm.At
		}
	}
	return time.Time{}
}

// schedule is what a clock tells as long as nobody acts, in the order of the instants.
func (c Clock) schedule() []Alarm {
	all := make([]Alarm, 0, 2+len(c.Ladder))
	add := func(alert Alert, at time.Time) {
		if !at.IsZero() {
			all = append(all, Alarm{alert, at})
		}
	}
	add(AlertAtRisk, c.AtRisk)
	add(AlertBreached, c.ring())
	for n, at := range c.Ladder {
		add(AlertStep(n), at)
	}
	slices.SortStableFunc(all, func(a, b Alarm) int { return a.At.Compare(b.At) })
	return all
}

// ring is when the clock is called out; zero if that never comes.
func (c Clock) ring() time.Time {
	if c.Due.IsZero() {
		return time.Time{}
	}
	return c.Due.Add(Settle)
}

// earlier is the earlier of two instants, of which the first may be none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
