package soon

import (
	"cmp"
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
	looking bool
	heard   []Entry            // since the look began
	taken   map[Entry]struct{} // since the look began
}

// New makes an empty list for a number of entries.
func New(size int) *List { return &List{size: size, until: math.MinInt64} }

// Look says that somebody begins to look at the table. They may not find what is heard of from here on, and may find what is
// taken.
func (l *List) Look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looking, l.heard, l.taken = true, nil, map[Entry]struct{}{}
}

// Found ends a look: it found these entries, the soonest first, as many as the list was made for or all until an instant.
func (l *List) Found(entries []Entry, until int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(entries) >= l.size {
		until = entries[len(entries)-1].At - 1 // there may be more at the last one's instant
	}
	heard, taken := l.heard, l.taken
	l.looking, l.heard, l.taken = false, nil, nil
	l.until = until
	l.entries = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { _, gone := taken[e]; return gone })
	for _, e := range heard {
		l.insert(e)
	}
}

// Hear takes in an entry that was stored. It reports whether that is the soonest.
func (l *List) Hear(e Entry) (soonest bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.looking {
		l.heard = append(l.heard, e)
	}
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
		l.until = l.entries[l.size].At - 1
		keep, _ := slices.BinarySearchFunc(l.entries, Entry{At: l.until + 1}, Entry.compare)
		l.entries = slices.Delete(l.entries, keep, len(l.entries))
	}
	return i == 0
}

// Take takes out what is due at an instant, the soonest first, up to a number.
func (l *List) Take(now int64, most int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	due, _ := slices.BinarySearchFunc(l.entries, Entry{At: now + 1}, Entry.compare)
	due = min(due, most)
	taken := l.entries[:due:due]
	l.entries = l.entries[due:]
	if l.looking {
		for _, e := range taken {
			l.taken[e] = struct{}{}
		}
	}
	return taken
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

// Short reports whether there is more until an instant than the list holds, and half of what it held is gone.
func (l *List) Short(until int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until < until && len(l.entries) < l.size/2
}
