package scoring

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

var errRefused = errors.New("refused")

// TestANameIsKeptOnceItIsCommitted has a transaction fail after it has looked at names that it wrote itself. The number of its
// change is taken again by the next one.
func TestANameIsKeptOnceItIsCommitted(t *testing.T) {
	t.Parallel()
	migrations, err := Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		names, err := newDirectoryOfNames(noop.Meter{})
		if err != nil {
			t.Fatal(err)
		}
		look := func(name, wanted string, end error) []string {
			var found []string
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				seq, err := store.TakeAccounts(ctx, tx)
				if err != nil {
					return err
				}
				a := &record.Account{ID: name, Source: "crm", SourceID: name, Company: record.Company{DisplayName: name}.Read(), CreatedAt: time.Unix(1, 0), Seq: seq}
				if err := store.PutAccounts(ctx, tx, []*record.Account{a}, nil, time.Unix(1, 0)); err != nil {
					return err
				}
				find, err := names.within(ctx, tx)
				if err == nil {
					found = find(wanted)
				}
				return errors.Join(err, end)
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
			return found
		}
		if got := look("Initech", "initechs", errRefused); !slices.Contains(got, "initech") {
			t.Errorf("a transaction does not see what it wrote: %q", got)
		}
		look("Globex", "nobody", nil)
		if got := look("Hooli", "globexs", nil); !slices.Contains(got, "globex") {
			t.Errorf("a name that was committed is not found: %q", got)
		}
		if got := look("Zorg", "initechs", nil); slices.Contains(got, "initech") {
			t.Errorf("a name that was undone is found: %q", got)
		}
	})
}
