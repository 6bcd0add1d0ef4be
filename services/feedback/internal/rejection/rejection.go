package rejection

import (
	"cmp"
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
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

// Kind is what the answers of a part have in common. The numbers are those of the API.
type Kind uint8

// The kinds of parts.
const (
	All Kind = iota + 1
	Source
	Campaign
	LeadMagnet
	Partner
	Reason
	Detail
	Pool
	Tier
	Rep
)

// Part is the answers of a period that have something in common.
type Part struct {
	Kind Kind
	Name string // empty for those that have none
}

// Report is what was rejected in a period.
type Report struct {
	All    Slice
	Slices []Slice   // by kind, then by name in the order of its bytes
	Top    []Pattern // what is rejected most where, see topPatterns
}

// Slice is what was rejected in a part.
type Slice struct {
	Part
	Rejected   proportion.Share // out of those answered; of a reason or detail, out of all answered
	Before     proportion.Share // the same of the period before
	Trend      Trend
	Reasons    []ReasonCount // the most frequent first, then in the order of the reasons
	Disputed   int64         // of the rejections
	Overturned int64
	History    []proportion.Share // of each period, the oldest first; the last is this one
}

// ReasonCount is how often a reason was given.
type ReasonCount struct {
	Reason verdict.Reason
	Count  int64
}

// Trend is how a share moved against the period before. The numbers are those of the API.
type Trend uint8

// The trends.
const (
	Unknown Trend = iota + 1 // nothing was answered in one of the two
	Up
	Down
	Level // what moved may be chance
)

// Of makes the report of the last of the periods, which follow each other, the oldest first. Each is what was answered in it.
func Of(periods ...[]Cell) Report {
	ledgers := make([]*ledger, max(2, len(periods)))
	for i := range ledgers {
		ledgers[i] = newLedger(nil)
	}
	for i, cells := range periods {
		ledgers[len(ledgers)-len(periods)+i] = newLedger(cells)
	}
	now := ledgers[len(ledgers)-1]
	report := Report{All: slice(Part{Kind: All}, ledgers), Top: now.topPatterns()}
	parts := slices.SortedFunc(maps.Keys(now.parts), func(a, b Part) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	for _, p := range parts {
		if p.Kind != All {
			report.Slices = append(report.Slices, slice(p, ledgers))
		}
	}
	return report
}

// slice is a part in the last of the periods, compared with those before.
func slice(p Part, ledgers []*ledger) Slice {
	s := Slice{Part: p}
	for _, l := range ledgers {
		s.History = append(s.History, l.share(p))
	}
	last := len(ledgers) - 1
	s.Rejected, s.Before = s.History[last], s.History[last-1]
	s.Trend = trend(s.Rejected, s.Before)
	t := ledgers[last].of(p)
	s.Disputed, s.Overturned = t.disputed, t.overturned
	for reason, n := range t.reasons {
		s.Reasons = append(s.Reasons, ReasonCount{reason, n})
	}
	slices.SortFunc(s.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return s
}

func trend(now, before proportion.Share) Trend {
	_, lower, upper, ok := proportion.Difference(now, before)
	switch {
	case !ok:
		return Unknown
	case lower > 0:
		return Up
	case upper < 0:
		return Down
	default:
		return Level
	}
}
