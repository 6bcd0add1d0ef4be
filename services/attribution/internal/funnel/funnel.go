package funnel

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
)

// Milestone is a point that a lead reaches on its way.
type Milestone uint8

// The milestones, in the usual order.
const (
	Lead Milestone = iota + 1
	MQL
	SAL
	SQL
	Opportunity
	Won
)

// Reach is the set of milestones that a lead reached.
type Reach uint16

// Reached is the set of the given milestones.
func Reached(milestones ...Milestone) Reach {
	var r Reach
	for _, m := range milestones {
		r |= 1 << m
	}
	return r
}

// Has reports whether the milestone was reached.
func (r Reach) Has(m Milestone) bool { return r&(1<<m) != 0 }

// Group is a number of leads of one source that reached the same milestones.
type Group struct {
	Source string
	Reach  Reach
	Leads  int64
}

// Stage is how many leads reached a milestone or a later one.
type Stage struct {
	Milestone  Milestone
	Leads      int64
	Conversion pipeline.Ratio // of the stage before; undefined for the first
}

// Slice is the funnel of one source.
type Slice struct {
	Source string
	Stages []Stage
}

// Stages counts all groups along the order.
func Stages(groups []Group, order []Milestone) []Stage {
	stages := make([]Stage, len(order))
	for i, m := range order {
		stages[i].Milestone = m
	}
	for _, g := range groups {
		for i := range furthest(g.Reach, order) + 1 {
			stages[i].Leads += g.Leads
		}
	}
	for i := 1; i < len(stages); i++ {
		stages[i].Conversion = pipeline.Ratio{Numerator: stages[i].Leads, Denominator: stages[i-1].Leads}
	}
	return stages
}

// BySource counts the groups of each source, by name.
func BySource(groups []Group, order []Milestone) []Slice {
	bySource := make(map[string][]Group)
	for _, g := range groups {
		bySource[g.Source] = append(bySource[g.Source], g)
	}
	var funnels []Slice
	for _, source := range slices.Sorted(maps.Keys(bySource)) {
		funnels = append(funnels, Slice{Source: source, Stages: Stages(bySource[source], order)})
	}
	return funnels
}

// furthest is the place in the order of the last milestone reached, or -1.
func furthest(reach Reach, order []Milestone) int {
	for i, m := range slices.Backward(order) {
		if reach.Has(m) {
			return i
		}
	}
	return -1
}
