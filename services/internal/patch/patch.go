package patch

import (
	"slices"
	"strings"

	"go.einride.tech/aip/fieldbehavior"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// everything is the mask that names all fields.
const everything = "*"

// Request is an update: it has a resource and says what of it changes.
type Request interface {
	proto.Message
	GetUpdateMask() *fieldmaskpb.FieldMask
}

// Patch is what changes of a resource.
type Patch[T proto.Message] struct {
	wanted T
	path   string // of the resource in the request, such as `lead`
	fields []protoreflect.FieldDescriptor
}

// Read takes an update apart; wanted is the resource in it. A mask that cannot be followed is a violation of update_mask.
func Read[T proto.Message](req Request, wanted T) (Patch[T], error) {
	p := Patch[T]{wanted: wanted, path: holder(req, wanted)}
	fields, err := named(req.GetUpdateMask().GetPaths(), wanted.ProtoReflect())
	if err != nil {
		return p, err
	}
	p.fields = slices.DeleteFunc(fields, ours)
	return p, nil
}

// Set is the patch of every field that is set in a resource, which stands at a path of its request. No mask is needed for it.
func Set[T proto.Message](wanted T, path string) Patch[T] {
	return Patch[T]{wanted: wanted, path: path, fields: slices.DeleteFunc(set(wanted.ProtoReflect()), ours)}
}

// Apply is the stored resource with the changes. The change of a field that never changes is a violation of that field.
func Apply[T proto.Message](req Request, stored, wanted T) (T, error) {
	p, err := Read(req, wanted)
	if err != nil {
		return stored, err
	}
	return p.Apply(stored)
}

// Apply is the stored resource with the changes.
func (p Patch[T]) Apply(stored T) (T, error) {
	changed := proto.CloneOf(stored)
	from, into := proto.CloneOf(p.wanted).ProtoReflect(), changed.ProtoReflect()
	for _, field := range p.fields {
		if is(field, annotations.FieldBehavior_IMMUTABLE) {
			if !from.Get(field).Equal(into.Get(field)) {
				return stored, fault.Field(p.path+"."+string(field.Name()), "never changes")
			}
			continue
		}
		if from.Has(field) {
			into.Set(field, from.Get(field))
		} else {
			into.Clear(field)
		}
	}
	return changed, nil
}

// Changes reports whether the field of a name is among those that change, be it to the value that it has.
func (p Patch[T]) Changes(name string) bool {
	return slices.ContainsFunc(p.fields, func(field protoreflect.FieldDescriptor) bool { return string(field.Name()) == name })
}

// holder is the name of the field in which the request holds the resource.
func holder(req Request, resource proto.Message) string {
	fields := req.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if of := fields.Get(i).Message(); of != nil && of.FullName() == resource.ProtoReflect().Descriptor().FullName() {
			return string(fields.Get(i).Name())
		}
	}
	return ""
}

// named are the fields that a mask names: without one those that are set.
func named(paths []string, wanted protoreflect.Message) ([]protoreflect.FieldDescriptor, error) {
	var fields []protoreflect.FieldDescriptor
	switch {
	case len(paths) == 0:
		return set(wanted), nil
	case slices.Equal(paths, []string{everything}):
		for i := range wanted.Descriptor().Fields().Len() {
			field := wanted.Descriptor().Fields().Get(i)
			if wanted.Has(field) || !is(field, annotations.FieldBehavior_IMMUTABLE) {
				fields = append(fields, field)
			}
		}
	default:
		for _, path := range paths {
			field := follow(path, wanted.Descriptor())
			if field == nil {
				return nil, fault.Field("update_mask", "%q is not a field that can be changed by itself", path)
			}
			fields = append(fields, field)
		}
	}
	return fields, nil
}

// set are the fields that are set in a message.
func set(m protoreflect.Message) []protoreflect.FieldDescriptor {
	var fields []protoreflect.FieldDescriptor
	m.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		fields = append(fields, field)
		return true
	})
	return fields
}

// follow is the field of the message that a path names or leads into; nil if it leads nowhere.
func follow(path string, of protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	name, rest, deeper := strings.Cut(path, ".")
	field := of.Fields().ByName(protoreflect.Name(name))
	if field == nil || !deeper {
		return field
	}
	if field.IsList() || field.IsMap() || field.Message() == nil || follow(rest, field.Message()) == nil {
		return nil
	}
	return field
}

// ours reports whether only the service writes a field.
func ours(field protoreflect.FieldDescriptor) bool {
	return field.Name() == "etag" || is(field, annotations.FieldBehavior_OUTPUT_ONLY) || is(field, annotations.FieldBehavior_IDENTIFIER)
}

func is(field protoreflect.FieldDescriptor, behavior annotations.FieldBehavior) bool {
	return fieldbehavior.Has(field, behavior)
}
