package sqldb

import "sync/atomic"

// Stats is what a database has written since it was opened.
type Stats struct {
	Commits int64 // write transactions that were committed
	Rows    int64 // rows that these wrote, changed or removed, each time that they did
}

// Stats says what has been written. Rows per commit is how well callers share their transactions.
func (db *DB) Stats() Stats {
	return Stats{Commits: db.tally.commits.Load(), Rows: db.tally.rows.Load()}
}

// tally counts what is written.
type tally struct {
	commits, rows atomic.Int64
}

// add counts a transaction that was committed.
func (t *tally) add(tx *Tx) {
	if tx.mode == writing {
		t.commits.Add(1)
		t.rows.Add(tx.wrote)
	}
}
