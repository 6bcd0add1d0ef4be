package resemblance

import (
	"fmt"
	"math"
)

// Yardstick rates companies by the shares that values have among customers.
type Yardstick struct {
	scales []scale
	whose  string
}

// scale is the shares of the values of one attribute.
type scale struct {
	name   string
	shares map[string]float64
	top    float64 // the greatest, above 0
}

// Agreed is the yardstick of what two profiles have in common: of each value the smaller share counts.
func Agreed(left, right Profile) Yardstick {
	y := Yardstick{whose: "both teams' customers"}
	for _, name := range attributes(left, right) {
		l, r := left.attribute(name), right.attribute(name)
		y.add(name, texts(l, r), func(text string) float64 { return min(l.share(text), r.share(text)) })
	}
	return y
}

// Of is the yardstick of one profile.
func Of(p Profile) Yardstick {
	y := Yardstick{whose: "the customers"}
	for _, a := range p.Attributes {
		y.add(a.Name, texts(a, Attribute{}), a.share)
	}
	return y
}

// add adds an attribute, unless no value of it counts.
func (y *Yardstick) add(name string, values []string, share func(text string) float64) {
	s := scale{name: name, shares: make(map[string]float64, len(values))}
	for _, text := range values {
		if of := share(text); of > 0 {
			s.shares[text], s.top = of, max(s.top, of)
		}
	}
	if s.top > 0 {
		y.scales = append(y.scales, s)
	}
}

// Empty says whether there is nothing to rate by: the profiles have no value in common.
func (y Yardstick) Empty() bool { return len(y.scales) == 0 }

// Full is a hundred points, in millionths.
const Full = 100_000_000

// Points is how much a company resembles the customers, 0 to Full. Each attribute counts alike: with the share of the
// company's value, out of that of the most frequent value.
func (y Yardstick) Points(c Company) int64 {
	if y.Empty() {
		return 0
	}
	sum := 0.0
	for _, s := range y.scales {
		_, share := s.best(c.values(s.name))
		sum += share / s.top
	}
	return int64(math.RoundToEven(Full * sum / float64(len(y.scales))))
}

// Reasons says why, a line for each attribute.
func (y Yardstick) Reasons(c Company) []string {
	reasons := make([]string, len(y.scales))
	for i, s := range y.scales {
		values := c.values(s.name)
		switch best, share := s.best(values); {
		case len(values) == 0:
			reasons[i] = s.name + " is not known"
		case share == 0:
			reasons[i] = fmt.Sprintf("%s %s: none of %s", s.name, best, y.whose)
		default:
			reasons[i] = fmt.Sprintf("%s %s: %.0f%% of %s", s.name, best, 100*share, y.whose)
		}
	}
	return reasons
}

// best is the most frequent of some values, or the first if none counts, and its share.
func (s scale) best(values []string) (best string, share float64) {
	for _, text := range values {
		if best == "" || s.shares[text] > share {
			best, share = text, s.shares[text]
		}
	}
	return best, share
}
