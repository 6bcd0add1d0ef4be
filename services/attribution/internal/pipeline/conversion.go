package pipeline

import (
	"errors"
	"fmt"
	"time"
)

// ErrStage says that a stage does not exist, or that two do not follow each other.
var ErrStage = errors.New("no such stage")

// StageEntry is the arrival of a lead's cycle at a stage. A lead that comes back starts a new cycle.
type StageEntry struct {
	Cycle string
	Stage int // from 0, in the funnel's order
	At    time.Time
}

// Passage is the way of one cycle through the funnel. Make one with [Passages].
type Passage struct {
	entered []time.Time // by stage: when it was first entered, or zero
	passed  []time.Time // by stage: when it or a later one was first entered, or zero
}

// Passages gathers the entries of every cycle, in any order. Of several entries of one stage the
// first counts. It fails with [ErrStage] on a stage outside 0 to stages-1.
func Passages(entries []StageEntry, stages int) ([]Passage, error) {
	var passages []Passage
	index := make(map[string]int)
	for _, e := range entries {
		if e.Stage < 0 || e.Stage >= stages {
			return nil, fmt.Errorf("cycle %q: %w: %d of %d", e.Cycle, ErrStage, e.Stage, stages)
		}
		i, known := index[e.Cycle]
		if !known {
			i = len(passages)
			index[e.Cycle] = i
			passages = append(passages, Passage{entered: make([]time.Time, stages)})
		}
		entered := passages[i].entered
		entered[e.Stage] = earlier(entered[e.Stage], e.At)
	}
	for i := range passages {
		passages[i].passed = passedAt(passages[i].entered)
	}
	return passages, nil
}

// passedAt lets a stage that was skipped count as passed when the next one was entered.
func passedAt(entered []time.Time) []time.Time {
	passed := make([]time.Time, len(entered))
	var first time.Time
	for stage := len(entered) - 1; stage >= 0; stage-- {
		first = earlier(first, entered[stage])
		passed[stage] = first
	}
	return passed
}

// earlier returns the earlier of two instants of which the zero one means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Passed returns when the cycle first stood at the stage or beyond it, and whether it did.
func (p Passage) Passed(stage int) (time.Time, bool) {
	if stage < 0 || stage >= len(p.passed) {
		return time.Time{}, false
	}
	return p.passed[stage], !p.passed[stage].IsZero()
}

// Stay returns how long the cycle was in a stage: from entering it to standing beyond it. It reports
// false for a stage that was skipped, or is not left.
func (p Passage) Stay(stage int) (time.Duration, bool) {
	next, left := p.Passed(stage + 1)
	if !left || stage < 0 || p.entered[stage].IsZero() || next.Before(p.entered[stage]) {
		return 0, false
	}
	return next.Sub(p.entered[stage]), true
}

// Counts returns, for each stage, how many of the cycles that came into the funnel in the period stood
// at that stage or beyond it by the as-of instant. They never rise from one stage to the next.
func Counts(passages []Passage, stages int, period Period, asOf time.Time) []int64 {
	counts := make([]int64, max(stages, 0))
	for _, p := range passages {
		first, came := p.Passed(0)
		if !came || !period.Contains(first) {
			continue
		}
		for stage := range counts {
			if at, passed := p.Passed(stage); passed && !at.After(asOf) {
				counts[stage]++
			}
		}
	}
	return counts
}

// Basis says what a conversion relates.
type Basis uint8

const (
	// CohortBasis relates those who entered in a period to those of them who went on.
	CohortBasis Basis = iota
	// PeriodBasis relates all who entered in a period to all who went on in it, whenever those entered.
	// It can exceed one.
	PeriodBasis
)

// String returns the basis's stable name.
func (b Basis) String() string {
	if b == PeriodBasis {
		return "PERIOD"
	}
	return "COHORT"
}

// Conversion is the share of cycles at one stage that went on to another.
type Conversion struct {
	Ratio    Ratio // reached ÷ entered
	Basis    Basis
	Immature bool // of a cohort: some may still go on in time
}

// Step is a pair of stages and the span of time over which their conversion is taken.
type Step struct {
	From, To int // stages, the second behind the first
	Period   Period
	AsOf     time.Time // what happens later is not known yet
}

// Cohort follows the cycles that entered the first stage in the period. Those count as converted that
// reached the second one within the maturity after that, to the microsecond. The cohort is immature
// until the maturity has passed for the last who could have entered. It fails with [ErrStage].
func (s Step) Cohort(passages []Passage, maturity time.Duration) (Conversion, error) {
	c := Conversion{Basis: CohortBasis, Immature: s.Period.End.Add(maturity).After(s.AsOf)}
	err := s.each(passages, func(entered, reached time.Time) {
		if !s.during(entered) {
			return
		}
		c.Ratio.Denominator++
		if s.known(reached) && reached.Sub(entered) <= maturity {
			c.Ratio.Numerator++
		}
	})
	if err != nil {
		return Conversion{}, err
	}
	return c, nil
}

// InPeriod relates the cycles that reached the second stage in the period to those that entered the
// first one in it. It fails with [ErrStage].
func (s Step) InPeriod(passages []Passage) (Conversion, error) {
	c := Conversion{Basis: PeriodBasis}
	err := s.each(passages, func(entered, reached time.Time) {
		if s.during(entered) {
			c.Ratio.Denominator++
		}
		if s.during(reached) {
			c.Ratio.Numerator++
		}
	})
	if err != nil {
		return Conversion{}, err
	}
	return c, nil
}

// each calls visit with the instants at which a passage passed the two stages, zero for never.
func (s Step) each(passages []Passage, visit func(entered, reached time.Time)) error {
	if s.From < 0 || s.From >= s.To {
		return fmt.Errorf("conversion: %w: from %d to %d", ErrStage, s.From, s.To)
	}
	for _, p := range passages {
		if s.To >= len(p.passed) {
			return fmt.Errorf("conversion: %w: %d of %d", ErrStage, s.To, len(p.passed))
		}
		visit(p.passed[s.From], p.passed[s.To])
	}
	return nil
}

func (s Step) known(at time.Time) bool { return !at.IsZero() && !at.After(s.AsOf) }

func (s Step) during(at time.Time) bool { return s.known(at) && s.Period.Contains(at) }
