package difference

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/policy"
)

// Kind says what happened to a field. The numbers are the API's.
type Kind int

// What happens to fields.
const (
	Added Kind = iota + 1
	Removed
	Changed
	Renamed
)

// Effect says what a change touches. The numbers are the API's, and changes are listed in their order, Unknown first.
type Effect int

// What changes touch.
const (
	Unknown       Effect = iota
	Qualification        // who is qualified
	Assignment           // who gets the lead
	Timing               // by when somebody must act
	Counting             // how it is counted
	Wording              // the wording alone
)

// Change is one difference.
type Change struct {
	Path     string
	Kind     Kind
	Effect   Effect
	Old, New string // in the short form of playbooks, with defaults; empty for nothing
	Sentence string
}

// Changes says what differs between two documents, by effect and then in the order of the document. Beside an empty one,
// all that the other says is added, and its defaults go without saying.
func Changes(from, to *playbookv1.Document) []Change {
	if proto.Size(from) == 0 {
		return first(to)
	}
	names := renames(from.GetCriteria(), to.GetCriteria())
	from = renamed(from, names)
	pair := pair{from: policy.WithDefaults(from), to: policy.WithDefaults(to), book: newBook(), terms: terms()}
	meaning, touched := walk(pair.from, pair.to, false), reached(pair.from, pair.to)
	all := pair.changes(meaning, touched)
	for _, old := range sortedKeys(names) {
		all = append(all, Change{Path: "criteria." + names[old], Kind: Renamed, Effect: Wording, Old: old, New: names[old],
			Sentence: "Criterion " + old + " is now called " + names[old] + " and means the same"})
	}
	fields, above := tell(meaning)
	for _, f := range walk(from, to, true) {
		if !fields.covers(above, f.steps) {
			all = append(all, Change{Path: f.path, Kind: f.kind, Effect: Wording, Old: f.old, New: f.new, Sentence: wording(f)})
		}
	}
	if len(all) == 0 && !same(from, to) {
		all = append(all, Change{Kind: Changed, Sentence: "The documents differ in something that this version cannot read"})
	}
	slices.SortStableFunc(all, func(a, b Change) int { return cmp.Compare(a.Effect, b.Effect) })
	return all
}

// first are the changes with which the first agreement comes.
func first(to *playbookv1.Document) []Change {
	pair := pair{from: &playbookv1.Document{}, to: policy.WithDefaults(to), book: newBook(), terms: terms()}
	pair.outline(nil, to.ProtoReflect(), pair.from.ProtoReflect())
	all := pair.changes(walk(pair.from, to, true), reached(pair.to))
	slices.SortStableFunc(all, func(a, b Change) int { return cmp.Compare(a.Effect, b.Effect) })
	return all
}

// outline makes what a message holds, and what that holds, but leaves it empty; what a phrase tells of as a whole is not
// there at all.
func (p pair) outline(at []string, of, into protoreflect.Message) {
	of.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		steps := append(slices.Clip(at), string(field.Name()))
		_, _, isTold := p.book.find(steps, Added)
		if field.Message() != nil && !field.IsMap() && !field.IsList() && !isWhole(field.Message()) && !isTold {
			p.outline(steps, value.Message(), into.Mutable(field).Message())
		}
		return true
	})
}

// told are fields by their names, of which changes of meaning tell.
type told map[string]bool

// tell collects the fields that changed, and those together with what they stand in.
func tell(meaning []finding) (fields, above told) {
	fields, above = told{}, told{}
	for _, f := range meaning {
		fields[join(f.steps)] = true
		for i := range f.steps {
			above[join(f.steps[:i+1])] = true
		}
	}
	return fields, above
}

// covers says whether changes of meaning tell of a field already, or of what it stands in or holds.
func (fields told) covers(above told, steps []string) bool {
	for i := range steps {
		if fields[join(steps[:i+1])] {
			return true
		}
	}
	return above[join(steps)]
}

func join(steps []string) string { return strings.Join(steps, "\x00") }

// same says whether two documents are the same to the byte.
func same(a, b *playbookv1.Document) bool {
	options := proto.MarshalOptions{Deterministic: true}
	rawA, errA := options.Marshal(a)
	rawB, errB := options.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(rawA, rawB)
}
