package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Limits of a mapping. One that is larger is no small file any more, and is refused before it is understood.
const (
	maxBytes   = 256 << 10
	maxNesting = 20
)

// readSource reads text as one YAML document without anchors, aliases and tags: what is read is what stands there.
func readSource(text []byte) (*yaml.Node, *Problem) {
	switch {
	case len(text) > maxBytes:
		return nil, &Problem{Message: fmt.Sprintf("the mapping has %d bytes; at most %d are read", len(text), maxBytes)}
	case !utf8.Valid(text):
		return nil, &Problem{Message: "the mapping is not UTF-8; save it as UTF-8"}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, next yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) || (err == nil && len(root.Content) == 0) {
		return nil, &Problem{Message: "the mapping is empty: it says at least source and steps"}
	} else if err != nil {
		return nil, syntaxProblem(err)
	}
	if p := checkTree(root.Content[0], 0); p != nil {
		return nil, p
	}
	if err := decoder.Decode(&next); !errors.Is(err, io.EOF) {
		return nil, &Problem{Line: max(next.Line, 1), Column: max(next.Column, 1), Message: "a mapping is one document, without `---` in it"}
	}
	return root.Content[0], nil
}

// checkTree refuses what makes a document mean something else than it shows, or too deep to be one.
func checkTree(n *yaml.Node, depth int) *Problem {
	p := &Problem{Line: n.Line, Column: n.Column}
	switch {
	case depth > maxNesting:
		p.Message = fmt.Sprintf("more than %d lists and mappings are inside one another", maxNesting)
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.Message = "anchors and aliases are not read; write it out"
	case n.Style&yaml.TaggedStyle != 0:
		p.Message = "tags are not read"
	default:
		for _, child := range n.Content {
			if p := checkTree(child, depth+1); p != nil {
				return p
			}
		}
		return nil
	}
	return p
}

var yamlError = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// syntaxProblem places what the YAML library says, which knows the line alone.
func syntaxProblem(err error) *Problem {
	found := yamlError.FindStringSubmatch(err.Error())
	if found == nil {
		return &Problem{Message: err.Error()}
	}
	line, _ := strconv.Atoi(found[1]) // without a number it is line 0, the file as a whole
	return &Problem{Line: line, Column: min(line, 1), Message: found[2]}
}

// reader takes a document apart and collects what is wrong with it.
type reader struct {
	problems []Problem
}

func (r *reader) refuse(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, Problem{Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
}

// entry is a key of a mapping with its value.
type entry struct {
	key   *yaml.Node
	name  string
	value *yaml.Node
}

// entries are the keys of a mapping, in order. A key that is there twice is refused.
func (r *reader) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		r.refuse(n, "%s is a mapping with keys", what)
		return nil
	}
	seen := map[string]bool{}
	var all []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.refuse(key, "a key is one word; a text that begins with a brace needs quotes")
		case seen[key.Value]:
			r.refuse(key, "%s is there twice", key.Value)
		default:
			seen[key.Value] = true
			all = append(all, entry{key: key, name: key.Value, value: n.Content[i+1]})
		}
	}
	return all
}

// items are the elements of a list; a single value is a list of one.
func (r *reader) items(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// text is a value as it stands in the file, whatever YAML takes it for.
func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.refuse(n, "%s is a text", what)
		return "", false
	}
	return n.Value, true
}

func (r *reader) texts(n *yaml.Node, what string) []string {
	var all []string
	for _, item := range r.items(n) {
		if text, ok := r.text(item, what); ok {
			all = append(all, text)
		}
	}
	return all
}

func (r *reader) flag(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || (n.Value != "true" && n.Value != "false") {
		r.refuse(n, "%s is true or false", what)
		return false
	}
	return n.Value == "true"
}

// unknown refuses a key and names those that there are.
func (r *reader) unknown(e entry, where string, known ...string) {
	r.refuse(e.key, "there is no %q in %s; there are %s", e.name, where, strings.Join(known, ", "))
}
