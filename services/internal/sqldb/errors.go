package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/handoffhq/handoff/services/internal/dirlock"
)

var (
	// ErrNoRows is what Scan gives when QueryRow found nothing.
	ErrNoRows = sql.ErrNoRows
	// ErrCommitUnknown says that COMMIT was sent and no clear answer came: the
	// transaction may have happened or not. Look, or repeat what is idempotent.
	ErrCommitUnknown = errors.New("outcome of commit unknown")
	// ErrNested refuses to use a DB inside one of its own transactions, which
	// would wait for itself. Use the Tx at hand.
	ErrNested = errors.New("database used inside its own transaction")
	// ErrBusyRows refuses a statement while the rows of another one are still
	// being read in the same transaction.
	ErrBusyRows = errors.New("statement inside the loop over another one's rows")
	// ErrReadOnly refuses to write in a Read, and to a database that takes no
	// writes at present, such as a standby.
	ErrReadOnly = errors.New("read-only")
	// ErrTxDone refuses to use a Tx after its function returned.
	ErrTxDone = errors.New("transaction is over")
	// ErrClosed refuses to use a DB after Close.
	ErrClosed = errors.New("database is closed")
	// ErrLocked says that another process uses the database's directory.
	ErrLocked = dirlock.ErrHeld
)

// UniqueError says that a row would stand twice under a unique index.
type UniqueError struct {
	// Index is the name of the unique index or constraint. What was declared
	// without a name is called as PostgreSQL would call it, on both databases:
	// lead_pkey, lead_email_key.
	Index string
	err   error
}

// Error names the index, never the values.
func (e *UniqueError) Error() string { return "duplicate under unique index " + e.Index }

// Unwrap gives the driver's error.
func (e *UniqueError) Unwrap() error { return e.err }

// IsUnique reports whether err is a violated unique index or primary key: any,
// or one of the named ones.
func IsUnique(err error, index ...string) bool {
	unique, ok := errors.AsType[*UniqueError](err)
	return ok && (len(index) == 0 || slices.Contains(index, unique.Index))
}

// IsSerialization reports whether the transaction lost a race against another
// one (serialization failure, deadlock): nothing happened, and the same again
// may succeed. InTx and Group have then already tried several times.
func IsSerialization(err error) bool {
	state := sqlState(err)
	return (state == "40001" || state == "40P01") && !errors.Is(err, ErrCommitUnknown)
}

// IsUnavailable reports whether the database, and not the request, is at fault
// and may recover by itself: not reachable, shutting down, out of space or
// connections, read-only, locked by a foreign process, closed, silent for too
// long, or silent about a COMMIT.
func IsUnavailable(err error) bool {
	if errors.Is(err, ErrCommitUnknown) || errors.Is(err, ErrClosed) || errors.Is(err, ErrReadOnly) {
		return true
	}
	if code, ok := sqliteCode(err); ok {
		return sqliteUnavailable(code)
	}
	if state := sqlState(err); state != "" {
		return postgresUnavailable(state)
	}
	return connectionLost(err)
}

// connectionLost reports whether err tells of a broken or refused connection
// without a word from the server.
func connectionLost(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	for _, lost := range []error{driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, lost) {
			return true
		}
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return !errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err)
	}
	return pgconn.Timeout(err)
}

// sqliteUnavailable sorts SQLite's result codes.
func sqliteUnavailable(code int) bool {
	switch code & 0xff { // the low byte is the class of an extended code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL,
		sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return true
	default:
		return false
	}
}

// postgresUnavailable sorts PostgreSQL's SQLSTATE codes.
func postgresUnavailable(state string) bool {
	switch state {
	case "25006", // read_only_sql_transaction
		"25P03", // idle_in_transaction_session_timeout
		"55P03", // lock_not_available
		"57014": // query_canceled, by a time limit
		return true
	}
	switch state[:2] {
	case "08", // connection exception
		"53", // out of space, memory or connections
		"57", // shutting down or starting up
		"58": // system error, such as I/O
		return true
	default:
		return false
	}
}

// definite reports whether an error of COMMIT proves that nothing happened.
// Everything else, silence above all, leaves the outcome open.
func definite(err error) bool {
	if errors.Is(err, pgx.ErrTxCommitRollback) {
		return true
	}
	if code, ok := sqliteCode(err); ok {
		class := code & 0xff
		return class == sqlite3.SQLITE_CONSTRAINT || class == sqlite3.SQLITE_BUSY
	}
	state := sqlState(err)
	return strings.HasPrefix(state, "23") || state == "40001" || state == "40P01"
}

// sqliteCode is the extended result code of an error of SQLite.
func sqliteCode(err error) (int, bool) {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code(), true
	}
	return 0, false
}

// sqlState is the SQLSTATE of an error of PostgreSQL, or "".
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && len(e.Code) == 5 {
		return e.Code
	}
	return ""
}
