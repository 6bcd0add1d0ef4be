package proportion

import "math"

// Difference is how much larger one share is than another, from -1 to 1, with its 95 % interval; not ok if one is of nothing.
// The interval joins the two Wilson intervals as Newcombe does (1998, Statistics in Medicine 17:873-890, method 10).
func Difference(a, b Share) (difference, lower, upper float64, ok bool) {
	lowA, highA, knownA := a.Interval()
	lowB, highB, knownB := b.Interval()
	if !knownA || !knownB {
		return 0, -1, 1, false
	}
	p, q := a.float(), b.float()
	difference = p - q
	return difference, difference - math.Hypot(p-lowA, highB-q), difference + math.Hypot(highA-p, q-lowB), true
}

// Reaches says whether the share is at least a level from 0 to 1; nothing reaches no level.
func (s Share) Reaches(level float64) bool { return s.Whole > 0 && s.float() >= level }

// float is the share from 0 to 1; the quotient of two integers is rounded once, so 3 of 10 is the number 0.3.
func (s Share) float() float64 { return float64(s.Part) / float64(s.Whole) }
