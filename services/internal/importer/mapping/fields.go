package mapping

import (
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// fields reads what a resource is made of.
func (r *reader) fields(n *yaml.Node, mk *Make, d defaults) {
	known := mk.Kind.fields()
	keyed := false
	for _, e := range r.entries(n, "a resource") {
		keyed = keyed || e.name == mk.Kind.keyField()
		f, ok := known[e.name]
		switch {
		case e.name == idKey && mk.Kind.Chosen():
			mk.id = r.plain(e.value, d)
		case !ok:
			r.unknown(e, "a "+string(mk.Kind), fieldNames(mk.Kind)...)
		case f.IsMap():
			r.attributes(e.value, f, mk, d)
		case isPart(f):
			r.part(e.value, f, mk, d)
		default:
			if rl := r.rule(e.value, f, d); rl != nil {
				mk.fields = append(mk.fields, field{desc: f, rule: rl})
			}
		}
	}
	if n.Kind == yaml.MappingNode && !keyed {
		r.refuse(n, "%s is missing: what names the %s for ever", mk.Kind.keyField(), mk.Kind)
	}
}

func fieldNames(k Kind) []string {
	names := slices.Sorted(maps.Keys(k.fields()))
	if k.Chosen() {
		names = append([]string{idKey}, names...)
	}
	return names
}

var attributeKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// attributes reads the entries of a field that is a map: each has a rule of its own.
func (r *reader) attributes(n *yaml.Node, f protoreflect.FieldDescriptor, mk *Make, d defaults) {
	for _, e := range r.entries(n, string(f.Name())) {
		if !attributeKey.MatchString(e.name) {
			r.refuse(e.key, "%q is no name of an attribute: lower-case letters, digits and underscores, at most 63, a letter first", e.name)
			continue
		}
		if rl := r.rule(e.value, f, d); rl != nil {
			mk.fields = append(mk.fields, field{desc: f, attribute: e.name, rule: rl})
		}
	}
}

// isPart reports whether a field is a part of a resource that has fields of its own, such as what a rep covers.
func isPart(f protoreflect.FieldDescriptor) bool {
	return f.Message() != nil && !f.IsList() && !f.IsMap() && shapeOf(f) == 0
}

// part reads the fields of a part of a resource.
func (r *reader) part(n *yaml.Node, f protoreflect.FieldDescriptor, mk *Make, d defaults) {
	known := f.Message().Fields()
	for _, e := range r.entries(n, string(f.Name())) {
		inner := known.ByName(protoreflect.Name(e.name))
		if inner == nil {
			r.unknown(e, string(f.Name()), namesOf(known)...)
			continue
		}
		if rl := r.rule(e.value, inner, d); rl != nil {
			mk.fields = append(mk.fields, field{desc: inner, within: f, rule: rl})
		}
	}
}

func namesOf(fields protoreflect.FieldDescriptors) []string {
	var names []string
	for i := range fields.Len() {
		names = append(names, string(fields.Get(i).Name()))
	}
	return names
}
