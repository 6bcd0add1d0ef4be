package pattern

import "time"

// Daily is a time of day on the clocks of a zone.
type Daily struct {
	Hour, Minute int
	Zone         *time.Location
}

// After is the first instant after another at which it is that time. On a day whose clocks skip it, it is an hour off.
func (d Daily) After(t time.Time) time.Time {
	local := t.In(d.Zone)
	for day := local.Day(); ; day++ {
		if at := time.Date(local.Year(), local.Month(), day, d.Hour, d.Minute, 0, 0, d.Zone); at.After(t) {
			return at.UTC()
		}
	}
}
