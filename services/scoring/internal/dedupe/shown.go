package dedupe

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Origin is how a value of a field is known. A larger one is trusted more.
type Origin int

// The origins of a value.
const (
	// Reported values were typed by the lead or sent by another system.
	Reported Origin = iota
	// Verified values were checked, as an address is by a reply from it.
	Verified
	// Manual values were set by one of our people.
	Manual
)

// Field is a value with its provenance. An empty value is none.
type Field struct {
	Value  string
	Origin Origin
	// At is when the value was set.
	At time.Time
}

// Lead is one lead as it was before any merge, with the edits made to it since.
type Lead struct {
	ID         string
	CreateTime time.Time
	Fields     map[string]Field
}

// What can be wrong with a merge.
var (
	// ErrSameLead: a lead is on both sides, so the merge would be a circle.
	ErrSameLead = errors.New("a lead cannot be merged with itself")
	// ErrNotMerged: the two leads are not one person.
	ErrNotMerged = errors.New("the leads are not merged")
)

// Shown is what leads that are one person show together of each field that has a value, whatever the order in which they
// are given. It fails with ErrSameLead if one comes twice.
func Shown(leads ...Lead) (map[string]Field, error) {
	leads = slices.SortedFunc(slices.Values(leads), older)
	shown := map[string]Field{}
	for i, lead := range leads { // the oldest first: of equals the survivor's stays
		if i > 0 && lead.ID == leads[i-1].ID {
			return nil, fmt.Errorf("gather leads: %w", ErrSameLead)
		}
		for name, field := range lead.Fields {
			if held, taken := shown[name]; field.Value != "" && (!taken || field.outlives(held)) {
				shown[name] = field
			}
		}
	}
	return shown, nil
}

// outlives reports whether a value is trusted more than another, or as much and
// newer.
func (f Field) outlives(other Field) bool {
	return cmp.Or(cmp.Compare(f.Origin, other.Origin), f.At.Compare(other.At)) > 0
}

// older orders leads by age, and those of one instant by id.
func older(a, b Lead) int {
	return cmp.Or(a.CreateTime.Compare(b.CreateTime), cmp.Compare(a.ID, b.ID))
}
