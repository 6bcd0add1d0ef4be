package proposition

import (
	"slices"
	"strings"

	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// Formula is an expression by its and, or and not. Formulas share what they have in common, so it is never changed.
type Formula struct {
	kind  kind
	atom  string
	parts []*Formula
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

// Read reads an expression, each text once. With no work left, all of it is one atom.
func (l *Logic) Read(text string) *Formula { return l.once(l.formulas, text, text, l.criterion) }

// criterion is what a criterion says. Criteria name no others.
func (l *Logic) criterion(name string) (*Formula, bool) {
	text, known := l.criteria[name]
	if !known {
		return nil, false
	}
	return l.once(l.named, name, text, nothing), true
}

func nothing(string) (*Formula, bool) { return nil, false }

// once reads a text unless it was read before.
func (l *Logic) once(known map[string]*Formula, key, text string, named naming) *Formula {
	f, isKnown := known[key]
	if !isKnown {
		if l.left <= 0 {
			return &Formula{atom: text}
		}
		f = l.read(slices.Collect(expression.Words(text)), deepest, named)
		known[key] = f
	}
	return f
}

// naming finds what a name stands for, if for anything.
type naming func(name string) (*Formula, bool)

func (l *Logic) read(words []string, depth int, named naming) *Formula {
	if !l.spend(len(words)+1) || depth == 0 || len(words) == 0 || len(split(words, "?")) > 1 {
		return leaf(words)
	}
	for _, joint := range []struct {
		word string
		kind kind
	}{{"||", either}, {"&&", both}} {
		if parts := split(words, joint.word); len(parts) > 1 {
			f := &Formula{kind: joint.kind}
			for _, part := range parts {
				f.parts = append(f.parts, l.read(part, depth-1, named))
			}
			return f
		}
	}
	switch {
	case words[0] == "!" && isOne(words[1:]):
		return &Formula{kind: not, parts: []*Formula{l.read(words[1:], depth-1, named)}}
	case words[0] == "(" && isOne(words):
		return l.read(words[1:len(words)-1], depth-1, named)
	case len(words) == 1:
		return single(words[0], named)
	default:
		return leaf(words)
	}
}

// single is the formula of a single word.
func single(word string, named naming) *Formula {
	switch word {
	case "true":
		return &Formula{kind: always}
	case "false":
		return &Formula{kind: never}
	}
	if f, known := named(word); known {
		return f
	}
	return leaf([]string{word})
}

func leaf(words []string) *Formula { return &Formula{kind: atom, atom: strings.Join(words, " ")} }

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
