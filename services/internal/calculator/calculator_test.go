package calculator_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/calculator"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/markov"
	"github.com/handoffhq/handoff/services/internal/paths"
)

// everything is a plan of all models.
func everything() calculator.Plan {
	return calculator.Plan{
		Model: calculator.All, Order: 2, Direct: "b", HalfLife: 7 * 24 * time.Hour, Times: true, Cores: 1,
		Weights: &credit.CustomWeights{FirstTouch: 100_000, LeadCreated: 100_000, LastTouch: 300_000, Rest: 500_000},
	}
}

// journeys are over channels that are letters.
type journeys struct {
	path               string
	times              []int64
	conversions, nulls int64
	value              uint64 // in units of 10⁻¹⁸
}

// answered credits journeys that so many readers read, each with numbers of its own for the channels.
func answered(plan calculator.Plan, all []journeys, readers int) ([]calculator.Credits, error) {
	c, err := calculator.New(plan)
	if err != nil {
		return nil, err
	}
	channels := make([][]string, readers)
	for reader := range readers {
		tell := c.Begin(reader)
		for i := reader; i < len(all); i += readers {
			j := paths.Journeys{Times: all[i].times, Conversions: all[i].conversions, Nulls: all[i].nulls, Value: paths.Value{Low: all[i].value}}
			for _, name := range strings.Split(all[i].path, "") {
				at := slices.Index(channels[reader], name)
				if at < 0 {
					at = len(channels[reader])
					channels[reader] = append(channels[reader], name)
				}
				j.Steps = append(j.Steps, uint16(at))
			}
			tell(&j)
		}
	}
	return c.Credits(channels)
}

// conversionsOf are a model's credits by channel, to six decimals.
func conversionsOf(t *testing.T, model string, all []journeys) map[string]string {
	t.Helper()
	plan := everything()
	plan.Model, plan.Order = model, 1
	found, err := answered(plan, all, 1)
	if err != nil {
		t.Fatalf("%s: %v", model, err)
	}
	got := map[string]string{}
	for _, c := range found[0].Channels {
		got[c.Name] = c.Conversions.Rounded(6)
	}
	return got
}

func TestPublishedExamples(t *testing.T) {
	t.Parallel()
	mta := []journeys{{path: "d", conversions: 2, nulls: 1}, {path: "se", conversions: 3, nulls: 2}, {path: "soe", conversions: 5, nulls: 4}}
	dp6 := []journeys{
		{path: "A", conversions: 3}, {path: "AB", conversions: 3}, {path: "ABC", conversions: 3}, {path: "B", conversions: 3}, {path: "BA", conversions: 3},
		{path: "BCA", conversions: 3}, {path: "C", conversions: 3}, {path: "CA", conversions: 3}, {path: "CBA", conversions: 3},
	}
	for name, tt := range map[string]struct {
		model string
		all   []journeys
		want  map[string]string
	}{
		"first":                  {"first", mta, map[string]string{"d": "2.000000", "s": "8.000000", "e": "0.000000", "o": "0.000000"}},
		"last":                   {"last", mta, map[string]string{"d": "2.000000", "s": "0.000000", "e": "8.000000", "o": "0.000000"}},
		"linear":                 {"linear", mta, map[string]string{"d": "2.000000", "s": "3.166667", "e": "3.166667", "o": "1.666667"}},
		"position":               {"position", mta, map[string]string{"d": "2.000000", "s": "3.500000", "e": "3.500000", "o": "1.000000"}},
		"repeats count":          {"linear", []journeys{{path: "aab", conversions: 6}}, map[string]string{"a": "4.000000", "b": "2.000000"}},
		"two touches":            {"position", []journeys{{path: "xy", conversions: 10}}, map[string]string{"x": "5.000000", "y": "5.000000"}},
		"nulls earn nothing":     {"first", []journeys{{path: "ix", nulls: 9}, {path: "f", conversions: 4, nulls: 1}, {path: "lz", conversions: 6, nulls: 1}}, map[string]string{"i": "0.000000", "x": "0.000000", "f": "4.000000", "l": "6.000000", "z": "0.000000"}},
		"the lead is not known":  {"w", []journeys{{path: "abc", conversions: 1}}, map[string]string{"a": "0.450000", "b": "0.100000", "c": "0.450000"}},
		"three of four at hand":  {"full_path", []journeys{{path: "abc", conversions: 1}}, map[string]string{"a": "0.300000", "b": "0.100000", "c": "0.600000"}},
		"the first touch is all": {"u_50_50", []journeys{{path: "abc", conversions: 1}}, map[string]string{"a": "1.000000", "b": "0.000000", "c": "0.000000"}},
		"the first and the rest": {"u_40_20_40", []journeys{{path: "abc", conversions: 1}}, map[string]string{"a": "0.800000", "b": "0.100000", "c": "0.100000"}},
		"all that is direct":     {"last_non_direct", []journeys{{path: "abb", conversions: 1}, {path: "bb", conversions: 2}, {path: "ba", conversions: 4}}, map[string]string{"a": "5.000000", "b": "2.000000"}},
		"shapley: one":           {"shapley", []journeys{{path: "a", conversions: 5}}, map[string]string{"a": "5.000000"}},
		"shapley: four":          {"shapley_exact", []journeys{{path: "abcd", conversions: 10}}, map[string]string{"a": "2.500000", "b": "2.500000", "c": "2.500000", "d": "2.500000"}},
		"shapley: two":           {"shapley", []journeys{{path: "a", conversions: 4}, {path: "ab", conversions: 6}}, map[string]string{"a": "7.000000", "b": "3.000000"}},
		"shapley: sparse":        {"shapley_exact", []journeys{{path: "12", conversions: 20}, {path: "134", conversions: 10}}, map[string]string{"1": "13.333333", "2": "10.000000", "3": "3.333333", "4": "3.333333"}},
		"shapley: rates":         {"shapley_rate", []journeys{{path: "g", conversions: 2, nulls: 1}, {path: "m", conversions: 1}, {path: "gm", conversions: 1}}, map[string]string{"g": "1.166667", "m": "2.833333"}},
		"dp6, first":             {"first", dp6, map[string]string{"A": "9.000000", "B": "9.000000", "C": "9.000000"}},
		"dp6, last":              {"last", dp6, map[string]string{"A": "15.000000", "B": "6.000000", "C": "6.000000"}},
		"dp6, linear":            {"linear", dp6, map[string]string{"A": "10.500000", "B": "9.000000", "C": "7.500000"}},
		"dp6, markov":            {"markov", dp6, map[string]string{"A": "10.643154", "B": "8.514523", "C": "7.842324"}},
		"dp6, shapley":           {"shapley", dp6, map[string]string{"A": "10.500000", "B": "9.000000", "C": "7.500000"}},
	} {
		if diff := cmp.Diff(tt.want, conversionsOf(t, tt.model, tt.all)); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", name, tt.model, diff)
		}
	}
}

func TestTimeDecayHalvesWithEachHalfLife(t *testing.T) {
	t.Parallel()
	const day = 86_400_000_000
	got := conversionsOf(t, calculator.TimeDecay, []journeys{{path: "abc", times: []int64{0, 7 * day, 14 * day}, conversions: 7}})
	if diff := cmp.Diff(map[string]string{"a": "1.000000", "b": "2.000000", "c": "4.000000"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	published := []journeys{{path: "abcd", times: []int64{0, 2 * day, 4 * day, 5 * day}, conversions: 1}}
	want := map[string]string{"a": "0.187067", "b": "0.228037", "c": "0.277980", "d": "0.306915"}
	if diff := cmp.Diff(want, conversionsOf(t, calculator.TimeDecay, published)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// someJourneys draws journeys over a few or many channels, of which at least one converts.
func someJourneys(t *rapid.T) []journeys {
	seed := rapid.Uint64().Draw(t, "seed")
	return madeUp(seed, rapid.IntRange(1, 18).Draw(t, "channels"), rapid.IntRange(1, 40).Draw(t, "journeys"))
}

func madeUp(seed uint64, channels, n int) []journeys {
	r := rand.New(rand.NewPCG(seed, 0))
	letters := []rune("abcdefghijklmnopqr")[:channels]
	all := make([]journeys, n)
	for i := range all {
		var at int64
		for range 1 + r.IntN(8) {
			all[i].path += string(letters[r.IntN(len(letters))])
			at += r.Int64N(1e12)
			all[i].times = append(all[i].times, at)
		}
		all[i].conversions, all[i].nulls = r.Int64N(4), r.Int64N(3)
		if all[i].conversions > 0 {
			all[i].value = r.Uint64()
		}
	}
	all[0].conversions++
	return all
}

// TestErrorsThatDoNotFadeEvenlyFadeAllTheSame solves chains of few journeys, whose errors come and go in leaps.
func TestErrorsThatDoNotFadeEvenlyFadeAllTheSame(t *testing.T) {
	t.Parallel()
	plan := everything()
	plan.Model = calculator.Markov
	for seed := range uint64(60) {
		found, err := answered(plan, madeUp(seed, 14, 32), 1)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if found[0].States > 64 && found[0].Error > 1e-11 {
			t.Errorf("seed %d: %d states are only known within %.2g", seed, found[0].States, found[0].Error)
		}
	}
}

// TestCreditsAddUpToExactlyWhatJourneysEarned is the promise to the last decimal, of all models.
func TestCreditsAddUpToExactlyWhatJourneysEarned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := someJourneys(rt)
		plan := everything()
		plan.Order = rapid.IntRange(1, 4).Draw(rt, "order")
		plan.NoNulls = rapid.Bool().Draw(rt, "no nulls")
		found, err := answered(plan, all, 1)
		if err != nil {
			rt.Fatal(err)
		}
		conversions, value := new(big.Rat), new(big.Rat)
		for _, j := range all {
			conversions.Add(conversions, new(big.Rat).SetInt64(j.conversions))
			value.Add(value, new(big.Rat).SetFrac(new(big.Int).SetUint64(j.value), big.NewInt(1e18)))
		}
		if len(found) != len(calculator.Models()) {
			rt.Fatalf("%d models, want %d", len(found), len(calculator.Models()))
		}
		for _, c := range found {
			gotConversions, gotValue := new(big.Rat), new(big.Rat)
			for _, channel := range c.Channels {
				gotConversions.Add(gotConversions, channel.Conversions.Rat())
				gotValue.Add(gotValue, channel.Value.Rat())
				if channel.Effect != nil && (*channel.Effect < 0 || *channel.Effect > 1) {
					rt.Fatalf("%s of %s has an effect of %v", c.Model, channel.Name, *channel.Effect)
				}
			}
			if gotConversions.Cmp(conversions) != 0 || gotValue.Cmp(value) != 0 {
				rt.Fatalf("%s: got %v and %v, want %v and %v", c.Model, gotConversions, gotValue, conversions, value)
			}
			if c.Conversions.Rat().Cmp(conversions) != 0 || c.Value.Rat().Cmp(value) != 0 {
				rt.Fatalf("%s: totals %v and %v, want %v and %v", c.Model, c.Conversions, c.Value, conversions, value)
			}
		}
	})
}

// TestOrderAndPortionsOfJourneysChangeNothing shuffles journeys and gives them to several readers.
func TestOrderAndPortionsOfJourneysChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := someJourneys(rt)
		plan := everything()
		want, err := answered(plan, all, 1)
		if err != nil {
			rt.Fatal(err)
		}
		shuffled := rapid.Permutation(all).Draw(rt, "shuffled")
		plan.Cores = 2
		got, err := answered(plan, shuffled, rapid.IntRange(1, 4).Draw(rt, "readers"))
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(written(want), written(got)); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// written spells credits out with all their digits.
func written(found []calculator.Credits) []string {
	var out []string
	for _, c := range found {
		for _, channel := range c.Channels {
			line := fmt.Sprint(c.Model, " ", channel.Name, " ", channel.Conversions, " ", channel.Value)
			if channel.Effect != nil {
				line += fmt.Sprint(" ", *channel.Effect)
			}
			out = append(out, line)
		}
	}
	return out
}

func TestWhatIsTooLittleForAnAnswer(t *testing.T) {
	t.Parallel()
	plan := everything()
	plan.Model, plan.MinConversions = calculator.Linear, 3
	var few *calculator.FewError
	if _, err := answered(plan, []journeys{{path: "a", conversions: 2, nulls: 5}}, 1); !errors.As(err, &few) || few.Conversions != 2 {
		t.Errorf("2 of 3: got %v", err)
	}
	plan.Model, plan.MinConversions = calculator.Markov, 0
	if _, err := answered(plan, []journeys{{path: "a", nulls: 5}}, 1); !errors.Is(err, markov.ErrNothing) {
		t.Errorf("nothing: got %v", err)
	}
}
