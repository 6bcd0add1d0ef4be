package mapping

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Language describes what can stand in a mapping, for people who write one.
//
//go:embed language.txt
var Language string

// Mapping says how the files of a folder become resources.
type Mapping struct {
	Source string // the system that the resources come from
	Digest string // of the text that the mapping was read from, in hex: two mappings of one digest do the same
	Steps  []*Step
}

// Step is one pass over one file.
type Step struct {
	File  string // in the folder
	Comma rune   // what parts the columns
	Makes []*Make
}

// Make is a resource that each row of a step becomes, unless it is left out.
type Make struct {
	Kind Kind

	source       string
	when, unless []filter
	id           *rule // of a kind whose names are chosen
	fields       []field
}

// filter is true of a row with one of the values in a column.
type filter struct {
	column string
	values []string
	blanks []string // cells that count as empty
}

// field is a field of a resource with its rule.
type field struct {
	desc      protoreflect.FieldDescriptor
	within    protoreflect.FieldDescriptor // the part of the resource that has the field; nil for the resource itself
	attribute string                       // the key, when the field is a map
	rule      *rule
}

// Parse reads a mapping. Its error is a [*ProblemsError].
func Parse(text []byte) (*Mapping, error) {
	root, problem := readSource(text)
	if problem != nil {
		return nil, &ProblemsError{Problems: []Problem{*problem}}
	}
	sum := sha256.Sum256(text)
	m := &Mapping{Digest: hex.EncodeToString(sum[:])}
	r := &reader{}
	r.mapping(root, m)
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, &ProblemsError{Problems: r.problems}
	}
	return m, nil
}

// Refers reports whether a later resource needs the names of the kind that the suite made.
func (m *Mapping) Refers(k Kind) bool {
	for _, s := range m.Steps {
		for _, mk := range s.Makes {
			if slices.ContainsFunc(mk.fields, func(f field) bool { return f.rule.refers == k }) {
				return true
			}
		}
	}
	return false
}

func (r *reader) mapping(root *yaml.Node, m *Mapping) {
	d := defaults{zone: time.UTC}
	var steps *yaml.Node
	for _, e := range r.entries(root, "a mapping") {
		switch e.name {
		case "source":
			m.Source, _ = r.text(e.value, e.name)
		case "time_zone":
			d.zone = r.zone(e.value)
		case "blank":
			d.blanks = r.texts(e.value, "a blank")
		case "steps":
			steps = e.value
		default:
			r.unknown(e, "a mapping", "source", "time_zone", "blank", "steps")
		}
	}
	if m.Source == "" {
		r.refuse(root, "source is missing: the system that the files come from, such as crm")
	}
	if steps == nil {
		r.refuse(root, "steps are missing: which file becomes what")
		return
	}
	for _, n := range r.items(steps) {
		m.Steps = append(m.Steps, r.step(n, m.Source, d))
	}
	if len(m.Steps) == 0 {
		r.refuse(steps, "there is no step")
	}
}

func (r *reader) step(n *yaml.Node, source string, d defaults) *Step {
	s := &Step{Comma: ','}
	var makes []*yaml.Node
	for _, e := range r.entries(n, "a step") {
		switch e.name {
		case "file":
			if s.File, _ = r.text(e.value, e.name); s.File != "" && !filepath.IsLocal(s.File) {
				r.refuse(e.value, "a file is a name inside the folder")
			}
		case "delimiter":
			s.Comma = r.delimiter(e.value)
		case "make":
			makes = r.items(e.value)
		default:
			r.unknown(e, "a step", "file", "delimiter", "make")
		}
	}
	if n.Kind == yaml.MappingNode && s.File == "" {
		r.refuse(n, "file is missing")
	}
	if n.Kind == yaml.MappingNode && len(makes) == 0 {
		r.refuse(n, "make is missing: what the rows become")
	}
	for _, item := range makes {
		if mk := r.makes(item, source, d); mk != nil {
			s.Makes = append(s.Makes, mk)
		}
	}
	return s
}

func (r *reader) delimiter(n *yaml.Node) rune {
	comma, size := utf8.DecodeRuneInString(n.Value)
	if size == 0 || size != len(n.Value) || strings.ContainsRune("\"\r\n\uFEFF", comma) || comma == utf8.RuneError {
		r.refuse(n, "a delimiter is one character, such as ;")
		return ','
	}
	return comma
}

// makes reads one resource of a step.
func (r *reader) makes(n *yaml.Node, source string, d defaults) *Make {
	mk := &Make{source: source}
	var fields *yaml.Node
	for _, e := range r.entries(n, "a resource to make") {
		switch {
		case e.name == "when":
			mk.when = r.filters(e.value, d)
		case e.name == "unless":
			mk.unless = r.filters(e.value, d)
		case !slices.Contains(Kinds(), Kind(e.name)):
			r.unknown(e, "make", append(kindNames(), "when", "unless")...)
		case fields != nil:
			r.refuse(e.key, "one resource was named already; give each an entry of its own")
		default:
			mk.Kind, fields = Kind(e.name), e.value
		}
	}
	if fields == nil {
		r.refuse(n, "which resource? There are %s", strings.Join(kindNames(), ", "))
		return nil
	}
	r.fields(fields, mk, d)
	return mk
}

func kindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return names
}

func (r *reader) filters(n *yaml.Node, d defaults) []filter {
	var all []filter
	for _, e := range r.entries(n, "a filter") {
		all = append(all, filter{column: e.name, values: r.texts(e.value, "a value"), blanks: d.blanks})
	}
	return all
}
