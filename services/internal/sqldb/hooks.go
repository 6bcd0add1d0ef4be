package sqldb

import "context"

// Stage orders the hooks of a transaction. One of a later stage runs when none
// of an earlier one is left, however late that was registered: so what many
// transactions want, they lock in one order, and for the shortest time.
type Stage uint8

// The stages.
const (
	Changing Stage = iota // changes rows like the function of a transaction does
	Summing               // adds up what all changes mean together
	Telling               // appends to what every transaction appends to
	stages
)

// BeforeCommit has fn run at the end of the transaction, after the buffered
// rows were written: what must hold a lock for the shortest time belongs here.
// Hooks of a stage run in order of registration; a hook may write, buffer rows
// and register further hooks. An error of a hook undoes the transaction.
//
// In a Group a hook runs after the functions of all members.
func (tx *Tx) BeforeCommit(fn func(ctx context.Context) error) {
	tx.BeforeCommitIn(Changing, fn)
}

// BeforeCommitIn is BeforeCommit in a stage; BeforeCommit is the first one.
func (tx *Tx) BeforeCommitIn(stage Stage, fn func(ctx context.Context) error) {
	if tx.writable() != nil {
		return
	}
	tx.dirty = true
	tx.before[stage] = append(tx.before[stage], fn)
}

// AfterCommit has fn run once the transaction is committed and its connection
// given back, before InTx or Group returns: a hint to others, lost when the
// process dies. It does not run when the outcome is unknown.
func (tx *Tx) AfterCommit(fn func()) {
	if tx.writable() != nil {
		return
	}
	tx.dirty = true
	tx.after = append(tx.after, fn)
}

// Local is a value of which every transaction has its own. What gathers work
// during a transaction keeps it there and does it once, in BeforeCommit, for
// all members of a Group together:
//
//	pending, fresh := log.pending.In(tx)
//	if fresh {
//		tx.BeforeCommit(func(ctx context.Context) error { return log.append(ctx, tx, *pending) })
//	}
//	*pending = append(*pending, events...)
//
// The zero Local is ready; its address is its identity.
type Local[T any] struct {
	_ byte // two variables without a size may share an address
}

// In gives the value of tx, zero at first; fresh reports whether this call made
// it.
func (l *Local[T]) In(tx *Tx) (value *T, fresh bool) {
	tx.dirty = true
	if v, ok := tx.locals[l]; ok {
		return v.(*T), false
	}
	if tx.locals == nil {
		tx.locals = make(map[any]any)
	}
	value = new(T)
	tx.locals[l] = value
	return value, true
}

// finish writes the buffered rows and runs the hooks of BeforeCommit.
func (tx *Tx) finish() error {
	if err := tx.flush(tx.run, len(tx.buffers)); err != nil {
		return err
	}
	for stage := Changing; stage < stages; {
		if len(tx.before[stage]) == 0 {
			stage++
			continue
		}
		hook := tx.before[stage][0]
		tx.before[stage], stage = tx.before[stage][1:], Changing // a hook may add hooks
		if err := hook(tx.run); err != nil {
			return tx.fail(err)
		}
		if err := tx.flush(tx.run, len(tx.buffers)); err != nil {
			return err
		}
	}
	return nil
}

// told runs the hooks of AfterCommit.
func (tx *Tx) told() {
	for _, fn := range tx.after {
		fn()
	}
}
