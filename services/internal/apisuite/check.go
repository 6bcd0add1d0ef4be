package apisuite

import (
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The operators of what is wanted of a response, and of requests.
const (
	opContains = "$contains"
	opLacks    = "$lacks"
	opLength   = "$length"
	opMatches  = "$matches"
	opTimes    = "$times"
	opWith     = "$with"
)

// fields reports keys that are no fields of a message, so that a misspelt one is not a check that never fails. Fields are
// spelt as in the protos. operators says whether what is wanted stands here, rather than what is sent.
func (p *problems) fields(node *yaml.Node, of protoreflect.MessageDescriptor, operators bool) {
	if node.Kind != yaml.MappingNode || wellKnown(of) {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		if name.Value == opWith && !operators {
			continue // a variable, which is read when the step is taken
		}
		field := of.Fields().ByName(protoreflect.Name(name.Value))
		if field == nil {
			p.report(name, "%s has no field %q", of.Name(), name.Value)
			continue
		}
		p.field(value, field, operators)
	}
}

func (p *problems) field(node *yaml.Node, field protoreflect.FieldDescriptor, operators bool) {
	switch {
	case field.IsMap():
		if inner := field.MapValue().Message(); inner != nil {
			for i := 1; i < len(node.Content); i += 2 {
				p.fields(node.Content[i], inner, operators)
			}
		}
	case field.IsList():
		p.items(node, field, operators)
	case operator(node) != "":
		p.known(node, operators)
	case field.Message() != nil:
		p.fields(node, field.Message(), operators)
	}
}

// items checks a list, or an operator that stands for one.
func (p *problems) items(node *yaml.Node, field protoreflect.FieldDescriptor, operators bool) {
	items := node.Content
	if operator(node) != "" {
		p.known(node, operators)
		items = nil
		for i := 1; i < len(node.Content); i += 2 {
			if value := node.Content[i]; value.Kind == yaml.SequenceNode {
				items = append(items, value.Content...)
			} else {
				items = append(items, value)
			}
		}
	}
	for _, item := range items {
		if field.Message() != nil {
			p.fields(item, field.Message(), operators)
		}
	}
}

// operator is the first key of a mapping if it begins with a dollar sign.
func operator(node *yaml.Node) string {
	if node.Kind == yaml.MappingNode && len(node.Content) > 0 && strings.HasPrefix(node.Content[0].Value, "$") {
		return node.Content[0].Value
	}
	return ""
}

// known reports an operator that does not exist, or not here.
func (p *problems) known(node *yaml.Node, operators bool) {
	switch operator(node) {
	case opContains, opLacks, opLength, opMatches:
		if operators {
			return
		}
	case opTimes:
		if !operators {
			return
		}
	}
	p.report(node, "%s means nothing here", operator(node))
}

// wellKnown says whether a message has a JSON form of its own.
func wellKnown(of protoreflect.MessageDescriptor) bool {
	return strings.HasPrefix(string(of.FullName()), "google.protobuf.")
}
