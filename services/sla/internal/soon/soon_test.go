package soon_test

import (
	"cmp"
	"fmt"
	"maps"
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
	now    int64
	table  map[string]int64
	list   *soon.List
	known  map[soon.Entry]bool
	atWork map[soon.Entry]bool
	told   map[soon.Entry]bool // and not stored again since

	looking bool
	found   []soon.Entry
	hidden  map[soon.Entry]bool // from the look: they were at work when it began, or later
	until   int64
}

func newWorld() *world {
	return &world{table: map[string]int64{}, list: soon.New(size), known: map[soon.Entry]bool{}, atWork: map[soon.Entry]bool{},
		told: map[soon.Entry]bool{}}
}

func (w *world) put(t *rapid.T) soon.Entry {
	e := soon.Entry{At: w.now + rapid.Int64Range(-2, 8).Draw(t, "at"), Handoff: fmt.Sprint(rapid.IntRange(1, 30).Draw(t, "handoff"))}
	if at, ok := w.table[e.Handoff]; ok {
		delete(w.known, soon.Entry{At: at, Handoff: e.Handoff})
	}
	if w.atWork[e] { // whoever is at work on it holds its lock, and stores something later
		e.At = w.now + 9
	}
	w.table[e.Handoff] = e.At
	delete(w.told, e)
	return e
}

func (w *world) look() {
	w.list.Look()
	w.looking, w.found, w.hidden, w.until = true, nil, maps.Clone(w.atWork), w.now+10
	for id, at := range w.table {
		if at <= w.until {
			w.found = append(w.found, soon.Entry{At: at, Handoff: id})
		}
	}
	slices.SortFunc(w.found, func(a, b soon.Entry) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Handoff, b.Handoff)) })
	w.found = w.found[:min(size, len(w.found))]
}

func (w *world) endLook() {
	w.list.Found(w.found, w.until)
	for _, e := range w.found {
		if at, ok := w.table[e.Handoff]; ok && at == e.At && !w.hidden[e] {
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
		if e.At > until || w.atWork[e] || w.told[e] {
			t.Fatalf("%v was taken at %d; at work: %t; told already: %t", e, until, w.atWork[e], w.told[e])
		}
		delete(w.known, e)
		w.atWork[e] = true
		if w.looking {
			w.hidden[e] = true
		}
	}
	return len(taken)
}

// done ends all work: what it was about has been told, or is in the table still.
func (w *world) done(told bool) {
	for e := range w.atWork {
		if told && w.table[e.Handoff] == e.At {
			delete(w.table, e.Handoff)
			w.told[e] = true
		}
	}
	w.list.Done(slices.Collect(maps.Keys(w.atWork)))
	clear(w.atWork)
}

// TestNothingIsLostBetweenTheTableAndTheList has looks overlap with what is stored and taken meanwhile, and with the work on it.
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
			"done": func(t *rapid.T) { w.done(rapid.Bool().Draw(t, "told")) },
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

// TestWhatIsAtWorkIsNotFoundAgain has a look begin before the work is done, or before it began, and end after.
func TestWhatIsAtWorkIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	e := soon.Entry{At: 5, Handoff: "a"}
	for name, first := range map[string]string{"the look": "look", "the work": "take"} {
		l := soon.New(size)
		l.Look()
		l.Found([]soon.Entry{e}, 10)
		if first == "look" {
			l.Look()
		}
		taken := l.Take(5, 1)
		if len(taken) != 1 {
			t.Fatalf("took %v, want %v", taken, e)
		}
		if first == "take" {
			l.Look()
		}
		l.Done(taken)
		l.Found([]soon.Entry{e}, 10)
		if taken := l.Take(10, 1); len(taken) != 0 {
			t.Errorf("%s began first: %v was taken again", name, taken)
		}
		l.Look()
		l.Found([]soon.Entry{e}, 10)
		if taken := l.Take(10, 1); len(taken) != 1 {
			t.Errorf("%s began first: what is left in the table was not found by a look that began later", name)
		}
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
		if got := l.Short(); got != want {
			t.Errorf("with %d of %d taken, short is %t", taken, size, got)
		}
		l.Take(100, 1)
	}
	l.Look()
	l.Found(nil, 100)
	if l.Short() {
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
