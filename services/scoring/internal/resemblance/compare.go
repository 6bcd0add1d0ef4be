package resemblance

import "slices"

// Typical is the share from which on a value is typical of a team's customers.
const Typical = 0.2

// Comparison is where two profiles agree.
type Comparison struct {
	Attributes []Agreement
	Overlap    float64 // 0 to 1: the mean over the attributes that both know
	Comparable bool    // whether there is any; without, Overlap says nothing
}

// Agreement is where two profiles agree about one attribute.
type Agreement struct {
	Name                  string
	Agree, Left, Right    []string // typical of both, of the first alone, of the second alone; the most frequent first
	Overlap               float64  // what both have of each value, divided by what either has
	KnownLeft, KnownRight bool
}

// Compare says where two profiles agree.
func Compare(left, right Profile) Comparison {
	var c Comparison
	sum, n := 0.0, 0
	for _, name := range attributes(left, right) {
		a := compare(left.attribute(name), right.attribute(name))
		if a.KnownLeft && a.KnownRight {
			sum, n = sum+a.Overlap, n+1
		}
		c.Attributes = append(c.Attributes, a)
	}
	if n > 0 {
		c.Overlap, c.Comparable = sum/float64(n), true
	}
	return c
}

// attributes are the names that either profile has.
func attributes(profiles ...Profile) []string {
	var all []string
	for _, p := range profiles {
		for _, a := range p.Attributes {
			if !slices.Contains(all, a.Name) {
				all = append(all, a.Name)
			}
		}
	}
	return all
}

func compare(left, right Attribute) Agreement {
	a := Agreement{Name: left.Name, KnownLeft: left.Known > 0, KnownRight: right.Known > 0}
	both, either := 0.0, 0.0
	for _, text := range texts(left, right) {
		ofLeft, ofRight := left.share(text), right.share(text)
		both, either = both+min(ofLeft, ofRight), either+max(ofLeft, ofRight)
		switch {
		case ofLeft >= Typical && ofRight >= Typical:
			a.Agree = append(a.Agree, text)
		case ofLeft >= Typical:
			a.Left = append(a.Left, text)
		case ofRight >= Typical:
			a.Right = append(a.Right, text)
		}
	}
	if either > 0 {
		a.Overlap = both / either
	}
	return a
}

// texts are the values that either attribute has, in the order of the first and then of the second.
func texts(left, right Attribute) []string {
	var all []string
	seen := make(map[string]bool)
	for _, v := range slices.Concat(left.Values, right.Values) {
		if !seen[v.Text] {
			seen[v.Text] = true
			all = append(all, v.Text)
		}
	}
	return all
}
