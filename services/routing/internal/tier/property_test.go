package tier_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

func drawPolicy(t *rapid.T) tier.Policy {
	policy := tier.Policy{Otherwise: &tier.Outcome{Assign: tier.Assignment{Kind: tier.Nurture}}}
	classes := rapid.SliceOfNDistinct(rapid.Uint8Range(0, 5), 1, 2, rapid.ID[uint8])
	intents := rapid.SliceOfNDistinct(rapid.Uint8Range(0, 2), 1, 2, rapid.ID[uint8])
	for i := range rapid.IntRange(0, 4).Draw(t, "rows") {
		r := tier.Row{Then: tier.Outcome{Tier: fmt.Sprint("T", i), Assign: tier.Assignment{Kind: tier.Pool, Name: "p"}}}
		for _, c := range classes.Draw(t, "classes") {
			r.Classes = append(r.Classes, tier.Class(c))
		}
		for _, n := range intents.Draw(t, "intents") {
			r.Intents = append(r.Intents, tier.Intent(n))
		}
		policy.Rows = append(policy.Rows, r)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "conditions") {
		policy.FirstMatch = append(policy.FirstMatch, tier.Condition{
			Name: fmt.Sprint("c", i), Then: tier.Outcome{Assign: tier.Assignment{Kind: tier.OpportunityOwner}},
		})
	}
	return policy
}

// rulesOf lists every row that claims the facts, read straight off the policy.
func rulesOf(policy tier.Policy, f tier.Facts) []string {
	claims := func(r tier.Row, c tier.Class) bool {
		return slices.Contains(r.Classes, c) && slices.Contains(r.Intents, f.Intent)
	}
	offList := f.Class == tier.Unmatched || f.Class == tier.NonTarget
	var rules []string
	for _, r := range policy.Rows {
		if claims(r, f.Class) || offList && (claims(r, tier.Unmatched) || claims(r, tier.NonTarget)) {
			rules = append(rules, "tiers."+r.Then.Tier)
		}
	}
	return rules
}

func everyFact(conditions int) []tier.Facts {
	var all []tier.Facts
	for class := tier.Unmatched; class <= tier.OpenOpportunity; class++ {
		for intent := tier.Low; intent <= tier.High; intent++ {
			for holds := range 1 << conditions {
				f := tier.Facts{Class: class, Intent: intent}
				for i := range conditions {
					f.Holds = append(f.Holds, holds>>i&1 == 1)
				}
				all = append(all, f)
			}
		}
	}
	return all
}

func TestAPolicyCompilesExactlyWhenEveryFactHasOneDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := drawPolicy(t)
		table, err := tier.Compile(policy)
		ambiguous := false
		for _, f := range everyFact(len(policy.FirstMatch)) {
			rules := rulesOf(policy, f)
			ambiguous = ambiguous || len(rules) > 1
			if err != nil {
				continue
			}
			want := "otherwise"
			if len(rules) == 1 {
				want = rules[0]
			}
			if i := slices.Index(f.Holds, true); i >= 0 {
				want = "first_match[" + policy.FirstMatch[i].Name + "]"
			}
			got := table.Decide(f)
			if got.Rule != want {
				t.Fatalf("%+v: decided by %q, want %q", f, got.Rule, want)
			}
			if got.Assign.Kind == 0 || len(got.Path) == 0 {
				t.Fatalf("%+v: decision %+v goes nowhere or does not say why", f, got)
			}
		}
		if ambiguous != (err != nil) {
			t.Fatalf("ambiguous: %v, but compiling gave %v", ambiguous, err)
		}
	})
}

func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := drawPolicy(t)
		table, err := tier.Compile(policy)
		if err != nil {
			t.Skip("ambiguous")
		}
		policy.Rows = rapid.Permutation(policy.Rows).Draw(t, "rows")
		shuffled, err := tier.Compile(policy)
		if err != nil {
			t.Fatalf("compiles only in one order: %v", err)
		}
		for _, f := range everyFact(len(policy.FirstMatch)) {
			if diff := cmp.Diff(table.Decide(f), shuffled.Decide(f)); diff != "" {
				t.Fatalf("%+v (-one +other order):\n%s", f, diff)
			}
		}
	})
}
