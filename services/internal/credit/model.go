package credit

import (
	"errors"
	"fmt"
	"time"
)

// WholeParts is the whole credit in parts per million: the unit in which weights are given to a model
// and shares are shown.
const WholeParts = 1_000_000

// Half-lives of time decay. Web analytics tools use a week. In a long business cycle that leaves
// nothing to the touches that opened it, so a month is the better choice there.
const (
	WeekHalfLife  = 7 * 24 * time.Hour
	MonthHalfLife = 30 * 24 * time.Hour
)

// ErrHalfLife says that a half-life is shorter than a microsecond.
var ErrHalfLife = errors.New("half-life is not positive")

// milestoneParts are the parts per million of each milestone.
type milestoneParts [milestoneCount]uint64

// Model is a rule that shares the credit of a journey among its touches.
//
// All models but time decay are one scheme: parts for the touches that hold certain milestones, and a
// rest that the touches in the middle share evenly. The zero Model is [Linear]. Models compare
// with ==.
type Model struct {
	name     string
	parts    milestoneParts
	rest     uint64 // parts per million of the middle touches
	halfLife uint64 // microseconds; not zero for time decay alone
}

// String returns the model's stable name, such as "W_SHAPED".
func (m Model) String() string {
	if m.name == "" {
		return "LINEAR"
	}
	return m.name
}

// Linear gives every touch the same.
func Linear() Model { return Model{} }

// FirstTouch gives all to the first touch.
func FirstTouch() Model {
	return Model{name: "FIRST_TOUCH", parts: milestoneParts{firstTouch: WholeParts}}
}

// LastTouch gives all to the last touch.
func LastTouch() Model {
	return Model{name: "LAST_TOUCH", parts: milestoneParts{lastTouch: WholeParts}}
}

// LastNonDirect gives all to the last touch that is not direct, or to the last one when all are.
func LastNonDirect() Model {
	return Model{name: "LAST_NON_DIRECT", parts: milestoneParts{lastNonDirect: WholeParts}}
}

// PositionBased gives 40 % each to the first and the last touch and 20 % to those between them.
func PositionBased() Model {
	return Model{
		name:  "POSITION_BASED",
		parts: milestoneParts{firstTouch: 400_000, lastTouch: 400_000},
		rest:  200_000,
	}
}

// U402040 is the U-shaped model as HubSpot has it: 40 % each to the first touch and the creation of
// the lead, 20 % to the rest.
func U402040() Model {
	return Model{
		name:  "U_40_20_40",
		parts: milestoneParts{firstTouch: 400_000, leadCreated: 400_000},
		rest:  200_000,
	}
}

// U5050 is the U-shaped model as Marketo Measure has it: half each to the first touch and the
// creation of the lead.
func U5050() Model {
	return Model{name: "U_50_50", parts: milestoneParts{firstTouch: 500_000, leadCreated: 500_000}}
}

// WShaped gives 30 % each to the first touch, the creation of the lead and the creation of the
// opportunity, 10 % to the rest.
func WShaped() Model {
	return Model{
		name:  "W_SHAPED",
		parts: milestoneParts{firstTouch: 300_000, leadCreated: 300_000, opportunityCreated: 300_000},
		rest:  100_000,
	}
}

// FullPath gives 22.5 % each to the first touch, the creation of the lead, the creation of the
// opportunity and the won deal, 10 % to the rest.
func FullPath() Model {
	return Model{
		name:  "FULL_PATH",
		parts: milestoneParts{firstTouch: 225_000, leadCreated: 225_000, opportunityCreated: 225_000, closedWon: 225_000},
		rest:  100_000,
	}
}

// TimeDecay weighs a touch by 2^(−age ÷ half-life), whatever milestones it holds. It fails with
// [ErrHalfLife].
func TimeDecay(halfLife time.Duration) (Model, error) {
	if halfLife < time.Microsecond {
		return Model{}, fmt.Errorf("time decay: %w: %v", ErrHalfLife, halfLife)
	}
	return Model{name: "TIME_DECAY", halfLife: uint64(halfLife / time.Microsecond)}, nil
}
