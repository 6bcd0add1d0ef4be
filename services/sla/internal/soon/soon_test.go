package soon_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/soon"
)

const size = 4

// world is a table, a list that looks at it now and then, and what the list must know.
type world struct {
	now   int64
	table map[string]int64
	list  *soon.List
	known map[soon.Entry]bool

	looking bool
	found   []soon.Entry
	taken   map[soon.Entry]bool // since the look began: stored anew elsewhere, the next look finds it
	until   int64
}

func newWorld() *world {
	return &world{table: map[string]int64{}, list: soon.New(size), known: map[soon.Entry]bool{}}
}

func (w *world) put(t *rapid.T) soon.Entry {
	e := soon.Entry{At: w.now + rapid.Int64Range(-2, 8).Draw(t, "at"), Handoff: fmt.Sprint(rapid.IntRange(1, 30).Draw(t, "handoff"))}
	if at, ok := w.table[e.Handoff]; ok {
		delete(w.known, soon.Entry{At: at, Handoff: e.Handoff})
	}
	w.table[e.Handoff] = e.At
	return e
}

func (w *world) look() {
	w.list.Look()
	w.looking, w.found, w.taken, w.until = true, nil, map[soon.Entry]bool{}, w.now+10
	for id, at := range w.table {
		if at <= w.until {
			w.found = append(w.found, soon.Entry{At: at, Handoff: id})
		}
	}
	slices.SortFunc(w.found, func(a, b soon.Entry) int { return int(a.At-b.At)*100 + len(a.Handoff) - len(b.Handoff) })
	w.found = w.found[:min(size, len(w.found))]
}

func (w *world) endLook() {
	w.list.Found(w.found, w.until)
	for _, e := range w.found {
		if at, ok := w.table[e.Handoff]; ok && at == e.At && !w.taken[e] {
			w.known[e] = true
		}
	}
	w.looking = false
}

func (w *world) take(t *rapid.T, until int64, most int) int {
	taken := w.list.Take(until, most)
	if !slices.IsSortedFunc(taken, func(a, b soon.Entry) int { return int(a.At - b.At) }) {
		t.Fatalf("taken out of order: %v", taken)
	}
	for _, e := range taken {
		if e.At > until {
			t.Fatalf("%v was taken at %d", e, until)
		}
		delete(w.known, e)
		if w.looking {
			w.taken[e] = true
		}
		if w.table[e.Handoff] == e.At {
			delete(w.table, e.Handoff)
		}
	}
	return len(taken)
}

// TestNothingIsLostBetweenTheTableAndTheList has looks overlap with what is stored and taken meanwhile.
func TestNothingIsLostBetweenTheTableAndTheList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		t.Repeat(map[string]func(*rapid.T){
			"here": func(t *rapid.T) {
				e := w.put(t)
				w.known[e] = true
				next, any := w.list.Next()
				if soonest := w.list.Hear(e); soonest && any && next < e.At {
					t.Fatalf("%v is called the soonest, but there is one at %d", e, next)
				}
			},
			"elsewhere": func(t *rapid.T) { w.put(t) },
			"look": func(*rapid.T) {
				if w.looking {
					w.endLook()
				} else {
					w.look()
				}
			},
			"take": func(t *rapid.T) { w.take(t, w.now, rapid.IntRange(1, 5).Draw(t, "most")) },
			"time": func(t *rapid.T) { w.now += rapid.Int64Range(0, 4).Draw(t, "passed") },
			"": func(t *rapid.T) {
				if n := w.list.Len(); n > 2*size {
					t.Fatalf("the list holds %d entries, and was made for %d", n, size)
				}
			},
		})
		if w.looking {
			w.endLook()
		}
		end := w.list.Ends()
		for w.take(t, math.MaxInt64-1, 3) > 0 { // everything that it holds
		}
		for e := range w.known {
			if e.At <= end {
				t.Fatalf("%v was lost; the list holds everything until %d", e, end)
			}
		}
	})
}

func TestWhatWasTakenIsNotFoundAgainByALookThatHadBegun(t *testing.T) {
	t.Parallel()
	e := soon.Entry{At: 5, Handoff: "a"}
	l := soon.New(size)
	l.Look()
	l.Found([]soon.Entry{e}, 10)
	l.Look()
	if taken := l.Take(5, 1); len(taken) != 1 {
		t.Fatalf("took %v, want %v", taken, e)
	}
	l.Found([]soon.Entry{e}, 10)
	if taken := l.Take(10, 1); len(taken) != 0 {
		t.Errorf("%v was taken again", taken)
	}
}

func TestAListThatRunsShortSaysSo(t *testing.T) {
	t.Parallel()
	l := soon.New(size)
	var page []soon.Entry
	for i := range size {
		page = append(page, soon.Entry{At: int64(i), Handoff: "a"})
	}
	l.Look()
	l.Found(page, 100)
	for taken, want := range []bool{false, false, false, true, true} {
		if got := l.Short(100); got != want {
			t.Errorf("with %d of %d taken, short is %t", taken, size, got)
		}
		l.Take(100, 1)
	}
	l.Look()
	l.Found(nil, 100)
	if l.Short(100) {
		t.Error("short, though nothing else is due")
	}
}

// TestAnEntryTakesLittleMemory counts what the runtime gives out for entries with ids as long as those of handoffs.
func TestAnEntryTakesLittleMemory(t *testing.T) {
	const entries = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	found := make([]soon.Entry, entries)
	for i := range found {
		found[i] = soon.Entry{At: int64(i), Handoff: fmt.Sprintf("%032x", i)}
	}
	l := soon.New(2 * entries)
	l.Look()
	l.Found(found, entries)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := float64(after.HeapAlloc-before.HeapAlloc) / entries; got > 64 {
		t.Errorf("an entry takes %.0f bytes, want at most 64", got)
	}
	runtime.KeepAlive(l)
}
