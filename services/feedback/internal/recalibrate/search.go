package recalibrate

import (
	"cmp"
	"slices"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Options say how a search is done.
type Options struct {
	MostChanges int
	LeastKept   float64 // the share of the cases that a draft must keep
	Dissent     []Dissent
	Cases       int // how many there are in all, by which dissent ages
}

const (
	leastPoints = 1 // of precision that a change must gain
	// A change must gain in so many of the training weeks in which it makes a difference.
	gainingWeeks, ofWeeks = 2, 3
)

// Step is a change that was taken, and what it did on the cases of the training weeks.
type Step struct {
	Change
	Because Because
	Figures Figures // of all changes up to this one
}

// Search looks for changes. It belongs to one goroutine.
type Search struct {
	base    Rules
	bounds  func(expression string) []Bound
	cases   []Judged
	order   []int // their places, those first that the playbook holds best
	options Options

	rules   Rules // with what was taken so far
	kept    []bool
	figures Figures
	steps   []Step
	trials  []Change
	refused []Dissent
}

// NewSearch begins a search on the cases of the training weeks that the playbook in force qualifies.
func NewSearch(base Rules, bounds func(expression string) []Bound, training []Judged, o Options) *Search {
	s := &Search{base: base, bounds: bounds, cases: training, order: best(training), options: o, rules: base, kept: make([]bool, len(training))}
	for i := range s.kept {
		s.kept[i] = true
	}
	s.figures = measure(training, s.order, s.kept)
	s.plan()
	return s
}

// plan chooses what to try next.
func (s *Search) plan() {
	s.trials = nil
	if len(s.steps) >= s.options.MostChanges || len(s.cases) == 0 {
		return
	}
	for _, c := range candidates(s.rules, s.bounds) {
		if s.dissented(c) || slices.ContainsFunc(s.steps, func(taken Step) bool { return taken.Subject == c.Subject }) {
			continue
		}
		s.trials = append(s.trials, c)
	}
}

// dissented reports whether a team has refused a change, and remembers that it was left out for it.
func (s *Search) dissented(c Change) bool {
	for _, d := range s.options.Dissent {
		if d.Subject == c.Subject && d.Up == c.Up && d.stands(s.options.Cases) {
			if !slices.Contains(s.refused, d) {
				s.refused = append(s.refused, d)
			}
			return true
		}
	}
	return false
}

// Trials are the rules that the search wants to have judged. There are none when it is over.
func (s *Search) Trials() []Rules {
	all := make([]Rules, len(s.trials))
	for i, c := range s.trials {
		all[i] = s.rules.With(c.Edits...)
	}
	return all
}

// Learn tells whom each of the trials qualifies, in the order of the cases. A trial that cannot be judged has nil.
func (s *Search) Learn(over [][]bool) {
	taken := s.choose(over)
	if taken < 0 {
		s.trials = nil
		return
	}
	change, kept := s.trials[taken], over[taken]
	s.rules = s.rules.With(change.Edits...)
	s.steps = append(s.steps, Step{Change: change, Because: because(s.cases, s.kept, kept), Figures: measure(s.cases, s.order, kept)})
	s.kept, s.figures = kept, s.steps[len(s.steps)-1].Figures
	s.plan()
}

// choose is the best of the trials; -1 if none is good enough. The gain says what to change. How far is then said by the cases
// alone: to the gain the order of the others adds chance, by which steps that are close to each other do not differ.
func (s *Search) choose(over [][]bool) int {
	all, alike := make([]Figures, len(over)), map[string]bool{} // trials that leave out the same cases count as one
	for i, kept := range over {
		if kept != nil && !slices.Equal(kept, s.kept) {
			all[i], alike[pattern(kept)] = measure(s.cases, s.order, kept), true
		}
	}
	found := s.first(all, func(Change) bool { return true }, Figures.Gain)
	if found < 0 {
		return -1
	}
	subject := s.trials[found].Subject
	found = s.first(all, func(c Change) bool { return c.Subject == subject }, Figures.excess)
	if len(s.steps) > 0 && s.chance(over[found])*float64(len(alike)) >= level {
		return -1
	}
	return found
}

// first is the good trial, of some, that has most of something; of equal ones the one that keeps most.
func (s *Search) first(all []Figures, of func(Change) bool, most func(Figures) int) int {
	found := -1
	for i, f := range all {
		if !of(s.trials[i]) || !s.good(f) {
			continue
		}
		if found < 0 || cmp.Or(cmp.Compare(most(f), most(all[found])), cmp.Compare(f.Kept, all[found].Kept)) > 0 {
			found = i
		}
	}
	return found
}

// pattern is what a trial keeps, as a text.
func pattern(kept []bool) string {
	text := make([]byte, len(kept))
	for i, is := range kept {
		text[i] = byte('0' + one(is))
	}
	return string(text)
}

// good reports whether a trial gains enough, in enough weeks, and keeps enough.
func (s *Search) good(f Figures) bool {
	return f.Points() >= s.figures.Points()+leastPoints && f.Gain() > s.figures.Gain() &&
		ofWeeks*f.Gaining >= gainingWeeks*(f.Gaining+f.Losing) &&
		float64(f.Kept) >= s.options.LeastKept*float64(f.Answered)
}

// chance is how likely those that a trial leaves out beside what is left out already are so bad by chance.
func (s *Search) chance(kept []bool) float64 {
	b := because(s.cases, s.kept, kept)
	return proportion.Fisher(share(b.KeptGood, b.Kept), share(b.LeftGood, b.Left))
}

// Found are the changes that were taken, in their order, and the rules with all of them.
func (s *Search) Found() ([]Step, Rules) { return s.steps, s.rules }

// Refused is the dissent for which changes were not tried.
func (s *Search) Refused() []Dissent { return s.refused }
