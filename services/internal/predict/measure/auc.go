package measure

import "math"

// AUC is the area under the receiver operating characteristic: the probability that a positive is ranked before a
// negative, equal ranks counting half (Mann and Whitney 1947).
type AUC struct {
	Value float64 `json:"value"` // 0 to 1; 0.5 is what chance gives
	// Error is the standard error after DeLong, DeLong and Clarke-Pearson (Biometrics 1988), computed from midranks (Sun and
	// Xu, IEEE Signal Processing Letters 2014).
	Error float64 `json:"error"`
	Low   float64 `json:"low"`  // of the interval of 95 %
	High  float64 `json:"high"` // of the interval of 95 %
}

// z95 is the quantile of the normal distribution that leaves 2.5 % above it.
const z95 = 1.959963984540054

// Rank computes the AUC. It needs at least two positives and two negatives for an error; with fewer the interval is
// everything, and without one of the classes the value is 0.5.
func Rank(predicted []float64, positive []bool) AUC { return sorted(predicted, positive).auc() }

func (s pairs) auc() AUC {
	m, n := s.counts()
	if m == 0 || n == 0 {
		return AUC{Value: 0.5, High: 1}
	}
	all := midranks(s, func(pair) bool { return true })
	ofPositives := midranks(s, func(p pair) bool { return p.positive })
	ofNegatives := midranks(s, func(p pair) bool { return !p.positive })
	var above, below moments // placements: the share of the other class that each one is ranked right against
	for i, p := range s {
		if p.positive {
			above.add((all[i] - ofPositives[i]) / float64(n))
		} else {
			below.add(1 - (all[i]-ofNegatives[i])/float64(m))
		}
	}
	value := above.mean()
	if m < 2 || n < 2 {
		return AUC{Value: value, High: 1}
	}
	e := math.Sqrt(above.variance()/float64(m) + below.variance()/float64(n))
	return AUC{Value: value, Error: e, Low: max(0, value-z95*e), High: min(1, value+z95*e)}
}

// midranks gives each of some pairs its rank among them, counted from 1; equal ones share the mean of theirs.
func midranks(s pairs, of func(pair) bool) []float64 {
	ranks := make([]float64, len(s))
	before := 0
	for from := 0; from < len(s); {
		to, here := from, 0
		for ; to < len(s) && s[to].predicted == s[from].predicted; to++ {
			if of(s[to]) {
				here++
			}
		}
		for i := from; i < to; i++ {
			ranks[i] = float64(before) + float64(here+1)/2
		}
		before, from = before+here, to
	}
	return ranks
}

// moments add up a mean and a variance (Welford 1962).
type moments struct {
	n           int
	centre, sum float64
}

func (m *moments) add(x float64) {
	m.n++
	d := x - m.centre
	m.centre += d / float64(m.n)
	m.sum += float64(d * (x - m.centre))
}

func (m *moments) mean() float64     { return m.centre }
func (m *moments) variance() float64 { return m.sum / float64(m.n-1) }
