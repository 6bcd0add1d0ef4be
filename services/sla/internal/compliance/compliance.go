package compliance

import "math"

// Promises are what the teams promised. A promise that nobody made is nil.
type Promises struct {
	MQLVolume           *int32 // a month
	CriteriaMet         *Promise
	ContextComplete     *Promise
	FirstTouchInTime    *Promise
	DispositionComplete *Promise
}

// Promise is the least share that is promised, from 0 to 1; a strict one is not kept by the share itself.
type Promise struct {
	Share  float64
	Strict bool
}

// Record is what happened.
type Record struct {
	MonthMQLs           int64
	MonthOver           bool
	CriteriaMet         Share
	ContextComplete     Share
	FirstTouchInTime    Share
	DispositionComplete Share
}

// Share is so many out of so many.
type Share struct{ Part, Whole int64 }

// Result is a promise and what became of it, as a count or in per mille. Actual and Kept are nil when nothing can be said.
type Result struct {
	Team    Team
	Measure string
	Target  int64
	Actual  *int64
	Kept    *bool
}

// Team is who promised, numbered as in the API.
type Team int32

// The teams.
const (
	Marketing Team = iota + 1
	Sales
)

// Judge gives the result of each promise that was made.
func Judge(p Promises, r Record) []Result {
	var results []Result
	if p.MQLVolume != nil {
		results = append(results, volume(int64(*p.MQLVolume), r))
	}
	for _, s := range []struct {
		team     Team
		measure  string
		promised *Promise
		share    Share
	}{
		{Marketing, "criteria_met", p.CriteriaMet, r.CriteriaMet},
		{Marketing, "context_complete", p.ContextComplete, r.ContextComplete},
		{Sales, "first_touch_in_time", p.FirstTouchInTime, r.FirstTouchInTime},
		{Sales, "disposition_complete", p.DispositionComplete, r.DispositionComplete},
	} {
		if s.promised != nil {
			results = append(results, s.share.judge(s.team, s.measure, *s.promised))
		}
	}
	return results
}

// volume judges the MQLs of a month.
func volume(target int64, r Record) Result {
	result := Result{Team: Marketing, Measure: "mql_volume", Target: target, Actual: &r.MonthMQLs}
	if kept := r.MonthMQLs >= target; kept || r.MonthOver {
		result.Kept = &kept
	}
	return result
}

func (s Share) judge(team Team, measure string, promised Promise) Result {
	result := Result{Team: team, Measure: measure, Target: int64(math.RoundToEven(promised.Share * 1000))}
	if actual, ok := s.PerMille(); ok {
		kept := s.keeps(promised)
		result.Actual, result.Kept = &actual, &kept
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
