package criteria_test

import (
	"errors"
	"testing"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// FuzzCompile proves that no expression crashes the compiler or the evaluator,
// that every refusal is a CompileError with a place inside the expression, and
// that what compiles answers the same twice, with a reason for each unknown.
func FuzzCompile(f *testing.F) {
	d := playbook()
	for _, rules := range [][]criteria.Rule{d.Criteria, d.Conditions, d.Gates} {
		for _, rule := range rules {
			f.Add(rule.Expression)
		}
	}
	f.Add(`has(lead.attributes.a) && double(lead.attributes["a"]) > 1.5 || now - engagement.last("x") < within("1d12h")`)
	f.Add(`account.technologies.filter(t, t.matches("^a")).map(t, size(t)).exists_one(n, n in [1, 2])`)
	f.Fuzz(func(t *testing.T, expression string) {
		set, err := criteria.Compile(criteria.Definition{
			Criteria: []criteria.Rule{{Name: "asked", Expression: expression}},
		})
		if err != nil {
			checkRefusal(t, err)
			return
		}
		for _, facts := range []*criteria.Facts{{}, ideal()} {
			first := set.Evaluate(facts, asOf).Criteria().Result(0)
			second := set.Evaluate(facts, asOf).Criteria().Result(0)
			if first.Truth != second.Truth || (first.Err == nil) != (second.Err == nil) {
				t.Fatalf("%q: %+v, then %+v", expression, first, second)
			}
			if first.Truth == criteria.Unknown && first.Err == nil && len(first.Missing) == 0 {
				t.Fatalf("%q is unknown for no reason", expression)
			}
		}
	})
}

func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var refused *criteria.CompileError
	if !errors.As(err, &refused) || len(refused.Problems) == 0 {
		t.Fatalf("refused with %v", err)
	}
	for _, problem := range refused.Problems {
		if problem.Name != "asked" || problem.Message == "" || (problem.Line == 0) != (problem.Column == 0) {
			t.Fatalf("incomplete problem %+v", problem)
		}
	}
}
