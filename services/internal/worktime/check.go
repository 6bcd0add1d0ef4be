package worktime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxProblems is where a list of problems ends: the rest of a document that is
// wrong a hundred times says nothing new.
const maxProblems = 100

// A SpecError tells what is wrong with a [Spec] or with the text of one.
type SpecError struct {
	Problems []Problem // at least one, at most 100
}

// A Problem is one thing wrong with a spec.
type Problem struct {
	Field  string // the path of the field, such as "hours.mon[1]"; empty for the whole
	Reason string
	Line   int // in the text that was parsed, from 1; zero where there was none
	Column int // in characters, from 1; zero where it is not known
}

// Error lists all problems.
func (e *SpecError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		texts[i] = problem.String()
	}
	return "calendar: " + strings.Join(texts, "; ")
}

// String writes place, field and reason, as far as they are known.
func (p Problem) String() string {
	text := p.Reason
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	switch {
	case p.Column > 0:
		return fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, text)
	case p.Line > 0:
		return fmt.Sprintf("line %d: %s", p.Line, text)
	default:
		return text
	}
}

// check loads the zone and lists every problem.
func (s Spec) check() (*zone, []Problem) {
	var c checker
	zone := c.zone(s)
	for _, known := range weekdays {
		c.spans("hours."+known.name, s.Hours[known.weekday])
	}
	c.openAtAll(s)
	c.holidays(s.Holidays)
	c.fits("public_holidays", len(s.Public), MaxRegions)
	c.dates("overrides", s.Overrides)
	c.dates("breaks", s.Breaks)
	if s.DayHours < 0 || s.DayHours > 24*time.Hour {
		c.add("day_hours", "%v is not between 0 and 24 hours", s.DayHours)
	}
	return zone, c.problems
}

type checker struct{ problems []Problem }

func (c *checker) add(field, format string, values ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, Problem{Field: field, Reason: fmt.Sprintf(format, values...)})
	}
}

func (c *checker) zone(s Spec) *zone {
	name := s.TimeZone
	switch {
	case name == "" && s.Always:
		name = "UTC"
	case name == "":
		c.add("time_zone", "is required, such as Europe/Berlin")
		return nil
	}
	zone, ok := loadZone(name)
	if !ok {
		hint := ""
		if meant := suggestZone(name); meant != "" {
			hint = ": did you mean " + meant + "?"
		}
		c.add("time_zone", "%s is not an IANA time zone%s", quote(name), hint)
	}
	return zone
}

// openAtAll refuses a calendar that no budget could ever use up, and one that
// is open always and yet has hours.
func (c *checker) openAtAll(s Spec) {
	opens := func(spans []Span) bool { return len(spans) > 0 }
	hours := slices.ContainsFunc(s.Hours[:], opens)
	overrides := slices.ContainsFunc(slices.Collect(maps.Values(s.Overrides)), opens)
	switch {
	case s.Always && (hours || len(s.Holidays)+len(s.Public)+len(s.Overrides)+len(s.Breaks) > 0):
		c.add("always", "leaves no room for hours, holidays, overrides or breaks")
	case !s.Always && !hours && !overrides:
		c.add("hours", "are never open")
	}
}

func (c *checker) holidays(dates []Date) {
	if !c.fits("holidays", len(dates), MaxDates) {
		return
	}
	for i, date := range dates {
		if !date.exists() {
			c.add(fmt.Sprintf("holidays[%d]", i), "there is no day %v", date)
		}
	}
}

func (c *checker) dates(field string, hours map[Date][]Span) {
	if !c.fits(field, len(hours), MaxDates) {
		return
	}
	for _, date := range slices.SortedFunc(maps.Keys(hours), Date.Compare) {
		path := field + "." + date.String()
		if !date.exists() {
			c.add(path, "there is no day %v", date)
		}
		c.spans(path, hours[date])
	}
}

func (c *checker) spans(field string, spans []Span) {
	if !c.fits(field, len(spans), MaxSpans) {
		return
	}
	for i, span := range spans {
		path := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case span.Open%time.Minute != 0 || span.Close%time.Minute != 0:
			c.add(path, "opens or closes within a minute")
		case span.Open < 0 || span.Close > 24*time.Hour:
			c.add(path, "leaves the day, 00:00 to 24:00")
		case span.Open == span.Close:
			c.add(path, "opens at %s, not before it closes at %s", reading(span.Open), reading(span.Close))
		case span.Open > span.Close:
			c.add(path, "opens at %s, not before it closes at %s: a shift over midnight is two, until 24:00 and from 00:00 of the next day",
				reading(span.Open), reading(span.Close))
		default:
			c.overlap(field, spans, i)
		}
	}
}

// overlap reports the first of the earlier spans that shares time with span i.
func (c *checker) overlap(field string, spans []Span, i int) {
	for j, other := range spans[:i] {
		if max(spans[i].Open, other.Open) < min(spans[i].Close, other.Close) {
			c.add(fmt.Sprintf("%s[%d]", field, i), "overlaps %s[%d]", field, j)
			return
		}
	}
}

func (c *checker) fits(field string, count, most int) bool {
	if count > most {
		c.add(field, "has %d entries, more than %d", count, most)
	}
	return count <= most
}

// weekdays are named as in field paths and in the text of a calendar.
var weekdays = [...]struct {
	name    string
	weekday time.Weekday
}{
	{"mon", time.Monday}, {"tue", time.Tuesday}, {"wed", time.Wednesday}, {"thu", time.Thursday},
	{"fri", time.Friday}, {"sat", time.Saturday}, {"sun", time.Sunday},
}

// reading writes a reading of the wall clock.
func reading(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
}

// quote makes foreign text fit for a message.
func quote(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
