// Package store keeps the answers of sales, the verdicts that they became, and what both need to know of a handoff.
//
// Columns that refer to a handoff are called handoff_id: a statement that names the table handoff makes the transaction
// write the handoffs that it buffers.
package store

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the feedback service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("no such row")
