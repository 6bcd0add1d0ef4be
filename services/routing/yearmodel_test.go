package routing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// person is somebody who works in the year, as the calendar and the clock on their wall tell it. Whether they can take a
// lead is found minute by wall minute, without the packages that the service decides by.
type person struct {
	id       string
	place    *time.Location
	week     map[time.Weekday][]span
	holidays map[string]bool // such as 2026-12-25
	own      bool            // has a calendar of their own; else works by the playbook's

	maxOpen, perDay, perWeek int // 0 is no limit
	rollDays, rollMax        int
	german                   bool // speaks the language
	gone                     bool
	away                     []stretch

	open int
	got  []time.Time
}

const offShift = "is off shift"

// span is wall minutes from midnight: the first is in, the last is out.
type span struct{ from, to int }

// stretch is a time away, with somebody to stand in or nobody: its start is in, its end is out.
type stretch struct {
	from, to time.Time
	cover    string
}

func wall(hour, minute int) int { return 60*hour + minute }

func place(t testing.TB, zone string) *time.Location {
	t.Helper()
	found, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func daily(spans []span, days ...time.Weekday) map[time.Weekday][]span {
	week := map[time.Weekday][]span{}
	for _, d := range days {
		week[d] = spans
	}
	return week
}

// onShift says whether the wall clock is within hours of a date that is no holiday.
func (p *person) onShift(at time.Time) bool {
	local := at.In(p.place)
	if p.holidays[local.Format(time.DateOnly)] {
		return false
	}
	minute := wall(local.Hour(), local.Minute())
	return slices.ContainsFunc(p.week[local.Weekday()], func(s span) bool { return s.from <= minute && minute < s.to })
}

// absent says whether they are away, and who stands in.
func (p *person) absent(at time.Time) (cover string, away bool) {
	for _, s := range p.away {
		if !at.Before(s.from) && at.Before(s.to) {
			return s.cover, true
		}
	}
	return "", false
}

// why says what stands in the way of another lead; nothing if they can take it.
func (p *person) why(at time.Time) string {
	_, away := p.absent(at)
	switch {
	case p.gone:
		return "is inactive"
	case away:
		return "is away"
	case !p.onShift(at):
		return offShift
	case p.maxOpen > 0 && p.open >= p.maxOpen:
		return fmt.Sprintf("has %d open of %d", p.open, p.maxOpen)
	}
	for _, c := range []struct {
		name       string
		most, days int
	}{{"today", p.perDay, 1}, {"this week", p.perWeek, p.daysOfWeek(at)}, {"lately", p.rollMax, p.rollDays}} {
		if c.most > 0 && p.gotIn(at, c.days) >= c.most {
			return fmt.Sprintf("got %d %s", p.gotIn(at, c.days), c.name)
		}
	}
	return ""
}

// daysOfWeek is how many dates of the week there were, which begins on Monday.
func (p *person) daysOfWeek(at time.Time) int { return (int(at.In(p.place).Weekday())+6)%7 + 1 }

// gotIn counts what came on so many wall dates, of which the last is the one of the instant.
func (p *person) gotIn(at time.Time, days int) int {
	y, m, d := at.In(p.place).Date()
	first := time.Date(y, m, d-days+1, 0, 0, 0, 0, time.UTC)
	n := 0
	for i := len(p.got) - 1; i >= 0 && p.got[i].After(at.AddDate(0, 0, -days-2)); i-- {
		y, m, d := p.got[i].In(p.place).Date()
		if !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Before(first) {
			n++
		}
	}
	return n
}

// calendar is the person's hours as the suite knows them.
func (p *person) calendar(id string) *slav1.Calendar {
	c := &slav1.Calendar{Name: "calendars/" + id, TimeZone: p.place.String(), Hours: map[string]*slav1.DayHours{}}
	for day, spans := range p.week {
		hours := &slav1.DayHours{}
		for _, s := range spans {
			hours.Intervals = append(hours.Intervals, &slav1.Interval{Open: clockFace(s.from), Close: clockFace(s.to)})
		}
		c.Hours[[]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[day]] = hours
	}
	for date := range p.holidays {
		c.Holidays = append(c.Holidays, date)
	}
	slices.Sort(c.Holidays)
	return c
}

func clockFace(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// staff are the people of the year by id: seven places, among them those whose clocks jump by half an hour, at midnight, and
// to the other side of the world's; office hours with lunch, part time, a night shift, and a week that begins on Sunday.
func staff(t testing.TB) map[string]*person {
	t.Helper()
	workdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	day, lunch := []span{{wall(9, 0), wall(17, 0)}}, []span{{wall(9, 0), wall(12, 30)}, {wall(13, 15), wall(18, 0)}}
	night := []span{{0, wall(6, 0)}, {wall(22, 0), wall(24, 0)}}
	american := map[string]bool{"2026-05-25": true, "2026-07-03": true, "2026-11-26": true, "2026-12-25": true, "2027-01-01": true}
	german := map[string]bool{"2026-04-03": true, "2026-04-06": true, "2026-05-01": true, "2026-12-25": true, "2027-01-01": true}
	people := map[string]*person{
		"ann": {own: true, place: place(t, "America/New_York"), week: daily(lunch, workdays...), holidays: american, maxOpen: 12, perDay: 5},
		"bob": {own: true, place: place(t, "America/New_York"), week: daily(day, workdays...), holidays: american, maxOpen: 25},
		"cat": {own: true, place: place(t, "America/Los_Angeles"), week: daily(day, time.Monday, time.Tuesday, time.Wednesday), holidays: american, perWeek: 6},
		"ben": {own: true, place: place(t, "Europe/Berlin"), week: daily(lunch, workdays...), holidays: german, rollDays: 7, rollMax: 9, german: true},
		"dan": {own: true, place: place(t, "Europe/Berlin"), week: daily(day, workdays...), holidays: german, maxOpen: 30, german: true},
		"kim": {own: true, place: place(t, "Asia/Kathmandu"), week: daily(day, workdays...), perDay: 4},
		"sid": {own: true, place: place(t, "Australia/Sydney"), week: daily(lunch, workdays...), maxOpen: 40},
		"sue": {own: true, place: place(t, "Australia/Sydney"), week: daily(day, workdays...), perWeek: 12},
		"leo": {own: true, place: place(t, "Australia/Lord_Howe"), week: daily(day, workdays...), rollDays: 3, rollMax: 4},
		"amy": {own: true, place: place(t, "Africa/Cairo"), week: daily(day, time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday), perDay: 6},
		"nia": {own: true, place: place(t, "America/New_York"), week: daily(night, append(workdays, time.Saturday, time.Sunday)...), maxOpen: 60},
		"pat": {place: place(t, "America/New_York"), week: daily(day, workdays...)},
	}
	for id, p := range people {
		p.id = id
	}
	return people
}
