package sqldb

import (
	"context"
	"database/sql"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"
)

// maxStatements is how many prepared statements a connection keeps.
const maxStatements = 256

// sqliteConn is a connection of its own that keeps its prepared statements:
// preparing costs SQLite more than running.
//
// Transactions are begun by statements, not by database/sql, whose statements
// are prepared anew for every transaction.
type sqliteConn struct {
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	unique map[string]string
	home   chan *sqliteConn // where it goes when the session ends
	mode   mode
}

func (c *sqliteConn) begin(ctx context.Context) error {
	switch c.mode {
	case writing:
		_, err := c.exec(ctx, "BEGIN IMMEDIATE", nil)
		return err
	case snapshot:
		_, err := c.exec(ctx, "BEGIN", nil)
		return err
	default:
		return nil
	}
}

func (c *sqliteConn) exec(ctx context.Context, query string, args []any) (int64, error) {
	stmt, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept for the connection's life
	if err != nil {
		return 0, c.explain(err)
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, c.explain(err)
	}
	return result.RowsAffected()
}

func (c *sqliteConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	stmt, err := c.prepared(ctx, query) //nolint:sqlclosecheck // kept for the connection's life
	if err != nil {
		return nil, c.explain(err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, c.explain(err)
}

func (c *sqliteConn) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := c.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(ctx, anonymous(query))
	if err != nil {
		return nil, err
	}
	if len(c.stmts) >= maxStatements {
		for old, stmt := range c.stmts { // any one: the hot ones are back soon
			delete(c.stmts, old)
			_ = stmt.Close()
			break
		}
	}
	c.stmts[query] = stmt
	return stmt, nil
}

// probe writes the first page as it is: a small commit that needs all that a
// large one needs.
func (c *sqliteConn) probe(ctx context.Context) error {
	_, err := c.conn.ExecContext(ctx, "PRAGMA user_version = 0")
	return err
}

func (c *sqliteConn) commit() error {
	_, err := c.exec(context.Background(), "COMMIT", nil)
	switch {
	case err == nil:
		c.home <- c
	case definite(err):
		c.rollback()
	default:
		c.drop()
		c.home <- nil
	}
	return err
}

func (c *sqliteConn) rollback() {
	if c.mode != single {
		// SQLite has already rolled back after a full disk and its like; then
		// this fails and the connection starts anew.
		if _, err := c.exec(context.Background(), "ROLLBACK", nil); err != nil {
			c.drop()
			c.home <- nil
			return
		}
	}
	c.home <- c
}

// drop closes the connection, which rolls back what is open on it.
func (c *sqliteConn) drop() {
	c.closeStatements()
	forget(c.conn)
}

// close gives the connection back to the pool, which is closed next.
func (c *sqliteConn) close() error {
	c.closeStatements()
	return c.conn.Close()
}

// closeStatements closes what SQLite needs closed before a connection, which
// otherwise lives on, with its locks. database/sql does not for a sql.Conn.
func (c *sqliteConn) closeStatements() {
	for _, stmt := range c.stmts {
		_ = stmt.Close() // gives the error of its last run
	}
}

// explain gives a violated unique index its name.
func (c *sqliteConn) explain(err error) error {
	code, ok := sqliteCode(err)
	if !ok {
		return err
	}
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return &UniqueError{Index: c.indexOf(err.Error()), err: err}
	default:
		return err
	}
}

// indexOf finds the index in SQLite's message, which names either the index
// ("index 'lead_mail'") or its columns ("lead.source, lead.source_id").
func (c *sqliteConn) indexOf(message string) string {
	_, what, _ := strings.Cut(message, "UNIQUE constraint failed: ")
	what, _, _ = strings.Cut(what, " (")
	if name, ok := strings.CutPrefix(what, "index '"); ok {
		return strings.TrimSuffix(name, "'")
	}
	if name, ok := c.unique[what]; ok {
		return name
	}
	return what
}

// uniqueNames reads the names of all unique indexes by their columns. Those
// that have none of their own are called as PostgreSQL would call them.
func uniqueNames(ctx context.Context, pool *sql.DB) (map[string]string, error) {
	rows, err := pool.QueryContext(ctx, `
		SELECT t.name, i.name, i.origin,
			(SELECT group_concat(c.name, ', ' ORDER BY c.seqno) FROM pragma_index_info(i.name) c)
		FROM sqlite_schema t JOIN pragma_index_list(t.name) i
		WHERE t.type = 'table' AND i."unique" = 1
		UNION ALL
		SELECT t.name, '', 'pk', group_concat(c.name, ', ' ORDER BY c.pk)
		FROM sqlite_schema t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND c.pk > 0
		GROUP BY t.name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := make(map[string]string)
	for rows.Next() {
		var table, index, origin string
		var columns sql.NullString // NULL for an index on an expression
		if err := rows.Scan(&table, &index, &origin, &columns); err != nil {
			return nil, err
		}
		switch origin {
		case "pk":
			index = table + "_pkey"
		case "u":
			index = table + "_" + strings.ReplaceAll(columns.String, ", ", "_") + "_key"
		}
		names[table+"."+strings.ReplaceAll(columns.String, ", ", ", "+table+".")] = index
	}
	return names, rows.Err()
}
