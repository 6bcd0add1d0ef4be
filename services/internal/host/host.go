// Package host is what a process gives to each service that it runs: a database, the time, ids, and where to log and
// count. A service needs nothing of the process beyond it, and its clients to other services.
package host

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Host is what a service lives on.
type Host struct {
	DB     *sqldb.DB        // the service's own database
	Now    func() time.Time // domain time, in UTC microseconds; a handler reads it once and passes it down
	IDs    ident.Source
	Logger *slog.Logger
	Meter  metric.Meter
	Test   bool // whether the time is a test clock's; records are marked with it
}

// Validate reports everything that is missing.
func (h Host) Validate() error {
	var problems []error
	for name, missing := range map[string]bool{
		"database": h.DB == nil, "clock": h.Now == nil, "logger": h.Logger == nil, "meter": h.Meter == nil,
	} {
		if missing {
			problems = append(problems, errors.New("host has no "+name))
		}
	}
	return errors.Join(problems...)
}

// Log opens the service's event log.
func (h Host) Log(ctx context.Context, service string, apply eventlog.Applier) (*eventlog.Log, error) {
	return eventlog.New(ctx, eventlog.Config{Service: service, DB: h.DB, Now: h.Now, Apply: apply,
		Logger: h.Logger, Meter: h.Meter, Test: h.Test})
}

// Requests is the keeper of the service's answers.
func (h Host) Requests() *idempotency.Keeper {
	return &idempotency.Keeper{DB: h.DB, Logger: h.Logger}
}

// Migrations joins a service's own migrations with those of the packages that every service uses.
func Migrations(own fs.FS) (fs.FS, error) {
	return sqldb.Join(eventlog.Migrations(), idempotency.Migrations(), shelf.Migrations(), own)
}
