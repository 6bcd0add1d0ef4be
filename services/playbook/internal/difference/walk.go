package difference

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// finding is a field that is not the same in two documents.
type finding struct {
	path     string
	steps    []string // the names and keys that the path is made of
	kind     Kind
	field    protoreflect.FieldDescriptor // which holds the value, or the entry of a map or list that is the value
	was, is  protoreflect.Value           // what it said and says; invalid for protoreflect.Value{}
	old, new string                       // the same in the short form of playbooks
	order    bool                         // the two differ in the order of their entries alone
}

// place is where a walk stands.
type place struct {
	path  string
	steps []string
}

func (p place) member(field protoreflect.FieldDescriptor) place {
	return place{document.Member(p.path, field), append(slices.Clip(p.steps), string(field.Name()))}
}

func (p place) entry(key string) place {
	return place{document.Entry(p.path, key), append(slices.Clip(p.steps), key)}
}

// walker compares two documents field by field, as the schema has them.
type walker struct {
	exact bool // order and spaces count everywhere
	found []finding
}

// walk finds what differs, in the order of the schema.
func walk(from, to *playbookv1.Document, exact bool) []finding {
	w := walker{exact: exact}
	w.fields(place{}, from.ProtoReflect(), to.ProtoReflect())
	return w.found
}

func (w *walker) fields(at place, a, b protoreflect.Message) {
	fields := a.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		here := at.member(field)
		switch {
		case field.IsMap():
			w.entries(here, field, a.Get(field).Map(), b.Get(field).Map())
		case field.IsList() && field.Message() != nil:
			w.rows(here, field, a.Get(field).List(), b.Get(field).List())
		case field.IsList():
			w.words(here, field, a.Get(field).List(), b.Get(field).List())
		case a.Has(field) && b.Has(field):
			w.value(here, field, a.Get(field), b.Get(field))
		case a.Has(field):
			w.add(here, field, a.Get(field), protoreflect.Value{})
		case b.Has(field):
			w.add(here, field, protoreflect.Value{}, b.Get(field))
		}
	}
}

// add notes a field that says something else; a value that is not valid came or went.
func (w *walker) add(at place, field protoreflect.FieldDescriptor, was, is protoreflect.Value) {
	kind := Changed
	switch {
	case !was.IsValid():
		kind = Added
	case !is.IsValid():
		kind = Removed
	}
	w.found = append(w.found, finding{path: at.path, steps: at.steps, kind: kind, field: field, was: was, is: is,
		old: short(field, was), new: short(field, is)})
}

// short is a value in the short form of playbooks.
func short(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch value.Interface().(type) {
	case nil:
		return ""
	case protoreflect.List, protoreflect.Map:
		return document.Short(field, value)
	default:
		return document.Element(field, value)
	}
}

// value compares a value that both have.
func (w *walker) value(at place, field protoreflect.FieldDescriptor, a, b protoreflect.Value) {
	switch {
	case field.Message() != nil && !isWhole(field.Message()):
		w.fields(at, a.Message(), b.Message())
	case !w.alike(at, field, a, b):
		w.add(at, field, a, b)
	}
}

// alike says whether two values say the same.
func (w *walker) alike(at place, field protoreflect.FieldDescriptor, a, b protoreflect.Value) bool {
	if a.Equal(b) {
		return true
	}
	expressive := isExpression(field) || len(at.steps) == 2 && (at.steps[0] == "criteria" || at.steps[0] == "disqualify")
	return !w.exact && expressive && expression.Plain(a.String()) == expression.Plain(b.String())
}

// isWhole says whether a message is one value to people: it has a short form, or is no message of playbooks.
func isWhole(message protoreflect.MessageDescriptor) bool {
	switch message.Name() {
	case "Budget", "AtRisk", "Band", "Promise", "Volume", "Destination", "Fallback":
		return true
	default:
		return message.ParentFile().Package() != "handoff.playbook.v1"
	}
}

// entries compares two maps by key.
func (w *walker) entries(at place, field protoreflect.FieldDescriptor, a, b protoreflect.Map) {
	value := field.MapValue()
	for _, key := range mapKeys(a, b) {
		name := protoreflect.ValueOfString(key).MapKey()
		here := at.entry(key)
		switch {
		case a.Has(name) && b.Has(name):
			w.value(here, value, a.Get(name), b.Get(name))
		case a.Has(name):
			w.add(here, value, a.Get(name), protoreflect.Value{})
		default:
			w.add(here, value, protoreflect.Value{}, b.Get(name))
		}
	}
}

func mapKeys(maps ...protoreflect.Map) []string {
	var keys []string
	for _, m := range maps {
		m.Range(func(key protoreflect.MapKey, _ protoreflect.Value) bool {
			keys = append(keys, key.String())
			return true
		})
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// words compares two lists of single words as wholes.
func (w *walker) words(at place, field protoreflect.FieldDescriptor, a, b protoreflect.List) {
	before, after := elements(field, a), elements(field, b)
	if !w.exact && !isOrdered(field) {
		slices.Sort(before)
		slices.Sort(after)
	}
	if slices.Equal(before, after) {
		return
	}
	was, is := protoreflect.ValueOfList(a), protoreflect.ValueOfList(b)
	if len(before) == 0 {
		was = protoreflect.Value{}
	}
	if len(after) == 0 {
		is = protoreflect.Value{}
	}
	w.add(at, field, was, is)
}

func elements(field protoreflect.FieldDescriptor, list protoreflect.List) []string {
	all := make([]string, list.Len())
	for i := range all {
		all[i] = document.Element(field, list.Get(i))
	}
	return all
}

// isOrdered says whether the order of a list of words has a meaning. Of a list that is not known here it may have one.
func isOrdered(field protoreflect.FieldDescriptor) bool {
	switch field.Name() {
	case "reasons", "required_context", "intent", "evidence_required_for", "notify", "only", "campaigns", "spend", "checklist",
		"segments", "regions", "skills", "languages", "met_by", "cancelled_by", "trusted_sources":
		return false
	default:
		return true
	}
}

// rows compares two lists of messages by what tells their rows apart.
func (w *walker) rows(at place, field protoreflect.FieldDescriptor, a, b protoreflect.List) {
	before, after := index(field, a), index(field, b)
	for _, key := range slices.Concat(before.keys, missingIn(before, after.keys)) {
		here := at.entry(key)
		i, was := before.rows[key]
		j, is := after.rows[key]
		switch {
		case was && is:
			w.value(here, field, a.Get(i), b.Get(j))
		case was:
			w.add(here, field, a.Get(i), protoreflect.Value{})
		default:
			w.add(here, field, protoreflect.Value{}, b.Get(j))
		}
	}
	kept, stays := common(before, after), common(after, before)
	if (w.exact || field.Name() != "target_accounts" && field.Name() != "requirements") && !slices.Equal(kept, stays) {
		w.found = append(w.found, finding{path: at.path, steps: at.steps, kind: Changed, field: field, order: true,
			old: strings.Join(kept, ", "), new: strings.Join(stays, ", ")})
	}
}

// register knows the rows of a list by their keys.
type register struct {
	keys []string
	rows map[string]int
}

// index reads the keys of a list. A key that comes again is numbered.
func index(field protoreflect.FieldDescriptor, list protoreflect.List) register {
	r := register{rows: make(map[string]int, list.Len())}
	for i := range list.Len() {
		key := keyOf(field, list.Get(i).Message(), i)
		for again := 2; ; again++ {
			if _, taken := r.rows[key]; !taken {
				break
			}
			key = fmt.Sprintf("%s #%d", keyOf(field, list.Get(i).Message(), i), again)
		}
		r.keys, r.rows[key] = append(r.keys, key), i
	}
	return r
}

// keyOf is what tells a row of a list from the others: its name in whatever words the schema has for one, else its place.
func keyOf(field protoreflect.FieldDescriptor, row protoreflect.Message, i int) string {
	fields := field.Message().Fields()
	if at := fields.ByName("at"); at != nil && at.Kind() == protoreflect.DoubleKind {
		return document.Short(at, row.Get(at))
	}
	for _, name := range []protoreflect.Name{"domain", "when", "name", "id"} {
		if key := fields.ByName(name); key != nil && key.Kind() == protoreflect.StringKind && row.Get(key).String() != "" {
			if isExpression(key) {
				return expression.Plain(row.Get(key).String())
			}
			return row.Get(key).String()
		}
	}
	return fmt.Sprint(i + 1)
}

func missingIn(r register, keys []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { _, known := r.rows[key]; return known })
}

// common are the keys of a list that another has too, in order.
func common(of, in register) []string {
	return slices.DeleteFunc(slices.Clone(of.keys), func(key string) bool { _, known := in.rows[key]; return !known })
}
