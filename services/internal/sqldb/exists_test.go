package sqldb_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestExistsOnceADatabaseWasOpened(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]func(t *testing.T) sqldb.Config{
		"sqlite":   func(t *testing.T) sqldb.Config { return sqldb.Config{Service: "sla", Dir: t.TempDir()} },
		"postgres": func(t *testing.T) sqldb.Config { return sqldb.Config{Service: "sla", URL: sqldbtest.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := cfg(t)
			if there, err := sqldb.Exists(t.Context(), cfg); there || err != nil {
				t.Fatalf("before: got %v, %v", there, err)
			}
			db, err := sqldb.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if there, err := sqldb.Exists(t.Context(), cfg); !there || err != nil {
				t.Errorf("after: got %v, %v", there, err)
			}
		})
	}
}
