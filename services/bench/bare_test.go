package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite"

	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// row is what a row of the references weighs.
var row = bytes.Repeat([]byte("x"), 200)

// writeAlone writes as many rows as a suite did, for each service over a connection of its own, in batches as large.
func writeAlone(b *testing.B, database string, written map[string]volume) {
	b.Helper()
	if len(written) == 0 {
		b.Skip("the suite was not measured")
	}
	open := openPostgres
	if database == "sqlite" {
		open = openSQLite
	}
	write := open(b, len(written))
	b.ResetTimer()
	var all errgroup.Group
	for i, v := range values(written) {
		all.Go(func() error {
			left, batch := int(math.Ceil(v.rows*float64(b.N))), int(math.Ceil(v.rows/v.commits))
			for id := 0; left > 0; id += batch {
				n := min(batch, left)
				if err := write(b.Context(), i, id, n); err != nil {
					return err
				}
				left -= n
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handoffs/s")
}

func values(written map[string]volume) []volume {
	var all []volume
	for _, v := range written {
		all = append(all, v)
	}
	return all
}

// writer writes n rows from an id on, in one transaction over the i-th connection.
type writer func(ctx context.Context, i, id, n int) error

func openPostgres(b *testing.B, connections int) writer {
	b.Helper()
	url := sqldbtest.Durable(b)
	all := make([]*pgx.Conn, connections)
	for i := range all {
		conn, err := pgx.Connect(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close(context.Background()) })
		if _, err := conn.Exec(b.Context(), fmt.Sprintf("CREATE TABLE bare%d (id bigint PRIMARY KEY, doc bytea NOT NULL)", i)); err != nil {
			b.Fatal(err)
		}
		all[i] = conn
	}
	return func(ctx context.Context, i, id, n int) error {
		ids, docs := make([]int64, n), make([][]byte, n)
		for j := range n {
			ids[j], docs[j] = int64(id+j), row
		}
		_, err := all[i].Exec(ctx, fmt.Sprintf("INSERT INTO bare%d SELECT * FROM unnest($1::bigint[], $2::bytea[])", i), ids, docs)
		return err
	}
}

func openSQLite(b *testing.B, files int) writer {
	b.Helper()
	all := make([]*sql.DB, files)
	for i := range all {
		// As the suite opens its files.
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		if err != nil {
			b.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		b.Cleanup(func() { _ = db.Close() })
		if _, err := db.ExecContext(b.Context(), "CREATE TABLE bare (id INTEGER PRIMARY KEY, doc BLOB NOT NULL) STRICT"); err != nil {
			b.Fatal(err)
		}
		all[i] = db
	}
	const most = 1000 // rows of one statement
	return func(ctx context.Context, i, id, n int) error {
		tx, err := all[i].BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // nothing to roll back after a commit
		for from := 0; from < n; from += most {
			rows := min(most, n-from)
			args := make([]any, 0, 2*rows)
			for j := range rows {
				args = append(args, id+from+j, row)
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO bare VALUES "+strings.Repeat("(?, ?), ", rows-1)+"(?, ?)", args...); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
}

// BenchmarkCommits commits handoffs of three rows on SQLite, ten at a time.
func BenchmarkCommits(b *testing.B) {
	write := openSQLite(b, 1)
	b.ResetTimer()
	for id := 0; id < 3*b.N; id += 30 {
		if err := write(b.Context(), 0, id, 30); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handoffs/s")
}

// BenchmarkPgbench has pgbench run transactions of three INSERTs from 32 clients, for a few seconds.
func BenchmarkPgbench(b *testing.B) {
	program, err := exec.LookPath("pgbench")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
		if len(found) == 0 {
			b.Skip("there is no pgbench on this machine")
		}
		program = found[len(found)-1]
	}
	url := sqldbtest.Durable(b)
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	insert := "BEGIN;\n"
	for _, table := range []string{"a", "b", "c"} {
		if _, err := conn.Exec(b.Context(), "CREATE TABLE "+table+" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, doc text NOT NULL)"); err != nil {
			b.Fatal(err)
		}
		insert += fmt.Sprintf("INSERT INTO %s (doc) VALUES ('%s');\n", table, row)
	}
	cmd := exec.CommandContext(b.Context(), program, "-n", "-c", "32", "-j", "2", "-T", "5", "-M", "prepared", "-f", "/dev/stdin", url)
	cmd.Stdin = strings.NewReader(insert + "COMMIT;\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, out)
	}
	_, after, _ := strings.Cut(string(out), "tps = ")
	text, _, _ := strings.Cut(after, " ")
	tps, err := strconv.ParseFloat(text, 64)
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, out)
	}
	b.ReportMetric(tps, "handoffs/s")
}
