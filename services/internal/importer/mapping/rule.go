package mapping

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// What can be wrong with a cell, whatever it is meant for.
var (
	errNotUTF8 = errors.New("is not UTF-8")
	errNUL     = errors.New("holds a NUL character")
)

// rule makes the value of one field from the cells of a row:
//
//	cells ─trim, blank─▶ parts joined ─lower, slug─▶ map, default ─split─▶ decode ─▶ value
type rule struct {
	parts       []part
	blanks      []string // cells that say nothing, besides the empty one
	lower, slug bool
	values      map[string]string // what a text becomes; one that is not here stays, or becomes the fallback
	fallback    *string
	split       string // what parts the elements of a list; empty for a single element

	decode decoder // nil where the value is a reference to what the suite names
	refers Kind    // what the text is the id of; empty for a value of its own
	latest *rule   // of the first contact of a lead: the instant that it is not after; nil for none

	currency *rule // of an amount
}

// part is a piece of a template: a column, or a literal.
type part struct {
	column, literal string
}

// decoder turns a text, which is not empty, into a value of the API. Its error says nothing of the text.
type decoder func(text string, row cells) (protoreflect.Value, error)

// cells is a row, with its columns by name.
type cells struct {
	columns map[string]int
	row     []string
}

// cell is what stands in a column, without the white space around it.
func (c cells) cell(column string) (string, error) {
	text := strings.TrimSpace(c.row[c.columns[column]])
	switch {
	case !utf8.ValidString(text):
		return "", errNotUTF8
	case strings.ContainsRune(text, 0):
		return "", errNUL
	}
	return text, nil
}

// columns are the columns that the rule reads.
func (r *rule) columns() []string {
	var names []string
	for _, p := range r.parts {
		if p.column != "" {
			names = append(names, p.column)
		}
	}
	for _, inner := range []*rule{r.latest, r.currency} {
		if inner != nil {
			names = append(names, inner.columns()...)
		}
	}
	return names
}

// text makes the text of the rule; empty when the row says nothing. A template says nothing if one of its columns does.
func (r *rule) text(row cells) (string, error) {
	var b strings.Builder
	for _, p := range r.parts {
		if p.column == "" {
			b.WriteString(p.literal)
			continue
		}
		cell, err := row.cell(p.column)
		if err != nil {
			return "", err
		}
		if cell == "" || slices.Contains(r.blanks, cell) {
			return r.translate(""), nil
		}
		b.WriteString(cell)
	}
	return r.translate(b.String()), nil
}

func (r *rule) translate(text string) string {
	if r.lower {
		text = strings.ToLower(text)
	}
	if r.slug {
		text = slug(text)
	}
	if to, ok := r.values[text]; ok {
		return to
	}
	if r.fallback != nil && text != "" {
		return *r.fallback
	}
	return text
}

// elements are the texts of a list, or the only text; none when the row says nothing.
func (r *rule) elements(row cells) ([]string, error) {
	text, err := r.text(row)
	if err != nil || text == "" {
		return nil, err
	}
	if r.split == "" {
		return []string{text}, nil
	}
	var all []string
	for element := range strings.SplitSeq(text, r.split) {
		if element = strings.TrimSpace(element); element != "" && !slices.Contains(all, element) {
			all = append(all, element)
		}
	}
	return all, nil
}

// maxSlug is how long an id may be that the importer chooses.
const maxSlug = 63

// slug makes an id of a name: lower-case letters without accents, digits, and a hyphen for anything between.
func slug(name string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case !unicode.Is(unicode.Mn, c) && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	id := b.String()
	return strings.TrimRight(id[:min(len(id), maxSlug)], "-")
}

// parseTemplate takes a template apart. Braces hold the name of a column; doubled ones stand for themselves.
func parseTemplate(text string) ([]part, error) {
	var parts []part
	var literal strings.Builder
	for text != "" {
		switch {
		case strings.HasPrefix(text, "{{"), strings.HasPrefix(text, "}}"):
			literal.WriteByte(text[0])
			text = text[2:]
		case text[0] == '}':
			return nil, errors.New("a closing brace has no opening one; write }} for a brace")
		case text[0] == '{':
			name, rest, closed := strings.Cut(text[1:], "}")
			if name = strings.TrimSpace(name); !closed || name == "" || strings.Contains(name, "{") {
				return nil, errors.New("braces hold the name of a column; write {{ for a brace")
			}
			if literal.Len() > 0 {
				parts = append(parts, part{literal: literal.String()})
				literal.Reset()
			}
			parts, text = append(parts, part{column: name}), rest
		default:
			literal.WriteByte(text[0])
			text = text[1:]
		}
	}
	if literal.Len() > 0 {
		parts = append(parts, part{literal: literal.String()})
	}
	return parts, nil
}
