package store

import (
	"strconv"
	"strings"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// conditions are those of a WHERE clause, with the values of their placeholders.
type conditions struct {
	texts []string
	args  []any
}

// and adds a condition; each `?` in it stands for the next value.
func (c *conditions) and(text string, values ...any) {
	for _, v := range values {
		text = strings.Replace(text, "?", c.value(v), 1)
	}
	c.texts = append(c.texts, text)
}

// value gives the placeholder of a value.
func (c *conditions) value(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// list gives the inside of an IN list.
func (c *conditions) list(items []string) string {
	in, args := sqldb.In(len(c.args)+1, items)
	c.args = append(c.args, args...)
	return in
}

// where gives the clause; nothing when there is no condition.
func (c *conditions) where() string {
	if len(c.texts) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(c.texts, " AND ")
}
