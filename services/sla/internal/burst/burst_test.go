package burst_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/burst"
)

func at(seconds float64) time.Time {
	return time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

// judged says of each instant whether it is suspect, as long as they are in order.
func judged(r burst.Rule, instants []time.Time) []bool {
	all := make([]bool, len(instants))
	for i, one := range instants {
		all[i] = r.Suspects(instants, one)
	}
	return all
}

func TestMoreThanTheCountWithinTheTimeAreAllSuspect(t *testing.T) {
	t.Parallel()
	three := burst.Rule{Count: 3, Within: time.Minute}
	for name, test := range map[string]struct {
		rule    burst.Rule
		seconds []float64
		want    []bool
	}{
		"the count itself":                 {three, []float64{0, 1, 2}, []bool{false, false, false}},
		"one more":                         {three, []float64{0, 1, 2, 3}, []bool{true, true, true, true}},
		"all at one instant":               {three, []float64{5, 5, 5, 5}, []bool{true, true, true, true}},
		"a microsecond less than the time": {three, []float64{0, 1, 2, 59.999999}, []bool{true, true, true, true}},
		"the time itself":                  {three, []float64{0, 1, 2, 60}, []bool{false, false, false, false}},
		"a steady pace":                    {three, []float64{0, 20, 40, 60, 80, 100}, make([]bool, 6)},
		"windows that overlap":             {three, []float64{0, 30, 40, 50, 80}, []bool{true, true, true, true, true}},
		"others around":                    {three, []float64{-60, 0, 1, 2, 3, 63}, []bool{false, true, true, true, true, false}},
		"switched off":                     {burst.Rule{Within: time.Minute}, []float64{0, 0, 0, 0}, make([]bool, 4)},
		"one is not too many":              {burst.Rule{Count: 1, Within: time.Minute}, []float64{0, 60}, make([]bool, 2)},
		"nothing":                          {three, nil, []bool{}},
	} {
		var instants []time.Time
		for _, s := range test.seconds {
			instants = append(instants, at(s))
		}
		if diff := cmp.Diff(test.want, judged(test.rule, instants)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// drawn is a rule, and when things happened, in order.
func drawn(t *rapid.T) (burst.Rule, []time.Time) {
	rule := burst.Rule{Count: rapid.IntRange(1, 4).Draw(t, "count"), Within: time.Duration(rapid.IntRange(1, 12).Draw(t, "within")) * time.Second}
	var instants []time.Time
	for _, s := range rapid.SliceOfN(rapid.IntRange(0, 40), 1, 24).Draw(t, "seconds") {
		instants = append(instants, at(float64(s)))
	}
	slices.SortFunc(instants, time.Time.Compare)
	return rule, instants
}

// TestSuspectsAreThoseOfSomeFullWindow holds the rule against its definition, window by window.
func TestSuspectsAreThoseOfSomeFullWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule, instants := drawn(t)
		want := make([]bool, len(instants))
		for _, from := range instants {
			var inside []int
			for i, one := range instants {
				if !one.Before(from) && one.Before(from.Add(rule.Within)) {
					inside = append(inside, i)
				}
			}
			for _, i := range inside {
				want[i] = want[i] || len(inside) > rule.Count
			}
		}
		if diff := cmp.Diff(want, judged(rule, instants)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestALookAroundEachThatComesIsEnough lets activities arrive one by one in any order. Each makes those suspect that are near it,
// as a service does that does not look at all of them again.
func TestALookAroundEachThatComesIsEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule, instants := drawn(t)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		var known []time.Time
		flagged := map[time.Time]bool{}
		for _, i := range random.Perm(len(instants)) {
			one := instants[i]
			place, _ := slices.BinarySearchFunc(known, one, time.Time.Compare)
			known = slices.Insert(known, place, one)
			near := known[max(0, place-rule.Count):min(len(known), place+rule.Count+1)]
			for _, other := range near {
				flagged[other] = flagged[other] || rule.Suspects(near, other)
			}
		}
		for i, want := range judged(rule, instants) {
			if got := flagged[instants[i]]; got != want {
				t.Errorf("%v: got %t, want %t", instants[i], got, want)
			}
		}
	})
}

// TestOneMoreTakesNobodyOut: whoever is suspect stays it.
func TestOneMoreTakesNobodyOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule, instants := drawn(t)
		more := append(slices.Clone(instants), at(float64(rapid.IntRange(0, 40).Draw(t, "one more"))))
		slices.SortFunc(more, time.Time.Compare)
		for _, one := range instants {
			if rule.Suspects(instants, one) && !rule.Suspects(more, one) {
				t.Errorf("%v is suspect no more", one)
			}
		}
	})
}

// TestOneMoreMakesFewSuspect: however large a burst is, each of its activities makes no more suspect than the count on either side.
func TestOneMoreMakesFewSuspect(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule, instants := drawn(t)
		more := append(slices.Clone(instants), at(float64(rapid.IntRange(0, 40).Draw(t, "one more"))))
		slices.SortFunc(more, time.Time.Compare)
		newly := 0
		for _, one := range instants {
			if rule.Suspects(more, one) && !rule.Suspects(instants, one) {
				newly++
			}
		}
		if newly > 2*rule.Count {
			t.Errorf("%d more are suspect", newly)
		}
	})
}
