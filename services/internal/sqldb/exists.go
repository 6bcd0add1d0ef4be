package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// Exists reports whether the database of a service is there, without making or
// migrating it. It waits for a PostgreSQL that is still starting until ctx ends.
func Exists(ctx context.Context, cfg Config) (bool, error) {
	if err := cfg.Validate(); err != nil {
		return false, fmt.Errorf("look for database: %w", err)
	}
	if cfg.URL == "" {
		_, err := os.Stat(filepath.Join(cfg.Dir, cfg.Service, cfg.Service+".db"))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	there, err := schemaExists(ctx, cfg)
	if err != nil {
		return false, fmt.Errorf("look for database of %s: %w", cfg.Service, err)
	}
	return there, nil
}

func schemaExists(ctx context.Context, cfg Config) (there bool, err error) {
	config, err := postgresConfig(cfg)
	if err != nil {
		return false, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	pool := openPool(config)
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := awaitServer(ctx, pool, cfg.Logger); err != nil {
		return false, err
	}
	return hasSchema(ctx, pool, cfg.Service)
}

func hasSchema(ctx context.Context, pool *sql.DB, schema string) (there bool, err error) {
	err = pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, schema).Scan(&there)
	return there, err
}
