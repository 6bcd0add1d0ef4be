package rejection

import (
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

// ledger is what was answered in a period, added up by each part.
type ledger struct {
	cells []Cell
	parts map[Part]*tally
}

// tally is what was answered in a part.
type tally struct {
	answered, rejected   int64
	disputed, overturned int64
	reasons              map[verdict.Reason]int64
	cells                []int // that are in the part, by their place in the ledger
}

func newLedger(cells []Cell) *ledger {
	l := &ledger{cells: cells, parts: map[Part]*tally{}}
	for i, c := range cells {
		for _, p := range c.parts() {
			l.of(p).add(i, c)
		}
	}
	return l
}

// parts are the parts that a cell is in.
func (c Cell) parts() []Part {
	parts := []Part{{All, ""}, {Source, c.Source}, {Campaign, c.Campaign}, {LeadMagnet, c.LeadMagnet}, {Partner, c.Partner}, {Pool, c.Pool},
		{Tier, c.Tier}, {Rep, c.Rep}}
	if c.Reason != 0 {
		parts = append(parts, Part{Reason, c.Reason.String()}, Part{Detail, c.Detail})
	}
	return parts
}

// of is the tally of a part; an empty one of a part in which nothing was answered.
func (l *ledger) of(p Part) *tally {
	if l.parts[p] == nil {
		l.parts[p] = &tally{reasons: map[verdict.Reason]int64{}}
	}
	return l.parts[p]
}

func (t *tally) add(place int, c Cell) {
	t.cells = append(t.cells, place)
	t.answered += c.Answers
	if c.Standing == dispute.Overturned {
		t.overturned += c.Answers
	}
	if c.Reason == 0 {
		return
	}
	t.rejected += c.Answers
	t.reasons[c.Reason] += c.Answers
	if c.Standing == dispute.Disputed {
		t.disputed += c.Answers
	}
}

// share is what was rejected out of what was answered in a part. A reason is given, or not, to any of the answers.
func (l *ledger) share(p Part) proportion.Share {
	whole := p
	if p.Kind == Reason || p.Kind == Detail {
		whole = Part{Kind: All}
	}
	share := proportion.Share{}
	if t := l.parts[p]; t != nil {
		share.Part = t.rejected
	}
	if t := l.parts[whole]; t != nil {
		share.Whole = t.answered
	}
	return share
}
