// Package load counts clocks that never ran: how many would start, and when they would be due. It reads and writes nothing.
//
// Clocks that begin with an answer, such as disposition, are not counted: nobody knows who would have accepted what.
package load

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// Load counts. Make one with [New].
type Load struct {
	hours  *worktime.Calendar // of the playbook; nil: not known
	counts map[Key]*Count
	days   map[time.Time]int64
	busy   map[time.Time]int64 // by hour
}

// Key tells clocks apart.
type Key struct {
	Kind deadline.Kind
	Tier string
}

// Count is how many clocks would start, and how many of them are due while the playbook's calendar is closed.
type Count struct{ Clocks, Outside int64 }

// Due is how many clocks are due in a stretch of time from an instant on.
type Due struct {
	From   time.Time
	Clocks int64
}

// New begins to count. Days and hours are those of the playbook's calendar, or of UTC without one.
func New(hours *worktime.Calendar) *Load {
	return &Load{hours: hours, counts: map[Key]*Count{}, days: map[time.Time]int64{}, busy: map[time.Time]int64{}}
}

// Add counts the clocks of a handoff, but for those that no longer matter as soon as they start.
func (l *Load) Add(clocks []deadline.Clock) {
	for _, c := range clocks {
		if c.State == deadline.Cancelled {
			continue
		}
		key := Key{c.Kind, c.Tier}
		if l.counts[key] == nil {
			l.counts[key] = &Count{}
		}
		l.counts[key].Clocks++
		if c.Due.IsZero() {
			continue
		}
		if l.hours != nil && !l.hours.Open(c.Due) && !l.hours.Open(c.Due.Add(-time.Microsecond)) { // closing time is within hours
			l.counts[key].Outside++
		}
		local := c.Due.In(l.zone())
		l.days[time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, l.zone())]++
		l.busy[hourOf(local).UTC()]++
	}
}

// hourOf is when the hour of a clock on the wall begins.
func hourOf(local time.Time) time.Time {
	return local.Add(-time.Duration(local.Minute())*time.Minute - time.Duration(local.Second())*time.Second - time.Duration(local.Nanosecond()))
}

func (l *Load) zone() *time.Location {
	if l.hours == nil {
		return time.UTC
	}
	return l.hours.Location()
}

// Counts are the counts, by clock and tier in their order.
func (l *Load) Counts(visit func(Key, Count)) {
	keys := slices.SortedFunc(maps.Keys(l.counts), func(a, b Key) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Tier, b.Tier)) })
	for _, key := range keys {
		visit(key, *l.counts[key])
	}
}

// Days are the days with deadlines, in order; From is midnight in their zone.
func (l *Load) Days() []Due {
	var all []Due
	for from, clocks := range l.days {
		all = append(all, Due{from, clocks})
	}
	slices.SortFunc(all, func(a, b Due) int { return a.From.Compare(b.From) })
	return all
}

// Busiest is the hour with the most deadlines, of several the first; not ok if there is none.
func (l *Load) Busiest() (most Due, ok bool) {
	for from, clocks := range l.busy {
		if clocks > most.Clocks || clocks == most.Clocks && from.Before(most.From) {
			most = Due{from, clocks}
		}
	}
	return most, most.Clocks > 0
}
