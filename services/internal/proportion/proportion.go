package proportion

import "math"

// z is the quantile of the normal distribution that leaves 2.5 % on each side.
const z = 1.959963984540054

// Share is a part of a whole.
type Share struct{ Part, Whole int64 }

// Add counts one more.
func (s *Share) Add(part bool) {
	s.Whole++
	if part {
		s.Part++
	}
}

// Plus is both shares as one.
func (s Share) Plus(other Share) Share {
	return Share{Part: s.Part + other.Part, Whole: s.Whole + other.Whole}
}

// Less is the share without the cases of another that are among its own.
func (s Share) Less(other Share) Share {
	return Share{Part: s.Part - other.Part, Whole: s.Whole - other.Whole}
}

// PerMille is the share in thousandths, rounded half up, with its 95 % interval by Wilson; not ok of nothing.
func (s Share) PerMille() (share, lower, upper int32, ok bool) {
	low, high, ok := s.Interval()
	if !ok {
		return 0, 0, 0, false
	}
	return thousandths(float64(s.Part) / float64(s.Whole)), thousandths(low), thousandths(high), true
}

// Interval is the share's 95 % score interval by Wilson (1927), within 0 and 1; not ok of nothing.
func (s Share) Interval() (lower, upper float64, ok bool) {
	if s.Whole == 0 {
		return 0, 1, false
	}
	n, p := float64(s.Whole), float64(s.Part)/float64(s.Whole)
	centre, spread := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 / (1 + z*z/n)
	return max(0, (centre-spread)*scale), min(1, (centre+spread)*scale), true
}

func thousandths(share float64) int32 { return int32(math.Floor(share*1000 + 0.5)) }
