package presence

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Moment is an instant as one calendar sees it.
type Moment struct {
	now   time.Time
	hours *worktime.Calendar // nil: not known
	open  bool
	day   int64 // the local date, in days since 1970-01-01
}

// At looks at an instant through a calendar. Without one nobody works, and the day is that of UTC.
func At(now time.Time, hours *worktime.Calendar) Moment {
	m := Moment{now: now, hours: hours}
	if hours != nil {
		m.open = hours.Open(now)
	}
	m.day = m.dateOf(now)
	return m
}

// OnShift is the same moment for somebody who works at it whatever their hours.
func (m Moment) OnShift() Moment {
	m.open = true
	return m
}

// step divides every offset and every change of a clock that a zone has today.
const step = 15 * time.Minute

// midnight is the first instant of a local date. Where the clock jumps over midnight that is later than 00:00, where it is
// set back to midnight the first of the two counts.
func (m Moment) midnight(date int64) time.Time {
	at := time.Date(1970, 1, 1+int(date), 0, 0, 0, 0, m.zone())
	for m.dateOf(at) < date {
		at = at.Add(step)
	}
	for m.dateOf(at.Add(-step)) >= date {
		at = at.Add(-step)
	}
	return at.UTC()
}

func (m Moment) zone() *time.Location {
	if m.hours == nil {
		return time.UTC
	}
	return m.hours.Location()
}

func (m Moment) dateOf(at time.Time) int64 {
	local := at.In(m.zone())
	const secondsPerDay = 24 * 60 * 60
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
}
