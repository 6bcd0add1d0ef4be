package mapping

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a mapping.
type Problem struct {
	Line, Column int // from 1; 0 when it concerns the file as a whole
	Message      string
}

// String is the problem as compilers write it: line, column and message.
func (p Problem) String() string { return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message) }

// ProblemsError lists everything that is wrong with a mapping, in the order of the file.
type ProblemsError struct {
	Problems []Problem
}

// Error names every problem, one a line.
func (e *ProblemsError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// RowError says why a row cannot become what a step makes of it. Its message says nothing of what stands in the row.
type RowError struct {
	Kind    Kind
	Key     string // the id of the resource in its source; empty if the row has none
	Field   string // empty if it concerns the row as a whole
	Message string
	Unknown bool // whether it refers to something that is not known
}

// Error names the field and what is wrong with it.
func (e *RowError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s: %s", e.Kind, e.Message)
	}
	return fmt.Sprintf("%s: %s: %s", e.Kind, e.Field, e.Message)
}
