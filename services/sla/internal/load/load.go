// Package load counts clocks that never ran: how many would start, and when they would be due. It reads and writes nothing.
//
// Clocks that begin with what a rep does, such as disposition, are not counted: nobody knows who would have done what.
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
	days   map[time.Time]int64 // by date
	busy   map[time.Time]int64 // by hour
}

// Key tells clocks apart.
type Key struct {
	Kind deadline.Kind
	Tier string
}

// Count is how many clocks would start, and how many of them are due while the playbook's calendar is closed.
type Count struct{ Clocks, Outside int64 }

// Due is how many clocks are due in an hour from an instant on, or on a day: then From is its date, at midnight of UTC.
type Due struct {
	From   time.Time
	Clocks int64
}

// New begins to count. Days and hours are those of the playbook's calendar. Without it clocks are counted all the same, but
// there are no days and hours, and nothing is outside hours: nobody knows where a day begins.
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
		if c.Due.IsZero() || l.hours == nil {
			continue
		}
		if !l.hours.Open(c.Due) && !l.hours.Open(c.Due.Add(-time.Microsecond)) { // closing time is within hours
			l.counts[key].Outside++
		}
		local := c.Due.In(l.hours.Location())
		l.days[dateOf(local)]++
		l.busy[hourOf(local).UTC()]++
	}
}

// dateOf is the date on the wall, at midnight of UTC: where clocks jump over midnight in spring, a day has no midnight of its own.
func dateOf(local time.Time) time.Time {
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
}

// hourOf is when the hour of a clock on the wall begins.
func hourOf(local time.Time) time.Time {
	return local.Add(-time.Duration(local.Minute())*time.Minute - time.Duration(local.Second())*time.Second - time.Duration(local.Nanosecond()))
}

// Counts are the counts, by clock and tier in their order.
func (l *Load) Counts(visit func(Key, Count)) {
	keys := slices.SortedFunc(maps.Keys(l.counts), func(a, b Key) int { return cmp.Or(a.Kind.Compare(b.Kind), cmp.Compare(a.Tier, b.Tier)) })
	for _, key := range keys {
		visit(key, *l.counts[key])
	}
}

// Days are the days with deadlines, in order.
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
