package criteria_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestUsualRulesArePlanned(t *testing.T) {
	t.Parallel()
	set := mustCompile(t, thirtyTwo())
	if diff := cmp.Diff(set.Names(), set.Planned()); diff != "" {
		t.Errorf("planned (-all +got):\n%s", diff)
	}
}

func TestWhatCouldMultiplyWorkIsLeftToCEL(t *testing.T) {
	t.Parallel()
	const all = "account.technologies.exists"
	for _, expression := range []string{
		all + `(a, ` + all + `(b, a < b))`,
		all + `(a, a in account.technologies)`,
		all + `(a, engagement.count(a) > 0)`,
		all + `(a, engagement.last(a) > now)`,
		all + `(a, a.matches("b"))`,
		`lists.competitors.exists(c, c == "x")`,
		strings.Repeat(`engagement.count("a") > 0 || `, 16) + `engagement.count("a") > 0`,
	} {
		set := mustCompile(t, criteria.Definition{Criteria: []criteria.Rule{{Name: "asked", Expression: expression}}})
		if len(set.Planned()) > 0 {
			t.Errorf("%s is planned", expression)
		}
	}
}

// TestPlansAnswerAsCELDoes proves that a plan and CEL give the same answer, the same missing facts and the same sort of
// failure, over random expressions and random facts.
func TestPlansAnswerAsCELDoes(t *testing.T) {
	t.Parallel()
	planned, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		g := grammar{t}
		d := criteria.Definition{
			Criteria:   []criteria.Rule{{Name: "one", Expression: g.boolean(3)}, {Name: "two", Expression: g.boolean(2)}},
			Conditions: []criteria.Rule{{Name: "condition", Expression: "(" + g.boolean(2) + ") || one && (" + g.boolean(1) + ") || two"}},
			Gates:      []criteria.Rule{{Name: "gate", Expression: g.gate(3)}},
		}
		fast, err := criteria.Compile(d)
		if err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
		planned, all = planned+len(fast.Planned()), all+4
		slow, err := criteria.CompileReference(d)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			facts := g.facts()
			scores := criteria.Scores{Fit: g.score(), Engagement: g.score(), Combined: g.score()}
			if diff := compare(fast, slow, facts, scores); diff != "" {
				t.Fatalf("%+v\nfacts %+v\nscores %+v\n(-CEL +plan):\n%s", d, facts, scores, diff)
			}
		}
	})
	if planned*10 < all*9 {
		t.Errorf("%d of %d random rules were planned; the test compares CEL with itself", planned, all)
	}
}

// FuzzPlan holds plans against CEL over whatever compiles.
func FuzzPlan(f *testing.F) {
	d := thirtyTwo()
	for _, rule := range slices.Concat(d.Criteria, d.Conditions) {
		f.Add(rule.Expression, uint64(1))
	}
	for i, expression := range corpus() {
		f.Add(expression, uint64(i))
	}
	f.Fuzz(func(t *testing.T, expression string, seed uint64) {
		d := criteria.Definition{Criteria: []criteria.Rule{{Name: "asked", Expression: expression}}}
		fast, err := criteria.Compile(d)
		if err != nil || len(fast.Planned()) == 0 {
			return
		}
		slow, err := criteria.CompileReference(d)
		if err != nil {
			t.Fatal(err)
		}
		random := rapid.Custom(func(t *rapid.T) *criteria.Facts { return grammar{t}.facts() }).Example(int(seed))
		for _, facts := range []*criteria.Facts{{}, ideal(), random} {
			if diff := compare(fast, slow, facts, criteria.Scores{}); diff != "" {
				t.Errorf("%s\nfacts %+v\n(-CEL +plan):\n%s", expression, facts, diff)
			}
		}
	})
}

// compare describes how the answers of two sets differ. What costs CEL too much may be answered.
func compare(fast, slow *criteria.Set, facts *criteria.Facts, scores criteria.Scores) string {
	answers := func(set *criteria.Set) []string {
		evaluation := set.Evaluate(facts, asOf)
		var all []string
		for _, answers := range []*criteria.Answers{evaluation.Criteria(), evaluation.Conditions(), evaluation.Gates(scores)} {
			for r := range answers.All() {
				all = append(all, fmt.Sprintf("%s %v %q %v", r.Name, r.Truth, r.Missing, errors.Unwrap(failure(r))))
			}
		}
		return all
	}
	got, want := answers(fast), answers(slow)
	for i := range want {
		if strings.HasSuffix(want[i], criteria.ErrCost.Error()) {
			return ""
		}
	}
	return cmp.Diff(want, got)
}

func failure(r *criteria.Result) error {
	if r.Err == nil {
		return nil
	}
	return r.Err
}
