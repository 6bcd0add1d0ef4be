package criteria

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
)

// Set is a compiled definition: immutable, safe for concurrent use, made once for
// each version of a playbook.
type Set struct {
	criteria   []compiled
	conditions []compiled
	gates      []compiled
	checks     []compiled
	position   map[string]int  // criterion → index in criteria
	gated      map[string]bool // names of criteria and scores that a gate looks at
}

// Compile checks a definition and prepares it for evaluation. A definition with
// problems yields a *CompileError that holds all of them.
func Compile(d Definition) (*Set, error) {
	c := compiler{definition: d}
	return c.run()
}

func (c *compiler) run() (*Set, error) {
	d := c.definition
	c.set = &Set{position: map[string]int{}, gated: map[string]bool{}}
	d.checkNames(c.report)
	for i, rule := range d.Criteria {
		c.set.position[rule.Name] = i
	}
	if len(c.problems) > 0 {
		return nil, &CompileError{c.problems}
	}
	var err error
	if c.set.criteria, err = c.compile(Criterion, d.Criteria); err != nil {
		return nil, err
	}
	if c.set.conditions, err = c.compile(Condition, d.Conditions); err != nil {
		return nil, err
	}
	if c.set.gates, err = c.compile(Gate, d.Gates); err != nil {
		return nil, err
	}
	if c.set.checks, err = c.compile(Check, d.Checks); err != nil {
		return nil, err
	}
	if len(c.problems) > 0 {
		return nil, &CompileError{c.problems}
	}
	return c.set, nil
}

// Names returns the names of all criteria, conditions, gates and checks, in that order
// and each in the order of the definition.
func (s *Set) Names() []string {
	var names []string
	for _, rule := range slices.Concat(s.criteria, s.conditions, s.gates, s.checks) {
		names = append(names, rule.yes.Name)
	}
	return names
}

// Place returns where a criterion stands in the definition, and whether there is
// such a one.
func (s *Set) Place(criterion string) (int, bool) {
	place, found := s.position[criterion]
	return place, found
}

// Gated reports whether a gate looks at a criterion or a score, by its name.
func (s *Set) Gated(name string) bool { return s.gated[name] }

type compiler struct {
	definition Definition
	set        *Set
	problems   []Problem
	unplanned  bool // CEL evaluates everything
}

func (c *compiler) report(p Problem) { c.problems = append(c.problems, p) }

func (c *compiler) compile(kind Kind, rules []Rule) ([]compiled, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	env, err := newEnvironment(kind, slices.Sorted(maps.Keys(c.set.position)), c.definition.Lists, c.definition.Models)
	if err != nil {
		return nil, fmt.Errorf("compile criteria: %w", err)
	}
	done := make([]compiled, 0, len(rules))
	for _, rule := range rules {
		if rule, ok := c.compileRule(env, kind, rule); ok {
			done = append(done, rule)
		}
	}
	return done, nil
}

func (c *compiler) compileRule(env *cel.Env, kind Kind, rule Rule) (compiled, bool) {
	problem := Problem{Kind: kind, Name: rule.Name}
	switch {
	case len(rule.Expression) > MaxExpression:
		problem.Message = fmt.Sprintf("the expression has %d bytes; at most %d", len(rule.Expression), MaxExpression)
	case !utf8.ValidString(rule.Expression):
		problem.Message = "the expression is not valid UTF-8"
	}
	if problem.Message != "" {
		c.report(problem)
		return compiled{}, false
	}
	tree, issues := env.Compile(rule.Expression)
	if issues.Err() == nil {
		issues = checkShape(tree)
	}
	if issues.Err() != nil {
		c.reportIssues(problem, issues)
		return compiled{}, false
	}
	reference, err := newCELProgram(env, tree)
	if err != nil {
		problem.Message = err.Error()
		c.report(problem)
		return compiled{}, false
	}
	if kind == Gate {
		for _, reference := range tree.NativeRep().ReferenceMap() {
			c.set.gated[reference.Name] = true
		}
	}
	done := compiled{
		holds: reference.holds,
		yes:   &Result{Name: rule.Name, Truth: True},
		no:    &Result{Name: rule.Name, Truth: False},
		reads: readsOf(tree.NativeRep(), c.set.position),
	}
	if p, ok := newPlan(tree, c.set.position); ok && !c.unplanned {
		done.holds, done.absent, done.planned = p.holds, p.absent, true
	}
	return done, true
}

func (c *compiler) reportIssues(problem Problem, issues *cel.Issues) {
	for _, issue := range issues.Errors() {
		problem.Line, problem.Column = max(0, issue.Location.Line()), 0
		if problem.Line > 0 {
			problem.Column = max(1, issue.Location.Column()+1) // CEL counts from 0
		}
		problem.Message = fmt.Sprintf("%.300s", c.explain(problem.Kind, issue.Message))
		c.report(problem)
	}
}
