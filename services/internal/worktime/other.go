package worktime

import "time"

// OtherHours are the hours of a date that are not those of its weekday: an
// override, or what breaks left. A date without any is closed.
type OtherHours struct {
	Date  Date
	Hours []Span
}

// OtherHours are the dates with hours of their own that lie, at least in part,
// within [from, to), in the calendar's own zone and in order. Holidays are not
// among them.
func (c *Calendar) OtherHours(from, to time.Time) []OtherHours {
	if !from.Before(to) {
		return nil
	}
	first, last := dateOf(from.In(c.Location())), dateOf(to.Add(-time.Microsecond).In(c.Location()))
	var within []OtherHours
	for _, e := range c.exceptions {
		date := dateOf(time.UnixMicro(e.day * day).UTC())
		if _, closed := c.holidays[date]; closed || date.Compare(first) < 0 || last.Compare(date) < 0 {
			continue
		}
		other := OtherHours{Date: date}
		for _, s := range e.hours {
			other.Hours = append(other.Hours, Span{time.Duration(s.start) * time.Microsecond, time.Duration(s.end) * time.Microsecond})
		}
		within = append(within, other)
	}
	return within
}
