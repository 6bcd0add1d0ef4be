package demo

import (
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Calendars of the company.
const (
	newYork   = "us-east-business"
	sanDiego  = "us-west-business"
	berlin    = "eu-berlin"
	singapore = "apac-singapore"
)

// Pools of the company. Singapore is the night watch: it gets what comes in while everybody else sleeps.
const (
	enterprise = "enterprise"
	velocity   = "velocity"
	overflow   = "overflow"
)

// hasty is a rep who finds most leads not ready.
const hasty = "kate-moore"

// cast are the reps: eight work in New York, six in San Diego, seven in Berlin, four in Singapore.
func cast(seed string) []rep {
	names := []struct{ id, name, calendar, team string }{
		{"jane-doe", "Jane Doe", newYork, enterprise}, {"sam-lee", "Sam Lee", newYork, enterprise},
		{"ana-silva", "Ana Silva", newYork, enterprise}, {"rosa-diaz", "Rosa Diaz", newYork, enterprise},
		{"omar-aziz", "Omar Aziz", newYork, enterprise}, {"kate-moore", "Kate Moore", newYork, enterprise},
		{"liz-wright", "Liz Wright", sanDiego, enterprise}, {"gus-romero", "Gus Romero", sanDiego, enterprise},
		{"nia-jones", "Nia Jones", sanDiego, enterprise}, {"ben-stone", "Ben Stone", sanDiego, enterprise},
		{"amy-ford", "Amy Ford", sanDiego, enterprise}, {"eva-klein", "Eva Klein", berlin, enterprise},
		{"tom-berg", "Tom Berg", berlin, enterprise}, {"carl-nowak", "Carl Nowak", berlin, enterprise},
		{"finn-larsen", "Finn Larsen", berlin, enterprise}, {"uli-haas", "Uli Haas", berlin, enterprise},
		{"dan-brown", "Dan Brown", newYork, velocity}, {"joe-hill", "Joe Hill", newYork, velocity},
		{"zoe-park", "Zoë Park", sanDiego, velocity}, {"lena-wolf", "Lena Wolf", berlin, velocity},
		{"max-roth", "Max Roth", berlin, velocity}, {"mei-tan", "Mei Tan", singapore, overflow},
		{"raj-patel", "Raj Patel", singapore, overflow}, {"ivy-chen", "Ivy Chen", singapore, overflow},
		{"hua-lim", "Hua Lim", singapore, overflow},
	}
	reps := make([]rep, len(names))
	for i, n := range names {
		l := luck(seed, "rep", n.id)
		reps[i] = rep{id: n.id, name: n.name, calendar: n.calendar, team: n.team,
			pace: 15 + 60*l.Float64(), rejects: 0.03 + 0.05*l.Float64(), declines: 0.03, silent: 0.04, maxPerDay: 8, weight: 1}
		reps[i].colour()
	}
	return reps
}

// colour gives some reps what makes them themselves.
func (r *rep) colour() {
	switch r.id {
	case "sam-lee": // answers late, and often does not call
		r.pace, r.silent = 300, 0.25
	case hasty: // takes twice as many as others, and rejects what she has not looked at
		r.rejects, r.weight = 0.5, 2
	case "omar-aziz": // finds many somebody else's
		r.declines = 0.2
	case "rosa-diaz": // takes one lead a day
		r.maxPerDay = 1
	case "tom-berg", "eva-klein":
		r.away = days(4, 9) // a week off
	case "joe-hill":
		r.away = days(18, 30)
	case "amy-ford":
		r.away = days(11, 14)
	case "ana-silva":
		r.away = days(13, 16)
	case "finn-larsen":
		r.away = days(26, 29)
	case "mei-tan":
		r.away = days(18, 23)
	}
}

// days are whole days of the month, from one up to and without another.
func days(from, to int) []span {
	return []span{{Start.AddDate(0, 0, from-1), Start.AddDate(0, 0, to-1)}}
}

// calendars are when people work: Berlin has lunch, America a short Friday before a holiday.
func calendars() map[string]*slav1.Calendar {
	week := func(intervals ...*slav1.Interval) map[string]*slav1.DayHours {
		hours := map[string]*slav1.DayHours{}
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
			hours[day] = &slav1.DayHours{Intervals: intervals}
		}
		return hours
	}
	between := func(open, closing string) *slav1.Interval { return &slav1.Interval{Open: open, Close: closing} }
	american := func(zone string) *slav1.Calendar {
		return &slav1.Calendar{TimeZone: zone, Hours: week(between("09:00", "17:00")), Holidays: []string{"2026-05-25"},
			Overrides: map[string]*slav1.DayHours{"2026-05-22": {Intervals: []*slav1.Interval{between("09:00", "13:00")}}}}
	}
	return map[string]*slav1.Calendar{
		newYork:  american("America/New_York"),
		sanDiego: american("America/Los_Angeles"),
		berlin: {TimeZone: "Europe/Berlin", Hours: week(between("09:00", "12:30"), between("13:30", "18:00")),
			Holidays: []string{"2026-05-01", "2026-05-14", "2026-05-25"}},
		singapore: {TimeZone: "Asia/Singapore", Hours: week(between("09:00", "18:00")),
			Holidays: []string{"2026-05-01", "2026-05-27", "2026-06-01"}},
	}
}

// maxLate is the longest that the reps put anything off.
const maxLate = 20 * 24 * time.Hour
