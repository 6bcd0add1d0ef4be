package mapping

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// HeaderError says which columns of a step are not in its file, or are there twice.
type HeaderError struct {
	File           string
	Missing, Twice []string
}

// Error names the columns.
func (e *HeaderError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "there is no column "+strings.Join(e.Missing, ", "))
	}
	if len(e.Twice) > 0 {
		parts = append(parts, "there are several columns "+strings.Join(e.Twice, ", "))
	}
	return fmt.Sprintf("%s: %s", e.File, strings.Join(parts, "; "))
}

// Sheet is a step that knows where its columns are.
type Sheet struct {
	step    *Step
	columns map[string]int
	width   int
}

// Bind finds the columns of a step in the header of its file. Its error is a [*HeaderError].
func (s *Step) Bind(header []string) (*Sheet, error) {
	sheet := &Sheet{step: s, columns: map[string]int{}, width: len(header)}
	bad := &HeaderError{File: s.File}
	for _, name := range s.columns() {
		var found []int
		for i, title := range header {
			if strings.TrimSpace(title) == name {
				found = append(found, i)
			}
		}
		switch len(found) {
		case 0:
			bad.Missing = append(bad.Missing, name)
		case 1:
			sheet.columns[name] = found[0]
		default:
			bad.Twice = append(bad.Twice, name)
		}
	}
	if bad.Missing != nil || bad.Twice != nil {
		return nil, bad
	}
	return sheet, nil
}

// columns are the columns that a step reads, each once.
func (s *Step) columns() []string {
	var names []string
	for _, mk := range s.Makes {
		for _, f := range slices.Concat(mk.when, mk.unless) {
			names = append(names, f.column)
		}
		if mk.id != nil {
			names = append(names, mk.id.columns()...)
		}
		for _, f := range mk.fields {
			names = append(names, f.rule.columns()...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Draft makes the resources of a row, one for each Make of the step; nil where a filter leaves the row out. The error of a
// row that cannot become all of them is a [*RowError], and then it becomes none.
func (s *Sheet) Draft(row []string) ([]*Draft, error) {
	if len(row) != s.width {
		return nil, &RowError{Kind: s.step.Makes[0].Kind, Message: fmt.Sprintf("the row has %d columns, the header %d", len(row), s.width)}
	}
	c := cells{columns: s.columns, row: row}
	drafts := make([]*Draft, len(s.step.Makes))
	for i, mk := range s.step.Makes {
		if mk.leavesOut(c) {
			continue
		}
		d, err := mk.draft(c)
		if err != nil {
			return nil, err
		}
		drafts[i] = d
	}
	return drafts, nil
}

func (mk *Make) leavesOut(c cells) bool {
	holds := func(f filter) bool { return f.holds(c) }
	return slices.ContainsFunc(mk.when, func(f filter) bool { return !holds(f) }) || slices.ContainsFunc(mk.unless, holds)
}

func (f filter) holds(c cells) bool {
	cell, _ := c.cell(f.column) // what is no text equals none
	if slices.Contains(f.blanks, cell) {
		cell = ""
	}
	return slices.Contains(f.values, cell)
}

// draft makes the resource of a row.
func (mk *Make) draft(c cells) (*Draft, error) {
	d := &Draft{Key: Key{Kind: mk.Kind, Source: mk.source}, Message: mk.Kind.blank()}
	into := d.Message.ProtoReflect()
	if f := into.Descriptor().Fields().ByName(sourceField); f != nil {
		into.Set(f, protoreflect.ValueOfString(mk.source))
	}
	if err := mk.key(c, d); err != nil {
		return nil, err
	}
	for _, f := range mk.fields {
		if err := f.fill(c, d); err != nil {
			return nil, d.wrong(f.name(), err)
		}
	}
	return d, nil
}

// key finds what names the resource, before anything else can be wrong with it.
func (mk *Make) key(c cells, d *Draft) error {
	rl, name := mk.id, mk.Kind.keyField()
	if rl == nil {
		i := slices.IndexFunc(mk.fields, func(f field) bool { return string(f.desc.Name()) == name })
		rl = mk.fields[i].rule
	}
	id, err := rl.text(c)
	if err != nil {
		return d.wrong(name, err)
	}
	if d.Key.ID = id; id == "" {
		return &RowError{Kind: mk.Kind, Field: name, Message: "is missing: it names the " + string(mk.Kind)}
	}
	return nil
}

// name is the field as people find it in the mapping.
func (f field) name() string {
	if f.attribute != "" {
		return string(f.desc.Name()) + "." + f.attribute
	}
	if f.within != nil {
		return string(f.within.Name()) + "." + string(f.desc.Name())
	}
	return string(f.desc.Name())
}

// fill sets a field of the draft, if the row says anything about it.
func (f field) fill(c cells, d *Draft) error {
	texts, err := f.rule.elements(c)
	if err != nil {
		return err
	}
	if f.rule.refers != "" {
		return f.refer(c, d, texts)
	}
	for _, text := range texts {
		value, err := f.rule.decode(text, c)
		into := d.Message.ProtoReflect()
		if f.within != nil {
			into = into.Mutable(f.within).Message()
		}
		switch {
		case err != nil:
			return err
		case f.desc.IsMap():
			into.Mutable(f.desc).Map().Set(protoreflect.ValueOfString(f.attribute).MapKey(), value)
		case f.desc.IsList():
			into.Mutable(f.desc).List().Append(value)
		default:
			into.Set(f.desc, value)
		}
	}
	return nil
}

// refer notes what has to be looked up before the field can be set.
func (f field) refer(c cells, d *Draft, texts []string) error {
	r := reference{field: f}
	if f.rule.latest != nil {
		latest, err := f.latest(c)
		if err != nil {
			return err
		}
		if r.latest = latest; len(texts) == 0 && !latest.IsZero() {
			d.Message.ProtoReflect().Set(f.desc, protoreflect.ValueOfMessage(timestamppb.New(latest).ProtoReflect()))
		}
	}
	for _, text := range texts {
		r.key = Key{Kind: f.rule.refers, Source: d.Key.Source, ID: text}
		d.references = append(d.references, r)
	}
	return nil
}

func (f field) latest(c cells) (time.Time, error) {
	text, err := f.rule.latest.text(c)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	value, err := f.rule.latest.decode(text, c)
	if err != nil {
		return time.Time{}, err
	}
	at, _ := value.Message().Interface().(*timestamppb.Timestamp)
	return at.AsTime(), nil
}
