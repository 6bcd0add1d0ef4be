package criteria

// CompileReference compiles a definition that CEL evaluates throughout.
func CompileReference(d Definition) (*Set, error) {
	c := compiler{definition: d, unplanned: true}
	return c.run()
}

// Planned returns the names of the rules that were planned.
func (s *Set) Planned() []string {
	var names []string
	for _, rules := range [][]compiled{s.criteria, s.conditions, s.gates, s.checks} {
		for _, rule := range rules {
			if rule.planned {
				names = append(names, rule.yes.Name)
			}
		}
	}
	return names
}
