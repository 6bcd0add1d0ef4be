// Package trial gives handoffs that never were to reps, by the rules that give real ones, and says who would have had how
// many. It reads and writes nothing.
//
//	Begin, Begin, … ─▶ somebody there? ─ yes ─▶ settled
//	                          │ no       ▲
//	                          ▼          │ somebody comes on shift, or gives one back
//	                       waiting ──────┘
//
// Time is that of the handoffs: between two of them it passes, reps come on shift, and what they hold is closed, at the
// instant that is known or else after as long as handoffs usually stay. The desk places as it always does; only the
// answers of reps are not played: nobody declines.
//
// # Invariants
//
//   - Each handoff is settled once, at the latest by [Trial.End].
//   - Whoever waits is served in the order of tier, time and number, and never before the time that the desk promised.
package trial

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
)

// Handoff is one that would begin.
type Handoff struct {
	Number   int64
	At       time.Time
	Rank     int64 // of its tier in the line of those who wait
	Lead     dispatch.Lead
	ClosesAt time.Time // zero: after as long as handoffs usually stay
}

// Settled is what became of one.
type Settled struct {
	Number int64
	dispatch.Placement
	At       time.Time // zero if nobody got it
	Held     bool      // whether it had to wait
	Calendar string    // by which the rep works; empty for the playbook's
}

// Trial is a desk over time. Make one with [New].
type Trial struct {
	desk    *dispatch.Desk
	stays   time.Duration
	now     time.Time
	leaving leaving
	waiting []*wait // in the order in which they are served
	due     time.Time
	settled []Settled
}

// wait is a handoff that waits; it is looked at when it is due, and when somebody who could take it is free again.
type wait struct {
	Handoff
	due time.Time // zero: not known
}

// New begins a trial at a desk, where handoffs usually stay so long.
func New(desk *dispatch.Desk, stays time.Duration) *Trial {
	return &Trial{desk: desk, stays: stays}
}

// Begin lets a handoff begin. It must not be before the one before.
func (r *Trial) Begin(h Handoff) error {
	if err := r.pass(h.At); err != nil {
		return err
	}
	r.move(h.At)
	hold, err := r.place(&wait{Handoff: h}, false)
	if hold == nil || err != nil {
		return err
	}
	w := &wait{Handoff: h, due: hold.Next}
	at, _ := slices.BinarySearchFunc(r.waiting, w, before)
	r.waiting = slices.Insert(r.waiting, at, w)
	r.lookFor(w.due)
	return nil
}

// End lets time pass, and settles whatever still waits then as held.
func (r *Trial) End(at time.Time) error {
	if err := r.pass(at); err != nil {
		return err
	}
	for _, w := range r.waiting {
		r.settled = append(r.settled, Settled{Number: w.Number, Held: true})
	}
	r.waiting = nil
	return nil
}

// Settled are those that were settled since the last time.
func (r *Trial) Settled() []Settled {
	settled := r.settled
	r.settled = nil
	return settled
}

// before orders those who wait.
func before(a, b *wait) int {
	return cmp.Or(cmp.Compare(a.Rank, b.Rank), a.At.Compare(b.At), cmp.Compare(a.Number, b.Number))
}

func (r *Trial) move(to time.Time) {
	if !to.Equal(r.now) {
		r.now = to
		r.desk.Move(to)
	}
}

// pass lets time pass up to an instant.
func (r *Trial) pass(to time.Time) error {
	for {
		closes := len(r.leaving) > 0 && !r.leaving[0].at.After(to)
		opens := !r.due.IsZero() && !r.due.After(to)
		var err error
		switch {
		case closes && (!opens || !r.leaving[0].at.After(r.due)):
			err = r.close()
		case opens:
			r.move(r.due)
			err = r.serve(func(w *wait) bool { return !w.due.IsZero() && !w.due.After(r.now) }, func() bool { return false })
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// close lets a rep give the next handoff back. Who was full may take one that waits.
func (r *Trial) close() error {
	l, _ := heap.Pop(&r.leaving).(held)
	r.move(l.at)
	rep := r.desk.Rep(l.rep)
	full := rep.Full()
	rep.Give()
	if !full {
		return nil
	}
	return r.serve(func(w *wait) bool { return r.desk.Suits(l.rep, w.Lead) && r.serves(l.rep, w.Lead) }, rep.Full)
}

// serves says whether a rep is one of those that a lead is given to.
func (r *Trial) serves(rep string, l dispatch.Lead) bool {
	if l.Owner == rep || l.Fallback.Rep == rep {
		return true
	}
	if last := r.desk.Pool(l.Fallback.Pool); last != nil && last.Has(rep) {
		return true
	}
	id := l.Pool
	for overflows := 0; id != "" && overflows <= l.Overflow; overflows++ {
		pool := r.desk.Pool(id)
		if pool == nil {
			return false
		}
		if pool.Has(rep) {
			return true
		}
		id = pool.Overflow
	}
	return false
}

// serve tries to place those who wait and are wanted, in their order, until it is enough.
func (r *Trial) serve(wanted func(*wait) bool, enough func() bool) error {
	rest := r.waiting[:0]
	r.due = time.Time{}
	for i, w := range r.waiting {
		if enough() {
			for _, w := range r.waiting[i:] {
				r.lookFor(w.due)
			}
			rest = append(rest, r.waiting[i:]...)
			break
		}
		if wanted(w) {
			hold, err := r.place(w, true)
			if err != nil {
				return err
			}
			if hold == nil {
				continue
			}
			w.due = hold.Next
		}
		r.lookFor(w.due)
		rest = append(rest, w)
	}
	r.waiting = rest
	return nil
}

// lookFor makes sure that those who wait are looked at by an instant, if it is one to come.
func (r *Trial) lookFor(due time.Time) {
	if due.After(r.now) && (r.due.IsZero() || due.Before(r.due)) {
		r.due = due
	}
}

// place gives a handoff to a rep, or says why it must wait.
func (r *Trial) place(w *wait, waited bool) (*dispatch.Hold, error) {
	placed, hold, err := r.desk.Place(w.Lead)
	if hold != nil || err != nil {
		return hold, err
	}
	placed.Trail = nil // nobody asks, and it would keep the search
	r.settled = append(r.settled, Settled{Number: w.Number, Placement: placed, At: r.now, Held: waited, Calendar: r.desk.Calendar(placed.Rep, w.Lead)})
	closes := w.ClosesAt
	if !closes.After(r.now) {
		closes = r.now.Add(r.stays)
	}
	heap.Push(&r.leaving, held{placed.Rep, closes})
	return nil, nil
}

// held is a handoff that a rep has until an instant.
type held struct {
	rep string
	at  time.Time
}

// leaving is a heap of what reps have, by when they give it back.
type leaving []held

func (l leaving) Len() int { return len(l) }
func (l leaving) Less(i, j int) bool {
	return l[i].at.Before(l[j].at) || l[i].at.Equal(l[j].at) && l[i].rep < l[j].rep
}
func (l leaving) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

// Push implements heap.Interface.
func (l *leaving) Push(x any) {
	if h, ok := x.(held); ok {
		*l = append(*l, h)
	}
}

// Pop implements heap.Interface.
func (l *leaving) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
