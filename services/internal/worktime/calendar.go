package worktime

import (
	"math"
	"slices"
	"time"
)

// Calendar says when work is done. It is immutable and safe for concurrent
// use. Make one with [New] or [Wall].
type Calendar struct {
	zone       *zone
	week       [7][]stretch    // of the local day, tidy; by time.Weekday
	exceptions []exception     // in the order of their dates
	holidays   map[Date]string // what they are called, or nothing
	always     bool
	dayHours   time.Duration
	tzdata     string
}

// New compiles a calendar. Its error is a [*SpecError] that lists every
// problem of the spec.
func New(spec Spec) (*Calendar, error) {
	zone, problems := spec.check()
	if len(problems) > 0 {
		return nil, &SpecError{Problems: problems}
	}
	closed := holidays(spec)
	calendar := &Calendar{
		zone:       zone,
		exceptions: exceptions(spec, closed),
		holidays:   closed,
		always:     spec.Always,
		dayHours:   spec.dayHours(),
		tzdata:     tzdataVersion(zone.location.String()),
	}
	for weekday, spans := range spec.Hours {
		calendar.week[weekday] = tidy(spans)
	}
	return calendar, nil
}

// Wall is the calendar that never closes. With it a budget in wall time is
// treated like one in business time. Its day has 24 hours.
func Wall() *Calendar {
	return &Calendar{zone: &zone{location: time.UTC}, always: true, dayHours: 24 * time.Hour}
}

// Location is the zone whose wall clock the hours are read off.
func (c *Calendar) Location() *time.Location { return c.zone.location }

// TZDataVersion names the release of the time zone data that the calendar was
// made with, such as "2025b". It is the Go version where the program's own copy
// was used, "unversioned" where the host's data do not say, and empty for UTC,
// which needs none.
func (c *Calendar) TZDataVersion() string { return c.tzdata }

// Days is the budget that n business days stand for: n times the calendar's
// day hours, however long its days are. Where that is more than a duration can
// hold, it is the largest or smallest one, which [Calendar.Due] refuses.
func (c *Calendar) Days(n int) time.Duration {
	switch days := int64(n); {
	case days > int64(math.MaxInt64/c.dayHours):
		return math.MaxInt64
	case days < int64(math.MinInt64/c.dayHours):
		return math.MinInt64
	default:
		return time.Duration(days) * c.dayHours
	}
}

// A Holiday is a day on which the calendar is closed by name, or at least by
// date.
type Holiday struct {
	Date Date
	Name string // empty where it is not known
}

// Holidays are the holidays that lie, at least in part, within [from, to), in
// the calendar's own zone and in order.
func (c *Calendar) Holidays(from, to time.Time) []Holiday {
	if !from.Before(to) || len(c.holidays) == 0 {
		return nil
	}
	first, last := dateOf(from.In(c.Location())), dateOf(to.Add(-time.Microsecond).In(c.Location()))
	var within []Holiday
	for date, name := range c.holidays {
		if first.Compare(date) <= 0 && date.Compare(last) <= 0 {
			within = append(within, Holiday{date, name})
		}
	}
	slices.SortFunc(within, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return within
}
