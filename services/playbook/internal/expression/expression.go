package expression

import (
	"iter"
	"slices"
	"strings"
)

// Plain is an expression without its comments, and spaced in one way: what two expressions that differ in spacing alone
// have in common.
func Plain(text string) string {
	var out strings.Builder
	before := ""
	for w := range Words(text) {
		if before != "" && !slices.Contains([]string{".", "(", "[", "!"}, before) && !slices.Contains([]string{".", "(", ")", "]", ","}, w) {
			out.WriteByte(' ')
		}
		out.WriteString(w)
		before = w
	}
	return out.String()
}

// Words yields the words of an expression, without its comments.
func Words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, w := range words(text) {
			if isWord(w) && !yield(w) {
				return
			}
		}
	}
}

// Names yields the names that an expression uses, again each time that it uses one. What follows the dot of something is a
// member and not a name of its own.
func Names(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var r reader
		for w := range Words(text) {
			if r.next(w) && !yield(w) {
				return
			}
		}
	}
}

// Rename is an expression with other names. It stays the same text if it uses none of them.
func Rename(text string, to map[string]string) string {
	var out strings.Builder
	var r reader
	for space, w := range words(text) {
		out.WriteString(space)
		other, known := to[w]
		if isWord(w) && r.next(w) && known {
			w = other
		}
		out.WriteString(w)
	}
	return out.String()
}

// reader knows the two words before the one that it reads.
type reader [2]string

// next reads a word, and says whether it is a name: a member is none, but what follows a dot that belongs to nothing is, as in
// `.fit_a && b`.
func (r *reader) next(w string) bool {
	member := r[1] == "." && (isName(r[0]) && r[0] != "in" || slices.Contains([]string{")", "]", "}"}, r[0]) || isText(r[0]))
	r[0], r[1] = r[1], w
	return isName(w) && !member
}

func isWord(w string) bool { return w != "" && !strings.HasPrefix(w, "//") }

// isName says whether a word is a name; the prefix of a text is none, for the text is one word with it.
func isName(w string) bool { return run(w, letters) > 0 && !isText(w) }

func isText(w string) bool { return strings.ContainsAny(w, "\"'`") }
