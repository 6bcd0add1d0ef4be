package rejection

import (
	"cmp"
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// Cell is how many assignments that have everything in common were answered in one way. What there is none of is empty.
type Cell struct {
	Source     string
	Campaign   string
	LeadMagnet string // the asset that drew the lead in
	Partner    string
	Rep        string           // the assignee, by id
	Pool       string           // that gave the assignment, by id
	Tier       string           // of the assignment
	Reason     verdict.Reason   // that counts of the rejection; 0 for an answer that is none, or was overturned
	Detail     string           // the company's own word for the reason
	Standing   dispute.Standing // what became of the answer
	Answers    int64
}

// Report is what was rejected.
type Report struct {
	All       Slice
	Sources   []Slice // by name, in the order of its bytes
	Campaigns []Slice // likewise; the one without a name comes first
}

// Slice is the part of the answers that have something in common.
type Slice struct {
	Name     string
	Answered int64
	Rejected int64
	Reasons  []ReasonCount // the most frequent first, then in the order of the reasons
}

// ReasonCount is how often a reason was given.
type ReasonCount struct {
	Reason verdict.Reason
	Count  int64
}

// PerMille is rejected out of answered, rounded half to even; ok is false when nothing was answered.
func (s Slice) PerMille() (perMille int32, ok bool) {
	if s.Answered == 0 {
		return 0, false
	}
	whole, rest := s.Rejected*1000/s.Answered, s.Rejected*1000%s.Answered
	if twice := 2 * rest; twice > s.Answered || twice == s.Answered && whole%2 == 1 {
		whole++
	}
	return int32(whole), true
}

// Of adds cells up.
func Of(cells []Cell) Report {
	all, sources, campaigns := slicer{}, slicer{}, slicer{}
	for _, c := range cells {
		all.add("", c)
		sources.add(c.Source, c)
		campaigns.add(c.Campaign, c)
	}
	report := Report{Sources: sources.slices(), Campaigns: campaigns.slices()}
	if whole := all.slices(); len(whole) == 1 {
		report.All = whole[0]
	}
	return report
}

// slicer adds up slices by name.
type slicer map[string]*sums

type sums struct {
	answered int64
	reasons  map[verdict.Reason]int64
}

func (s slicer) add(name string, c Cell) {
	if s[name] == nil {
		s[name] = &sums{reasons: map[verdict.Reason]int64{}}
	}
	s[name].answered += c.Answers
	if c.Reason != 0 {
		s[name].reasons[c.Reason] += c.Answers
	}
}

func (s slicer) slices() []Slice {
	var all []Slice
	for _, name := range slices.Sorted(maps.Keys(s)) {
		slice := Slice{Name: name, Answered: s[name].answered}
		for reason, n := range s[name].reasons {
			slice.Rejected += n
			slice.Reasons = append(slice.Reasons, ReasonCount{reason, n})
		}
		slices.SortFunc(slice.Reasons, func(a, b ReasonCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
		})
		all = append(all, slice)
	}
	return all
}
