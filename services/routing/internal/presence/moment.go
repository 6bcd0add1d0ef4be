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

// Day is the local date, in days since 1970-01-01.
func (m Moment) Day() int64 { return m.day }

// step divides every offset and every change of a clock that a zone has today.
const step = 15 * time.Minute

// tomorrow is the first instant of the next local date. Where the clock jumps over midnight that is later than 00:00,
// where it is set back to midnight the first of the two counts.
func (m Moment) tomorrow() time.Time {
	local := m.now.In(m.hours.Location())
	at := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
	for m.dateOf(at) <= m.day {
		at = at.Add(step)
	}
	for m.dateOf(at.Add(-step)) > m.day {
		at = at.Add(-step)
	}
	return at.UTC()
}

func (m Moment) dateOf(at time.Time) int64 {
	local := at.UTC()
	if m.hours != nil {
		local = at.In(m.hours.Location())
	}
	const secondsPerDay = 24 * 60 * 60
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
}
