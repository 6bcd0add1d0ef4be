// Package store keeps leads, accounts, engagements and what was decided about them.
//
// Every function takes and gives many rows at once, so that a batch costs as many statements as a single lead. Rows that
// are written are buffered and go out together at the end of the transaction, also those of other callers who share it.
//
// Who judges people takes a share of the ground ([Share]); who changes what they are judged by takes it whole
// ([TakeAccounts], [TakeRules]). So no lead is judged by accounts, lists or a playbook that were replaced meanwhile
// without being judged again. Leads are locked in the order of their ids.
package store

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the tables of the scoring service.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("no such row")

// most is how many items one statement takes: lists are filled up to a power of two, and five columns of so many stay
// below what a statement may have.
const most = 1 << 12

// pieces cuts a list into parts that one statement takes.
func pieces[T any](list []T, visit func([]T) error) error {
	for len(list) > 0 {
		n := min(len(list), most)
		if err := visit(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// micros is a time as it is stored; 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is a stored time.
func instant(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}

// flag is a truth as it is stored.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// decoded names what a document belongs to in the error of reading it.
func decoded(what, id string, err error) error {
	if err != nil {
		return fmt.Errorf("decode %s of %s: %w", what, id, err)
	}
	return nil
}
