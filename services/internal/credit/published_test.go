package credit_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
)

// publishedFile holds worked examples of other products and articles. It is no part of the repository
// and lies beside it.
const publishedFile = "../shared/data/vectors/attribution_examples.json"

type publishedPath struct {
	Path        []string
	Conversions int64
}

type publishedExample struct {
	ID                      string
	Model                   string
	Paths                   []publishedPath
	Expected                map[string]json.RawMessage
	Touches                 int
	OpportunityCreatedTouch int   `json:"opportunity_created_touch"` // from 1
	HalfLifeDays            int   `json:"half_life_days"`
	AgesDays                []int `json:"ages_days"`
}

// published reads the examples, or skips the test where they are absent.
func published(t *testing.T) []publishedExample {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(repositoryRoot(t), filepath.FromSlash(publishedFile)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no published examples: %s is absent", publishedFile)
	}
	if err != nil {
		t.Fatalf("read the examples: %v", err)
	}
	var examples []publishedExample
	if err := json.Unmarshal(raw, &examples); err != nil {
		t.Fatalf("parse the examples: %v", err)
	}
	return examples
}

// repositoryRoot finds the directory of go.work above the test.
func repositoryRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("working directory: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("no go.work above the test, so the published examples cannot be found")
		}
		dir = parent
	}
}

func TestPublishedConversionsPerChannel(t *testing.T) {
	t.Parallel()
	models := map[string]credit.Model{
		"first_touch":             credit.FirstTouch(),
		"last_touch":              credit.LastTouch(),
		"linear":                  credit.Linear(),
		"position_based_40_20_40": credit.PositionBased(),
		"position_based_30_0_70":  custom(t, credit.CustomWeights{FirstTouch: 300_000, LastTouch: 700_000}),
	}
	compared, leftOut := 0, 0
	for _, example := range published(t) {
		before := compared
		for key, model := range models {
			raw, ok := example.Expected[key]
			if !ok || example.Paths == nil {
				continue // weights of one journey have a test of their own
			}
			compared++
			t.Run(example.ID+"/"+key, func(t *testing.T) {
				t.Parallel()
				want := parse[map[string]float64](t, raw)
				wantClose(t, perChannel(t, model, example.Paths), want)
			})
		}
		if compared == before && (example.Model == "markov" || strings.HasPrefix(example.Model, "shapley")) {
			leftOut++
		}
	}
	t.Logf("left out %d examples that have figures of Markov or Shapley models alone", leftOut)
	if compared == 0 {
		t.Error("no example was compared")
	}
}

func TestPublishedWeightsOfOneJourney(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, example := range published(t) {
		switch example.ID {
		case "rules-elir":
			compared++
			wantPeaks(t, example)
		case "rules-vermorel":
			compared++
			wantGrowingU(t, example)
		case "time-decay-halflife":
			compared++
			wantDecay(t, example)
		}
	}
	if compared != 3 {
		t.Errorf("compared %d examples, want 3", compared)
	}
}

// wantPeaks checks one journey of five touches. This author's U and W end at the last touch rather
// than at the creation of lead and opportunity.
func wantPeaks(t *testing.T, example publishedExample) {
	t.Helper()
	models := map[string]credit.Model{
		"linear":   credit.Linear(),
		"u_shaped": credit.PositionBased(),
		"w_shaped": custom(t, credit.CustomWeights{FirstTouch: 300_000, OpportunityCreated: 300_000, LastTouch: 300_000, Rest: 100_000}),
	}
	reached := credit.Milestones{OpportunityCreated: day(example.OpportunityCreatedTouch - 1)}
	j := newJourney(t, dailyTouches(example.Touches), reached)
	for key, model := range models {
		wantWeights(t, example.ID+" "+key, model.Weights(j), parse[[]float64](t, example.Expected[key]))
	}
}

// wantGrowingU checks the U of one and of two touches. For more the example has prose.
func wantGrowingU(t *testing.T, example publishedExample) {
	t.Helper()
	byTouches := parse[map[string]json.RawMessage](t, example.Expected["u_shaped"])
	for n, key := range map[int]string{1: "1", 2: "2"} {
		w := credit.PositionBased().Weights(newJourney(t, dailyTouches(n), credit.Milestones{}))
		wantWeights(t, example.ID+" "+key, w, parse[[]float64](t, byTouches[key]))
	}
}

func wantDecay(t *testing.T, example publishedExample) {
	t.Helper()
	const d = 24 * time.Hour
	var ages []time.Duration
	for _, days := range example.AgesDays {
		ages = append(ages, time.Duration(days)*d)
	}
	w := timeDecay(t, time.Duration(example.HalfLifeDays)*d).Weights(aged(t, ages...))
	wantWeights(t, example.ID, w, parse[[]float64](t, example.Expected["attribution"]))
}

func wantWeights(t *testing.T, name string, w credit.Weights, want []float64) {
	t.Helper()
	if w.Len() != len(want) || len(want) == 0 {
		t.Fatalf("%s: got %d weights, want %d", name, w.Len(), len(want))
	}
	for i := range want {
		if got, _ := w.Rat(i).Float64(); math.Abs(got-want[i]) > 1e-12 {
			t.Errorf("%s: weight %d: got %v, want %v", name, i, got, want[i])
		}
	}
}

func parse[T any](t *testing.T, raw json.RawMessage) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("parse %s: %v", raw, err)
	}
	return v
}

// perChannel shares the conversions of every path and adds them up by channel.
func perChannel(t *testing.T, model credit.Model, paths []publishedPath) map[string]float64 {
	t.Helper()
	got := make(map[string]float64)
	for _, path := range paths {
		ledger := dailyTouches(len(path.Path))
		for i, channel := range path.Path {
			ledger[i].Channel = channel
		}
		j := newJourney(t, ledger, credit.Milestones{})
		w := model.Weights(j)
		for i := range w.Len() {
			weight, _ := w.Rat(i).Float64()
			got[j.Touch(i).Channel] += weight * float64(path.Conversions)
		}
	}
	return got
}

func wantClose(t *testing.T, got, want map[string]float64) {
	t.Helper()
	for channel, conversions := range want {
		if math.Abs(got[channel]-conversions) > 1e-9 {
			t.Errorf("%s: got %v, want %v", channel, got[channel], conversions)
		}
	}
	for channel, conversions := range got {
		if _, ok := want[channel]; !ok && conversions > 1e-9 {
			t.Errorf("%s: got %v, want nothing", channel, conversions)
		}
	}
}
