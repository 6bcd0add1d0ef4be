package document

import (
	"iter"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// pairs yields the keys and values of a mapping; those of anything else are none.
func pairs(node *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}

// keys returns the names that a mapping holds.
func keys(node *yaml.Node) map[string]bool {
	names := make(map[string]bool, len(node.Content)/2)
	for key := range pairs(node) {
		names[key.Value] = true
	}
	return names
}

// isNull says whether a value was left out: `rating:` or `rating: ~`.
func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// describe names what stands in a place where something else is wanted.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	case yaml.AliasNode:
		return "a reference"
	default:
		return quoted(node.Value)
	}
}

// nest makes a node into a mapping with one key, whose value is what the node was.
func nest(node *yaml.Node, key string) {
	was := *node
	name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: node.Line, Column: node.Column}
	*node = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{name, &was}, Line: node.Line, Column: node.Column}
}

// listOf makes a node into a list whose only element is what the node was.
func listOf(node *yaml.Node) {
	was := *node
	*node = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{&was}, Line: node.Line, Column: node.Column}
}

// namesOf returns the names of fields, in the order of the schema.
func namesOf(fields interface {
	Len() int
	Get(int) protoreflect.FieldDescriptor
}) []string {
	names := make([]string, fields.Len())
	for i := range names {
		names[i] = string(fields.Get(i).Name())
	}
	return names
}
