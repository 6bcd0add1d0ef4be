package document

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Short writes the value of a field on one line, as people would: 4h, {pool: velocity}, [need, timing]. A text is itself.
// The value of a map's entry is that of the field's MapValue.
func Short(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	var node *yaml.Node
	switch {
	case field.IsMap():
		node = writeMap(field, value.Map())
	case field.IsList():
		node = writeList(field, value.List())
	case field.Kind() == protoreflect.StringKind:
		return value.String()
	default:
		node = writeValue(field, value)
	}
	return oneLine(node)
}

// Element writes one element of a list, as Short does.
func Element(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	return oneLine(writeValue(field, value))
}

func oneLine(node *yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	squeeze(node)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	if err := encoder.Encode(node); err != nil { // text that is not UTF-8
		return ""
	}
	return strings.TrimSpace(out.String())
}

// squeeze writes lists and mappings on one line, and texts in quotes where they would take several.
func squeeze(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode {
		if strings.Contains(node.Value, "\n") {
			node.Style = yaml.DoubleQuotedStyle
		}
		return
	}
	node.Style = yaml.FlowStyle
	for _, child := range node.Content {
		squeeze(child)
	}
}

// ShortMessage writes a message, as Short does.
func ShortMessage(message protoreflect.Message) string { return oneLine(writeMessage(message)) }
