package weekly

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/period"
)

// Schedule is an instant of each week, by the clocks of a zone. The zero value is none.
type Schedule struct {
	day          time.Weekday
	hour, minute int
	zone         *time.Location
}

// ErrForm says that a text is no weekday with a time.
var ErrForm = errors.New("is not a weekday and a time, such as monday 07:00")

// Parse reads a schedule such as `monday 07:00` in a zone.
func Parse(every string, zone *time.Location) (Schedule, error) {
	word, clock, _ := strings.Cut(every, " ")
	at, err := time.Parse("15:04", clock)
	for day := time.Sunday; day <= time.Saturday && err == nil; day++ {
		if strings.ToLower(day.String()) == word {
			return Schedule{day: day, hour: at.Hour(), minute: at.Minute(), zone: zone}, nil
		}
	}
	return Schedule{}, fmt.Errorf("%q %w", every, ErrForm)
}

// Given says whether there is a schedule.
func (s Schedule) Given() bool { return s.zone != nil }

// Zone is the zone of the schedule; UTC without one.
func (s Schedule) Zone() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// Of is when a week comes out: at the first instant of the schedule at which the week is over, in UTC. It needs a schedule.
func (s Schedule) Of(week period.Period) time.Time {
	year, month, day := week.End().In(s.zone).Date()
	monday := time.Date(year, month, day, 0, 0, 0, 0, time.UTC) // the day as such
	day += (int(s.day) - int(monday.Weekday()) + 7) % 7
	return time.Date(year, month, day, s.hour, s.minute, 0, 0, s.zone).UTC()
}

// Latest is the last week that has come out by an instant. It needs a schedule.
func (s Schedule) Latest(now time.Time) period.Period {
	week := period.Week(now.In(s.zone)).Before()
	for s.Of(week).After(now) {
		week = week.Before()
	}
	return week
}
