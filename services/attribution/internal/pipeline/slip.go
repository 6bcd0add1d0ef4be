package pipeline

import "time"

// Span is the windows in which a rate is watched for a fall: a trailing one, and what it is held against.
type Span struct {
	Recent, Baseline Period
}

// baselineWindows is how many windows before the trailing one make the baseline.
const baselineWindows = 4

// NewSpan is the span whose trailing window ends at an instant.
func NewSpan(end time.Time, window time.Duration) Span {
	start := end.Add(-window)
	return Span{Recent: Period{Start: start, End: end}, Baseline: Period{Start: start.Add(-baselineWindows * window), End: start}}
}

// Slip is a rate in the windows of a span.
type Slip struct {
	Recent, Baseline Ratio
}

// rounding covers what binary fractions leave of a fall of exactly the tolerated share.
const rounding = 1e-12

// Fell reports whether the rate fell by a share of what it was, or by more. With fewer cases in either window than least,
// and from a baseline of nothing, nothing can be said, and nothing fell.
func (s Slip) Fell(share float64, least int64) bool {
	if min(s.Recent.Denominator, s.Baseline.Denominator) < max(least, 1) || s.Baseline.Numerator == 0 {
		return false
	}
	return s.Recent.Float() <= s.Baseline.Float()*(1-share)+rounding
}

// Float returns the value, 0 when it is undefined.
func (r Ratio) Float() float64 {
	if !r.Defined() {
		return 0
	}
	return float64(r.Numerator) / float64(r.Denominator)
}
