package sqldb

import "sync/atomic"

// Stats is what a database has done since it was opened.
type Stats struct {
	Reads   int64 // statements that gave rows to read, whether their transaction was committed or not
	Commits int64 // write transactions that were committed
	Rows    int64 // rows that these wrote, changed or removed, each time that they did
	Races   int64 // write transactions that were undone because they lost a race against another one
}

// Stats says what has been done. Rows per commit is how well callers share their transactions.
func (db *DB) Stats() Stats {
	return Stats{Reads: db.tally.reads.Load(), Commits: db.tally.commits.Load(), Rows: db.tally.rows.Load(), Races: db.tally.races.Load()}
}

// tally counts what is done.
type tally struct {
	reads, commits, rows, races atomic.Int64
}

// add counts a write transaction that was committed.
func (t *tally) add(tx *Tx) {
	if tx.mode == writing {
		t.commits.Add(1)
		t.rows.Add(tx.wrote)
	}
}
