package store

import (
	"strings"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Batch is ids of which something is read: all from one to another, and some more. What is recorded of leads whose ids
// follow each other stands together in an index. So a stretch of them is read by one walk, which a database sees without
// knowing how many rows there are of each, whereas of a long list of ids it may think that reading the whole table is less work.
type Batch struct {
	First, Last string // of the stretch, both included; empty for none
	More        []string
}

// each visits what a column is in a statement that reads a part of the batch, with the arguments; the first placeholder is
// $first.
func (b Batch) each(first int, visit func(is string, args []any) error) error {
	if b.First != "" {
		if err := visit(`BETWEEN $`+placeholder(first)+` AND $`+placeholder(first+1), []any{b.First, b.Last}); err != nil {
			return err
		}
	}
	return pieces(b.More, func(ids []string) error {
		list, args := sqldb.In(first, ids)
		return visit(`IN (`+list+`)`, args)
	})
}

// where puts what a column is into a statement, in the place of $BATCH.
func where(statement, is string) string { return strings.ReplaceAll(statement, "$BATCH", is) }
