package markov_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/handoffhq/handoff/services/internal/markov"
)

// publishedFile holds worked examples of other products and articles. It is no part of the repository and lies beside it.
const publishedFile = "../../../../shared/data/vectors/attribution_examples.json"

type publishedExample struct {
	ID, Model string
	Paths     []struct {
		Path               []string
		Conversions, Nulls int64
	}
	Expected struct {
		Transition   map[string]map[string]float64
		WithoutLoops map[string]map[string]float64 `json:"transition_self_loops_dropped"`
		P            *float64                      `json:"p_conversion"`
		Effects      map[string]float64            `json:"removal_effect"`
		Attribution  map[string]float64
		Exact        map[string]float64 `json:"markov_exact"`
	}
}

func TestPublishedExamples(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.FromSlash(publishedFile))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no published examples: %s is absent", publishedFile)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, one := range all {
		var e publishedExample
		if json.Unmarshal(one, &e) != nil || e.Model != "markov" && e.Model != "all" {
			continue // other models shape their answers otherwise
		}
		held++
		t.Run(e.ID, func(t *testing.T) { e.hold(t) })
	}
	if held < 5 {
		t.Errorf("only %d examples were held", held)
	}
}

// hold compares a chain with everything that its example says.
func (e *publishedExample) hold(t *testing.T) {
	numbers := map[string]uint16{}
	for _, p := range e.Paths {
		for _, name := range p.Path {
			numbers[name] = 0
		}
	}
	names := slices.Sorted(maps.Keys(numbers))
	for i, name := range names {
		numbers[name] = uint16(i)
	}
	var all []journeys
	for _, p := range e.Paths {
		j := journeys{conversions: p.Conversions, nulls: p.Nulls}
		for _, name := range p.Path {
			j.path = append(j.path, numbers[name])
		}
		all = append(all, j)
	}
	chain := counted(t, 1, all).Chain(len(names))
	total, converted := chain.Journeys()
	if e.Expected.P != nil {
		near(t, "P", float64(converted)/float64(total), *e.Expected.P)
	}
	holdTransitions(t, chain, names, e.Expected.Transition)
	holdTransitions(t, chain, names, e.Expected.WithoutLoops)
	got := removal(t, chain)
	var effects float64
	for _, effect := range got.Effects {
		effects += effect
	}
	for i, name := range names {
		if want, given := e.Expected.Effects[name]; given {
			near(t, "effect of "+name, got.Effects[i], want)
		}
		for _, credits := range []map[string]float64{e.Expected.Attribution, e.Expected.Exact} {
			want, given := credits[name]
			if e.ID == "markov-analyzecore" {
				want *= float64(converted) // published as shares, of one conversion
			}
			if given {
				near(t, "credit of "+name, got.Effects[i]/effects*float64(converted), want)
			}
		}
	}
}

func holdTransitions(t *testing.T, chain *markov.Chain, names []string, want map[string]map[string]float64) {
	t.Helper()
	if want == nil {
		return
	}
	got := map[string]map[string]float64{"(start)": {}}
	total, _ := chain.Journeys()
	for i := range chain.States() {
		start, conversions, nulls := chain.Leaving(i)
		visits := conversions + nulls
		for _, count := range chain.Next(i) {
			visits += count
		}
		from := names[chain.State(i)[0]]
		got["(start)"][from] = float64(start) / float64(total)
		got[from] = map[string]float64{"(conversion)": float64(conversions) / float64(visits), "(null)": float64(nulls) / float64(visits)}
		for next, count := range chain.Next(i) {
			got[from][names[chain.State(next)[0]]] = float64(count) / float64(visits)
		}
	}
	for from, row := range got {
		for to, p := range row {
			near(t, from+" to "+to, p, want[from][to])
		}
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
