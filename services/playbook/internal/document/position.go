package document

import "go.yaml.in/yaml/v3"

// Positions knows where each field of a document stands in the YAML that it was read from. A nil *Positions belongs to
// a document that was never YAML: every place is 0:0.
type Positions struct {
	source string
	lines  []int // where each line of the source starts, in bytes
	places map[string]place
}

func newPositions(source string) *Positions {
	p := &Positions{source: source, lines: []int{0}, places: make(map[string]place)}
	for i := range len(source) {
		if source[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return p
}

// place is where one field is written.
type place struct {
	key   mark
	value mark
	text  string     // of a scalar, as it was read
	style yaml.Style // of a scalar
}

// mark is a place in a text. Both count from 1, columns in characters.
type mark struct{ line, column int }

func markOf(node *yaml.Node) mark { return mark{node.Line, node.Column} }

// before says whether m is earlier in the text than other.
func (m mark) before(other mark) bool {
	return m.line < other.line || m.line == other.line && m.column < other.column
}

// after is the place behind the character r at m.
func (m mark) after(r rune) mark {
	if r == '\n' {
		return mark{m.line + 1, 1}
	}
	return mark{m.line, m.column + 1}
}

// Of returns the place of a field: of its value if that is one word, of its key if the value is a list or a mapping. A
// field that is not written is where what it stands in is.
func (p *Positions) Of(path string) (line, column int) {
	at := p.nearest(path).value
	return at.line, at.column
}

// OfKey returns the place of the name of a field or map entry.
func (p *Positions) OfKey(path string) (line, column int) {
	at := p.nearest(path).key
	return at.line, at.column
}

// Within returns the place of a character inside a text field, given by line and column of the text itself. It sees
// through quotes, escapes, folding and indentation. Line 0 means the field as a whole.
func (p *Positions) Within(path string, line, column int) (int, int) {
	found := p.nearest(path)
	if line < 1 || found.text == "" {
		return found.value.line, found.value.column
	}
	at := p.locate(found, mark{line, column})
	return at.line, at.column
}

func (p *Positions) nearest(path string) place {
	if p == nil {
		return place{}
	}
	for {
		if found, ok := p.places[path]; ok || path == "" {
			return found
		}
		path = parent(path)
	}
}

// set notes where a field is written; an element of a list is its own key.
func (p *Positions) set(path string, key, value *yaml.Node) {
	at := place{key: markOf(key), value: markOf(key)}
	if value.Kind == yaml.ScalarNode && !isNull(value) {
		at.value, at.text, at.style = markOf(value), value.Value, value.Style
	}
	p.places[path] = at
}
