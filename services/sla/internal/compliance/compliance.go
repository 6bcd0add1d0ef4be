package compliance

import "math"

// Promises are what the teams promised. A promise that nobody made is nil.
type Promises struct {
	MQLVolume           *int32 // a month
	CriteriaMet         *Promise
	ContextComplete     *Promise
	AssignedInTime      *Promise
	AcceptedInTime      *Promise
	FirstTouchInTime    *Promise
	DispositionInTime   *Promise
	DispositionComplete *Promise
	Contacted           *Promise
}

// Promise is the least share that is promised, from 0 to 1; a strict one is not kept by the share itself.
type Promise struct {
	Share  float64
	Strict bool
}

// Record is what happened.
type Record struct {
	Volume              Volume
	CriteriaMet         Share
	ContextComplete     Share
	AssignedInTime      Share
	AcceptedInTime      Share
	FirstTouchInTime    Share
	DispositionInTime   Share
	DispositionComplete Share
	Contacted           Share
}

// Volume is the MQLs of calendar months.
type Volume struct {
	MQLs   int64
	Months int32 // how many months; at least 1
	Over   bool  // whether they are over
}

// Share is so many out of so many.
type Share struct{ Part, Whole int64 }

// Result is a measure and what became of it, as a count or in per mille. Target is nil when nobody promised it, Actual when
// nothing can be said, and Kept in either case.
type Result struct {
	Team    Team
	Measure string
	Target  *int64
	Strict  bool
	Actual  *int64
	Kept    *bool
	Of      Share // what Actual comes from; Whole is 0 for a volume
}

// Team is who promised, numbered as in the API.
type Team int32

// The teams.
const (
	Marketing Team = iota + 1
	Sales
)

// Judge gives the result of each measure, promised or not: marketing's, then those of sales.
func Judge(p Promises, r Record) []Result {
	results := []Result{volume(p.MQLVolume, r.Volume)}
	for _, s := range []struct {
		team     Team
		measure  string
		promised *Promise
		share    Share
	}{
		{Marketing, "criteria_met", p.CriteriaMet, r.CriteriaMet},
		{Marketing, "context_complete", p.ContextComplete, r.ContextComplete},
		{Marketing, "assigned_in_time", p.AssignedInTime, r.AssignedInTime},
		{Sales, "accepted_in_time", p.AcceptedInTime, r.AcceptedInTime},
		{Sales, "first_touch_in_time", p.FirstTouchInTime, r.FirstTouchInTime},
		{Sales, "disposition_in_time", p.DispositionInTime, r.DispositionInTime},
		{Sales, "disposition_complete", p.DispositionComplete, r.DispositionComplete},
		{Sales, "contacted", p.Contacted, r.Contacted},
	} {
		results = append(results, s.share.judge(Result{Team: s.team, Measure: s.measure}, s.promised))
	}
	return results
}

// volume judges the MQLs of months.
func volume(perMonth *int32, v Volume) Result {
	result := Result{Team: Marketing, Measure: "mql_volume", Actual: &v.MQLs, Of: Share{Part: v.MQLs}}
	if perMonth == nil {
		return result
	}
	target := int64(*perMonth) * int64(v.Months)
	result.Target = &target
	if kept := v.MQLs >= target; kept || v.Over {
		result.Kept = &kept
	}
	return result
}

func (s Share) judge(result Result, promised *Promise) Result {
	result.Of = s
	actual, known := s.PerMille()
	if known {
		result.Actual = &actual
	}
	if promised == nil {
		return result
	}
	target := int64(math.RoundToEven(promised.Share * 1000))
	result.Target, result.Strict = &target, promised.Strict
	if known {
		kept := s.keeps(*promised)
		result.Kept = &kept
	}
	return result
}

// keeps compares with a promise to the millionth, so that 0.9 is nine tenths and not the nearest binary fraction.
func (s Share) keeps(promised Promise) bool {
	const million = 1_000_000
	done, wanted := s.Part*million, int64(math.Round(promised.Share*million))*s.Whole
	return done > wanted || done == wanted && !promised.Strict
}

// PerMille is the share in per mille, rounded half to even; not ok of nothing.
func (s Share) PerMille() (perMille int64, ok bool) {
	if s.Whole <= 0 {
		return 0, false
	}
	down, rest := s.Part*1000/s.Whole, s.Part*1000%s.Whole
	if 2*rest > s.Whole || 2*rest == s.Whole && down%2 == 1 {
		down++
	}
	return down, true
}
