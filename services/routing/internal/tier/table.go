package tier

import (
	"fmt"
	"slices"
)

// Table is a compiled policy. It is immutable and safe for concurrent use.
type Table struct {
	conditions []Condition
	cells      [len(classNames) * len(intentNames)]*Outcome // nil: no row
	otherwise  Outcome
}

// Decision is where a lead goes, and why.
type Decision struct {
	Outcome
	// Rule names what decided: "first_match[NAME]", "tiers.TIER" or "otherwise".
	Rule string
	// Path tells what was asked on the way, in order, ending with Rule's answer.
	Path []string
}

func newTable(p Policy) *Table {
	t := &Table{conditions: slices.Clone(p.FirstMatch), otherwise: *p.Otherwise}
	for _, row := range p.Rows {
		then := row.Then
		for _, class := range row.Classes {
			for _, intent := range row.Intents {
				t.cells[cellIndex(class, intent)] = &then
			}
		}
	}
	return t
}

// Conditions names the conditions in the order in which Facts.Holds answers
// them.
func (t *Table) Conditions() []string {
	names := make([]string, len(t.conditions))
	for i, c := range t.conditions {
		names[i] = c.Name
	}
	return names
}

// Decide finds the one outcome of the facts. Classes and intents that do not
// exist fall under otherwise.
func (t *Table) Decide(f Facts) Decision {
	path := make([]string, 0, len(t.conditions)+3)
	for i, c := range t.conditions {
		holds := i < len(f.Holds) && f.Holds[i]
		path = append(path, fmt.Sprintf("first_match[%s]: %t", c.Name, holds))
		if holds {
			return Decision{Outcome: c.Then, Rule: "first_match[" + c.Name + "]", Path: path}
		}
	}
	if f.Class == Unmatched {
		path = append(path, fmt.Sprintf("%v counts as %v", Unmatched, NonTarget))
	}
	cell := fmt.Sprintf("%v/%v", f.Class.counted(), f.Intent)
	if then := t.row(f.Class, f.Intent); then != nil {
		return Decision{Outcome: *then, Rule: "tiers." + then.Tier, Path: append(path, cell+": tiers."+then.Tier)}
	}
	return Decision{Outcome: t.otherwise, Rule: "otherwise", Path: append(path, cell+": no row", "otherwise")}
}

func (t *Table) row(class Class, intent Intent) *Outcome {
	if !class.known() || !intent.known() {
		return nil
	}
	return t.cells[cellIndex(class, intent)]
}
