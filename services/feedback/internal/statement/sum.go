package statement

import (
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

// MaxLines is how many lines a statement has at most. What is beyond is stated in the next month.
const MaxLines = 10_000

// Line is what a statement says of one meeting.
type Line struct {
	Campaign string // empty for none
	Is       Result
	Was      *Result      // what was stated before; nil if the meeting is stated for the first time
	Fee      money.Amount // for a meeting that sales takes; the zero amount if none is agreed
}

// Amount is what the partner gets by the line, or gives back; the zero amount without a fee.
func (l Line) Amount() money.Amount {
	due := money.Amount{Currency: l.Fee.Currency}
	if l.Is.State == Accepted {
		due.Minor = l.Fee.Minor
	}
	if l.Was != nil && l.Was.State == Accepted {
		due.Minor -= l.Fee.Minor
	}
	return due
}

// Counts say what became of meetings.
type Counts struct {
	Brought int64
	By      map[State]int64
}

// Acceptance is how many sales took, of those that it took or rejected for good.
func (c Counts) Acceptance() proportion.Share {
	return proportion.Share{Part: c.By[Accepted], Whole: c.By[Accepted] + c.By[Rejected]}
}

func (c *Counts) add(s State) {
	if c.By == nil {
		c.By = map[State]int64{}
	}
	c.Brought++
	c.By[s]++
}

// Campaign is what became of the meetings of a campaign.
type Campaign struct {
	Name   string // empty for meetings without one
	Counts Counts
}

// Sum is what the lines of a statement amount to.
type Sum struct {
	Counts      Counts     // without corrections
	Campaigns   []Campaign // by name
	Corrections int64
	Totals      []money.Amount // by currency
}

// Of adds up the lines of a statement. It fails if an amount is out of range.
func Of(lines []Line) (Sum, error) {
	var sum Sum
	campaigns := map[string]*Campaign{}
	totals := map[string]money.Amount{}
	for _, l := range lines {
		if due := l.Amount(); due.Currency != "" {
			total, err := totals[due.Currency].Add(due)
			if err != nil {
				return Sum{}, err
			}
			totals[due.Currency] = total
		}
		if l.Was != nil {
			sum.Corrections++
			continue
		}
		if campaigns[l.Campaign] == nil {
			campaigns[l.Campaign] = &Campaign{Name: l.Campaign}
		}
		sum.Counts.add(l.Is.State)
		campaigns[l.Campaign].Counts.add(l.Is.State)
	}
	for _, name := range slices.Sorted(maps.Keys(campaigns)) {
		sum.Campaigns = append(sum.Campaigns, *campaigns[name])
	}
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		sum.Totals = append(sum.Totals, totals[currency])
	}
	return sum, nil
}
