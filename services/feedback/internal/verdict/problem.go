package verdict

import "strings"

// Problem is one thing that keeps an answer from being taken.
type Problem struct {
	Field   string   // of the answer, such as `rating`
	Message string   // what is wrong with it
	Missing []string // what it lacks, such as `rating` or `confirmed.need`; empty if something is there but wrong
	// Criterion is the one that evidence names and that proves nothing for the reason; empty if something else is wrong.
	Criterion string
}

// ProblemsError is everything that keeps an answer from being taken; at least one problem.
type ProblemsError struct {
	Problems []Problem
}

// Error tells all problems.
func (e *ProblemsError) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = p.Field + ": " + p.Message
	}
	return strings.Join(parts, "; ")
}

// Missing is everything that the answer lacks, in the order of the problems.
func (e *ProblemsError) Missing() []string {
	var all []string
	for _, p := range e.Problems {
		all = append(all, p.Missing...)
	}
	return all
}

// Irrelevant is the first criterion that proves nothing for the reason, where nothing else is wrong; empty otherwise.
func (e *ProblemsError) Irrelevant() string {
	first := ""
	for _, p := range e.Problems {
		if p.Criterion == "" {
			return ""
		}
		if first == "" {
			first = p.Criterion
		}
	}
	return first
}

// problems collects what is found.
type problems []Problem

func (p *problems) wrong(field, message string) {
	*p = append(*p, Problem{Field: field, Message: message})
}

func (p *problems) missing(field, message string, what ...string) {
	*p = append(*p, Problem{Field: field, Message: message, Missing: what})
}

func (p *problems) irrelevant(field, message, criterion string) {
	*p = append(*p, Problem{Field: field, Message: message, Criterion: criterion})
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &ProblemsError{Problems: p}
}
