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

// timeline is the calendars that a clock counts in, one after another, and the times when it stands still. The first calendar
// counts from ever, the last for ever.
type timeline struct {
	stretches []stretch
	pauses    []worktime.Interval
}

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
		return timeline{stretches: []stretch{{calendar: worktime.Wall()}}}, ""
	}
	t.stretches = d.shifts(start, stop)
	for i := range t.stretches {
		s, asOf := &t.stretches[i], stop
		if i+1 < len(t.stretches) {
			asOf = t.stretches[i+1].from
		}
		edition, ok := d.almanac.edition(s.id, asOf)
		if !ok {
			return timeline{}, s.id
		}
		s.version, s.calendar = edition.Version, edition.Calendar
	}
	return t, ""
}

// shifts are the ids of the calendars in turn: while a rep has the handoff the rep's, while somebody stands in theirs, otherwise
// the playbook's. What ends before the start or begins after the stop is left out.
func (d *docket) shifts(start, stop time.Time) []stretch {
	t := []stretch{{id: d.policy.Calendar}}
	add := func(from time.Time, id string) {
		switch {
		case from.IsZero(), !stop.IsZero() && !from.Before(stop) && from.After(start):
		case !from.After(start):
			t = []stretch{{from: from, id: id}}
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

// first is the stretch in which the clock began.
func (t timeline) first() stretch { return t.stretches[0] }

// last is the stretch in which the clock stopped, or is running.
func (t timeline) last() stretch { return t.stretches[len(t.stretches)-1] }

// at is the stretch around an instant.
func (t timeline) at(at time.Time) stretch {
	found := t.first()
	for _, s := range t.stretches[1:] {
		if s.from.After(at) {
			break
		}
		found = s
	}
	return found
}

// unpaused is the timeline without the times when the clock stands still.
func (t timeline) unpaused() timeline { return timeline{stretches: t.stretches} }

// worked is the time that counts from one instant to another.
func (t timeline) worked(from, to time.Time) time.Duration {
	var total time.Duration
	for i, s := range t.stretches {
		end := to
		if i+1 < len(t.stretches) && t.stretches[i+1].from.Before(to) {
			end = t.stretches[i+1].from
		}
		total += s.calendar.Worked(latest(from, s.from), end, t.pauses...)
	}
	return total
}

// due is the earliest instant at which the time worked since start equals the budget; zero if there is none within what a
// calendar looks ahead.
func (t timeline) due(start time.Time, budget time.Duration) time.Time {
	for i, s := range t.stretches[:len(t.stretches)-1] {
		from, until := latest(start, s.from), t.stretches[i+1].from
		worked := s.calendar.Worked(from, until, t.pauses...)
		if worked >= budget {
			return t.dueIn(s, from, budget)
		}
		budget -= worked
	}
	return t.dueIn(t.last(), latest(start, t.last().from), budget)
}

func (t timeline) dueIn(s stretch, start time.Time, budget time.Duration) time.Time {
	at, err := s.calendar.Due(start, budget, t.pauses...)
	if err != nil { // the calendar is closed for as long as anybody looks ahead, or the clock stands still for ever
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
