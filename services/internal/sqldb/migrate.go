package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
)

// migrate brings the database up to the newest migration. The caller keeps
// every other process from doing the same at the same time.
//
// Each migration is one transaction with its version row, so a process that is
// killed in the middle leaves whole migrations only and the next start goes on
// from there. A lower number may come later, because sets are joined. A database that is newer than the binary is left alone: during an
// upgrade the old version runs beside the new one.
func migrate(ctx context.Context, pool *sql.DB, d Dialect, migrations fs.FS, log *slog.Logger) error {
	if migrations == nil {
		return nil
	}
	dialect := goose.DialectSQLite3
	if d == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, pool, translated{FS: migrations, words: d.words()},
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true), goose.WithSlog(log))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, m := range applied {
		log.InfoContext(ctx, "migration applied", "version", m.Source.Version, "file", m.Source.Path, "took", m.Duration)
	}
	return nil
}

// translated serves migrations with their words replaced by what one dialect
// calls them, so that both databases are made from one text.
type translated struct {
	fs.FS
	words *strings.Replacer
}

// word is what looks like one of ours. A word that is left after the
// replacement is a typing error.
var word = regexp.MustCompile(`\{[a-z_]+\}`)

// ReadDir lists a directory.
func (t translated) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(t.FS, name) }

// Open opens a file; the text of an SQL file is translated.
func (t translated) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return f, err
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	text := t.words.Replace(string(raw))
	if unknown := word.FindString(text); unknown != "" {
		return nil, fmt.Errorf("read %s: unknown word %s", name, unknown)
	}
	return &translatedFile{File: f, text: strings.NewReader(text)}, nil
}

// translatedFile is an SQL file with another text.
type translatedFile struct {
	fs.File
	text *strings.Reader
}

// Read reads the translated text.
func (f *translatedFile) Read(p []byte) (int, error) { return f.text.Read(p) }
