package tier_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

var anyIntent = []tier.Intent{tier.Low, tier.Medium, tier.High}

// example is the policy drawn in the package's documentation.
func example() tier.Policy {
	enterprise := tier.Assignment{Kind: tier.OwnerOrPool, Name: "enterprise"}
	return tier.Policy{
		FirstMatch: []tier.Condition{
			{Name: "partner_lead", Then: tier.Outcome{Assign: tier.Assignment{Kind: tier.Queue, Name: "partners"}}},
			{Name: "strategic", Then: tier.Outcome{Tier: "T1", Assign: enterprise}},
		},
		Rows: []tier.Row{
			row("T1", enterprise, tier.Target, tier.High),
			{
				Classes: []tier.Class{tier.Target}, Intents: []tier.Intent{tier.Medium},
				Then: tier.Outcome{Tier: "T2", Assign: enterprise, Programme: "abm-warm"},
			},
			row("T3", tier.Assignment{Kind: tier.Pool, Name: "velocity"}, tier.NonTarget, tier.High),
			row("customer", tier.Assignment{Kind: tier.Queue, Name: "customer-success"}, tier.Customer, anyIntent...),
			row("competitor", tier.Assignment{Kind: tier.Disqualify}, tier.Competitor, anyIntent...),
			row("opportunity", tier.Assignment{Kind: tier.OpportunityOwner}, tier.OpenOpportunity, anyIntent...),
		},
		Otherwise: &tier.Outcome{Assign: tier.Assignment{Kind: tier.Nurture}},
	}
}

func row(name string, to tier.Assignment, class tier.Class, intents ...tier.Intent) tier.Row {
	return tier.Row{Classes: []tier.Class{class}, Intents: intents, Then: tier.Outcome{Tier: name, Assign: to}}
}

func compile(t *testing.T, p tier.Policy) *tier.Table {
	t.Helper()
	table, err := tier.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestDecideByAccountAndIntent(t *testing.T) {
	table := compile(t, example())
	for _, tc := range []struct {
		name   string
		facts  tier.Facts
		tier   string
		assign string
		rule   string
	}{
		{"director of sales at a target account asked for a demo", tier.Facts{Class: tier.Target, Intent: tier.High}, "T1", "OWNER_OR_POOL enterprise", "tiers.T1"},
		{"marketing manager at a target account attended a webinar", tier.Facts{Class: tier.Target, Intent: tier.Medium}, "T2", "OWNER_OR_POOL enterprise", "tiers.T2"},
		{"account executive at a fintech off the list asked for a demo", tier.Facts{Class: tier.NonTarget, Intent: tier.High}, "T3", "POOL velocity", "tiers.T3"},
		{"an unmatched account counts as off the list", tier.Facts{Class: tier.Unmatched, Intent: tier.High}, "T3", "POOL velocity", "tiers.T3"},
		{"target account, low intent", tier.Facts{Class: tier.Target}, "", "NURTURE", "otherwise"},
		{"off the list, medium intent", tier.Facts{Class: tier.NonTarget, Intent: tier.Medium}, "", "NURTURE", "otherwise"},
		{"nothing known", tier.Facts{}, "", "NURTURE", "otherwise"},
		{"customer", tier.Facts{Class: tier.Customer, Intent: tier.High}, "customer", "QUEUE customer-success", "tiers.customer"},
		{"competitor", tier.Facts{Class: tier.Competitor}, "competitor", "DISQUALIFY", "tiers.competitor"},
		{"open opportunity", tier.Facts{Class: tier.OpenOpportunity}, "opportunity", "OPPORTUNITY_OWNER", "tiers.opportunity"},
		{"first condition before the table", tier.Facts{Class: tier.Target, Intent: tier.High, Holds: []bool{true, true}}, "", "QUEUE partners", "first_match[partner_lead]"},
		{"second condition", tier.Facts{Holds: []bool{false, true}}, "T1", "OWNER_OR_POOL enterprise", "first_match[strategic]"},
		{"more answers than conditions", tier.Facts{Holds: []bool{false, false, true}}, "", "NURTURE", "otherwise"},
		{"class that does not exist", tier.Facts{Class: 77, Intent: tier.High}, "", "NURTURE", "otherwise"},
		{"intent that does not exist", tier.Facts{Class: tier.Target, Intent: 77}, "", "NURTURE", "otherwise"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := table.Decide(tc.facts)
			if got.Tier != tc.tier || got.Assign.String() != tc.assign || got.Rule != tc.rule {
				t.Errorf("got %q to %v by %q, want %q to %v by %q", got.Tier, got.Assign, got.Rule, tc.tier, tc.assign, tc.rule)
			}
		})
	}
}

func TestDecisionTellsItsPath(t *testing.T) {
	table := compile(t, example())
	for _, tc := range []struct {
		name  string
		facts tier.Facts
		want  []string
	}{
		{"condition", tier.Facts{Holds: []bool{false, true}}, []string{
			"first_match[partner_lead]: false", "first_match[strategic]: true",
		}},
		{"row", tier.Facts{Class: tier.Unmatched, Intent: tier.High}, []string{
			"first_match[partner_lead]: false", "first_match[strategic]: false",
			"UNMATCHED counts as NON_TARGET", "NON_TARGET/HIGH: tiers.T3",
		}},
		{"otherwise", tier.Facts{Class: tier.Target}, []string{
			"first_match[partner_lead]: false", "first_match[strategic]: false",
			"TARGET/LOW: no row", "otherwise",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, table.Decide(tc.facts).Path); diff != "" {
				t.Errorf("path (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAProgrammeComesWithTheAssignment(t *testing.T) {
	got := compile(t, example()).Decide(tier.Facts{Class: tier.Target, Intent: tier.Medium})
	if got.Programme != "abm-warm" || got.Assign.Kind != tier.OwnerOrPool {
		t.Errorf("got programme %q and %v, want abm-warm beside an owner", got.Programme, got.Assign)
	}
}

func TestConditionsAreNamedInOrder(t *testing.T) {
	if diff := cmp.Diff([]string{"partner_lead", "strategic"}, compile(t, example()).Conditions()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChangingThePolicyAfterwardsDoesNotChangeTheTable(t *testing.T) {
	policy := example()
	table := compile(t, policy)
	policy.FirstMatch[0].Name = "changed"
	policy.Otherwise.Tier = "changed"
	policy.Rows[0].Then.Tier = "changed"
	if table.Conditions()[0] == "changed" || table.Decide(tier.Facts{}).Tier == "changed" {
		t.Error("the table shares memory with the policy")
	}
}

func TestCompileReportsEachProblem(t *testing.T) {
	pool := tier.Assignment{Kind: tier.Pool, Name: "p"}
	for _, tc := range []struct {
		name  string
		spoil func(*tier.Policy)
		want  []tier.Problem
	}{
		{"no otherwise", func(p *tier.Policy) { p.Otherwise = nil }, []tier.Problem{
			{Kind: tier.MissingOtherwise, Field: "otherwise", Detail: "is missing: some leads would have nowhere to go"},
		}},
		{"row without a tier", func(p *tier.Policy) { p.Rows[1].Then.Tier = "" }, []tier.Problem{
			{Kind: tier.MissingName, Field: "rows[1]", Detail: "has no name"},
		}},
		{"tier twice", func(p *tier.Policy) { p.Rows[2].Then.Tier = "T1" }, []tier.Problem{
			{Kind: tier.DuplicateName, Field: "rows[2]", Detail: `"T1" is also the name of number 0`},
		}},
		{"condition twice", func(p *tier.Policy) { p.FirstMatch[1].Name = "partner_lead" }, []tier.Problem{
			{Kind: tier.DuplicateName, Field: "first_match[1]", Detail: `"partner_lead" is also the name of number 0`},
		}},
		{"duplicate row", func(p *tier.Policy) { p.Rows = append(p.Rows, row("T4", pool, tier.Unmatched, tier.High)) }, []tier.Problem{
			{Kind: tier.DuplicateRow, Field: "rows[6]", Detail: "covers the same as rows[2] (T3)"},
		}},
		{"overlapping row", func(p *tier.Policy) { p.Rows = append(p.Rows, row("T4", pool, tier.Target, anyIntent...)) }, []tier.Problem{
			{Kind: tier.OverlappingRow, Field: "rows[6]", Detail: "shares TARGET/HIGH with rows[0] (T1)"},
			{Kind: tier.OverlappingRow, Field: "rows[6]", Detail: "shares TARGET/MEDIUM with rows[1] (T2)"},
		}},
		{"nothing left for a row", func(p *tier.Policy) {
			p.Rows = append(p.Rows, row("T4", pool, tier.Target, tier.High, tier.Medium))
		}, []tier.Problem{
			{Kind: tier.OverlappingRow, Field: "rows[6]", Detail: "shares TARGET/HIGH with rows[0] (T1)"},
			{Kind: tier.OverlappingRow, Field: "rows[6]", Detail: "shares TARGET/MEDIUM with rows[1] (T2)"},
			{Kind: tier.UnreachableRow, Field: "rows[6]", Detail: "has nothing left that the rows before it do not cover"},
		}},
		{"row without intents", func(p *tier.Policy) { p.Rows[0].Intents = nil }, []tier.Problem{
			{Kind: tier.UnreachableRow, Field: "rows[0]", Detail: "covers no combination of class and intent"},
		}},
		{"unknown values", func(p *tier.Policy) {
			p.Rows[0].Classes = append(p.Rows[0].Classes, 9)
			p.Rows[0].Intents = append(p.Rows[0].Intents, 3)
		}, []tier.Problem{
			{Kind: tier.UnknownValue, Field: "rows[0].classes[1]", Detail: "UNKNOWN(9) is no account class"},
			{Kind: tier.UnknownValue, Field: "rows[0].intents[1]", Detail: "UNKNOWN(3) is no intent"},
		}},
		{"assignments", func(p *tier.Policy) {
			p.FirstMatch[0].Then.Assign = tier.Assignment{}
			p.Rows[2].Then.Assign.Name = ""
			p.Otherwise.Assign.Name = "drip"
		}, []tier.Problem{
			{Kind: tier.InvalidAssignment, Field: "first_match[0].assign", Detail: "UNSPECIFIED is no kind of receiver"},
			{Kind: tier.InvalidAssignment, Field: "rows[2].assign", Detail: "POOL needs a name"},
			{Kind: tier.InvalidAssignment, Field: "otherwise.assign", Detail: `NURTURE takes no name, got "drip"`},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			policy := example()
			tc.spoil(&policy)
			_, err := tier.Compile(policy)
			var got *tier.PolicyError
			if !errors.As(err, &got) {
				t.Fatalf("got error %v, want a PolicyError", err)
			}
			if diff := cmp.Diff(tc.want, got.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
