package rpc

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/handoffhq/handoff/services/internal/telemetry"
)

// reference is a field of a request that may name a handoff or a lead.
type reference struct {
	in    protoreflect.FieldDescriptor // the resource that it is a field of; nil for a field of the request itself
	field protoreflect.FieldDescriptor
}

// attribute marks the span, and whatever is logged or traced under it, with the handoff and lead that the request names.
func (k *call) attribute(request proto.Message) {
	if k.method.stream && !k.method.watch {
		return // its messages may name different ones
	}
	m := request.ProtoReflect()
	var about telemetry.Subject
	for _, r := range k.chain.references(m.Descriptor()) {
		in := m
		if r.in != nil {
			in = m.Get(r.in).Message()
		}
		name := in.Get(r.field).String()
		if id, ok := resourceID(name, "handoffs/"); ok {
			about.Handoff = id
		} else if id, ok := resourceID(name, "leads/"); ok {
			about.Lead = id
		}
	}
	if about != (telemetry.Subject{}) {
		k.ctx = telemetry.WithSubject(k.ctx, about)
	}
}

// references finds, once a type, the fields that may name a handoff or a lead.
func (c *chain) references(request protoreflect.MessageDescriptor) []reference {
	if known, ok := c.subjects.Load(request.FullName()); ok {
		return known.([]reference)
	}
	found := []reference{}
	for _, name := range []protoreflect.Name{"name", "parent", "handoff", "lead"} {
		switch field := request.Fields().ByName(name); {
		case field == nil || field.Cardinality() == protoreflect.Repeated:
		case field.Kind() == protoreflect.StringKind:
			found = append(found, reference{field: field})
		case field.Kind() == protoreflect.MessageKind:
			if inner := field.Message().Fields().ByName("name"); inner != nil && inner.Kind() == protoreflect.StringKind {
				found = append(found, reference{in: field, field: inner})
			}
		}
	}
	c.subjects.Store(request.FullName(), found)
	return found
}

// idDigits is the length of an id: 16 bytes as hex digits.
const idDigits = 32

// resourceID is the id in `collection/{id}`, which may go on with a part of the resource.
func resourceID(name, collection string) (string, bool) {
	rest, ok := strings.CutPrefix(name, collection)
	if !ok || len(rest) < idDigits || len(rest) > idDigits && rest[idDigits] != '/' {
		return "", false
	}
	id := rest[:idDigits]
	return id, strings.Trim(id, "0123456789abcdef") == ""
}
