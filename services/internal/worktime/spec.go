package worktime

import (
	"cmp"
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/holiday"
)

// Limits of a [Spec].
const (
	// MaxSpans is the largest number of spans in one day.
	MaxSpans = 24
	// MaxDates is the largest number of holidays, of overrides and of breaks.
	MaxDates = 1000
	// MaxRegions is the largest number of regions with public holidays.
	MaxRegions = 5
)

// A Spec describes a calendar; [New] makes it one. What is left out is empty.
type Spec struct {
	// TimeZone is an IANA name such as "America/New_York". It may be left out
	// of a spec that is open always; then it is UTC.
	TimeZone string
	// Hours are the opening hours of each weekday.
	Hours Week
	// Holidays are closed all day, whatever else is said about the date.
	Holidays []Date
	// Public are closed like Holidays: the public holidays of regions, from
	// 1970 to 2099.
	Public []holiday.Rule
	// Names are what Holidays are called, for who asks why a day was closed.
	Names map[Date]string
	// Overrides replace the hours of a date. None at all closes it.
	Overrides map[Date][]Span
	// Breaks are cut out of the hours of a date.
	Breaks map[Date][]Span
	// DayHours is what one business day of a budget stands for: more than
	// none, at most 24 hours. Zero means 8 hours, or 24 where Always is set.
	DayHours time.Duration
	// Always makes wall time of it: open at every instant, with no hours, no
	// holidays, overrides or breaks.
	Always bool
}

// Week holds the hours of each weekday, in any order.
type Week [7][]Span

// A Span is a half-open stretch [Open, Close) of a local day. Both ends are
// readings of the wall clock in whole minutes, counted from 00:00, and not
// elapsed times: 9*time.Hour is nine o'clock even on a day that lost an hour.
// 24*time.Hour is the midnight that ends the day.
type Span struct{ Open, Close time.Duration }

// A Date is a day of the calendar on the wall, in no particular zone.
type Date struct {
	Year  int // from 1 to 9999
	Month time.Month
	Day   int
}

// ParseDate reads a date such as "2026-05-25".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("parse date %s: want a day such as 2026-05-25", quote(text))
	}
	return dateOf(t), nil
}

// dateOf is the date that an instant has in its own zone.
func dateOf(t time.Time) Date { return Date{t.Year(), t.Month(), t.Day()} }

// String writes the date as in ISO 8601.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Compare orders dates by time.
func (d Date) Compare(other Date) int {
	return cmp.Or(
		cmp.Compare(d.Year, other.Year),
		cmp.Compare(d.Month, other.Month),
		cmp.Compare(d.Day, other.Day),
	)
}

// exists reports whether the calendar has such a day: it has no 30 February.
func (d Date) exists() bool {
	t := d.utc()
	return d == Date{t.Year(), t.Month(), t.Day()} && d.Year >= 1 && d.Year <= 9999
}

func (d Date) weekday() time.Weekday { return d.utc().Weekday() }

// day counts from 1970-01-01.
func (d Date) day() int64 { return floorDiv(d.utc().UnixMicro(), day) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func (s Spec) dayHours() time.Duration {
	switch {
	case s.DayHours != 0:
		return s.DayHours
	case s.Always:
		return 24 * time.Hour
	default:
		return 8 * time.Hour
	}
}
