package credit

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// MaxTouches bounds a journey. With the precision of the models it keeps every common denominator
// within 63 bits.
const MaxTouches = 1 << 17

var (
	// ErrDuplicateTouch says that one source event stands twice in a journey, so its touches have no
	// definite order.
	ErrDuplicateTouch = errors.New("the same source event occurs twice")
	// ErrTooManyTouches says that a journey exceeds [MaxTouches].
	ErrTooManyTouches = errors.New("too many touches")
)

// Milestones are the instants at which an opportunity's way reached them. A zero instant means that
// the milestone was not reached.
type Milestones struct {
	LeadCreated        time.Time // see [EarliestLead]
	OpportunityCreated time.Time
	ClosedWon          time.Time
}

// A milestone is a place of a journey that a model may give a weight of its own.
type milestone int

const (
	firstTouch milestone = iota
	leadCreated
	opportunityCreated
	closedWon
	lastTouch
	lastNonDirect
	milestoneCount
)

// absent is the place of a milestone that no touch holds.
const absent = -1

// Journey is what one opportunity's credit is shared among: its eligible touches in order, and which
// of them hold its milestones. Make one with [NewJourney]; the zero Journey has no touches.
type Journey struct {
	touches []Touch
	places  [milestoneCount]int // index of the touch that holds the milestone, or absent
}

// NewJourney selects the eligible touches of a ledger and places the milestones on them.
//
// A milestone belongs to the last touch at or before it. It is absent when it was not reached, when
// no touch precedes it, and when it lies behind the end of the window: seen from there it has not
// happened yet.
//
// Errors: [ErrDuplicateTouch], [ErrTooManyTouches].
func NewJourney(ledger []Touch, eligible Eligibility, reached Milestones) (Journey, error) {
	touches := eligible.Select(ledger)
	if len(touches) > MaxTouches {
		return Journey{}, fmt.Errorf("journey: %w: %d, at most %d", ErrTooManyTouches, len(touches), MaxTouches)
	}
	for i := 1; i < len(touches); i++ {
		if t := touches[i]; Compare(touches[i-1], t) == 0 {
			return Journey{}, fmt.Errorf("journey: %w: %q of source %q", ErrDuplicateTouch, t.SourceEventID, t.Source)
		}
	}
	return Journey{touches: touches, places: place(touches, eligible.Window.To, reached)}, nil
}

// Len returns the number of touches.
func (j Journey) Len() int { return len(j.touches) }

// Touch returns the i-th touch in order, from 0.
func (j Journey) Touch(i int) Touch { return j.touches[i] }

func place(touches []Touch, cut time.Time, reached Milestones) [milestoneCount]int {
	at := func(instant time.Time) int {
		if instant.IsZero() || !cut.IsZero() && instant.After(cut) {
			return absent
		}
		return lastUntil(touches, instant)
	}
	first := absent
	if len(touches) > 0 {
		first = 0
	}
	return [milestoneCount]int{
		firstTouch:         first,
		leadCreated:        at(reached.LeadCreated),
		opportunityCreated: at(reached.OpportunityCreated),
		closedWon:          at(reached.ClosedWon),
		lastTouch:          len(touches) - 1,
		lastNonDirect:      lastReferred(touches),
	}
}

// lastUntil returns the index of the last touch at or before the instant, or absent.
func lastUntil(touches []Touch, instant time.Time) int {
	after, _ := slices.BinarySearchFunc(touches, instant, func(t Touch, instant time.Time) int {
		if t.OccurredAt.After(instant) {
			return 1
		}
		return -1
	})
	return after - 1
}

// lastReferred returns the index of the last touch that is not direct. When all are direct, the last
// of those stands in.
func lastReferred(touches []Touch) int {
	for i, t := range slices.Backward(touches) {
		if !t.Direct {
			return i
		}
	}
	return len(touches) - 1
}
