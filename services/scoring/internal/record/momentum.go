package record

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// Momentum is what an account's events come to, as of the last change.
type Momentum struct {
	Account string
	People  int64 // millionths of a point: the stored engagement scores of its people
	Own     int64 // the same of what nobody in particular did, and of the triggers
	Heard   bool  // whether anything was ever heard of the account
	Surge   surge.State
	DueAt   time.Time // when to look again though nothing happens; zero for never
	// Failures is how often in a row nobody could look.
	Failures int64
	Events   int64 // told about it
}

// Score is the account's score.
func (m *Momentum) Score() int64 { return m.People + m.Own }
