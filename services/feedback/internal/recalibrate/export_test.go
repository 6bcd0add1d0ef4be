package recalibrate

// What the tests of this package look at by itself.
var (
	Candidates = candidates
	Without    = without
	Enclosed   = enclosed
)

// Steps are the stricter values of a bound.
func (b Bound) Steps() []float64 { return b.steps() }
