package calculator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
)

// The models by name.
const (
	First         = "first"
	Last          = "last"
	LastNonDirect = "last_non_direct"
	Linear        = "linear"
	Position      = "position"
	U402040       = "u_40_20_40"
	U5050         = "u_50_50"
	WShaped       = "w"
	FullPath      = "full_path"
	TimeDecay     = "time_decay"
	Custom        = "custom"
	Markov        = "markov"
	Shapley       = "shapley"
	ShapleyExact  = "shapley_exact"
	ShapleyRate   = "shapley_rate"
	All           = "all" // of those above, for which there is what they need
)

// Models are the names of all models, in the order in which they are answered.
func Models() []string {
	return []string{
		First, Last, LastNonDirect, Linear, Position, U402040, U5050, WShaped, FullPath, TimeDecay, Custom,
		Markov, Shapley, ShapleyExact, ShapleyRate,
	}
}

// otherNames are names under which models are also known, in the suite's reports and elsewhere.
var otherNames = map[string]string{
	"first_touch": First, "last_touch": Last, "position_based": Position, "w_shaped": WShaped,
	"markov_chain": Markov, "shapley_simplified": Shapley,
}

// ErrModel says that a model is unknown or lacks what it needs.
var ErrModel = errors.New("model")

// Plan says what to work out.
type Plan struct {
	Model    string // of [Models], some with commas between, or [All]
	Order    int    // of the Markov chain
	NoNulls  bool   // leave journeys out that did not convert
	Direct   string // the channel that the last non-direct touch passes over
	HalfLife time.Duration
	Weights  *credit.CustomWeights // of the custom model
	Times    bool                  // whether journeys have times
	Cores    int

	// MinConversions is how many there have to be for an answer.
	MinConversions int64
}

// models are the names of those that a plan asks for, in the order of [Models].
func (p Plan) models() ([]string, error) {
	if strings.EqualFold(p.Model, All) {
		return slices.DeleteFunc(Models(), func(m string) bool { return p.lacks(m) != "" }), nil
	}
	var wanted []string
	for given := range strings.SplitSeq(p.Model, ",") {
		name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(given)), "-", "_")
		if other, known := otherNames[name]; known {
			name = other
		}
		switch {
		case !slices.Contains(Models(), name):
			return nil, fmt.Errorf("%w: there is no %q; there are %s and all", ErrModel, given, strings.Join(Models(), ", "))
		case p.lacks(name) != "":
			return nil, fmt.Errorf("%w: %s needs %s", ErrModel, name, p.lacks(name))
		}
		wanted = append(wanted, name)
	}
	return slices.DeleteFunc(Models(), func(m string) bool { return !slices.Contains(wanted, m) }), nil
}

// lacks says what a model needs and a plan does not have.
func (p Plan) lacks(model string) string {
	switch {
	case model == TimeDecay && !p.Times:
		return "the times of touches, which a file of paths does not have"
	case model == Custom && p.Weights == nil:
		return "weights"
	}
	return ""
}

// rule gives the rule of a model that goes by places.
func (p Plan) rule(model string) (credit.Model, bool, error) {
	switch model {
	case First:
		return credit.FirstTouch(), true, nil
	case Last:
		return credit.LastTouch(), true, nil
	case Linear:
		return credit.Linear(), true, nil
	case Position:
		return credit.PositionBased(), true, nil
	case U402040:
		return credit.U402040(), true, nil
	case U5050:
		return credit.U5050(), true, nil
	case WShaped:
		return credit.WShaped(), true, nil
	case FullPath:
		return credit.FullPath(), true, nil
	case Custom:
		rule, err := credit.Custom(*p.Weights)
		return rule, true, err
	}
	return credit.Model{}, false, nil
}
