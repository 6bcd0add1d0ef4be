package rejection

import (
	"cmp"
	"slices"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

const (
	mostPatterns  = 3
	leastRepeated = 3 // how often a reason is given before a part is looked at
)

// Pattern is a reason that is given often in a part.
type Pattern struct {
	Reason    verdict.Reason
	Parts     []Part // several if they hold the same answers: which of them matters cannot be told
	There     proportion.Share
	Elsewhere proportion.Share
	StandsOut bool // whether it is more frequent there than elsewhere by more than chance explains
}

// topPatterns are the first three of the patterns: where a reason stands out, the one that explains most rejections first, and of
// two that explain as many the one whose share is trusted to be higher; then the reasons that are given most, wherever it is. A
// pattern that explains the same rejections as one before it is left out.
func (l *ledger) topPatterns() []Pattern {
	patterns := l.patterns()
	slices.SortFunc(patterns, func(a, b Pattern) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.There.Part, a.There.Part), cmp.Compare(trusted(b.There), trusted(a.There)),
			cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Parts[0].Kind, b.Parts[0].Kind), cmp.Compare(a.Parts[0].Name, b.Parts[0].Name))
	})
	var top []Pattern
	for _, p := range patterns {
		if len(top) < mostPatterns && !slices.ContainsFunc(top, func(q Pattern) bool { return l.explains(q, p) }) {
			top = append(top, p)
		}
	}
	return top
}

func rank(p Pattern) int {
	if p.StandsOut {
		return 0
	}
	return 1
}

// trusted is the lower end of the interval of a share.
func trusted(s proportion.Share) float64 {
	lower, _, _ := s.Interval()
	return lower
}

// patterns are all reasons, and each part in which one stands out.
func (l *ledger) patterns() []Pattern {
	all := l.of(Part{Kind: All})
	var patterns []Pattern
	for reason, n := range all.reasons {
		patterns = append(patterns, Pattern{Reason: reason, Parts: []Part{{Kind: All}}, There: proportion.Share{Part: n, Whole: all.answered}})
	}
	for part, t := range l.parts {
		if part.Name == "" || part.Kind == Reason || part.Kind == Detail {
			continue
		}
		for reason, n := range t.reasons {
			p := Pattern{Reason: reason, Parts: l.twins(part), StandsOut: true, There: proportion.Share{Part: n, Whole: t.answered},
				Elsewhere: proportion.Share{Part: all.reasons[reason] - n, Whole: all.answered - t.answered}}
			if _, lower, _, ok := proportion.Difference(p.There, p.Elsewhere); ok && lower > 0 && n >= leastRepeated && p.Parts[0] == part {
				patterns = append(patterns, p)
			}
		}
	}
	return patterns
}

// twins are the parts with a name that hold the same answers as one of them, in the order of their kinds.
func (l *ledger) twins(of Part) []Part {
	var twins []Part
	for p, t := range l.parts {
		if p.Name != "" && p.Kind != Reason && p.Kind != Detail && slices.Equal(t.cells, l.parts[of].cells) {
			twins = append(twins, p)
		}
	}
	slices.SortFunc(twins, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return twins
}

// explains says whether two patterns are of the same rejections.
func (l *ledger) explains(a, b Pattern) bool {
	return a.Reason == b.Reason && slices.Equal(l.rejections(a), l.rejections(b))
}

// rejections are the cells that a pattern is of.
func (l *ledger) rejections(p Pattern) []int {
	var cells []int
	for _, i := range l.parts[p.Parts[0]].cells {
		if l.cells[i].Reason == p.Reason {
			cells = append(cells, i)
		}
	}
	return cells
}
