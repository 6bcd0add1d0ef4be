package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"sync"
)

// Config says where a service keeps its data.
type Config struct {
	// Service is the name of the schema (PostgreSQL) or of the directory and
	// file (SQLite): a small letter, then small letters, digits and _.
	Service string
	// Dir holds Service/Service.db. URL is a PostgreSQL connection string. One
	// of the two.
	Dir, URL string
	// Migrations holds goose's NNNNN_name.sql files at its root. None means
	// that the database is taken as it is.
	Migrations fs.FS
	// MaxConns is how many connections are open at most, 8 by default: of the
	// pool on PostgreSQL, for reading on SQLite, which has one more to write.
	MaxConns int
	// Logger takes what an operator should see. None by default.
	Logger *slog.Logger
}

// defaultConns suits a process that runs all services beside each other.
const defaultConns = 8

var serviceName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	var errs []error
	if !serviceName.MatchString(c.Service) {
		errs = append(errs, fmt.Errorf("service %q: want a small letter, then small letters, digits and _", c.Service))
	}
	if (c.Dir == "") == (c.URL == "") {
		errs = append(errs, errors.New("want either a directory or a URL"))
	}
	if c.MaxConns < 0 {
		errs = append(errs, fmt.Errorf("max conns %d: want 0 or more", c.MaxConns))
	}
	return errors.Join(errs...)
}

// DB is the database of one service. It is safe for concurrent use.
type DB struct {
	engine engine
	group  group
	tally  tally

	mu     sync.Mutex
	closed bool
	inUse  sync.WaitGroup // transactions that have begun; grows under mu while not closed
}

// Open opens the database of a service and brings it up to the newest
// migration. It waits for a PostgreSQL that is still starting until ctx ends,
// and gives ErrLocked when another process uses the directory.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if cfg.MaxConns == 0 {
		cfg.MaxConns = defaultConns
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Logger = cfg.Logger.With("db.service", cfg.Service)
	open := openSQLite
	if cfg.URL != "" {
		open = openPostgres
	}
	engine, err := open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database of %s: %w", cfg.Service, err)
	}
	db := &DB{engine: engine}
	db.group.db = db
	return db, nil
}

// Dialect names the database.
func (db *DB) Dialect() Dialect { return db.engine.dialect() }

// Healthy reports why the database takes no writes at present, or nil. It asks
// by the way that writes take, so it also fails when the disk is full.
func (db *DB) Healthy(ctx context.Context) error {
	return db.InTx(ctx, func(ctx context.Context, tx *Tx) error { return tx.session.probe(ctx) })
}

// Close refuses new transactions with ErrClosed, waits for those that have
// begun, and closes the database.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	db.mu.Unlock()
	db.inUse.Wait()
	return db.engine.close()
}

// enter counts a transaction in, unless the database is closed.
func (db *DB) enter() bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return false
	}
	db.inUse.Add(1)
	return true
}
