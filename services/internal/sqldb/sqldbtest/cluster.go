package sqldbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNoBinaries says that this machine has no PostgreSQL server.
var errNoBinaries = errors.New("no PostgreSQL server binaries found")

// startLimit is how long a new cluster may take to answer, on a machine that has much else to do.
const startLimit = 5 * time.Minute

// The keeper owns the server: a shell that waits for the end of its standard
// input, which the test process holds open, then stops the server and removes
// the files. So they go when the test process ends in whatever way. It ignores
// the signals of a terminal, which are for the test process.
const keeper = `
trap '' INT TERM HUP
"$1/postgres" -D "$2/data" -k "$2" -h '' \
	-c max_connections=300 -c max_wal_size=4GB -c logging_collector=off $3 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
`

// Settings of servers: one forgets when the machine stops, and is faster for it; the other keeps what it confirms.
const (
	forgetful = `-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum_naptime=5s -c shared_buffers=64MB`
	durable   = `-c shared_buffers=1GB`
)

// startCluster makes a cluster, starts its server and gives the URL of its
// maintenance database. The server lives until the keeper is closed or, with
// the process, let go.
func startCluster(settings string) (where string, keeper io.Closer, err error) {
	bin, err := binaries()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp(shortTemp(), "handoff-pg-")
	if err != nil {
		return "", nil, err
	}
	if err := initCluster(bin, dir); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	keeper, err = startKeeper(bin, dir, settings)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	u := url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"postgres"}}.Encode()}
	return u.String(), keeper, awaitCluster(u.String(), dir)
}

func initCluster(bin, dir string) error {
	attr, err := unprivileged(dir)
	if err != nil {
		return err
	}
	//nolint:gosec // the programs of an installed PostgreSQL
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"),
		"-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// startKeeper starts the keeper and gives the writing end of its input.
func startKeeper(bin, dir, settings string) (io.Closer, error) {
	attr, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	//nolint:gosec // the same
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", keeper, "sh", bin, dir, settings)
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = dir, attr, log, log
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return input, cmd.Start()
}

// awaitCluster waits until the server answers.
func awaitCluster(where, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, where)
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return fmt.Errorf("server does not answer: %w\n%s", err, log)
		}
		time.Sleep(5 * time.Millisecond) // another process starts: there is no event to wait for
	}
}

// binaries gives the directory of the newest PostgreSQL server.
func binaries() (string, error) {
	newest := ""
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin/initdb",         // Debian
		"/usr/pgsql-*/bin/initdb",                  // Red Hat
		"/opt/homebrew/opt/postgresql*/bin/initdb", // macOS
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, initdb := range found {
			newest = max(newest, initdb) // two-digit versions sort as text
		}
	}
	if newest != "" {
		return filepath.Dir(newest), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	return "", errNoBinaries
}

// shortTemp is a directory whose names are short enough for a Unix socket,
// which takes some 100 bytes.
func shortTemp() string {
	if dir := os.TempDir(); len(dir) < 60 {
		return dir
	}
	return "/tmp"
}
