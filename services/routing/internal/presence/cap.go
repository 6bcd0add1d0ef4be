package presence

import (
	"sort"
	"time"
)

// Window is a stretch of local dates that ends today: so many of them, or the week.
type Window int64

const (
	// Week begins on Monday (ISO 8601).
	Week Window = 0
	// Day is today alone.
	Day Window = 1
)

// Cap is how many handoffs may come in a window.
type Cap struct {
	Window Window
	Most   int64
}

// first is the first local date of the window.
func (w Window) first(today int64) int64 {
	if w == Week {
		return today - weekday(today)
	}
	return today - int64(w) + 1
}

// reach is how many dates the window has at the most.
func (w Window) reach() int64 {
	if w == Week {
		return 7
	}
	return int64(w)
}

// weekday counts from Monday, which is 0. The first day of 1970 was a Thursday.
func weekday(date int64) int64 { return ((date+3)%7 + 7) % 7 }

// within are the handoffs of the window that ends at the moment.
func (w Window) within(got []time.Time, m Moment) []time.Time {
	start := m.midnight(w.first(m.day))
	return got[sort.Search(len(got), func(i int) bool { return !got[i].Before(start) }):]
}

// spent says whether no more may come at the moment.
func (c Cap) spent(got []time.Time, m Moment) bool {
	return int64(len(c.Window.within(got, m))) >= c.Most
}

// lapses is the first instant at which one more may come, if none comes meanwhile; unknown if none ever may.
func (c Cap) lapses(got []time.Time, m Moment) (at time.Time, known bool) {
	if c.Most == 0 {
		return time.Time{}, false
	}
	within := c.Window.within(got, m)
	if int64(len(within)) < c.Most {
		return m.now, true
	}
	if c.Window == Week {
		return m.midnight(c.Window.first(m.day) + 7), true
	}
	// One more may come when the one that makes it too many has left the window.
	leaving := within[int64(len(within))-c.Most]
	return m.midnight(m.dateOf(leaving) + int64(c.Window)), true
}

// Since is the instant before which no handoff counts for any of the caps, wherever the rep works.
func Since(now time.Time, caps []Cap) time.Time {
	var reach int64
	for _, c := range caps {
		reach = max(reach, c.Window.reach())
	}
	return now.Add(-time.Duration(reach+1) * 24 * time.Hour)
}
