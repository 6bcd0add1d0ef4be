package expression

import (
	"iter"
	"slices"
	"strings"
)

// Characters of which words are made.
const (
	spaces  = " \t\r\n\f"
	digits  = "0123456789"
	hex     = digits + "abcdefABCDEF"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
)

// operators are those of more than one character.
var operators = []string{"&&", "||", "<=", ">=", "==", "!="}

// words yields the words of an expression, and the space before each. Each character is looked at a bounded number of times:
// a text that is never closed is one word, as far as it could go.
func words(text string) iter.Seq2[string, string] {
	return func(yield func(space, word string) bool) {
		for text != "" {
			space := run(text, spaces)
			end := space + first(text[space:])
			if !yield(text[:space], text[space:end]) {
				return
			}
			text = text[end:]
		}
	}
}

// run is how many characters of a set a text begins with.
func run(text, set string) int { return len(text) - len(strings.TrimLeft(text, set)) }

// first is the length of the word that a text begins with: a comment, a text in any of its quotes, a name, a number, an
// operator, or one character.
func first(text string) int {
	switch {
	case strings.HasPrefix(text, "//"):
		return until(text, "\n")
	case quote(text) >= 0:
		return literal(text, quote(text))
	case run(text, letters) > 0:
		return run(text, letters+digits)
	case run(text, digits) > 0 || len(text) > 1 && text[0] == '.' && run(text[1:], digits) > 0:
		return number(text)
	case len(text) > 1 && slices.Contains(operators, text[:2]):
		return 2
	}
	for i := range text {
		if i > 0 {
			return i // the next character, which may take more than a byte
		}
	}
	return len(text)
}

// until is how long a text is before one of these characters.
func until(text, any string) int {
	if i := strings.IndexAny(text, any); i >= 0 {
		return i
	}
	return len(text)
}

// quote is where the quote of a text stands that begins here: after its prefix, b for bytes and r for one in which a backslash
// is itself. It is -1 where none begins.
func quote(text string) int {
	at := min(1, run(text, "bB"))
	at += min(1, run(text[at:], "rR"))
	switch {
	case at == len(text):
		return -1
	case text[at] == '"' || text[at] == '\'' || text[at] == '`' && at == 0:
		return at
	}
	return -1
}

// literal is the length of a text in quotes, the first of which stands at a place.
func literal(text string, at int) int {
	q, raw := text[at:at+1], strings.ContainsAny(text[:at], "rR") || text[at] == '`'
	if strings.HasPrefix(text[at:], q+q+q) {
		q = q + q + q
	}
	for i := at + len(q); i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], q):
			return i + len(q)
		case len(q) == 1 && (text[i] == '\n' || text[i] == '\r'):
			return i
		case text[i] == '\\' && !raw:
			i++
		}
	}
	return len(text)
}

// number is the length of a number: whole in decimals or hexadecimals, with a u if it has no sign, or with a fraction or an
// exponent.
func number(text string) int {
	if rest, found := strings.CutPrefix(text, "0x"); found && run(rest, hex) > 0 {
		end := len("0x") + run(rest, hex)
		return end + min(1, run(text[end:], "uU"))
	}
	whole := run(text, digits)
	end := whole
	if strings.HasPrefix(text[end:], ".") {
		if fraction := run(text[end+1:], digits); fraction > 0 {
			end += 1 + fraction
		}
	}
	if end < len(text) && strings.ContainsRune("eE", rune(text[end])) {
		sign := end + 1
		sign += min(1, run(text[sign:], "+-"))
		if exponent := run(text[sign:], digits); exponent > 0 {
			return sign + exponent
		}
	}
	if end == whole {
		end += min(1, run(text[end:], "uU"))
	}
	return end
}
