package mapping

import (
	"errors"
	"strings"
	"time"
	_ "time/tzdata" // the zones that a host without any has
)

var errNotTime = errors.New("is not a date or a time of the layout")

// usualLayouts are tried in order where a rule names none.
func usualLayouts() []string {
	return []string{time.DateOnly, time.DateTime, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04"}
}

// clockFace is how instants are written, and where the clock hangs that they were read from.
type clockFace struct {
	layouts []string
	zone    *time.Location
}

// read reads an instant, to the microsecond.
func (c clockFace) read(text string) (time.Time, error) {
	for _, layout := range c.layouts {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if !zoned(layout) {
			at = inZone(at, c.zone)
		}
		if at = at.UTC().Truncate(time.Microsecond); at.Year() < 1 || at.Year() > 9999 {
			return time.Time{}, errRange
		}
		return at, nil
	}
	return time.Time{}, errNotTime
}

// zoned reports whether times of a layout say themselves how far they are from UTC.
func zoned(layout string) bool {
	return strings.Contains(layout, "Z07") || strings.Contains(layout, "-07")
}

// inZone is the first instant at which the clock of a zone shows what wall shows in UTC. Where the clock was put forward
// past that, it is the instant that an unchanged clock would have shown it: midnight of a day that begins at 01:00 is the
// beginning of that day. time.Date promises neither.
func inZone(wall time.Time, zone *time.Location) time.Time {
	at := func(near time.Time) time.Time {
		_, offset := near.In(zone).Zone()
		return wall.Add(-time.Duration(offset) * time.Second)
	}
	const day = 24 * time.Hour
	before, after := at(wall.Add(-day)), at(wall.Add(day))
	if shows(after, zone, wall) && !shows(before, zone, wall) {
		return after
	}
	return before
}

func shows(at time.Time, zone *time.Location, wall time.Time) bool {
	return at.In(zone).Format(time.DateTime) == wall.Format(time.DateTime)
}

// checkLayout refuses a layout that does not give back the day that was written with it.
func checkLayout(layout string) error {
	if strings.Contains(layout, "MST") {
		return errors.New("names of zones are ambiguous; use an offset such as -07:00")
	}
	day := time.Date(2031, 11, 23, 0, 0, 0, 0, time.UTC)
	back, err := time.Parse(layout, day.Format(layout))
	if err != nil || back.Format(time.DateOnly) != day.Format(time.DateOnly) {
		return errors.New("a layout shows how 2 January 2006, 15:04:05 is written, such as 02/01/2006 15:04; this one does not give back a day")
	}
	return nil
}
