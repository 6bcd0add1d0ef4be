package demo

import (
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Calendars of the company.
const (
	newYork   = "us-east-business"
	berlin    = "eu-berlin"
	singapore = "apac-singapore"
)

// cast are the reps. Twelve work in New York, eight in Berlin, five in Singapore.
func cast(seed string) []rep {
	names := []struct{ id, name, calendar, team string }{
		{"jane-doe", "Jane Doe", newYork, "enterprise"}, {"sam-lee", "Sam Lee", newYork, "enterprise"},
		{"ana-silva", "Ana Silva", newYork, "enterprise"}, {"tom-berg", "Tom Berg", berlin, "enterprise"},
		{"mei-tan", "Mei Tan", singapore, "enterprise"}, {"carl-nowak", "Carl Nowak", berlin, "enterprise"},
		{"rosa-diaz", "Rosa Diaz", newYork, "enterprise"}, {"finn-larsen", "Finn Larsen", berlin, "enterprise"},
		{"omar-aziz", "Omar Aziz", newYork, "enterprise"}, {"li-wei", "Li Wei", singapore, "enterprise"},
		{"kate-moore", "Kate Moore", newYork, "velocity"}, {"dan-brown", "Dan Brown", newYork, "velocity"},
		{"eva-klein", "Eva Klein", berlin, "velocity"}, {"noah-king", "Noah King", newYork, "velocity"},
		{"lena-wolf", "Lena Wolf", berlin, "velocity"}, {"max-roth", "Max Roth", berlin, "velocity"},
		{"ivy-chen", "Ivy Chen", singapore, "velocity"}, {"joe-hill", "Joe Hill", newYork, "velocity"},
		{"zoe-park", "Zoë Park", newYork, "velocity"}, {"raj-patel", "Raj Patel", singapore, "velocity"},
		{"amy-ford", "Amy Ford", newYork, "velocity"}, {"ben-stone", "Ben Stone", newYork, "velocity"},
		{"uli-haas", "Uli Haas", berlin, "overflow"}, {"pia-lund", "Pia Lund", berlin, "overflow"},
		{"hua-lim", "Hua Lim", singapore, "overflow"},
	}
	reps := make([]rep, len(names))
	for i, n := range names {
		l := luck(seed, "rep", n.id)
		reps[i] = rep{id: n.id, name: n.name, calendar: n.calendar, team: n.team, pools: []string{n.team},
			pace: 15 + 60*l.Float64(), rejects: 0.08 + 0.1*l.Float64(), declines: 0.03, silent: 0.04, maxPerDay: 8}
	}
	reps[1].pace, reps[1].silent = 300, 0.25 // answers late, and often does not call
	reps[11].rejects = 0.45                  // finds most leads bad
	reps[13].declines = 0.2                  // finds most leads somebody else's
	reps[4].away = days(7, 14)               // a week off
	reps[12].away = days(1, 5)
	reps[17].away = days(20, 31)
	reps[20].away = days(9, 11)
	reps[2].away = days(15, 17)
	reps[7].away = days(24, 26)
	return reps
}

// days are whole days of the month, from one up to another, counted from 0.
func days(from, to int) []span {
	return []span{{Start.AddDate(0, 0, from), Start.AddDate(0, 0, to)}}
}

// calendars are when people work: Berlin has lunch, New York a short Friday before a holiday.
func calendars() map[string]*slav1.Calendar {
	week := func(intervals ...*slav1.Interval) map[string]*slav1.DayHours {
		hours := map[string]*slav1.DayHours{}
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
			hours[day] = &slav1.DayHours{Intervals: intervals}
		}
		return hours
	}
	between := func(open, closing string) *slav1.Interval { return &slav1.Interval{Open: open, Close: closing} }
	return map[string]*slav1.Calendar{
		newYork: {TimeZone: "America/New_York", Hours: week(between("09:00", "17:00")), Holidays: []string{"2026-05-25"},
			Overrides: map[string]*slav1.DayHours{"2026-05-22": {Intervals: []*slav1.Interval{between("09:00", "13:00")}}}},
		berlin: {TimeZone: "Europe/Berlin", Hours: week(between("09:00", "12:30"), between("13:30", "18:00")),
			Holidays: []string{"2026-05-14", "2026-05-25"}},
		singapore: {TimeZone: "Asia/Singapore", Hours: week(between("09:00", "18:00")), Holidays: []string{"2026-05-27", "2026-06-01"}},
	}
}

// maxLate is the longest that the reps put anything off.
const maxLate = 20 * 24 * time.Hour
