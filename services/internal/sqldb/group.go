package sqldb

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// groupSize is how many callers share a transaction at most. It bounds how long
// a batch keeps other writers out.
const groupSize = 256

// Group is InTx for many callers at once: those who come while a transaction is
// running share the next one, and its commit. Each call answers as its own InTx
// would have:
//
//   - The functions run one after another in the order of the calls, each in
//     its caller's goroutine, and see what those before them wrote.
//   - All are answered after the common commit. Its ErrCommitUnknown, or a
//     database that is not there, is everybody's answer.
//   - A member that fails harms nobody. If it has written nothing, the others
//     go on. If it has, or if it broke the commit, the transaction is undone
//     and the members run again in smaller ones: in order, without the guilty
//     one's company, which at last runs alone and gets its own error.
//   - A member that panics is undone alike and does not run again.
//   - A lone caller waits for nobody: the first call begins at once, and a
//     batch is whoever waits at the moment when its transaction has begun, up
//     to 256.
//   - A caller whose ctx ends while it waits leaves; nothing of it happened.
//     Once its transaction has begun it stays to the end.
//
// A function may therefore run several times, and only the last run counts, as
// with InTx. Reads of rows that an earlier member buffered write these first;
// members that only insert are written together.
func (db *DB) Group(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Value(inside{db}) != nil {
		return ErrNested
	}
	m := &member{
		ctx:    context.WithValue(context.WithoutCancel(ctx), inside{db}, true),
		fn:     fn,
		turns:  make(chan *Tx),
		ended:  make(chan ending),
		answer: make(chan answer, 1),
	}
	db.group.join(m)
	return m.wait(ctx, &db.group)
}

// group is the queue of a database and the one goroutine that serves it while
// anybody waits:
//
//	Group ──join──▶ queue ──take──▶ batch ──turns──▶ member runs fn
//	  ▲                                              │ ended
//	  └──────────────── answer ◀── commit ◀──────────┘
type group struct {
	db *DB

	mu      sync.Mutex
	queue   []*member
	serving bool
}

// member is one call of Group.
type member struct {
	ctx    context.Context
	fn     func(ctx context.Context, tx *Tx) error
	turns  chan *Tx    // has it run fn
	ended  chan ending // tells how fn ended
	answer chan answer // ends the call
	err    error       // what fn gave in the running transaction
}

// ending is how a member's function ended.
type ending struct {
	err  error
	gone bool // it panicked or left its goroutine: there is nobody to answer
}

// answer ends a call.
type answer struct {
	err      error
	panicked any // a hook's panic, which goes on in the callers
}

// wait runs the member's turns until it is answered.
func (m *member) wait(ctx context.Context, g *group) error {
	left := ctx.Done()
	for {
		select {
		case tx := <-m.turns:
			m.turn(tx)
		case a := <-m.answer:
			if a.panicked != nil {
				panic(a.panicked)
			}
			return a.err
		case <-left:
			if g.leave(m) {
				return ctx.Err()
			}
			left = nil // too late: its transaction runs
		}
	}
}

// turn runs fn in tx. When fn panics or leaves, that goes on once the
// transaction is undone.
func (m *member) turn(tx *Tx) {
	end := ending{gone: true}
	defer func() {
		m.ended <- end
		if end.gone {
			<-m.answer
		}
	}()
	ctx, cancel := m.ctx, context.CancelFunc(func() {})
	if deadline, ok := tx.run.Deadline(); ok {
		ctx, cancel = context.WithDeadline(ctx, deadline)
	}
	defer cancel()
	end = ending{err: m.fn(ctx, tx)}
}

// join queues a member and sees that somebody serves.
func (g *group) join(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.queue = append(g.queue, m)
	if !g.serving {
		g.serving = true
		go g.serve()
	}
}

// leave takes a member out of the queue, unless it was taken already.
func (g *group) leave(m *member) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, m)
	if i < 0 {
		return false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	return true
}

// take gives the next batch.
func (g *group) take() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.queue), groupSize)
	batch := slices.Clone(g.queue[:n])
	g.queue = slices.Delete(g.queue, 0, n)
	return batch
}

// idle ends the service when nobody waits.
func (g *group) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.serving = len(g.queue) > 0
	return !g.serving
}

// serve runs batches until nobody waits.
func (g *group) serve() {
	for !g.idle() {
		g.settle(g.run(nil))
	}
}

// again runs members of a failed batch in a transaction of their own.
func (g *group) again(members []*member) {
	if len(members) > 0 {
		g.settle(g.run(members))
	}
}

// settle answers the members of a batch that has run, or runs them again in
// smaller ones.
func (g *group) settle(b batch) {
	switch n := len(b.members); {
	case b.err == nil:
		for _, m := range b.members {
			m.answer <- answer{err: m.err}
		}
	case b.gone:
		b.members[b.guilty].answer <- answer{}
		g.again(b.members[:b.guilty])
		g.again(b.members[b.guilty+1:])
	case b.guilty >= 0 && n > 1:
		g.again(b.members[:b.guilty])
		g.again(b.members[b.guilty : b.guilty+1])
		g.again(b.members[b.guilty+1:])
	case n > 1 && b.panicked == nil && !shared(b.err): // the commit failed by somebody's doing
		g.again(b.members[:n/2])
		g.again(b.members[n/2:])
	default:
		for _, m := range b.members {
			m.answer <- answer{err: b.err, panicked: b.panicked}
		}
	}
}

// batch is the members of one transaction and how that ended.
type batch struct {
	members  []*member
	err      error // why nothing was committed
	guilty   int   // the member whose doing that is, or -1
	gone     bool  // the guilty one panicked or left: it does not run again
	panicked any   // what a hook panicked with
}

// errGone undoes the transaction of a member that panicked or left.
var errGone = errors.New("member is gone")

// run runs members in one transaction; nil takes a batch from the queue once
// the transaction has begun.
func (g *group) run(members []*member) (b batch) {
	b = batch{members: members, guilty: -1}
	taken := members != nil
	defer func() {
		if p := recover(); p != nil {
			b.err = fmt.Errorf("hook panicked: %v", p)
			b.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
		}
	}()
	b.err = g.db.InTx(context.Background(), func(_ context.Context, tx *Tx) error {
		if !taken {
			b.members, taken = g.take(), true
		}
		return b.turns(tx)
	})
	if !taken {
		b.members = g.take() // it could not even begin
	}
	return b
}

// turns lets each member run its function in tx.
func (b *batch) turns(tx *Tx) error {
	if b.gone { // this is another attempt after a lost race
		return errGone
	}
	b.guilty = -1
	for i, m := range b.members {
		tx.dirty = false
		m.turns <- tx
		end := <-m.ended
		m.err = end.err
		if err := b.judge(tx, i, end); err != nil {
			return err
		}
	}
	return nil
}

// judge gives the error that undoes the transaction after the turn of the i-th
// member: none when its function succeeded, or failed before it wrote anything.
func (b *batch) judge(tx *Tx, i int, end ending) error {
	switch {
	case end.gone:
		b.guilty, b.gone = i, true
		return errGone
	case shared(tx.failed):
		return tx.failed
	case tx.failed != nil && end.err == nil:
		b.guilty = i
		return tx.failed
	case end.err != nil && (tx.failed != nil || tx.dirty):
		b.guilty = i
		return end.err
	default:
		return nil
	}
}

// shared reports whether an error of the database is nobody's doing, so that
// running in smaller transactions would not help.
func shared(err error) bool { return IsUnavailable(err) || IsSerialization(err) }
