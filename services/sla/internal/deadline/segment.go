package deadline

import (
	"slices"
	"time"
)

// Segment is a stretch of a clock's time in which one rep had the action, counted in one calendar.
type Segment struct {
	Rep      string // empty if nobody had it, or the suite owes the action
	Calendar string // empty for wall time
	Edition  int64  // the version of the calendar
	From     time.Time
	Until    time.Time     // zero while it lasts
	Elapsed  time.Duration // counted, so far if it lasts
}

// Segments says who is responsible for which share of a clock's time, in order, up to now: also of the time that did not count. An
// [Account] has what counted alone, up to the deadline. The shares add up to what the clock used, or has
// used so far: nothing is counted while it stood still. The clock is one that [Clocks] made of the same facts; one whose calendar is not known has none.
func Segments(f Facts, p Policy, a Almanac, c Clock, now time.Time) []Segment {
	d := &docket{facts: f, policy: p, almanac: a, now: now}
	t, missing := d.timeline(p.Rules[c.Kind], c.Start, c.Stop)
	end := c.Stop
	if end.IsZero() {
		end = now
	}
	if missing != "" || !end.After(c.Start) {
		return nil
	}
	t.pauses = intervals(c.Pauses)
	var all []Segment
	for _, cut := range d.cuts(t, c.Start, end) {
		s := t.at(cut)
		next := Segment{Rep: d.responsible(c.Kind, cut), Calendar: s.id, Edition: s.version, From: cut}
		if last := len(all) - 1; last >= 0 && all[last].Rep == next.Rep && all[last].Calendar == next.Calendar {
			continue
		}
		all = append(all, next)
	}
	for i := range all {
		until := end
		if i+1 < len(all) {
			until = all[i+1].From
		}
		all[i].Elapsed = t.worked(all[i].From, until)
		if i+1 < len(all) || !c.Stop.IsZero() {
			all[i].Until = until
		}
	}
	return all
}

// cuts are the instants from start on and before end at which somebody else has the action, or another calendar counts.
func (d *docket) cuts(t timeline, start, end time.Time) []time.Time {
	all := []time.Time{start}
	add := func(at time.Time) {
		if at.After(start) && at.Before(end) {
			all = append(all, at)
		}
	}
	for _, s := range t.stretches {
		add(s.from)
	}
	for _, a := range d.facts.Assignments {
		add(a.At)
		add(a.Released)
	}
	for _, c := range d.facts.Covers {
		add(c.From)
		add(c.Until)
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// responsible is who had to act at an instant for a clock of a kind; empty for nobody or the suite.
func (d *docket) responsible(kind Kind, at time.Time) string {
	if kind == Assign {
		return ""
	}
	return d.facts.owner(at)
}

// owner is who had the handoff at an instant, or stood in; empty for nobody.
func (f *Facts) owner(at time.Time) string {
	var rep string
	for _, a := range f.Assignments {
		switch {
		case a.At.IsZero() || a.At.After(at):
		case !a.Released.IsZero() && !a.Released.After(at):
			rep = ""
		default:
			rep = f.acting(a, at)
		}
	}
	return rep
}
