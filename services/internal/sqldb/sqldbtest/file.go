package sqldbtest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// file is a migrated SQLite database that tests get copies of.
type file struct {
	content []byte
	loose   []string // tables that are not strict
}

// files are the files of this test binary, by the digest of their migrations.
type files struct {
	mu   sync.Mutex
	made map[string]file
}

// theFiles hang here for the same reason as theServer.
var theFiles = files{made: map[string]file{}}

// of gives the file with the given migrations, and makes it in dir the first time.
func (f *files) of(ctx context.Context, migrations fs.FS, dir string) (file, error) {
	sum, err := digest(migrations)
	if err != nil {
		return file{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.made[sum]; ok {
		return known, nil
	}
	made, err := newFile(ctx, migrations, dir)
	if err == nil {
		f.made[sum] = made
	}
	return made, err
}

func newFile(ctx context.Context, migrations fs.FS, dir string) (made file, err error) {
	db, err := sqldb.Open(ctx, sqldb.Config{Service: Service, Dir: dir, Migrations: migrations, MaxConns: 1})
	if err != nil {
		return file{}, err
	}
	made.loose, err = looseTables(ctx, db)
	if err := errors.Join(err, db.Close()); err != nil {
		return file{}, err
	}
	made.content, err = os.ReadFile(place(dir)) // which is all: closing folds the log into it
	return made, err
}

// copyTo puts a copy where sqldb.Open looks for it.
func (f file) copyTo(dir string) error {
	at := place(dir)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	return os.WriteFile(at, f.content, 0o600)
}

func place(dir string) string { return filepath.Join(dir, Service, Service+".db") }

func looseTables(ctx context.Context, db *sqldb.DB) (names []string, err error) {
	rows := db.Query(ctx, `
		SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND strict = 0
			AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'goose_db_version'`)
	for row, err := range rows {
		var name string
		if err == nil {
			err = row.Scan(&name)
		}
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}
