package resemblance

import (
	"cmp"
	"slices"
)

// Company is what a profile sees of a company. What is empty is unknown.
type Company struct {
	Industry     string
	Employees    *int64
	Country      string
	Technologies []string
	Attributes   map[string]string
}

// Profile is what companies have in common.
type Profile struct {
	Attributes []Attribute `json:"attributes"`
}

// Attribute is one attribute of a profile.
type Attribute struct {
	Name   string  `json:"name"`
	Known  int     `json:"known"`  // of how many companies
	Values []Value `json:"values"` // the most frequent first, at most MaxValues
}

// Value is one value of an attribute, and how many companies have it.
type Value struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// MaxValues is how many values of an attribute a profile holds.
const MaxValues = 50

// Share is how many of the companies of whom the attribute is known have the value, 0 to 1.
func (a Attribute) Share(v Value) float64 { return float64(v.Count) / float64(a.Known) }

// share is the share of a value by its text.
func (a Attribute) share(text string) float64 {
	for _, v := range a.Values {
		if v.Text == text {
			return a.Share(v)
		}
	}
	return 0
}

// attribute is the attribute of a name; it has no values if the profile lacks it.
func (p Profile) attribute(name string) Attribute {
	for _, a := range p.Attributes {
		if a.Name == name {
			return a
		}
	}
	return Attribute{Name: name}
}

// names are the attributes that every profile has.
func names() []string { return []string{"industry", "employees", "country", "technology"} }

// Make makes the profile of companies. The extra attributes are looked up by name; those that nobody has are known of
// nobody.
func Make(companies []Company, extra ...string) Profile {
	var p Profile
	for _, name := range slices.Concat(names(), slices.DeleteFunc(slices.Clone(extra), isUsual)) {
		p.Attributes = append(p.Attributes, count(companies, name))
	}
	return p
}

func isUsual(name string) bool { return slices.Contains(names(), name) }

func count(companies []Company, name string) Attribute {
	a := Attribute{Name: name}
	counts := make(map[string]int)
	for _, c := range companies {
		values := c.values(name)
		if len(values) > 0 {
			a.Known++
		}
		for _, v := range values {
			counts[v]++
		}
	}
	for text, n := range counts {
		a.Values = append(a.Values, Value{text, n})
	}
	slices.SortFunc(a.Values, func(x, y Value) int { return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Text, y.Text)) })
	a.Values = a.Values[:min(len(a.Values), MaxValues)]
	return a
}

// values are a company's values of an attribute, each once; none if it is unknown.
func (c Company) values(name string) []string {
	switch name {
	case "industry":
		return known(c.Industry)
	case "employees":
		if c.Employees == nil {
			return nil
		}
		return known(band(*c.Employees))
	case "country":
		return known(c.Country)
	case "technology":
		return slices.Compact(slices.Sorted(slices.Values(c.Technologies)))
	default:
		return known(c.Attributes[name])
	}
}

func known(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// band is the size of a company as people think of it.
func band(employees int64) string {
	switch {
	case employees < 50:
		return "1-49"
	case employees < 200:
		return "50-199"
	case employees < 1000:
		return "200-999"
	case employees < 5000:
		return "1000-4999"
	default:
		return "5000+"
	}
}
