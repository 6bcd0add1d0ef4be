package store

import (
	"iter"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// collect reads all rows of a query.
func collect[T any](rows iter.Seq2[sqldb.Row, error], scan func(sqldb.Row) (T, error)) ([]T, error) {
	var all []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		item, err := scan(row)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

func scanText(row sqldb.Row) (string, error) {
	var text string
	err := row.Scan(&text)
	return text, err
}
