package sqldb

import (
	"strconv"
	"strings"
)

// anonymous gives a statement for SQLite whose placeholders have no numbers, where these say no more than their places do:
// $1, $2, …, each once and in order. SQLite looks a numbered placeholder up among all, at every execution, so that a list
// of thousands costs millions of steps.
func anonymous(query string) string {
	var b strings.Builder
	next, written := 1, 0
	for i := 0; i < len(query); i++ {
		switch query[i] {
		case '\'', '"': // a text or a name goes on to the next such mark; a mark in it is two
			end := strings.IndexByte(query[i+1:], query[i])
			if end < 0 {
				return query
			}
			i += end + 1
		case '?', '-', '/': // another kind of placeholder, or perhaps a comment
			if query[i] == '?' || strings.HasPrefix(query[i:], "--") || strings.HasPrefix(query[i:], "/*") {
				return query
			}
		case '$':
			end := i + 1
			for end < len(query) && query[end] >= '0' && query[end] <= '9' {
				end++
			}
			if query[i+1:end] != strconv.Itoa(next) {
				return query
			}
			b.WriteString(query[written:i])
			b.WriteByte('?')
			next, written, i = next+1, end, end-1
		}
	}
	b.WriteString(query[written:])
	return b.String()
}
