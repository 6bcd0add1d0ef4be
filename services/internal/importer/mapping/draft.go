package mapping

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
)

// Key names a resource for ever: by its kind, its source and its id there.
type Key struct {
	Kind   Kind
	Source string
	ID     string
}

// Known is what the suite made of a resource.
type Known struct {
	Name         string    // such as `leads/0192…`
	FirstContact time.Time // of a lead
}

// Draft is a resource that a row became. It is complete when it is resolved.
type Draft struct {
	Key     Key
	Message proto.Message // of the type of the kind in the API

	references []reference
}

// reference is a field that needs what the suite made of another resource: its name, or the lead's first contact.
type reference struct {
	field  field
	key    Key
	latest time.Time // that a first contact is put no later than; zero for no limit
}

// Resolve fills in what the draft refers to. Its error is a [*RowError] that has Unknown set.
func (d *Draft) Resolve(lookup func(Key) (Known, bool)) error {
	into := d.Message.ProtoReflect()
	for _, r := range d.references {
		known, ok := lookup(r.key)
		if !ok {
			return &RowError{Kind: d.Key.Kind, Key: d.Key.ID, Field: r.field.name(), Unknown: true,
				Message: "refers to an unknown " + string(r.key.Kind)}
		}
		switch f := r.field.desc; {
		case isContact(f):
			appendContact(into.Mutable(f).List(), known.Name)
		case f.Kind() == protoreflect.StringKind:
			into.Set(f, protoreflect.ValueOfString(known.Name))
		default:
			into.Set(f, protoreflect.ValueOfMessage(timestamppb.New(r.firstContact(known)).ProtoReflect()))
		}
	}
	d.references = nil
	return nil
}

// appendContact appends a lead that is not in the list yet: several ids of a source may have turned out to be one person.
func appendContact(list protoreflect.List, lead string) {
	for i := range list.Len() {
		if list.Get(i).Message().Interface().(*attributionv1.Contact).GetLead() == lead {
			return
		}
	}
	list.Append(protoreflect.ValueOfMessage((&attributionv1.Contact{Lead: lead}).ProtoReflect()))
}

func (r reference) firstContact(known Known) time.Time {
	if !r.latest.IsZero() && r.latest.Before(known.FirstContact) {
		return r.latest
	}
	return known.FirstContact
}

// wrong says what is wrong with a field of the draft.
func (d *Draft) wrong(field string, err error) *RowError {
	return &RowError{Kind: d.Key.Kind, Key: d.Key.ID, Field: field, Message: err.Error()}
}
