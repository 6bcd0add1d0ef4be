package proposition

import (
	"slices"
	"strings"

	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// Formula is an expression by its and, or and not.
type Formula struct {
	kind  kind
	atom  string
	parts []Formula
}

type kind int

const (
	atom kind = iota
	always
	never
	both
	either
	not
)

// deepest is how far brackets are followed; what is inside deeper ones is an atom.
const deepest = 30

// Read reads an expression. The criteria are those that it may name.
func Read(text string, criteria map[string]string) Formula {
	return reader{criteria: criteria}.read(slices.Collect(expression.Words(text)), deepest)
}

// Fact is the formula of one fact that is true or false, and never unknown.
func Fact(text string, holds bool) Formula {
	f := Read(text, nil)
	if !holds {
		return Formula{kind: not, parts: []Formula{f}}
	}
	return f
}

type reader struct{ criteria map[string]string }

func (r reader) read(words []string, depth int) Formula {
	if depth == 0 || len(words) == 0 || len(split(words, "?")) > 1 {
		return leaf(words)
	}
	for _, joint := range []struct {
		word string
		kind kind
	}{{"||", either}, {"&&", both}} {
		if parts := split(words, joint.word); len(parts) > 1 {
			f := Formula{kind: joint.kind}
			for _, part := range parts {
				f.parts = append(f.parts, r.read(part, depth-1))
			}
			return f
		}
	}
	switch {
	case words[0] == "!" && isOne(words[1:]):
		return Formula{kind: not, parts: []Formula{r.read(words[1:], depth-1)}}
	case words[0] == "(" && isOne(words):
		return r.read(words[1:len(words)-1], depth-1)
	case len(words) == 1:
		return r.name(words[0], depth)
	default:
		return leaf(words)
	}
}

// name is the formula of a single word.
func (r reader) name(word string, depth int) Formula {
	switch text, known := r.criteria[word]; {
	case word == "true":
		return Formula{kind: always}
	case word == "false":
		return Formula{kind: never}
	case known:
		return reader{}.read(slices.Collect(expression.Words(text)), depth-1) // criteria name no others
	default:
		return leaf([]string{word})
	}
}

func leaf(words []string) Formula { return Formula{kind: atom, atom: strings.Join(words, " ")} }

// split cuts words at a word that stands outside all brackets.
func split(words []string, at string) [][]string {
	var parts [][]string
	depth, from := 0, 0
	for i, word := range words {
		depth += step(word)
		if depth == 0 && word == at {
			parts, from = append(parts, words[from:i]), i+1
		}
	}
	return append(parts, words[from:])
}

func step(word string) int {
	switch word {
	case "(", "[", "{":
		return 1
	case ")", "]", "}":
		return -1
	default:
		return 0
	}
}

// isOne says whether words are one operand, to which all of a ! before it belongs: a name, the member or call of one, or
// one pair of brackets.
func isOne(words []string) bool {
	if len(words) == 0 || words[0] == "!" {
		return len(words) > 1 && isOne(words[1:])
	}
	if words[0] == "(" {
		depth := 0
		for i, word := range words {
			if depth += step(word); depth == 0 {
				return i == len(words)-1
			}
		}
		return false
	}
	depth := 0
	for i, word := range words {
		if depth == 0 && i > 0 && word != "." && step(word) == 0 && words[i-1] != "." {
			return false
		}
		depth += step(word)
	}
	return depth == 0
}
