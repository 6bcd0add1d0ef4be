package hindsight

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Load is who would get handoffs. Make one with [NewLoad].
type Load struct {
	Held         int64 // how many had to wait for somebody
	Unassigned   int64 // of them, those whom nobody got in time
	Queued       int64 // how many went to a queue that people pick from
	Nurtured     int64 // how many were closed as they opened, to be nurtured
	Disqualified int64 // how many were closed as they opened, for good
	reps         map[string]*repLoad
	pools        map[string]int64
}

// repLoad is what one rep would get, also by day.
type repLoad struct {
	total int64
	days  map[time.Time]int64
}

// Assignment is what became of a handoff.
type Assignment struct {
	Rep, Pool    string    // empty if nobody got it, or no pool decided
	Day          time.Time // when the rep got it, where the rep works, as midnight of that date in UTC
	Held         bool
	Queued       bool
	Nurtured     bool
	Disqualified bool
}

// Carried is what one rep would get.
type Carried struct {
	Rep                 string
	Total, OnBusiestDay int64
}

// NewLoad begins to count.
func NewLoad() *Load { return &Load{reps: map[string]*repLoad{}, pools: map[string]int64{}} }

// Add counts a handoff.
func (l *Load) Add(a Assignment) {
	switch {
	case a.Nurtured:
		l.Nurtured++
		return
	case a.Disqualified:
		l.Disqualified++
		return
	case a.Queued:
		l.Queued++
		return
	case a.Held && a.Rep == "":
		l.Unassigned++
	}
	if a.Held {
		l.Held++
	}
	if a.Pool != "" {
		l.pools[a.Pool]++
	}
	if a.Rep == "" {
		return
	}
	if l.reps[a.Rep] == nil {
		l.reps[a.Rep] = &repLoad{days: map[time.Time]int64{}}
	}
	l.reps[a.Rep].total++
	l.reps[a.Rep].days[a.Day]++
}

// Reps are what the reps would get, by name.
func (l *Load) Reps() []Carried {
	var all []Carried
	for rep, load := range l.reps {
		all = append(all, Carried{rep, load.total, slices.Max(slices.Collect(maps.Values(load.days)))})
	}
	slices.SortFunc(all, func(a, b Carried) int { return cmp.Compare(a.Rep, b.Rep) })
	return all
}

// Pools are how many handoffs the pools decide, by name.
func (l *Load) Pools() []Counted {
	var all []Counted
	for pool, n := range l.pools {
		all = append(all, Counted{pool, n})
	}
	slices.SortFunc(all, func(a, b Counted) int { return cmp.Compare(a.Label, b.Label) })
	return all
}
