package proof_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/proof"
)

var today = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// rules are a small playbook.
func rules(t *testing.T) *criteria.Set {
	t.Helper()
	set, err := criteria.Compile(criteria.Definition{
		Criteria: []criteria.Rule{
			{Name: "size_fit", Expression: `account.employees >= 200 && account.employees <= 5000`},
			{Name: "big_here", Expression: `account.employees >= 200 && account.country in ["US", "DE"]`},
			{Name: "worth_it", Expression: `account.employees >= 200 || account.is_customer`},
			{Name: "seats", Expression: `int(lead.attributes["seats"]) > 5`},
		},
		Conditions: []criteria.Rule{{Name: "disqualify.competitor", Expression: `account.domain in lists.competitors`},
			{Name: "intent.high", Expression: `size_fit`}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestEveryRowOfTheTable(t *testing.T) {
	t.Parallel()
	big, nobody := known(900), criteria.Facts{}
	for _, test := range []struct {
		name  string
		facts criteria.Facts
		item  proof.Item
		want  proof.Check
	}{
		{"what was seen would pass", big, proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: "400"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.WouldPass}},
		{"it would pass, and the record too fails", known(40), proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: "1,200"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.WouldPass}},
		{"other facts are missing", nobody, proof.Item{Criterion: "big_here", Field: "account.employees", Observed: "400"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.FactsMissing, Missing: []string{"account.country"}}},
		{"it fails, and by the record too", known(12), proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Supported, Cause: proof.CriterionFails}},
		{"it fails, and nothing is on record", nobody, proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Supported, Cause: proof.CriterionFails}},
		{"it fails, and the record says otherwise", big, proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.RecordDiffers, Recorded: "900"}},
		{"it fails, and by the record nobody can tell", big, proof.Item{Criterion: "big_here", Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Supported, Cause: proof.CriterionFails}},
		{"no fact", big, proof.Item{Criterion: "size_fit", Field: "lead.email", Observed: "bounced"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.FieldUnknown}},
		{"no number", big, proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: "about 90"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.ValueUnreadable}},
		{"not what the criterion looks at", big, proof.Item{Criterion: "size_fit", Field: "account.industry", Observed: "retail"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.NotAboutCriterion}},
		{"no criterion of the playbook", big, proof.Item{Criterion: "moon_phase", Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.NotAboutCriterion}},
		{"a rule that is no criterion", big, proof.Item{Criterion: "intent.high", Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.NotAboutCriterion}},
		{"a competitor indeed", rival("globex.example"), proof.Item{Criterion: "competitor", Field: "account.domain", Observed: "Globex.example"},
			proof.Check{Finding: proof.Supported, Cause: proof.CriterionFails}},
		{"no competitor", rival("globex.example"), proof.Item{Criterion: "competitor", Field: "account.domain", Observed: "initech.example"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.WouldPass}},
		{"a competitor that the record does not know", rival("initech.example"), proof.Item{Criterion: "competitor", Field: "account.domain", Observed: "globex.example"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.RecordDiffers, Recorded: "initech.example"}},
		{"no criterion, and the record says the same", big, proof.Item{Field: "account.employees", Observed: "900"},
			proof.Check{Finding: proof.Supported, Cause: proof.SameAsRecorded}},
		{"no criterion, and the record says otherwise", big, proof.Item{Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.RecordDiffers, Recorded: "900"}},
		{"no criterion, and nothing is on record", nobody, proof.Item{Field: "account.employees", Observed: "40"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.NotOnRecord}},
		{"what is on record of a person is not shown", criteria.Facts{Lead: criteria.Lead{Title: criteria.Known("CFO")}}, proof.Item{Field: "lead.title", Observed: "an intern"},
			proof.Check{Finding: proof.Contradicted, Cause: proof.RecordDiffers}},
		{"an attribute", criteria.Facts{Lead: criteria.Lead{Attributes: map[string]string{"seats": "4"}}}, proof.Item{Criterion: "seats", Field: "lead.attributes.seats", Observed: "2"},
			proof.Check{Finding: proof.Supported, Cause: proof.CriterionFails}},
		{"an attribute that makes the rule fail", nobody, proof.Item{Criterion: "seats", Field: "lead.attributes.seats", Observed: "two"},
			proof.Check{Finding: proof.Unverifiable, Cause: proof.FactsMissing}},
		{"another way to meet it is on record", criteria.Facts{Account: criteria.Account{IsCustomer: criteria.Known(true)}},
			proof.Item{Criterion: "worth_it", Field: "account.employees", Observed: "40"}, proof.Check{Finding: proof.Contradicted, Cause: proof.WouldPass}},
	} {
		if diff := cmp.Diff(test.want, proof.Of(rules(t), &test.facts, today, test.item)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestTheTableIsWhole holds findings of one bound against the table, whatever is seen and on record.
func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	set := rules(t)
	rapid.Check(t, func(t *rapid.T) {
		seen, recorded := rapid.Int64Range(0, 6000).Draw(t, "seen"), rapid.Int64Range(0, 6000).Draw(t, "recorded")
		facts := criteria.Facts{}
		if rapid.Bool().Draw(t, "on record") {
			facts = known(recorded)
		}
		fits := func(n int64) bool { return n >= 200 && n <= 5000 }
		want := proof.Supported
		if fits(seen) || facts.Account.Employees.Known && fits(recorded) {
			want = proof.Contradicted
		}
		observed, _ := criteria.Recorded(&criteria.Facts{Account: criteria.Account{Employees: criteria.Known(seen)}}, "account.employees")
		before := facts
		got := proof.Of(set, &facts, today, proof.Item{Criterion: "size_fit", Field: "account.employees", Observed: observed})
		if got.Finding != want || !cmp.Equal(before, facts) {
			t.Fatalf("seen %d, recorded %v: got %v, want %v", seen, facts.Account.Employees, got, want)
		}
	})
}

func known(employees int64) criteria.Facts {
	return criteria.Facts{Account: criteria.Account{Employees: criteria.Known(employees)}}
}

// rival is a company by its domain, beside a list of competitors.
func rival(domain string) criteria.Facts {
	return criteria.Facts{Account: criteria.Account{Domain: criteria.Known(domain)},
		Lists: map[string]*criteria.List{"competitors": criteria.NewList([]string{"globex.example"})}}
}
