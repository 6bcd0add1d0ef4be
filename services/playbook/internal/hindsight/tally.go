package hindsight

import (
	"slices"
	"time"
)

// How the two versions are counted.
const (
	Baseline = iota
	Draft
	versions
)

// Period is what a simulation looks at.
type Period struct {
	Start, End time.Time // half-open
	AsOf       time.Time // when it is simulated
	Maturity   time.Duration
}

// Holds says whether an instant is in the period.
func (p Period) Holds(at time.Time) bool { return !at.Before(p.Start) && at.Before(p.End) }

// Lead is what the versions make of one lead.
type Lead struct {
	ID       string
	Members  []string // leads that became this one; it may be among them
	Account  string   // empty for none
	Handoffs []string // that really began

	Found        [versions][]Qualification // in order, whenever before the end of the period
	Reason       Reason                    // if it qualifies in the period by one version alone
	Activates    *Qualification            // the handoff that would begin now; nil for none
	Disqualifies bool                      // whether it would be disqualified now
}

// Qualification is a handoff that begins by a version.
type Qualification struct {
	At    time.Time
	Cycle int32
	Tier  string // empty for none
}

// Reason is why a version does not have a lead that the other one has.
type Reason struct {
	Label string // the same for all leads with this reason
	Words string
}

// Tally adds up. Make one with [New].
type Tally struct {
	period Period
	deals  *Deals
	sums   [versions]Sums
	fits   [versions][outcomes]Fit
	gained Change
	lost   Change
	now    Now
	kept   Kept
}

// Sums are how often and where leads qualified by a version in the period.
type Sums struct {
	Qualified, Leads int64
	Weeks            []int64 // from the beginning of the period
	Tiers            map[string]int64
}

// Kept are the leads that qualify by both versions.
type Kept struct {
	Leads, Earlier, Later int64 // the draft qualifies some earlier than the baseline, some later
	Moves                 map[Move]int64
}

// Move is a change of tier, or none.
type Move struct{ From, To string }

// Now is what would happen at once if the draft came into force.
type Now struct {
	Qualified, Disqualified int64
	Tiers                   map[string]int64
}

const week = 7 * 24 * time.Hour

// New begins a tally that names at most so many leads of each kind.
func New(period Period, deals *Deals, examples int) *Tally {
	t := &Tally{period: period, deals: deals, now: Now{Tiers: map[string]int64{}}, kept: Kept{Moves: map[Move]int64{}}}
	weeks := int((period.End.Sub(period.Start) + week - 1) / week)
	for v := range t.sums {
		t.sums[v] = Sums{Weeks: make([]int64, weeks), Tiers: map[string]int64{}}
	}
	t.gained, t.lost = newChange(examples), newChange(examples)
	return t
}

// Add adds a lead.
func (t *Tally) Add(l *Lead) {
	var first [versions]*Qualification
	for v := range l.Found {
		first[v] = t.sums[v].add(t.period, l.Found[v])
		t.foretell(v, l, first[v])
	}
	switch baseline, draft := first[Baseline], first[Draft]; {
	case baseline != nil && draft != nil:
		t.kept.add(baseline, draft)
	case draft != nil:
		t.gained.add(l, draft)
	case baseline != nil:
		t.lost.add(l, baseline)
	}
	if l.Activates != nil {
		t.now.Qualified++
		t.now.Tiers[l.Activates.Tier]++
	}
	if l.Disqualifies {
		t.now.Disqualified++
	}
}

// add counts the qualifications of a lead in the period, and gives the first of them.
func (s *Sums) add(period Period, all []Qualification) (first *Qualification) {
	for i := range all {
		if !period.Holds(all[i].At) {
			continue
		}
		if first == nil {
			first = &all[i]
			s.Leads++
		}
		s.Qualified++
		s.Weeks[all[i].At.Sub(period.Start)/week]++
		s.Tiers[all[i].Tier]++
	}
	return first
}

func (k *Kept) add(baseline, draft *Qualification) {
	k.Leads++
	switch draft.At.Compare(baseline.At) {
	case -1:
		k.Earlier++
	case +1:
		k.Later++
	}
	k.Moves[Move{baseline.Tier, draft.Tier}]++
}

// Sums are those of a version.
func (t *Tally) Sums(version int) Sums { return t.sums[version] }

// Gained are the leads that qualify in the period by the draft alone.
func (t *Tally) Gained() *Change { return &t.gained }

// Lost are the leads that qualify in the period by the baseline alone.
func (t *Tally) Lost() *Change { return &t.lost }

// Kept are the leads that qualify by both.
func (t *Tally) Kept() Kept { return t.kept }

// Now is what activation would do at once.
func (t *Tally) Now() Now { return t.now }

// Tiers are the names of tiers in order, that of none last.
func Tiers(counts map[string]int64) []string {
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, compareTiers)
	return names
}
