package document

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// decoder translates what people write into what protoyaml reads. protoyaml asks it about each message, the outer ones
// first, with the node that the message is written as. It rewrites that node in place: names and values become those
// of the schema, and whatever is wrong is reported and taken out. So protoyaml meets nothing that it could refuse.
type decoder struct {
	positions *Positions
	problems  []Problem
	paths     map[*yaml.Node]string // of the nodes that are messages
}

// Unmarshal translates the node of one message; done says that the message has been read already. It never fails.
func (d *decoder) Unmarshal(node *yaml.Node, message proto.Message) (done bool, _ error) {
	path := d.paths[node]
	if path == "" { // the document
		d.positions.set("", node, node)
	}
	if d.readShort(path, node, message) {
		return true, nil
	}
	fields := message.ProtoReflect().Descriptor()
	if node.Kind != yaml.MappingNode {
		d.report(path, node, "fields are wanted here, such as %q, not %s", fields.Fields().Get(0).Name(), describe(node))
		return true, nil
	}
	d.readFields(path, node, fields)
	return false, nil
}

// readFields leaves the fields in the mapping that the schema knows and that have a value which it can hold.
func (d *decoder) readFields(path string, node *yaml.Node, message protoreflect.MessageDescriptor) {
	given := make(map[protoreflect.Name]*yaml.Node) // fields and oneofs, by where they were given first
	written := keys(node)
	var kept []*yaml.Node
	for key, value := range pairs(node) {
		field := d.field(path, key, message, written)
		if field == nil || !d.isFirst(path, key, field, given) {
			continue
		}
		at := member(path, field)
		if !isHidden(field) {
			d.positions.set(at, key, value)
		}
		if d.translate(at, field, value) {
			key.Value = string(field.Name())
			kept = append(kept, key, value)
		}
	}
	node.Content = kept
}

// field finds the field that a key names, or the one that it probably means if that is not written as well.
func (d *decoder) field(path string, key *yaml.Node, message protoreflect.MessageDescriptor, written map[string]bool) protoreflect.FieldDescriptor {
	if !d.isName(path, key) {
		return nil
	}
	fields := message.Fields()
	if field := fields.ByName(protoreflect.Name(key.Value)); field != nil || len(d.problems) == MaxProblems {
		return field
	}
	names := namesOf(fields)
	d.report(entry(path, key.Value), key, "unknown field: %s", mend(key.Value, names))
	meant := nearest(key.Value, names)
	if written[meant] {
		return nil
	}
	return fields.ByName(protoreflect.Name(meant))
}

// isFirst refuses a field that is given twice, and two fields of which only one may be given.
func (d *decoder) isFirst(path string, key *yaml.Node, field protoreflect.FieldDescriptor, given map[protoreflect.Name]*yaml.Node) bool {
	if first := given[field.Name()]; first != nil {
		d.report(entry(path, key.Value), key, "given twice, first in line %d: keep one", first.Line)
		return false
	}
	given[field.Name()] = key
	choice := field.ContainingOneof()
	if choice == nil || choice.IsSynthetic() {
		return true
	}
	if first := given[choice.Name()]; first != nil {
		d.report(entry(path, key.Value), key, "not together with %q: give one of %s", first.Value, enumerate(namesOf(choice.Fields())))
		return false
	}
	given[choice.Name()] = key
	return true
}

// translate prepares the value of a field for protoyaml and says whether there is one.
func (d *decoder) translate(path string, field protoreflect.FieldDescriptor, value *yaml.Node) bool {
	switch {
	case !d.isWritten(path, value) || isNull(value):
		return false
	case field.IsMap():
		return d.translateMap(path, field, value)
	case field.IsList():
		return d.translateList(path, field, value)
	case field.Message() != nil:
		d.paths[value] = path
		return true
	default:
		return d.translateScalar(path, field, value)
	}
}

// translateMap keeps every entry of a map, also one whose value is wrong: its name stays known.
func (d *decoder) translateMap(path string, field protoreflect.FieldDescriptor, node *yaml.Node) bool {
	if node.Kind != yaml.MappingNode {
		d.report(path, node, "names are wanted here, each with a value, not %s", describe(node))
		return false
	}
	given := make(map[string]*yaml.Node)
	var kept []*yaml.Node
	for key, value := range pairs(node) {
		if !d.isName(path, key) {
			continue
		}
		at := entry(path, key.Value)
		if first := given[key.Value]; first != nil {
			d.report(at, key, "given twice, first in line %d: keep one", first.Line)
			continue
		}
		given[key.Value] = key
		d.positions.set(at, key, value)
		if isNull(value) {
			d.report(at, key, "has no value")
		}
		d.translateEntry(at, field.MapValue(), value)
		kept = append(kept, key, value)
	}
	node.Content = kept
	return true
}

// translateList keeps every element of a list, so that they keep their numbers. One word is a list of one.
func (d *decoder) translateList(path string, field protoreflect.FieldDescriptor, node *yaml.Node) bool {
	switch {
	case node.Kind == yaml.ScalarNode && field.Message() == nil:
		listOf(node)
	case node.Kind != yaml.SequenceNode:
		d.report(path, node, "a list is wanted here, such as [a, b], not %s", describe(node))
		return false
	}
	for i, value := range node.Content {
		at := element(path, i)
		d.positions.set(at, value, value)
		if isNull(value) {
			d.report(at, value, "an element of the list is empty")
		}
		d.translateEntry(at, field, value)
	}
	return true
}

// translateEntry prepares an entry of a map or list, or leaves it empty if its value is wrong.
func (d *decoder) translateEntry(path string, field protoreflect.FieldDescriptor, value *yaml.Node) {
	switch {
	case !d.isWritten(path, value) || isNull(value):
		d.clear(path, field, value)
	case field.Message() != nil:
		d.paths[value] = path
	case !d.translateScalar(path, field, value):
		d.clear(path, field, value)
	}
}

// clear makes a node into the empty value of a field.
func (d *decoder) clear(path string, field protoreflect.FieldDescriptor, node *yaml.Node) {
	blank := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Line: node.Line, Column: node.Column}
	switch field.Kind() {
	case protoreflect.MessageKind:
		blank.Kind, blank.Tag = yaml.MappingNode, "!!map"
		d.paths[node] = path
	case protoreflect.StringKind:
	default:
		blank.Value = "0" // a number, or an enum's value for nothing
	}
	*node = blank
}

// isName says whether a key is one word.
func (d *decoder) isName(path string, key *yaml.Node) bool {
	if key.Kind != yaml.ScalarNode || key.Style&yaml.TaggedStyle != 0 {
		d.report(path, key, "a name is wanted here, not %s", describe(key))
		return false
	}
	return d.isWritten(path, key)
}

// isWritten refuses what YAML only points at or relabels. Both teams sign what they read, so everything stands where
// it applies; and no reference can make a small text into a large document.
func (d *decoder) isWritten(path string, node *yaml.Node) bool {
	switch {
	case node.Kind == yaml.AliasNode:
		d.report(path, node, "a reference to an anchor is not allowed: write the value out")
	case node.Style&yaml.TaggedStyle != 0:
		d.report(path, node, "%s is read as a YAML tag: put the text in quotes, or take the tag out", quoted(node.Tag))
	case slices.Contains([]byte(node.Value), 0):
		d.report(path, node, "the text holds a NUL character: take it out")
	default:
		return true
	}
	return false
}

func (d *decoder) report(path string, node *yaml.Node, format string, args ...any) {
	if len(d.problems) < MaxProblems {
		d.problems = append(d.problems, Problem{Line: node.Line, Column: node.Column, Field: clip(path, maxPath), Message: fmt.Sprintf(format, args...)})
	}
}
