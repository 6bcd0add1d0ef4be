package credit

import (
	"fmt"
	"strings"
)

// CustomWeights are the parts per million of a custom model. They sum to [WholeParts].
type CustomWeights struct {
	FirstTouch         int32
	LeadCreated        int32
	OpportunityCreated int32
	ClosedWon          int32
	LastTouch          int32
	Rest               int32 // shared evenly by the touches that hold none of the milestones above
}

// WeightProblem is one thing that is wrong with custom weights.
type WeightProblem struct {
	Field  string // in snake case; empty when the problem lies in all of them together
	Reason string
}

// WeightsError lists everything that is wrong with custom weights.
type WeightsError struct {
	Problems []WeightProblem
}

// Error names every problem.
func (e *WeightsError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = strings.TrimSpace(p.Field + " " + p.Reason)
	}
	return "custom model: " + strings.Join(texts, "; ")
}

// Custom makes a model of the given weights. A milestone of weight zero is none: a touch that holds
// no other belongs to the rest. It fails with a [*WeightsError] that lists all problems.
func Custom(w CustomWeights) (Model, error) {
	if problems := w.problems(); problems != nil {
		return Model{}, &WeightsError{Problems: problems}
	}
	return Model{
		name: "CUSTOM",
		parts: milestoneParts{
			firstTouch:         uint64(w.FirstTouch),
			leadCreated:        uint64(w.LeadCreated),
			opportunityCreated: uint64(w.OpportunityCreated),
			closedWon:          uint64(w.ClosedWon),
			lastTouch:          uint64(w.LastTouch),
		},
		rest: uint64(w.Rest),
	}, nil
}

func (w CustomWeights) problems() []WeightProblem {
	fields := []struct {
		name  string
		parts int32
	}{
		{"first_touch", w.FirstTouch},
		{"lead_created", w.LeadCreated},
		{"opportunity_created", w.OpportunityCreated},
		{"closed_won", w.ClosedWon},
		{"last_touch", w.LastTouch},
		{"rest", w.Rest},
	}
	var problems []WeightProblem
	var sum int64
	for _, f := range fields {
		sum += int64(f.parts)
		if f.parts < 0 || f.parts > WholeParts {
			problems = append(problems, WeightProblem{
				Field:  f.name,
				Reason: fmt.Sprintf("is %d, not within 0 to %d parts per million", f.parts, WholeParts),
			})
		}
	}
	if sum != WholeParts {
		problems = append(problems, WeightProblem{
			Reason: fmt.Sprintf("weights sum to %d, not to %d parts per million", sum, WholeParts),
		})
	}
	return problems
}
