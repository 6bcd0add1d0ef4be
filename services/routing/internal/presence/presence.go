package presence

import (
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Rep is what decides whether a rep can take another lead.
type Rep struct {
	Active   bool
	Absences []worktime.Interval // half-open, in any order
	// Open is the number of handoffs that the rep holds, and MaxOpen how many they may hold; nil is no limit.
	Open    int64
	MaxOpen *int64
	// Got is the number of handoffs that came on the local day Day, and MaxPerDay how many may come; nil is no limit.
	Day, Got  int64
	MaxPerDay *int64
}

// Availability says what stands in the rep's way at the moment.
func (r *Rep) Availability(m Moment) fairness.Availability {
	switch {
	case !r.Active:
		return fairness.Inactive
	case r.away(m.now):
		return fairness.OnLeave
	case !m.open:
		return fairness.OffShift
	case r.Full() || r.spent(m):
		return fairness.AtCap
	default:
		return fairness.Available
	}
}

// Full says whether the rep holds as many handoffs as they may.
func (r *Rep) Full() bool { return r.MaxOpen != nil && r.Open >= *r.MaxOpen }

// spent says whether the rep got as many handoffs today as they may.
func (r *Rep) spent(m Moment) bool { return r.MaxPerDay != nil && r.today(m) >= *r.MaxPerDay }

// today counts the handoffs of the moment's day. The day of another calendar can only be taken for this one by date.
func (r *Rep) today(m Moment) int64 {
	if r.Day != m.day {
		return 0
	}
	return r.Got
}

func (r *Rep) away(at time.Time) bool {
	for _, absence := range r.Absences {
		if !at.Before(absence.Start) && at.Before(absence.End) {
			return true
		}
	}
	return false
}

// Next is the earliest instant, not before the moment, from which the rep is available as far as the calendar, the
// absences and the day's cap tell. It is not known for whoever is inactive, holds as many handoffs as they may, or has a
// calendar that never opens again.
func (r *Rep) Next(m Moment) (at time.Time, known bool) {
	if !r.Active || m.hours == nil || r.Full() || r.MaxPerDay != nil && *r.MaxPerDay == 0 {
		return time.Time{}, false
	}
	from := m.now
	if r.spent(m) {
		from = m.tomorrow()
	}
	// The first microsecond of work outside the absences ends one after the instant at which it begins.
	at, err := m.hours.Due(from, time.Microsecond, r.Absences...)
	if err != nil {
		return time.Time{}, false
	}
	return at.Add(-time.Microsecond), true
}

// Take counts a handoff that the rep gets at the moment.
func (r *Rep) Take(m Moment) {
	r.Got = r.today(m) + 1
	r.Day = m.day
	r.Open++
}

// Give counts a handoff that the rep no longer has open.
func (r *Rep) Give() { r.Open-- }
