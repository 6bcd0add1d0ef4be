package presence

import (
	"slices"
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
	// Caps are how many handoffs may come in which time, and Got when those came that count for them, in their order.
	Caps []Cap
	Got  []time.Time
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

// spent says whether the rep got as many handoffs as they may for now.
func (r *Rep) spent(m Moment) bool {
	return slices.ContainsFunc(r.Caps, func(c Cap) bool { return c.spent(r.Got, m) })
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
// absences and the caps tell. It is not known for whoever is inactive, holds as many handoffs as they may, has a cap that
// lets nothing come, or a calendar that never opens again.
func (r *Rep) Next(m Moment) (at time.Time, known bool) {
	if !r.Active || m.hours == nil || r.Full() {
		return time.Time{}, false
	}
	from := m.now
	for _, c := range r.Caps {
		lapses, known := c.lapses(r.Got, m)
		if !known {
			return time.Time{}, false
		}
		if lapses.After(from) {
			from = lapses
		}
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
	r.Open++
	if len(r.Caps) == 0 {
		return
	}
	since := Since(m.now, r.Caps)
	for len(r.Got) > 0 && r.Got[0].Before(since) {
		r.Got = r.Got[1:]
	}
	r.Got = append(r.Got, m.now)
}

// Give counts a handoff that the rep no longer has open.
func (r *Rep) Give() { r.Open-- }
