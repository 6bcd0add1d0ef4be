package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// checkSource refuses what is not one YAML document of a bounded size and depth, before anything looks at its meaning.
// It returns nil if there is nothing to refuse.
func checkSource(source []byte) *Problem {
	switch {
	case len(source) > MaxBytes:
		return &Problem{Message: fmt.Sprintf("the document has %d bytes; at most %d are read", len(source), MaxBytes)}
	case !utf8.Valid(source):
		return &Problem{Message: "the document is not UTF-8; save it as UTF-8"}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	var root, next yaml.Node
	switch err := decoder.Decode(&root); {
	case err != nil && !errors.Is(err, io.EOF):
		return syntaxProblem(err)
	case len(root.Content) == 0 || isNull(root.Content[0]):
		return &Problem{Message: "the document is empty: a playbook says at least playbook, scoring, stages, routing and sla"}
	}
	if deep := tooDeep(&root, -1); deep != nil { // the document itself is no level
		return &Problem{Line: deep.Line, Column: deep.Column,
			Message: fmt.Sprintf("more than %d lists and mappings are inside one another", MaxNesting)}
	}
	switch err := decoder.Decode(&next); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return syntaxProblem(err)
	default:
		return &Problem{Line: next.Line, Column: next.Column,
			Message: "a second document starts here; a playbook is one document, without `---` in it"}
	}
}

// tooDeep finds a node below the deepest level that is allowed. Aliases are not followed: they are refused later.
func tooDeep(node *yaml.Node, depth int) *yaml.Node {
	if depth >= MaxNesting && (node.Kind == yaml.SequenceNode || node.Kind == yaml.MappingNode) {
		return node
	}
	for _, child := range node.Content {
		if deep := tooDeep(child, depth+1); deep != nil {
			return deep
		}
	}
	return nil
}

// syntaxProblem words an error of the YAML library, which tells lines in its text only.
func syntaxProblem(err error) *Problem {
	found := regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`).FindStringSubmatch(err.Error())
	if found == nil {
		return &Problem{Message: "this is not YAML: " + err.Error()}
	}
	problem := &Problem{Message: "this is not YAML: " + found[2] + "; " + syntaxHint(found[2])}
	if line, err := strconv.Atoi(found[1]); err == nil {
		problem.Line, problem.Column = line, 1
	}
	return problem
}

// syntaxHint says what usually is wrong where YAML gives up.
func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		return "put a text that holds a colon and a space in single quotes, and look at the indentation"
	case strings.Contains(message, "cannot start any token"):
		return "indent with spaces, and put a text that starts with @, ` or % in single quotes"
	case strings.Contains(message, "unknown anchor"):
		return "put a text that starts with * in single quotes"
	default:
		return "look at the indentation, at brackets and at quotes, here and in the lines above"
	}
}
