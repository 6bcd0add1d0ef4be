package sqldb

import "context"

// BeforeCommit has fn run at the end of the transaction, after the buffered
// rows were written: what must hold a lock for the shortest time belongs here.
// Hooks run in order of registration; a hook may write, buffer rows and
// register further hooks. An error of a hook undoes the transaction.
//
// In a Group a hook runs after the functions of all members.
func (tx *Tx) BeforeCommit(fn func(ctx context.Context) error) {
	if tx.writable() != nil {
		return
	}
	tx.dirty = true
	tx.before = append(tx.before, fn)
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
	for len(tx.before) > 0 { // a hook may add hooks
		hook := tx.before[0]
		tx.before = tx.before[1:]
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
