// Package tally adds up the credit of many opportunities by channel and by campaign.
//
// # Invariants
//
//   - The slices of the channels and what is untouched sum to exactly the total, and so do those of the campaigns.
//   - The order in which opportunities are added changes nothing.
package tally

import (
	"errors"
	"maps"
	"slices"

	"github.com/handoffhq/handoff/services/internal/credit"
)

// ErrOverflow says that a sum exceeds what 64 bits hold.
var ErrOverflow = errors.New("sum is out of range")

// Slice is the credit of one channel or campaign.
type Slice struct {
	Name        string // empty for touches without one
	AmountMinor int64
	Millionths  int64 // of opportunities
	Touches     int64 // a touch that led to several opportunities counts for each
}

// Tally is the credit of many opportunities. The zero Tally is ready.
type Tally struct {
	Total, Untouched Line

	channels, campaigns map[string]Slice
}

// Line is a number of opportunities and what they are worth together.
type Line struct {
	Opportunities int64
	AmountMinor   int64
}

// Add counts one opportunity with its credit, which is empty when nothing touched it. The amount is not negative. It fails
// with [ErrOverflow], and then nothing was counted.
func (t *Tally) Add(amountMinor int64, entries []credit.Entry) error {
	if t.Total.AmountMinor+amountMinor < t.Total.AmountMinor {
		return ErrOverflow
	}
	t.Total.count(amountMinor)
	if len(entries) == 0 {
		t.Untouched.count(amountMinor)
	}
	if t.channels == nil {
		t.channels, t.campaigns = make(map[string]Slice), make(map[string]Slice)
	}
	for _, e := range entries {
		count(t.channels, e.Touch.Channel, e)
		count(t.campaigns, e.Touch.Campaign, e)
	}
	return nil
}

// Channels gives the slices by channel, by name.
func (t *Tally) Channels() []Slice { return sorted(t.channels) }

// Campaigns gives the slices by campaign, by name.
func (t *Tally) Campaigns() []Slice { return sorted(t.campaigns) }

func (l *Line) count(amountMinor int64) {
	l.Opportunities++
	l.AmountMinor += amountMinor
}

func count(slices map[string]Slice, name string, e credit.Entry) {
	s := slices[name]
	s.Name = name
	s.AmountMinor += e.AmountMinor
	s.Millionths += e.Millionths
	s.Touches++
	slices[name] = s
}

func sorted(bySlice map[string]Slice) []Slice {
	var all []Slice
	for _, name := range slices.Sorted(maps.Keys(bySlice)) {
		all = append(all, bySlice[name])
	}
	return all
}
