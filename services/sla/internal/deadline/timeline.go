package deadline

import (
	"cmp"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Almanac holds the editions of calendars by id, the oldest first.
type Almanac map[string][]Edition

// Edition is a calendar as it stood from an instant on.
type Edition struct {
	Version  int64
	From     time.Time
	Calendar *worktime.Calendar
}

// edition is the one that was in force at an instant, or is the newest if that is zero. Before the first edition, that
// one counts.
func (a Almanac) edition(id string, at time.Time) (Edition, bool) {
	editions := a[id]
	if len(editions) == 0 {
		return Edition{}, false
	}
	found := editions[0]
	for _, e := range editions[1:] {
		if !at.IsZero() && e.From.After(at) {
			break
		}
		found = e
	}
	return found, true
}

// timeline is the calendars that a clock counts in, one after another. The first counts from ever, the last for ever.
type timeline []stretch

// stretch is a calendar and from when it counts.
type stretch struct {
	from     time.Time
	id       string // empty for wall time
	version  int64
	calendar *worktime.Calendar
}

// timeline is how a clock that began at start counts, until it stopped or for ever if stop is zero. Of a calendar that is
// not known it gives the id.
func (d *docket) timeline(rule Rule, start, stop time.Time) (t timeline, missing string) {
	if !rule.Business {
		return timeline{{calendar: worktime.Wall()}}, ""
	}
	t = d.shifts(start, stop)
	for i := range t {
		asOf := stop
		if i+1 < len(t) {
			asOf = t[i+1].from
		}
		edition, ok := d.almanac.edition(t[i].id, asOf)
		if !ok {
			return nil, t[i].id
		}
		t[i].version, t[i].calendar = edition.Version, edition.Calendar
	}
	return t, ""
}

// shifts are the ids of the calendars in turn: while a rep has the handoff the rep's, while somebody stands in theirs, otherwise
// the playbook's. What ends
// before the start or begins after the stop is left out.
func (d *docket) shifts(start, stop time.Time) timeline {
	t := timeline{{id: d.policy.Calendar}}
	add := func(from time.Time, id string) {
		switch {
		case from.IsZero(), !stop.IsZero() && !from.Before(stop) && from.After(start):
		case !from.After(start):
			t = timeline{{from: from, id: id}}
		case t[len(t)-1].id != id:
			t = append(t, stretch{from: from, id: id})
		}
	}
	for _, a := range d.facts.Assignments {
		own := cmp.Or(a.Calendar, d.policy.Calendar)
		add(a.At, own)
		for _, c := range d.facts.Covers {
			if c.Assignment == a.Number {
				add(c.From, cmp.Or(c.Calendar, d.policy.Calendar))
				add(c.Until, own)
			}
		}
		add(a.Released, d.policy.Calendar)
	}
	return t
}

// last is the stretch in which the clock stopped, or is running.
func (t timeline) last() stretch { return t[len(t)-1] }

// worked is the time that counts from one instant to another.
func (t timeline) worked(from, to time.Time) time.Duration {
	var total time.Duration
	for i, s := range t {
		end := to
		if i+1 < len(t) && t[i+1].from.Before(to) {
			end = t[i+1].from
		}
		total += s.calendar.Worked(latest(from, s.from), end)
	}
	return total
}

// due is the earliest instant at which the time worked since start equals the budget; zero if there is none within what a
// calendar looks ahead.
func (t timeline) due(start time.Time, budget time.Duration) time.Time {
	for i, s := range t[:len(t)-1] {
		from, until := latest(start, s.from), t[i+1].from
		worked := s.calendar.Worked(from, until)
		if worked >= budget {
			return due(s.calendar, from, budget)
		}
		budget -= worked
	}
	return due(t.last().calendar, latest(start, t.last().from), budget)
}

func due(c *worktime.Calendar, start time.Time, budget time.Duration) time.Time {
	at, err := c.Due(start, budget)
	if err != nil { // the calendar is closed for as long as anybody looks ahead
		return time.Time{}
	}
	return at
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
