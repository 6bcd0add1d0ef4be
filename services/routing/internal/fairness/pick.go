package fairness

// Rule is what singled out the member who got the lead, before ties.
type Rule uint8

const (
	_ Rule = iota
	// Sole means that only one member was eligible.
	Sole
	// LargestDeficit means that the pool owed the member the most.
	LargestDeficit
	// EarliestDeadline means that, among the members who are due, this one would
	// have been the first to fall too far behind.
	EarliestDeadline
	// NobodyDue means that the quota rule had nobody to choose from, which
	// happens with deficits carried over; the largest deficit decided instead.
	NobodyDue
	// SmallestLoad means the fewest open handoffs per weight.
	SmallestLoad
	// Charged means that the pool was not asked.
	Charged
)

var ruleNames = [...]string{
	"UNSPECIFIED", "SOLE", "LARGEST_DEFICIT", "EARLIEST_DEADLINE", "NOBODY_DUE", "SMALLEST_LOAD", "CHARGED",
}

// String gives the rule's name in capitals.
func (r Rule) String() string { return nameOf(ruleNames[:], int(r)) }

// tieUnits is how far apart two equal deficits can come to lie by rounding, with
// room to spare: each is less than one unit from its exact value.
const tieUnits = 4

// pick chooses among the contenders, of whom there is at least one.
func (b *ballot) pick(lead LeadKey) (int, Rule, Tie) {
	contenders := b.contenders
	if len(contenders) == 1 {
		return contenders[0], Sole, Untied
	}
	rule, measure := LargestDeficit, b.byDeficit
	switch b.pool.Policy.Mode {
	case Quota:
		if due := b.due(); len(due) > 0 {
			contenders, rule, measure = due, EarliestDeadline, b.byDeadline
		} else {
			rule = NobodyDue
		}
	case LeastLoaded:
		rule, measure = SmallestLoad, b.byLoad
	}
	winner, tie := b.breakTie(foremost(contenders, measure), lead)
	return winner, rule, tie
}

// measure tells how far member i is ahead of member j, and how large a gap still
// counts as none.
type measure func(i, j int) (gap, slack int64)

// foremost keeps the contenders that tie with the one furthest ahead. A gap
// within the slack is not transitive, so the leader is found first and the
// others are compared with it alone. It reuses the slice.
func foremost(contenders []int, by measure) []int {
	leader := contenders[0]
	for _, i := range contenders[1:] {
		if gap, _ := by(i, leader); gap > 0 {
			leader = i
		}
	}
	tied := contenders[:0]
	for _, i := range contenders {
		if gap, slack := by(leader, i); gap <= slack {
			tied = append(tied, i)
		}
	}
	return tied
}

func (b *ballot) byDeficit(i, j int) (gap, slack int64) {
	return int64(b.standings[i].Deficit - b.standings[j].Deficit), tieUnits
}

// byLoad compares open/weight by cross multiplication.
func (b *ballot) byLoad(i, j int) (gap, slack int64) {
	return b.standings[j].Open*b.pool.Members[i].Weight - b.standings[i].Open*b.pool.Members[j].Weight, 0
}

// due gives the contenders who may be picked without getting too far ahead:
// d ≥ 1/(2n−2), where n members accrue. Two contenders make n at least 2.
func (b *ballot) due() []int {
	threshold := b.quotaMargin() - tieUnits
	due := make([]int, 0, len(b.contenders))
	for _, i := range b.contenders {
		if b.standings[i].Deficit >= threshold {
			due = append(due, i)
		}
	}
	return due
}

// byDeadline compares (1 − 1/(2n−2) − d)/λ, the number of leads after which a
// member who gets none of them has fallen behind as far as may be: the smaller
// is ahead. The factor ΣE of 1/λ = ΣE/w is common to all and left out. For a
// fixed set exact values differ by a multiple of 10⁹/(2n−2) after cross
// multiplication, and rounding moves them by less than 2·(wᵢ+wⱼ).
func (b *ballot) byDeadline(i, j int) (gap, slack int64) {
	limit := PerLead - b.quotaMargin()
	wi, wj := b.pool.Members[i].Weight, b.pool.Members[j].Weight
	roomI := int64(limit - b.standings[i].Deficit)
	roomJ := int64(limit - b.standings[j].Deficit)
	return roomJ*wi - roomI*wj, tieUnits * (wi + wj)
}

func (b *ballot) quotaMargin() Units { return PerLead / Units(2*b.accruing-2) }
