package difference

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// renames finds the criteria that mean what they meant under another name: old name to new.
func renames(from, to map[string]string) map[string]string {
	names := make(map[string]string)
	taken := make(map[string]bool)
	for _, old := range sortedKeys(from) {
		if _, stays := to[old]; stays {
			continue
		}
		for _, other := range sortedKeys(to) {
			if _, was := from[other]; !was && !taken[other] && expression.Plain(from[old]) == expression.Plain(to[other]) {
				names[old], taken[other] = other, true
				break
			}
		}
	}
	return names
}

// renamed is a document with other names of criteria, wherever one is used.
func renamed(doc *playbookv1.Document, names map[string]string) *playbookv1.Document {
	if len(names) == 0 {
		return doc
	}
	doc = proto.CloneOf(doc)
	for old, other := range names {
		doc.Criteria[other] = doc.GetCriteria()[old]
		delete(doc.GetCriteria(), old)
	}
	for name, text := range doc.GetDisqualify() {
		doc.Disqualify[name] = expression.Rename(text, names)
	}
	renameIn(doc.ProtoReflect(), names)
	renameGrounds(doc.GetFeedback().GetGrounds(), names)
	return doc
}

// renameGrounds changes the names of criteria that prove something.
func renameGrounds(grounds map[string]playbookv1.RejectionReason, names map[string]string) {
	for old, other := range names {
		if reason, ok := grounds[old]; ok {
			delete(grounds, old)
			grounds[other] = reason
		}
	}
}

// renameIn changes the names in the expressions of a message and of what it holds.
func renameIn(m protoreflect.Message, names map[string]string) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsMap():
			if field.MapValue().Message() != nil {
				value.Map().Range(func(_ protoreflect.MapKey, entry protoreflect.Value) bool {
					renameIn(entry.Message(), names)
					return true
				})
			}
		case field.IsList():
			for i := range value.List().Len() {
				if field.Message() != nil {
					renameIn(value.List().Get(i).Message(), names)
				}
			}
		case field.Message() != nil:
			renameIn(value.Message(), names)
		case isExpression(field):
			m.Set(field, protoreflect.ValueOfString(expression.Rename(value.String(), names)))
		}
		return true
	})
}

// isExpression says whether a text is an expression over the names of criteria, by the name that the schema gives such
// fields everywhere, or by where it stands.
func isExpression(field protoreflect.FieldDescriptor) bool {
	if field.Kind() != protoreflect.StringKind {
		return false
	}
	switch field.Name() {
	case "when", "mql", "high", "medium":
		return true
	default:
		return field.ContainingMessage().Name() == "MeetingPolicy" // all of its texts are
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
