package soon

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
)

// Entry is a handoff that has something to tell at an instant.
type Entry struct {
	At      int64 // Unix microseconds
	Handoff string
}

func (e Entry) compare(o Entry) int {
	return cmp.Or(cmp.Compare(e.At, o.At), cmp.Compare(e.Handoff, o.Handoff))
}

// List is what is due soon. It is safe for concurrent use.
type List struct {
	size int

	mu      sync.Mutex
	entries []Entry // sorted, each once
	until   int64   // everything up to there is in the list
	cut     bool    // there is more than the list had room for
	looking bool
	heard   []Entry        // since the look began
	taken   map[Entry]bool // whether it is still at work; what is done stays until the look ends
}

// New makes an empty list for a number of entries.
func New(size int) *List {
	return &List{size: size, until: math.MinInt64, taken: map[Entry]bool{}}
}

// Look says that somebody begins to look at the table. They may not find what is heard of from here on, and may find what is
// at work by now or later.
func (l *List) Look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looking, l.heard = true, nil
}

// Found ends a look: it found these entries, the soonest first, as many as the list was made for or all until an instant.
func (l *List) Found(entries []Entry, until int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut = len(entries) >= l.size; l.cut {
		until = entries[len(entries)-1].At - 1 // there may be more at the last one's instant
	}
	isTaken := func(e Entry) bool { _, taken := l.taken[e]; return taken }
	heard := slices.DeleteFunc(l.heard, isTaken)
	l.looking, l.heard, l.until = false, nil, until
	l.entries = slices.DeleteFunc(slices.Clone(entries), isTaken)
	for _, e := range heard {
		l.insert(e)
	}
	maps.DeleteFunc(l.taken, func(_ Entry, atWork bool) bool { return !atWork })
}

// Hear takes in an entry that was stored. It reports whether that is the soonest.
func (l *List) Hear(e Entry) (soonest bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.looking {
		l.heard = append(l.heard, e)
	}
	delete(l.taken, e) // it is news
	return l.insert(e)
}

func (l *List) insert(e Entry) (soonest bool) {
	if e.At > l.until {
		return false
	}
	i, there := slices.BinarySearchFunc(l.entries, e, Entry.compare)
	if there {
		return false
	}
	l.entries = slices.Insert(l.entries, i, e)
	if len(l.entries) > 2*l.size { // the list ends sooner
		l.until, l.cut = l.entries[l.size].At-1, true
		keep, _ := slices.BinarySearchFunc(l.entries, Entry{At: l.until + 1}, Entry.compare)
		l.entries = slices.Delete(l.entries, keep, len(l.entries))
	}
	return i == 0
}

// Take takes out what is due at an instant, the soonest first, up to a number. It is at work until the caller is done with it:
// no look brings it back.
func (l *List) Take(now int64, most int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	due, _ := slices.BinarySearchFunc(l.entries, Entry{At: now + 1}, Entry.compare)
	due = min(due, most)
	taken := l.entries[:due:due]
	l.entries = l.entries[due:]
	for _, e := range taken {
		l.taken[e] = true
	}
	return taken
}

// Done says that the table knows what became of entries that were taken. What is left of them is found by the next look that
// begins.
func (l *List) Done(taken []Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range taken {
		if _, ok := l.taken[e]; ok && l.looking {
			l.taken[e] = false // the look may have seen the table before
		} else {
			delete(l.taken, e)
		}
	}
}

// Next is the instant of the soonest entry; not ok if there is none.
func (l *List) Next() (at int64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == 0 {
		return 0, false
	}
	return l.entries[0].At, true
}

// Short reports whether there is more than the list had room for, and half of what it held is gone.
func (l *List) Short() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut && len(l.entries) < l.size/2
}
