package expression

import (
	"iter"
	"regexp"
	"slices"
	"strings"
)

// raw begins a text in which a backslash is itself.
const raw = `(?:[rR][bB]?|[bB][rR])`

// word finds the next word: a comment, a text in any of its quotes, a name, a number, or one character.
var word = regexp.MustCompile(`(?s)\A(?:` + strings.Join([]string{
	`//[^\n]*`,
	raw + `""".*?"""`, raw + `'''.*?'''`, raw + `"[^"\n]*"`, raw + `'[^'\n]*'`,
	`[bB]?"""(?:[^\\]|\\.)*?"""`, `[bB]?'''(?:[^\\]|\\.)*?'''`,
	`[bB]?"(?:[^"\\\n]|\\.)*"`, `[bB]?'(?:[^'\\\n]|\\.)*'`,
	`[A-Za-z_][A-Za-z0-9_]*`,
	`[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?`,
	`&&|\|\||[<>=!]=`,
	`.`,
}, "|") + `)`)

// words yields the words of an expression, and the space before each.
func words(text string) iter.Seq2[string, string] {
	return func(yield func(space, word string) bool) {
		for text != "" {
			rest := strings.TrimLeft(text, " \t\r\n")
			space := text[:len(text)-len(rest)]
			found := word.FindString(rest)
			if !yield(space, found) || found == "" {
				return
			}
			text = rest[len(found):]
		}
	}
}

// Plain is an expression without its comments, and spaced in one way: what two expressions that differ in spacing alone
// have in common.
func Plain(text string) string {
	var out strings.Builder
	before := ""
	for _, w := range words(text) {
		if w == "" || strings.HasPrefix(w, "//") {
			continue
		}
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
			if w != "" && !strings.HasPrefix(w, "//") && !yield(w) {
				return
			}
		}
	}
}

// Facts yields what an expression looks at, as account.is_target or engagement.count: a name and its first member.
func Facts(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var before [3]string // the words before this one
		for w := range Words(text) {
			if isName(w) && before[2] == "." && isName(before[1]) && before[0] != "." && !yield(before[1]+"."+w) {
				return
			}
			before = [3]string{before[1], before[2], w}
		}
	}
}

// Names yields the names that an expression uses, again each time that it uses one. What follows a dot is a member and not
// a name of its own.
func Names(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		before := ""
		for _, w := range words(text) {
			if isName(w) && before != "." && !yield(w) {
				return
			}
			before = w
		}
	}
}

// Rename is an expression with other names. It stays the same text if it uses none of them.
func Rename(text string, to map[string]string) string {
	var out strings.Builder
	before := ""
	for space, w := range words(text) {
		out.WriteString(space)
		if other, known := to[w]; known && isName(w) && before != "." {
			out.WriteString(other)
		} else {
			out.WriteString(w)
		}
		before = w
	}
	return out.String()
}

// isName says whether a word is a name; the prefix of a text is none, for the text is one word with it.
func isName(w string) bool {
	if w == "" || strings.ContainsAny(w, `"'`) {
		return false
	}
	c := w[0]
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
