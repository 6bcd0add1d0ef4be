package criteria_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestAPredictionIsComparedWhereItIsKnown(t *testing.T) {
	set, err := criteria.Compile(criteria.Definition{Models: []string{"conversion"},
		Criteria: []criteria.Rule{{Name: "likely", Expression: "predicted.conversion >= 0.25"}, {Name: "asked", Expression: "has(predicted.conversion)"}},
		Gates:    []criteria.Rule{{Name: "mql", Expression: "likely || predicted.conversion > 0.9 || fit > 90"}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		facts   criteria.Facts
		likely  criteria.Truth
		missing []string
	}{
		"at the threshold": {criteria.Facts{Predicted: map[string]float64{"conversion": 0.25}}, criteria.True, nil},
		"below it":         {criteria.Facts{Predicted: map[string]float64{"conversion": 0.2499}}, criteria.False, nil},
		"not known":        {criteria.Facts{Predicted: map[string]float64{"renewal": 0.9}}, criteria.Unknown, []string{"predicted.conversion"}},
		"no models":        {criteria.Facts{}, criteria.Unknown, []string{"predicted.conversion"}},
	} {
		t.Run(name, func(t *testing.T) {
			evaluation := set.Evaluate(&c.facts, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
			likely, asked := evaluation.Criteria().Result(0), evaluation.Criteria().Result(1)
			if likely.Truth != c.likely || !cmp.Equal(likely.Missing, c.missing) || (asked.Truth == criteria.True) != (c.missing == nil) {
				t.Errorf("likely is %v, missing %q; asked is %v", likely.Truth, likely.Missing, asked.Truth)
			}
			if gate := evaluation.Gates(criteria.Scores{}).Result(0); gate.Truth != c.likely {
				t.Errorf("the gate is %v", gate.Truth)
			}
		})
	}
}

func TestAnUnknownModelIsRefusedWhereModelsAreKnown(t *testing.T) {
	rules := []criteria.Rule{{Name: "likely", Expression: "predicted.convresion > 0.5"}}
	if _, err := criteria.Compile(criteria.Definition{Models: []string{"conversion"}, Criteria: rules}); err == nil {
		t.Error("a misspelt model was accepted")
	}
	if _, err := criteria.Compile(criteria.Definition{Models: []string{}, Criteria: rules}); err == nil {
		t.Error("a model was accepted where there is none")
	}
	if _, err := criteria.Compile(criteria.Definition{Criteria: rules}); err != nil {
		t.Errorf("models were checked without knowing them: %v", err)
	}
	if _, err := criteria.Compile(criteria.Definition{Criteria: []criteria.Rule{{Name: "likely", Expression: `predicted.conversion == "high"`}}}); err == nil {
		t.Error("a probability was compared with a text")
	}
}
