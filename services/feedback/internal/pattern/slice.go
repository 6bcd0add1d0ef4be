package pattern

import (
	"iter"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Dimension is what answers are told apart by.
type Dimension int8

// The dimensions.
const (
	All        Dimension = iota + 1 // not told apart
	Source                          // of the lead
	Campaign                        // of the lead
	LeadMagnet                      // what the lead was drawn by
	Rep                             // who was to answer
	Pool                            // of the rep
)

// Where leads come from, and who answers for them.
var (
	targeting = []Dimension{Source, Campaign, LeadMagnet}
	process   = []Dimension{Rep, Pool}
)

// Slice is the answers that have a value in a dimension in common.
type Slice struct {
	Dimension Dimension
	Value     string // empty for all
}

// Origin is where an answer comes from. What is empty is not known, or there is none.
type Origin struct {
	Source, Campaign, LeadMagnet string
	Rep, Pool                    string
}

// value is the origin in a dimension.
func (o Origin) value(d Dimension) string {
	switch d {
	case Source:
		return o.Source
	case Campaign:
		return o.Campaign
	case LeadMagnet:
		return o.LeadMagnet
	case Rep:
		return o.Rep
	case Pool:
		return o.Pool
	default:
		return ""
	}
}

// slices are those that an origin belongs to.
func (o Origin) slices() iter.Seq[Slice] {
	return func(yield func(Slice) bool) {
		if !yield(Slice{Dimension: All}) {
			return
		}
		for d := Source; d <= Pool; d++ {
			if v := o.value(d); v != "" && !yield(Slice{Dimension: d, Value: v}) {
				return
			}
		}
	}
}

// Row is the answers of one origin, and the part of them that says what is looked for.
type Row struct {
	Origin
	proportion.Share
}
