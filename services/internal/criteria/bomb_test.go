package criteria_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// bombFacts are large but legal: a list of a thousand technologies, a long title,
// and five thousand events.
func bombFacts() *criteria.Facts {
	technologies := make([]string, 1000)
	for i := range technologies {
		technologies[i] = fmt.Sprint("technology-", i)
	}
	events := make([]criteria.Event, 5000)
	for i := range events {
		events[i] = criteria.Event{Type: "page_view", OccurredAt: asOf}
	}
	return &criteria.Facts{
		Lead:        criteria.Lead{Title: criteria.Known(strings.Repeat("a", 1000))},
		Account:     criteria.Account{Technologies: criteria.Known(technologies)},
		Engagements: events,
	}
}

func TestCostlyExpressionsEndAsRuleErrorsInFlatMemory(t *testing.T) {
	// Not parallel: it watches what the process allocates.
	const all = "account.technologies.exists"
	tests := []struct{ name, expression string }{
		{"nested comprehensions", all + `(a, ` + all + `(b, ` + all + `(c, ` + all + `(d, a < b && b < c && c < d && d < a))))`},
		{"nested comparison", all + `(a, ` + all + `(b, a < b && b < a))`},
		{"nested collection", `account.technologies.map(a, ` + all + `(b, a < b && b < a)).size() == 1`},
		{"counting in a loop", all + `(a, engagement.count(a) > 0)`},
		{"last in a loop", all + `(a, engagement.last(a) > now)`},
		{"matching in loops", all + `(a, ` + all + `(b, lead.title.matches("(a?){120}x")))`},
	}
	facts := bombFacts()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := criteria.Compile(criteria.Definition{Criteria: []criteria.Rule{
				{Name: "bomb", Expression: tt.expression},
				{Name: "innocent", Expression: `size(account.technologies) == 1000`},
			}})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			results := slices.Collect(set.Evaluate(facts, asOf).Criteria().All())
			runtime.ReadMemStats(&after)
			if !errors.Is(results[0].Err, criteria.ErrCost) || results[0].Truth != criteria.Unknown {
				t.Errorf("bomb = %+v, want ErrCost", results[0])
			}
			if results[1].Truth != criteria.True {
				t.Errorf("innocent = %+v, want TRUE", results[1])
			}
			t.Logf("allocated %d KiB in all", (after.TotalAlloc-before.TotalAlloc)>>10)
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 32<<20 {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
		})
	}
}

// Each of these doubles a value with every step. None of them may even be saved,
// because CEL charges for an operation only after it is done.
func TestDoublingExpressionsAreRefused(t *testing.T) {
	t.Parallel()
	repeat := func(start, step, end string) string { return start + strings.Repeat(step, 100) + end }
	tests := []struct{ name, expression string }{
		{"texts", repeat(`["aaaaaaaa"]`, `.map(a, a + a)`, `.exists(a, a == "b")`)},
		{"texts of facts", repeat(`account.technologies`, `.map(a, a + a)`, `.exists(a, a == "b")`)},
		{"bytes", repeat(`[b"aaaaaaaa"]`, `.map(a, a + a)`, `.exists(a, a == b"b")`)},
		{"joined lists", repeat(`[[1]]`, `.map(a, a + a)`, `.exists(a, 2 in a)`)},
		{"nested lists", repeat(`[[1]]`, `.map(a, [a, a])`, `.exists(a, a == a)`)},
		{"maps", repeat(`[{"a": 1}]`, `.map(a, {"a": a, "b": a})`, `.exists(a, a == a)`)},
		{"untyped", repeat(`[lead.attributes["x"]]`, `.map(a, true ? [a, a] : a)`, `.exists(a, a == a)`)},
		{"untyped texts", repeat(`[lead.attributes["x"]]`, `.map(a, a + a)`, `.exists(a, a == a)`)},
		{"collected attributes", repeat(`lead.attributes["x"]`, `.map(a, [a, a])`, `.exists(a, a == a)`)},
		{"parentheses", strings.Repeat("(", 2000) + "true" + strings.Repeat(")", 2000)},
		{"lists in lists", strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + " == []"},
		{"macros in macros", strings.Repeat("[1].all(x, ", 300) + "true" + strings.Repeat(")", 300)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := criteria.Compile(criteria.Definition{Criteria: []criteria.Rule{{Name: "bomb", Expression: tt.expression}}})
			if len(problems(t, err)) == 0 {
				t.Error("compiled")
			}
		})
	}
}
