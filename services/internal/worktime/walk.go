package worktime

import (
	"cmp"
	"slices"
	"time"
)

// A walk goes over the time that counts within [from, until), in order. It
// reads hours off one local date after another, so that a date with 23, 25 or
// no hours needs no rule of its own.
type walk struct {
	calendar    *Calendar
	from, until int64       // instants, like those of all stretches here
	period      period      // of the zone; the local time reached is not before it
	day         int64       // the local date reached, in days since 1970-01-01
	today       []stretch   // what is left of its hours
	exceptions  []exception // from that date on
	pauses      []stretch   // not yet over, in the order of their starts
	rest        stretch     // the part of an open stretch that was not given out yet
}

// lookBack is how far before an instant its wall clock may have shown the
// start of the same date: a day, and as much again where a zone moved to the
// other side of the date line.
const lookBack = 3 * day

func (c *Calendar) walk(from, until int64, pauses []Interval) walk {
	w := walk{calendar: c, from: from, until: until, pauses: inOrder(pauses, until)}
	if c.always {
		w.rest = stretch{from, until}
		return w
	}
	w.period = c.zone.at(from - lookBack)
	today := floorDiv(from+c.zone.at(from).offset, day)
	w.day = today - 1
	ahead, _ := slices.BinarySearchFunc(c.exceptions, today, func(e exception, date int64) int { return cmp.Compare(e.day, date) })
	w.exceptions = c.exceptions[ahead:]
	return w
}

// next is the next stretch that counts. None is empty; two may touch.
func (w *walk) next() (stretch, bool) {
	for {
		if w.rest.empty() && !w.nextHours() {
			return stretch{}, false
		}
		if counted := w.cut(); !counted.empty() {
			return counted, true
		}
	}
}

// nextHours moves on to the next stretch of opening hours.
func (w *walk) nextHours() bool {
	for {
		for len(w.today) == 0 {
			if !w.nextDay() {
				return false
			}
		}
		opens := w.instant(w.day*day + w.today[0].start)
		closes := w.instant(w.day*day + w.today[0].end)
		w.today = w.today[1:]
		w.rest = stretch{max(opens, w.from), min(closes, w.until)}
		if !w.rest.empty() {
			return true
		}
	}
}

// nextDay moves on to the next local date, unless it starts too late.
func (w *walk) nextDay() bool {
	if w.calendar.always {
		return false
	}
	w.day++
	if w.instant(w.day*day) >= w.until {
		return false
	}
	if len(w.exceptions) > 0 && w.exceptions[0].day == w.day {
		w.today, w.exceptions = w.exceptions[0].hours, w.exceptions[1:]
		return true
	}
	const thursday = 4 // 1970-01-01
	w.today = w.calendar.week[((w.day+thursday)%7+7)%7]
	return true
}

// instant is the first instant at which the zone's wall clock shows a local
// time or anything later. Calls must ascend.
func (w *walk) instant(local int64) int64 {
	for local-w.period.offset >= w.period.end {
		w.period = w.calendar.zone.at(w.period.end)
	}
	return max(local-w.period.offset, w.period.start)
}

// cut takes from the rest what counts before the next pause, and leaves what
// follows the pause.
func (w *walk) cut() stretch {
	counted := w.rest
	for len(w.pauses) > 0 && w.pauses[0].end <= counted.start {
		w.pauses = w.pauses[1:]
	}
	if len(w.pauses) == 0 || w.pauses[0].start >= counted.end {
		w.rest = stretch{}
		return counted
	}
	counted.end = w.pauses[0].start
	w.rest.start = w.pauses[0].end
	return counted
}

// inOrder sorts the pauses and leaves out those that are empty. They may
// overlap. One without an end lasts until the end of the walk.
func inOrder(pauses []Interval, until int64) []stretch {
	if len(pauses) == 0 {
		return nil
	}
	ordered := make([]stretch, 0, len(pauses))
	for _, pause := range pauses {
		s := stretch{pause.Start.UnixMicro(), until}
		if !pause.End.IsZero() {
			s.end = pause.End.UnixMicro()
		}
		if !s.empty() {
			ordered = append(ordered, s)
		}
	}
	slices.SortFunc(ordered, func(a, b stretch) int { return cmp.Compare(a.start, b.start) })
	return ordered
}

// floorDiv divides and rounds down, also before 1970.
func floorDiv(a, b int64) int64 {
	quotient := a / b
	if a%b < 0 {
		quotient--
	}
	return quotient
}

func instant(microseconds int64) time.Time { return time.UnixMicro(microseconds).UTC() }
