package predict

import "fmt"

// Weight is a coefficient in words.
type Weight struct {
	Value string  // such as "software, beside retail", or "for each 250 above 400"
	Slope float64 // what it adds to the logarithm of the odds
}

// Weights are the coefficients of the feature.
func (f *Feature) Weights() []Weight {
	all := make([]Weight, 0, f.width())
	if f.Kind == Number {
		all = append(all, Weight{fmt.Sprintf("for each %.4g above %.4g", f.Scale, f.Mean), f.Slope})
	}
	for _, l := range f.Levels {
		value := l.Value
		switch l.Is {
		case Missing:
			value = "is missing"
		case Rare:
			value = "any rarer value"
		}
		if f.Kind == Category {
			value += ", beside " + f.Base
		}
		all = append(all, Weight{value, l.Slope})
	}
	return all
}
