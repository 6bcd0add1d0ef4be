package document

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// lineWidth is the length of a line above which a list or mapping is spread over several, in characters.
const lineWidth = 100

// layOut writes a list or mapping on one line where it fits, and returns the width that it takes there; no line is
// long enough for what must be spread. Nothing that stands directly in the document is squeezed, so that each section
// begins the same way.
func layOut(node *yaml.Node, indent int) (width int) {
	if node.Kind == yaml.ScalarNode {
		return scalarWidth(node)
	}
	for i, child := range node.Content {
		isKey := node.Kind == yaml.MappingNode && i%2 == 0
		if isKey {
			width += scalarWidth(child) + len(": ")
			continue
		}
		width += layOut(child, indent+2) + len(", ")
	}
	isSection := indent == 2 && len(node.Content) > 0
	if isSection || indent+width > lineWidth {
		return lineWidth
	}
	node.Style = yaml.FlowStyle
	return width
}

func scalarWidth(node *yaml.Node) int {
	if strings.Contains(node.Value, "\n") {
		return lineWidth
	}
	return utf8.RuneCountInString(node.Value)
}

// word is a scalar that needs no quotes: a name, a number, a length of time.
func word(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }

// text is a scalar that may hold anything, and stays a text even if it looks like something else.
func text(value string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	for _, line := range strings.Split(value, "\n") {
		if line != strings.TrimSpace(line) {
			node.Style = yaml.DoubleQuotedStyle // a block would lose or misread the spaces
		}
	}
	return node
}

func sequence(elements ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: elements}
}

// trimZeros takes the zeros off that end a decimal fraction.
func trimZeros(decimal string) string {
	return strings.TrimRight(strings.TrimRight(decimal, "0"), ".")
}
