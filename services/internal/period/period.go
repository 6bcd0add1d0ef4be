package period

import (
	"errors"
	"fmt"
	"time"
)

// Period is a week, a month or a quarter.
type Period struct {
	unit  unit
	first time.Time // midnight of the first day, in the period's zone
}

// unit is the length of a period.
type unit int

const (
	week unit = iota + 1
	month
	quarter
)

// ErrUnknown says that a text is not the name of a period.
var ErrUnknown = errors.New("is not a week such as 2026-W10, a month such as 2026-03, a quarter such as 2026-Q1, nor one such as last-week")

// Latest is the name of the period that is reported on unless somebody asks for another.
const Latest = "last-week"

// Parse reads the name of a period in a zone. Names such as last-week depend on the time.
func Parse(name string, now time.Time, zone *time.Location) (Period, error) {
	for word, u := range map[string]unit{"week": week, "month": month, "quarter": quarter} {
		switch name {
		case "this-" + word:
			return of(u, now.In(zone)), nil
		case "last-" + word:
			return of(u, now.In(zone)).Before(), nil
		}
	}
	p, ok := calendar(name, zone)
	if !ok || p.Name() != name {
		return Period{}, fmt.Errorf("%q %w", name, ErrUnknown)
	}
	return p, nil
}

// calendar reads the name of a period of the calendar.
func calendar(name string, zone *time.Location) (Period, bool) {
	var year, n int
	for _, form := range []struct {
		layout string
		last   int
		make   func() Period
	}{
		{"%04d-W%02d", 53, func() Period { return of(week, time.Date(year, 1, 4+7*(n-1), 0, 0, 0, 0, zone)) }}, // 4 January is in week 1
		{"%04d-Q%d", 4, func() Period { return of(quarter, time.Date(year, time.Month(3*n-2), 1, 0, 0, 0, 0, zone)) }},
		{"%04d-%02d", 12, func() Period { return of(month, time.Date(year, time.Month(n), 1, 0, 0, 0, 0, zone)) }},
	} {
		if read, err := fmt.Sscanf(name, form.layout, &year, &n); err == nil && read == 2 && year >= 1970 && n >= 1 && n <= form.last {
			return form.make(), true
		}
	}
	return Period{}, false
}

// Week is the ISO week that holds an instant, in the instant's zone.
func Week(at time.Time) Period { return of(week, at) }

// of is the period of a length that holds an instant, in the instant's zone.
func of(u unit, at time.Time) Period {
	year, m, day := at.Date()
	switch u {
	case week:
		day -= (int(at.Weekday()) + 6) % 7
	case month:
		day = 1
	case quarter:
		m, day = m-(m-1)%3, 1
	}
	return Period{unit: u, first: time.Date(year, m, day, 0, 0, 0, 0, at.Location())}
}

// step is the period so many after this one.
func (p Period) step(n int) Period {
	year, m, day := p.first.Date()
	switch p.unit {
	case week:
		day += 7 * n
	case month:
		m += time.Month(n)
	case quarter:
		m += time.Month(3 * n)
	}
	return Period{unit: p.unit, first: time.Date(year, m, day, 0, 0, 0, 0, p.first.Location())}
}

// Before is the period before this one.
func (p Period) Before() Period { return p.step(-1) }

// After is the period after this one.
func (p Period) After() Period { return p.step(1) }

// Length is how long periods of this kind are, in a word: week, month or quarter.
func (p Period) Length() string {
	return map[unit]string{week: "week", month: "month", quarter: "quarter"}[p.unit]
}

// Start is the first instant of the period, in UTC.
func (p Period) Start() time.Time { return p.first.UTC() }

// End is the first instant after it, in UTC.
func (p Period) End() time.Time { return p.step(1).first.UTC() }

// Name is the period's name.
func (p Period) Name() string {
	switch p.unit {
	case week:
		year, n := p.first.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, n)
	case month:
		return p.first.Format("2006-01")
	case quarter:
		return fmt.Sprintf("%04d-Q%d", p.first.Year(), (int(p.first.Month())+2)/3)
	default:
		return ""
	}
}

// Months is how many calendar months the period has; 0 for a week.
func (p Period) Months() int {
	switch p.unit {
	case month:
		return 1
	case quarter:
		return 3
	default:
		return 0
	}
}
