package worktime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxText is the largest text that [Parse] reads, in bytes.
const MaxText = 256 << 10

// document reads one YAML document, and refuses anything after it.
func document(data []byte) (*yaml.Node, *Problem) {
	if problem := unreadable(data); problem != nil {
		return nil, problem
	}
	var first, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, &Problem{Reason: "is empty", Line: 1, Column: 1}
	case err != nil:
		return nil, syntaxProblem(err)
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, &Problem{Reason: "has a second document", Line: second.Line, Column: second.Column}
	case !errors.Is(err, io.EOF):
		return nil, syntaxProblem(err)
	}
	return first.Content[0], nil
}

// unreadable finds what YAML allows in no place. The library would find it
// too, and not say where.
func unreadable(data []byte) *Problem {
	if len(data) > MaxText {
		return &Problem{Reason: fmt.Sprintf("has %d bytes, more than %d", len(data), MaxText)}
	}
	line, column := 1, 1
	for text := data; len(text) > 0; {
		char, size := utf8.DecodeRune(text)
		switch {
		case char == utf8.RuneError && size == 1:
			return &Problem{Reason: "is not UTF-8", Line: line, Column: column}
		case unicode.IsControl(char) && !strings.ContainsRune("\t\r\n", char):
			return &Problem{Reason: fmt.Sprintf("has a control character, %U", char), Line: line, Column: column}
		case char == '\n':
			line, column = line+1, 0
		}
		text, column = text[size:], column+1
	}
	return nil
}

var (
	yamlError = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	// yamlGrammar are the messages whose lines the library counts from zero.
	yamlGrammar = regexp.MustCompile(`^did not find expected (?:<document start>|node content|key|'-'|',' or )`)
)

// syntaxProblem takes the line out of a message of the YAML library, which
// leaves it out for the first.
func syntaxProblem(err error) *Problem {
	parts := yamlError.FindStringSubmatch(err.Error())
	if parts == nil {
		return &Problem{Reason: err.Error()}
	}
	reason := parts[2]
	line, err := strconv.Atoi(parts[1])
	switch {
	case err != nil:
		line = 1
	case yamlGrammar.MatchString(reason):
		line++
	}
	return &Problem{Reason: reason, Line: line}
}

// follow is what an alias stands for, so that weekdays can share their hours.
func follow(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }
