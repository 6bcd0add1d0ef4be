package scoring

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/metric"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/alike"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// directoryOfNames keeps the names of all accounts in memory, to find those that are like a given one. It is a copy: each use
// first reads the names that changed since, by the number of their change, so that every replica finds what is committed.
// What is found are names, and their accounts are read from the database.
type directoryOfNames struct {
	mu    sync.Mutex
	index *alike.Index
	upto  int64 // the number of the last change that the copy holds
}

func newDirectoryOfNames(m metric.Meter) (*directoryOfNames, error) {
	d := &directoryOfNames{index: alike.New(), upto: -1}
	_, err := m.Int64ObservableGauge("handoff.scoring.names.memory", metric.WithUnit("By"),
		metric.WithDescription("Memory of the names of accounts that are kept for fuzzy matching."),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
			index, _ := d.copy()
			o.Observe(index.Size())
			return nil
		}))
	return d, err
}

func (d *directoryOfNames) copy() (*alike.Index, int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.index, d.upto
}

// within gives a look at the names as a transaction sees them. The copy learns of them when the transaction is committed.
func (d *directoryOfNames) within(ctx context.Context, tx *sqldb.Tx) (find func(name string) []string, err error) {
	index, upto := d.copy()
	names, now, err := store.NamesSince(ctx, tx, upto)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return index.Find, nil
	}
	fresh := alike.New()
	fresh.Add(names...)
	tx.AfterCommit(func() { d.learn(fresh, names, now) })
	return func(name string) []string { return append(fresh.Find(name), index.Find(name)...) }, nil
}

// learn adds the names of the changes up to a number.
func (d *directoryOfNames) learn(fresh *alike.Index, names []string, upto int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case upto <= d.upto: // another transaction was first
	case d.index.Len() == 0:
		d.index, d.upto = fresh, upto
	default:
		d.index.Add(names...)
		d.upto = upto
	}
}
