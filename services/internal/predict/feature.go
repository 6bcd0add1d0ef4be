package predict

import (
	"math"
	"strconv"
	"strings"
)

// Kind is how a feature is read.
type Kind string

// The kinds.
const (
	Number   Kind = "number"
	Category Kind = "category"
)

// Feature is a column as a model uses it. Its coefficients are logarithms of odds ratios.
type Feature struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`

	// Of a number: what is below Low or above High counts as that, then Mean is taken off and it is divided by Scale.
	Low   float64 `json:"low,omitempty"`
	High  float64 `json:"high,omitempty"`
	Mean  float64 `json:"mean,omitempty"`
	Scale float64 `json:"scale,omitempty"`
	Slope float64 `json:"slope,omitempty"` // for each Scale above the Mean

	// Base is the most frequent value of a category; the levels are compared with it.
	Base   string  `json:"base,omitempty"`
	Levels []Level `json:"levels,omitempty"`

	// AUC is how well the feature alone ranks the held-out rows.
	AUC float64 `json:"auc"`

	column int            // where its first coefficient stands
	values map[string]int // folded value → level
}

// Level is a value of a category, or that a value is missing or rare.
type Level struct {
	Value string  `json:"value,omitempty"`
	Is    Sort    `json:"is,omitempty"`
	Share float64 `json:"share"` // of the rows that were learnt from
	Slope float64 `json:"slope"`
}

// Sort tells levels that are no value from values.
type Sort string

// The sorts of levels that are no value.
const (
	Missing Sort = "missing"
	Rare    Sort = "rare" // any value that is not a level, also one never seen
)

// number reads a text as a number.
func number(text string) (float64, bool) {
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// squeeze is a number as it is multiplied with the slope.
func (f *Feature) squeeze(x float64) float64 { return (min(max(x, f.Low), f.High) - f.Mean) / f.Scale }

// find is the level of a sort; -1 when there is none.
func (f *Feature) find(is Sort) int {
	for i := range f.Levels {
		if f.Levels[i].Is == is {
			return i
		}
	}
	return -1
}

// index notes where each value stands, for looking it up.
func (f *Feature) index() {
	f.values = make(map[string]int, len(f.Levels))
	for i, l := range f.Levels {
		if l.Is == "" {
			f.values[plain(l.Value)] = i
		}
	}
}

// width is how many coefficients a feature has.
func (f *Feature) width() int {
	if f.Kind == Number {
		return 1 + len(f.Levels)
	}
	return len(f.Levels)
}

// place is where a text stands among the coefficients of the feature, and what it is multiplied with; ok is false when it
// adds nothing, because it is the value that the others are compared with. Folded is empty when the text is missing.
func (f *Feature) place(folded string) (offset int, value float64, ok bool) {
	if f.Kind == Number {
		if x, is := number(folded); is {
			return 0, f.squeeze(x), true
		}
		at := f.find(Missing)
		return 1 + at, 1, at >= 0
	}
	if folded == "" {
		at := f.find(Missing)
		return at, 1, at >= 0
	}
	if at, known := f.values[folded]; known {
		return at, 1, true
	}
	if folded == plain(f.Base) {
		return 0, 0, false
	}
	at := f.find(Rare)
	return at, 1, at >= 0
}
