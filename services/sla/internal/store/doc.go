// Package store keeps what the SLA service knows: the facts of handoffs, their clocks, activities and calendars.
//
//	handoff ──┬── clock      as it stood when the facts or the time last moved it
//	          └── activity   what sales did
//	                 │
//	actor ───────────┘       a rep, or a source, whose activities are judged together
//
//	calendar ─┬── calendar_edition   each version that it ever had
//	          └── sweep              clocks that a change has still to move
//
//	closing ──── closed_period ─┬── closed_clock    each clock that counted, as it stood
//	                            └── closed_report   the figures of everybody, and of each rep
//
// A handoff's facts are one document, written and read as a whole. Its row is the lock of all that belongs to it: whoever
// changes facts or clocks holds it ([Lock]). Locks are taken in this order: an actor, handoffs by id, calendars, sweeps.
// Requests that share a transaction take them one after another; where that ends in a deadlock, the database undoes one
// transaction, and its requests run again. Who closes a period locks its length alone ([LockClosing]).
//
// A clock's row follows from the facts; it stands in the table for what the facts cannot give: an index by deadline, an
// index by the next instant to look, and which alerts were told. Its primary key and the lock of the handoff make each
// alert happen once.
package store

import (
	"embed"
	"errors"
	"io/fs"
	"time"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the SLA service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("no such row")

// micros is an instant as it is stored.
func micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// instant is a stored instant.
func instant(at *int64) time.Time {
	if at == nil {
		return time.Time{}
	}
	return time.UnixMicro(*at).UTC()
}
