package scoring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// How many people are read together is bounded by what was done under all of their leads, of each the newest.
func TestSoManyPeopleAreReadTogetherAsDidSoMuch(t *testing.T) {
	t.Parallel()
	groups := map[string][]string{"a": {"a", "a2"}, "b": {"b"}, "c": {"c"}}
	roots := []string{"a", "b", "c"}
	for what, test := range map[string]struct {
		deeds map[string]int64
		want  int
	}{
		"nobody did anything":          {nil, 3},
		"little":                       {map[string]int64{"a": 10, "b": 20, "c": maxHistory}, 3},
		"just as much":                 {map[string]int64{"a": maxHistory, "a2": maxHistory, "b": maxHistory, "c": maxHistory}, 3},
		"more than is read of anybody": {map[string]int64{"a": 1 << 40, "b": 1 << 40, "c": 1 << 40}, 3},
	} {
		if got := fitting(roots, groups, test.deeds); got != test.want {
			t.Errorf("%s: %d people, want %d", what, got, test.want)
		}
	}
	merged, busy := []string{"m1", "m2", "m3", "m4", "m5", "m6"}, map[string]int64{"b": 1}
	for _, id := range merged {
		busy[id] = maxHistory
	}
	for first, want := range map[string]int{"a": 1, "b": 1} { // one of them is too much together with any other
		order := []string{first, map[string]string{"a": "b", "b": "a"}[first]}
		if got := fitting(order, map[string][]string{"a": merged, "b": {"b"}}, busy); got != want {
			t.Errorf("%s first: %d people, want %d", first, got, want)
		}
	}
}

// A page of leads is cut where what was done under them, and under those who were one person with them, becomes too much.
func TestOfLeadsThatAreReadTogetherThoseOfOtherPeopleWait(t *testing.T) {
	t.Parallel()
	// The second lead is of the first one's person, like two of elsewhere, and the third of one that another page brings.
	leads := []*record.Lead{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}, {ID: "e"}}
	for what, test := range map[string]struct {
		deeds map[string]int64
		leads int
		batch store.Batch
	}{
		"little": {map[string]int64{"a": 5, "e": 5}, 5, store.Batch{First: "a", Last: "e", More: []string{"x", "y", "z"}}},
		"all of the first person, each once": {map[string]int64{"a": maxHistory, "b": maxHistory, "x": maxHistory, "y": maxHistory, "c": maxHistory}, 5,
			store.Batch{First: "a", Last: "e", More: []string{"x", "y", "z"}}},
		"of the fourth":            {map[string]int64{"a": maxHistory, "b": maxHistory, "x": maxHistory, "y": maxHistory, "d": maxHistory, "z": 1}, 3, store.Batch{First: "a", Last: "c", More: []string{"x", "y"}}},
		"of one who is not wanted": {map[string]int64{"a": maxHistory, "b": maxHistory, "x": maxHistory, "y": maxHistory, "c": maxHistory, "e": 1}, 4, store.Batch{First: "a", Last: "d", More: []string{"x", "y", "z"}}},
	} {
		g := &groups{roots: []string{"a", "d", "e"}, met: []int{0, 3, 4}, members: map[string][]string{"a": {"a", "b", "x", "y"}, "d": {"d", "z"}, "e": {"e"}}}
		n := g.fitting(leads, test.deeds)
		if n != test.leads {
			t.Errorf("%s: %d leads, want %d", what, n, test.leads)
			continue
		}
		g.keep(n)
		if diff := cmp.Diff(test.batch, g.batch(page{leads[:n], true})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
