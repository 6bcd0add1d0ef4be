package deadline

import (
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Account is how a clock came to stand as it does. It is kept while the clock is worked out, so the two cannot disagree.
type Account struct {
	Clock   Clock
	From    Anchor
	Terms   []Term
	Allowed time.Duration // the budget in the clock's own time, with the grace that changes of tier left
	Counted time.Duration // the sum of the intervals: what was used when the clock stopped or stood still, or else all that is allowed
	Spans   []Span        // what was counted, in order
	Sources []Source      // the calendars, in turn
	Days    []Day         // of those calendars, in between, that are not like any other
	Acts    []Counted     // what was done that can answer the clock, as far as it was known when it stopped
}

// Term is what was agreed from an instant on.
type Term struct {
	At     time.Time // zero for from the start
	Tier   string
	Within Budget
}

// Span is a stretch that counted, in one calendar and under one rep.
type Span struct {
	From, Until time.Time
	Rep         string // who had to act; empty if nobody or the suite
	Source      int    // the index of its calendar
}

// Source is a calendar in which time was counted.
type Source struct {
	Calendar string // its id; empty for wall time
	Edition  int64
	Zone     *time.Location
	TZData   string // the release of the data of its zone; empty for wall time
}

// Day is a date that is a holiday, or has hours of its own.
type Day struct {
	Source  int
	Date    worktime.Date
	Holiday bool
	Name    string // of the holiday, where it is known
	Hours   []worktime.Span
}

// Counted is an act, and when it counts as done.
type Counted struct {
	Act     Act
	At      time.Time // zero if it does not, because it is suspect
	Answers bool      // it is what met the clock, in time or not
}

// Tenure is how long a rep had a clock while it counted.
type Tenure struct {
	Rep  string
	Held time.Duration
}

// Explain gives the account of a clock as it stands at an instant; not ok if there is no such clock.
func Explain(f Facts, p Policy, a Almanac, now time.Time, kind Kind, run int) (account Account, ok bool) {
	d := &docket{facts: f, policy: p, almanac: a, now: now}
	var last reckoning // of a step of a plan that is tried first, the last is how it stands
	d.watch = func(r reckoning) {
		if r.clock.Kind == kind && r.clock.Run == run {
			last = r
		}
	}
	for _, c := range d.clocks() {
		if c.Kind == kind && c.Run == run {
			last.clock = c // with what is known of it beside the others
			return d.account(last), true
		}
	}
	return Account{}, false
}

func (d *docket) account(r reckoning) Account {
	a := Account{Clock: r.clock, From: r.rule.From, Allowed: r.limit.budget, Acts: d.candidates(r)}
	for _, s := range r.course.stages {
		a.Terms = append(a.Terms, Term{At: s.at, Tier: d.facts.tierAt(latest(s.at, r.clock.Start)), Within: s.terms.Within})
	}
	until := r.until(d.now)
	for i, s := range r.timeline.stretches {
		from, to := latest(r.clock.Start, s.from), until
		if i+1 < len(r.timeline.stretches) && r.timeline.stretches[i+1].from.Before(to) {
			to = r.timeline.stretches[i+1].from
		}
		a.Sources = append(a.Sources, s.source())
		a.Days = append(a.Days, s.days(i, from, to)...)
		for counted := range s.calendar.Segments(from, to, r.timeline.pauses...) {
			a.Spans = append(a.Spans, d.spans(r.clock.Kind, r.timeline, i, counted)...)
		}
	}
	for _, s := range a.Spans {
		a.Counted += s.Until.Sub(s.From)
	}
	return a
}

// until is up to when time is counted: until the clock stopped or stood still, or else until the budget is used up.
func (r reckoning) until(now time.Time) time.Time {
	switch {
	case !r.clock.Stop.IsZero():
		return r.clock.Stop
	case r.clock.Due.IsZero():
		return now
	default:
		return r.clock.Due
	}
}

// source is a stretch's calendar.
func (s stretch) source() Source {
	if s.id == "" {
		return Source{Zone: time.UTC}
	}
	return Source{Calendar: s.id, Edition: s.version, Zone: s.calendar.Location(), TZData: s.calendar.TZDataVersion()}
}

// days are the dates of a stretch that are not like any other.
func (s stretch) days(source int, from, to time.Time) []Day {
	var all []Day
	for _, h := range s.calendar.Holidays(from, to) {
		all = append(all, Day{Source: source, Date: h.Date, Holiday: true, Name: h.Name})
	}
	for _, o := range s.calendar.OtherHours(from, to) {
		all = append(all, Day{Source: source, Date: o.Date, Hours: o.Hours})
	}
	slices.SortStableFunc(all, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return all
}

// spans cuts what counted where somebody else had to act.
func (d *docket) spans(kind Kind, t timeline, source int, counted worktime.Interval) []Span {
	cuts := d.cuts(t, counted.Start, counted.End)
	var all []Span
	for i, from := range cuts {
		s := Span{From: from, Until: counted.End, Rep: d.responsible(kind, from), Source: source}
		if i+1 < len(cuts) {
			s.Until = cuts[i+1]
		}
		if n := len(all); n > 0 && all[n-1].Rep == s.Rep {
			all[n-1].Until = s.Until
			continue
		}
		all = append(all, s)
	}
	return all
}

// candidates are the acts that can answer a clock, as far as they counted by when it stopped.
func (d *docket) candidates(r reckoning) []Counted {
	var all []Counted
	for _, act := range d.facts.Acts {
		at := d.policy.counted(act)
		if !r.asks(act.Deed) || !r.clock.Stop.IsZero() && act.Occurred.After(r.clock.Stop) {
			continue
		}
		if !act.stands() {
			all = append(all, Counted{Act: act})
			continue
		}
		all = append(all, Counted{Act: act, At: at, Answers: r.clock.Answered && at.Equal(r.clock.Stop)})
	}
	return all
}

// asks says whether an act of a sort can answer the clock.
func (r reckoning) asks(deed Deed) bool {
	switch r.clock.Kind {
	case FirstTouch, SpeedToLead:
		return deed.touches()
	case DemoBooked:
		return deed.books()
	default:
		return slices.ContainsFunc(r.rule.MetBy, deed.does)
	}
}

// Tenures are how long each rep had the clock while it counted, in the order in which they got it.
func (a Account) Tenures() []Tenure {
	var all []Tenure
	for _, s := range a.Spans {
		i := slices.IndexFunc(all, func(o Tenure) bool { return o.Rep == s.Rep })
		if i < 0 {
			i, all = len(all), append(all, Tenure{Rep: s.Rep})
		}
		all[i].Held += s.Until.Sub(s.From)
	}
	return all
}
