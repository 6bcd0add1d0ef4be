package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Leave is a time when a rep is away and another was named to stand in.
type Leave struct {
	worktime.Interval
	Cover string
}

// AddLeaves tells when others stand in for a rep of the desk, in the order in which the leaves begin. Of those that overlap
// the last counts.
func (d *Desk) AddLeaves(rep string, leaves []Leave) {
	d.leaves[rep] = leaves
	d.seatCover(rep)
}

// seatCover notes who was named to stand in for a rep at the moment.
func (d *Desk) seatCover(rep string) {
	r := d.reps[rep]
	r.Cover = ""
	for _, leave := range d.leaves[rep] {
		if !d.now.Before(leave.Start) && d.now.Before(leave.End) {
			r.Cover = leave.Cover
		}
	}
}

// Next is the earliest instant, not before the present one, from which a rep of the desk could take a lead, as far as the
// calendar, the absences and the caps tell.
func (d *Desk) Next(rep string, l Lead) (at time.Time, known bool) {
	r := d.reps[rep]
	if r == nil || l.refusedBy(rep) {
		return time.Time{}, false
	}
	return r.Next(d.moment(rep, l))
}

// Leave is how much working time a rep of the desk misses by being away at the moment: that of all absences that follow each
// other without a break. Without a calendar it is as long as they are. Away is false for a rep who is not.
func (d *Desk) Leave(rep string, l Lead) (working time.Duration, away bool) {
	r := d.reps[rep]
	if r == nil {
		return 0, false
	}
	var stretch worktime.Interval
	for _, absence := range slices.SortedFunc(slices.Values(r.Absences), func(a, b worktime.Interval) int { return a.Start.Compare(b.Start) }) {
		switch {
		case !stretch.End.IsZero() && !absence.Start.After(stretch.End):
			stretch.End = latest(stretch.End, absence.End)
		case !d.now.Before(absence.Start) && d.now.Before(absence.End):
			stretch = absence
		}
	}
	if stretch.End.IsZero() {
		return 0, false
	}
	hours := d.hours[cmp.Or(d.Calendar(rep, l), l.Calendar)]
	if hours == nil {
		return stretch.End.Sub(stretch.Start), true
	}
	return hours.Worked(stretch.Start, stretch.End), true
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
