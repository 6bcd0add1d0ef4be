package worktime

import (
	"errors"
	"iter"
	"math"
	"time"
)

// Horizon is how far ahead an answer is looked for: 50 years.
const Horizon = 50 * 365.25 * 24 * time.Hour

const horizon = int64(Horizon / time.Microsecond)

var (
	// ErrHorizon means that there is no such instant within [Horizon]: the
	// calendar stays closed, never closes, or gives too little time.
	ErrHorizon = errors.New("worktime: no such instant within 50 years")
	// ErrPaused means that a pause without an end keeps the budget from being
	// used up.
	ErrPaused = errors.New("worktime: paused without an end")
	// ErrNegativeBudget means that a deadline was asked for a budget below zero.
	ErrNegativeBudget = errors.New("worktime: negative budget")
)

// An Interval is a half-open stretch [Start, End) of time. A pause whose End
// is the zero time has not ended.
type Interval struct{ Start, End time.Time }

// Duration is the elapsed time from Start to End.
func (i Interval) Duration() time.Duration { return i.End.Sub(i.Start) }

// Due is the earliest instant at which the time worked since start, outside
// the pauses, equals the budget. A budget of zero is due at start, and one that
// ends with the day at closing time. Pauses may overlap and come in any order;
// those that end before they start are left out.
//
// It fails with [ErrHorizon], [ErrPaused] or [ErrNegativeBudget].
func (c *Calendar) Due(start time.Time, budget time.Duration, pauses ...Interval) (time.Time, error) {
	if budget < 0 {
		return time.Time{}, ErrNegativeBudget
	}
	from, left := start.UnixMicro(), budget.Microseconds()
	if left == 0 {
		return instant(from), nil
	}
	w := c.walk(from, from+horizon, pauses)
	for counted, ok := w.next(); ok; counted, ok = w.next() {
		if counted.end-counted.start >= left {
			return instant(counted.start + left), nil
		}
		left -= counted.end - counted.start
	}
	for _, pause := range pauses {
		if pause.End.IsZero() {
			return time.Time{}, ErrPaused
		}
	}
	return time.Time{}, ErrHorizon
}

// Worked is the time that counts within [from, to), outside the pauses: zero
// where to is not after from. Where that is more than a duration can hold, some
// 292 years, it is the largest one.
func (c *Calendar) Worked(from, to time.Time, pauses ...Interval) time.Duration {
	const most = math.MaxInt64 / int64(time.Microsecond)
	total := int64(0)
	w := c.walk(from.UnixMicro(), to.UnixMicro(), pauses)
	for counted, ok := w.next(); ok; counted, ok = w.next() {
		total += counted.end - counted.start
		if total > most {
			return math.MaxInt64
		}
	}
	return time.Duration(total) * time.Microsecond
}

// Segments are the stretches that count within [from, to), outside the
// pauses, in order: none is empty and no two touch. Their durations add up to
// what [Calendar.Worked] says; those from start to due explain a deadline.
func (c *Calendar) Segments(from, to time.Time, pauses ...Interval) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		w := c.walk(from.UnixMicro(), to.UnixMicro(), pauses)
		segment, ok := w.next()
		for ok {
			counted, more := w.next()
			if more && counted.start == segment.end {
				segment.end = counted.end
				continue
			}
			if !yield(Interval{instant(segment.start), instant(segment.end)}) {
				return
			}
			segment, ok = counted, more
		}
	}
}

// Open reports whether the calendar is open at t. It is when it opens and is
// not when it closes.
func (c *Calendar) Open(t time.Time) bool {
	w := c.walk(t.UnixMicro(), t.UnixMicro()+1, nil)
	_, ok := w.next()
	return ok
}

// NextOpen is the earliest instant not before t at which the calendar is
// open: t itself when it is open. It fails with [ErrHorizon].
func (c *Calendar) NextOpen(t time.Time) (time.Time, error) {
	w := c.walk(t.UnixMicro(), t.UnixMicro()+horizon, nil)
	counted, ok := w.next()
	if !ok {
		return time.Time{}, ErrHorizon
	}
	return instant(counted.start), nil
}

// NextClose is the earliest instant after t at which the calendar closes.
// Hours that touch, as those of an overnight shift do at midnight, do not
// close in between. It fails with [ErrHorizon].
func (c *Calendar) NextClose(t time.Time) (time.Time, error) {
	limit := t.Add(Horizon)
	for segment := range c.Segments(t, limit) {
		if segment.End.UnixMicro() < limit.UnixMicro() {
			return segment.End, nil
		}
	}
	return time.Time{}, ErrHorizon
}
