package worktime

import (
	"cmp"
	"math"
	"slices"
	"time"
	_ "time/tzdata" // the zones that a host without any has
)

// Lengths in microseconds. The day is one of UTC: local ones vary.
const (
	second = int64(time.Second / time.Microsecond)
	day    = 24 * 60 * 60 * second
)

// The years whose changes of the clock a zone keeps in its table. Others are
// looked up, which is slower and gives the same.
const firstYear, lastYear = 1970, 2099

// A zone is a time zone as a list of the changes of its clock.
type zone struct {
	location *time.Location
	periods  []period // from firstYear to lastYear, without a gap
}

// A period is a stretch of instants, [start, end), with one offset. All three
// are in microseconds; the offset is east of UTC.
type period struct{ start, end, offset int64 }

// loadZone finds a zone by its IANA name. "Local", Go's name for the zone that
// the host happens to be in, is none.
func loadZone(name string) (*zone, bool) {
	location, err := time.LoadLocation(name)
	if err != nil || location == time.Local {
		return nil, false
	}
	z := &zone{location: location}
	end := newYear(lastYear + 1)
	for at := newYear(firstYear); at < end; {
		next := lookup(location, at)
		z.add(next)
		at = next.end
	}
	return z, true
}

func newYear(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() }

func (z *zone) add(next period) {
	if last := len(z.periods) - 1; last >= 0 && z.periods[last].offset == next.offset {
		z.periods[last].end = next.end
		return
	}
	z.periods = append(z.periods, next)
}

// at is the period around an instant. Its start is the change of the clock or,
// for the sake of a table that has to start somewhere, between that and the
// instant.
func (z *zone) at(instant int64) period {
	i, _ := slices.BinarySearchFunc(z.periods, instant, func(p period, instant int64) int {
		return cmp.Or(cmp.Compare(p.end, instant), -1) // the first that ends after it
	})
	if i < len(z.periods) && z.periods[i].start <= instant {
		return z.periods[i]
	}
	return lookup(z.location, instant)
}

// lookup asks the location for the period from an instant on.
func lookup(location *time.Location, instant int64) period {
	t := time.UnixMicro(instant).In(location)
	_, offset := t.Zone()
	p := period{start: instant, end: math.MaxInt64, offset: int64(offset) * second}
	if _, end := t.ZoneBounds(); !end.IsZero() {
		p.end = end.UnixMicro()
	}
	if p.end <= instant {
		// ZoneBounds ends each year after 365 days, and so on 31 December of a
		// leap year it answers with an end that has passed. No zone changes
		// its clock between then and midnight UTC.
		p.end = (floorDiv(instant, day) + 1) * day
	}
	return p
}
