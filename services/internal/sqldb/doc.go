// Package sqldb is the storage of every service: one SQL text on SQLite, for
// one process with nothing installed, and on PostgreSQL, for any number of
// replicas. A service owns one file or one schema, and nobody else's.
//
//	db, err := sqldb.Open(ctx, sqldb.Config{Service: "sla", Dir: "data", Migrations: migrations})
//	err = db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
//		_, err := tx.Exec(ctx, `UPDATE clock SET state = $1 WHERE id = $2`, met, id)
//		return err
//	})
//
// # Transactions
//
//	InTx    one write transaction
//	Group   the same, sharing its commit with concurrent callers
//	Read    a read-only snapshot of several statements
//	Query   one statement that reads
//
// A write transaction goes through these stages:
//
//	 wait ───▶ begin ───▶ fn ───▶ buffered rows ───▶ BeforeCommit ───▶ COMMIT ───▶ AfterCommit
//	  │ctx ends  │ from here on    │ error, panic          │ error            │ no answer
//	  ▼          ▼ ctx is ignored  ▼                       ▼                  ▼
//	nothing    nothing         rolled back             rolled back       ErrCommitUnknown
//
// What holds, on both databases alike:
//
//   - A commit that returned nil is on disk: synchronous=FULL on SQLite, and
//     PostgreSQL as its operator set it.
//   - An error other than ErrCommitUnknown means that nothing happened.
//   - A write transaction, once begun, does not end with its caller's context.
//   - A failed statement fails its transaction, even when its error is ignored.
//   - A transaction reads what it wrote, also what is still buffered.
//   - Text is valid UTF-8 without NUL and sorts by bytes; values of a wrong
//     type are refused; what the drivers would store differently is refused
//     before it reaches them.
//   - When the database is unreachable, full or read-only, errors are
//     IsUnavailable, and no restart is needed once it is back.
//
// SQLite has one connection that writes, in immediate transactions, and several
// that read beside it from the write-ahead log. The process holds a lock on the
// directory. PostgreSQL writes at READ COMMITTED and reads snapshots at
// REPEATABLE READ. Its session parameters (search_path, jit = off) are set at
// connect, so a pooler between must keep sessions, or know these parameters.
//
// # One text for both
//
// Placeholders are $1, $2, …. RETURNING, ON CONFLICT, FILTER, windows, row
// values and partial indexes work on both. What does not is found by running
// every test on both, which package sqldbtest does. Times are microseconds,
// booleans and enums small integers, documents text or bytes.
//
// Migrations are goose files, NNNNN_name.sql with "-- +goose Up", in which
// words stand for what the two call differently:
//
//	         SQLite                  PostgreSQL
//	{text}   TEXT                    TEXT COLLATE "C"
//	{int}    INTEGER                 BIGINT
//	{real}   REAL                    DOUBLE PRECISION
//	{bytes}  BLOB                    BYTEA
//	{strict} STRICT                                    at the end of CREATE TABLE
//	{keyed}  STRICT, WITHOUT ROWID                     same; rows lie in the primary key
//	{roomy}  STRICT                 fillfactor of 50   same; each page has room for its rows as they change
//
//	CREATE TABLE clock (id {text} NOT NULL PRIMARY KEY, due {int} NOT NULL) {strict};
//
// A column of {text} sorts by bytes without a word in the query. COLLATE "C"
// is understood by both where an expression needs it, but then SQLite sorts
// without an index. A migration is never edited once it was released.
package sqldb
