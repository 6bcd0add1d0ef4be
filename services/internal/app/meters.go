package app

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// count reports how much a service writes. Rows per commit says how well its callers share their transactions.
func count(m metric.Meter, service string, db *sqldb.DB) error {
	of := metric.WithAttributes(attribute.String("handoff.service", service))
	commits, noCommits := m.Int64ObservableCounter("handoff.database.commits",
		metric.WithDescription("Write transactions that were committed."), metric.WithUnit("{transaction}"))
	rows, noRows := m.Int64ObservableCounter("handoff.database.rows",
		metric.WithDescription("Rows that these wrote, changed or removed."), metric.WithUnit("{row}"))
	if err := errors.Join(noCommits, noRows); err != nil {
		return err
	}
	_, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		stats := db.Stats()
		o.ObserveInt64(commits, stats.Commits, of)
		o.ObserveInt64(rows, stats.Rows, of)
		return nil
	}, commits, rows)
	return err
}
