package criteria_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestPlaybookOfAnIdealLeadIsTrueThroughout(t *testing.T) {
	t.Parallel()
	evaluation := mustCompile(t, playbook()).Evaluate(ideal(), asOf)
	for r := range evaluation.Criteria().All() {
		if r.Truth != criteria.True {
			t.Errorf("criterion %s = %v (missing %v, error %v), want TRUE", r.Name, r.Truth, r.Missing, r.Err)
		}
	}
	got := map[string]criteria.Truth{}
	for r := range evaluation.Conditions().All() {
		got[r.Name] = r.Truth
	}
	want := map[string]criteria.Truth{
		"disqualify.competitor": criteria.False, "disqualify.student": criteria.False,
		"intent.high": criteria.True, "intent.medium": criteria.True,
		"routing.first_match[0]": criteria.False, "routing.first_match[1]": criteria.False,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

func TestThresholdsOfAGateAreStrictToTheMicroPoint(t *testing.T) {
	t.Parallel()
	const point = 1_000_000
	set := mustCompile(t, criteria.Definition{Gates: []criteria.Rule{
		{Name: "gate", Expression: `fit > 70 && engagement > 50`},
		{Name: "decimal", Expression: `fit > 70.1 && fit < 70.100002`},
		{Name: "combined", Expression: `combined >= 60.000001`},
	}})
	tests := []struct {
		name   string
		scores criteria.Scores
		want   []criteria.Truth
	}{
		{"both on the line", criteria.Scores{Fit: 70 * point, Engagement: 50 * point, Combined: 60 * point},
			[]criteria.Truth{criteria.False, criteria.False, criteria.False}},
		{"fit on the line", criteria.Scores{Fit: 70 * point, Engagement: 50*point + 1, Combined: 60 * point},
			[]criteria.Truth{criteria.False, criteria.False, criteria.False}},
		{"engagement on the line", criteria.Scores{Fit: 70*point + 1, Engagement: 50 * point, Combined: 60 * point},
			[]criteria.Truth{criteria.False, criteria.False, criteria.False}},
		{"both a millionth above", criteria.Scores{Fit: 70*point + 1, Engagement: 50*point + 1, Combined: 60*point + 1},
			[]criteria.Truth{criteria.True, criteria.False, criteria.True}},
		{"on a decimal line", criteria.Scores{Fit: 70_100_000, Engagement: 100 * point},
			[]criteria.Truth{criteria.True, criteria.False, criteria.False}},
		{"a millionth above a decimal line", criteria.Scores{Fit: 70_100_001, Engagement: 100 * point},
			[]criteria.Truth{criteria.True, criteria.True, criteria.False}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []criteria.Truth
			for r := range set.Evaluate(&criteria.Facts{}, asOf).Gates(tt.scores).All() {
				got = append(got, r.Truth)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("gates (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownIsNotFalse(t *testing.T) {
	t.Parallel()
	// One fact of each truth: is_customer is true, is_target false, has_owner unknown.
	facts := &criteria.Facts{Account: criteria.Account{
		IsCustomer: criteria.Known(true), IsTarget: criteria.Known(false),
	}}
	const T, F, U = "account.is_customer", "account.is_target", "account.has_owner"
	tests := []struct {
		expression string
		want       criteria.Truth
	}{
		{T + " && " + T, criteria.True}, {T + " && " + F, criteria.False}, {T + " && " + U, criteria.Unknown},
		{F + " && " + T, criteria.False}, {F + " && " + F, criteria.False}, {F + " && " + U, criteria.False},
		{U + " && " + T, criteria.Unknown}, {U + " && " + F, criteria.False}, {U + " && " + U, criteria.Unknown},
		{T + " || " + T, criteria.True}, {T + " || " + F, criteria.True}, {T + " || " + U, criteria.True},
		{F + " || " + T, criteria.True}, {F + " || " + F, criteria.False}, {F + " || " + U, criteria.Unknown},
		{U + " || " + T, criteria.True}, {U + " || " + F, criteria.Unknown}, {U + " || " + U, criteria.Unknown},
		{"!" + T, criteria.False}, {"!" + F, criteria.True}, {"!" + U, criteria.Unknown},
		{U + " == " + U, criteria.Unknown}, {U + " != " + U, criteria.Unknown},
		{U + " ? true : true", criteria.Unknown}, {T + " ? " + F + " : " + U, criteria.False},
	}
	for _, tt := range tests {
		t.Run(tt.expression, func(t *testing.T) {
			t.Parallel()
			got := ask(t, tt.expression, facts)
			if got.Truth != tt.want || got.Err != nil {
				t.Errorf("got %v (error %v), want %v", got.Truth, got.Err, tt.want)
			}
			wantMissing := []string(nil)
			if tt.want == criteria.Unknown {
				wantMissing = []string{"account.has_owner"}
			}
			if diff := cmp.Diff(wantMissing, got.Missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownNamesEveryFactThatWasMissing(t *testing.T) {
	t.Parallel()
	facts := &criteria.Facts{Account: criteria.Account{Attributes: map[string]string{"plan": "pro"}}}
	tests := []struct {
		expression string
		want       []string
	}{
		{`account.employees >= 200 && account.industry == "x" && account.employees < 9`, []string{"account.employees", "account.industry"}},
		{`account.annual_revenue > money("1 USD")`, []string{"account.annual_revenue"}},
		{`account.technologies.exists(t, t == "hubspot")`, []string{"account.technologies"}},
		{`"hubspot" in account.technologies`, []string{"account.technologies"}},
		{`lead.title.matches("(?i)sales")`, []string{"lead.title"}},
		{`account.domain in lists.competitors`, []string{"account.domain", "lists.competitors"}},
		{`int(account.attributes["seats"]) > 5`, []string{`account.attributes["seats"]`}},
		{`lead.attributes.budget == "yes"`, []string{`lead.attributes["budget"]`}},
		{`account.attributes["plan"] == "pro" && lead.attributes["a \"quoted\" key"] == "1"`, []string{`lead.attributes["a \"quoted\" key"]`}},
		{`["a", "b"].exists(k, lead.attributes[k] == "1")`, []string{`lead.attributes["a"]`, `lead.attributes["b"]`}},
		{`engagement.count(lead.source) > 0`, []string{"lead.source"}},
		{`engagement.count("page_view", {"page": lead.campaign}) > 0`, []string{"lead.campaign"}},
		{`account.attributes[lead.source] == "1"`, []string{"lead.source"}},
	}
	for _, tt := range tests {
		t.Run(tt.expression, func(t *testing.T) {
			t.Parallel()
			got := ask(t, tt.expression, facts)
			want := criteria.Result{Name: "asked", Truth: criteria.Unknown, Missing: tt.want}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPresenceIsAlwaysKnown(t *testing.T) {
	t.Parallel()
	facts := &criteria.Facts{Lead: criteria.Lead{
		Title:      criteria.Known("VP Sales"),
		Attributes: map[string]string{"plan": "pro"},
	}}
	tests := []struct {
		expression string
		want       criteria.Truth
	}{
		{`has(lead.title)`, criteria.True},
		{`has(lead.source)`, criteria.False},
		{`has(lists.competitors)`, criteria.False},
		{`has(lead.attributes.plan)`, criteria.True},
		{`has(lead.attributes.seats)`, criteria.False},
		{`"plan" in lead.attributes`, criteria.True},
		{`"seats" in lead.attributes`, criteria.False},
		{`!has(lead.source) || lead.source == "ads"`, criteria.True},
		{`lead.attributes.exists(k, k == "plan")`, criteria.True},
		{`size(lead.attributes) == 1`, criteria.True},
		{`size(account.attributes) == 0`, criteria.True},
	}
	for _, tt := range tests {
		t.Run(tt.expression, func(t *testing.T) {
			t.Parallel()
			if got := ask(t, tt.expression, facts); got.Truth != tt.want || got.Err != nil {
				t.Errorf("got %+v, want %v", got, tt.want)
			}
		})
	}
}

func TestUnknownCriterionReachesConditionsAndGatesWithItsReasons(t *testing.T) {
	t.Parallel()
	set := mustCompile(t, criteria.Definition{
		Criteria: []criteria.Rule{
			{Name: "size_fit", Expression: `account.employees >= 200 || account.is_target`},
			{Name: "dollars", Expression: `account.annual_revenue > money("1 USD")`},
		},
		Conditions: []criteria.Rule{{Name: "c", Expression: `size_fit && lead.source == "ads"`}},
		Gates:      []criteria.Rule{{Name: "g", Expression: `fit > 70 && size_fit && dollars`}},
	})
	evaluation := set.Evaluate(&criteria.Facts{Account: criteria.Account{
		AnnualRevenue: criteria.Known(criteria.Money{Currency: "EUR", Units: 5}),
	}}, asOf)
	place, found := set.Place("dollars")
	if failed := evaluation.Criteria().Result(place); !found || !errors.Is(failed.Err, criteria.ErrCurrency) {
		t.Errorf("dollars = %+v, want ErrCurrency", failed)
	}
	got := slices.AppendSeq(slices.Collect(evaluation.Conditions().All()), evaluation.Gates(criteria.Scores{Fit: 71_000_000}).All())
	want := []*criteria.Result{
		{Name: "c", Missing: []string{"account.employees", "account.is_target", "lead.source"}},
		{Name: "g", Missing: []string{"account.employees", "account.is_target", "dollars"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if closed := evaluation.Gates(criteria.Scores{Fit: 70_000_000}).Result(0); closed.Truth != criteria.False {
		t.Errorf("gate with fit 70 = %v, want FALSE whatever is unknown", closed.Truth)
	}
}

func TestRuleThatFailsIsRecordedAndTheOthersAreAnswered(t *testing.T) {
	t.Parallel()
	facts := ideal()
	facts.Lead.Attributes = map[string]string{"seats": "many"}
	set := mustCompile(t, criteria.Definition{Criteria: []criteria.Rule{
		{Name: "currency", Expression: `account.annual_revenue >= money("5 EUR")`},
		{Name: "division", Expression: `1 / (account.employees - 900) > 0`},
		{Name: "conversion", Expression: `int(lead.attributes["seats"]) > 5`},
		{Name: "window", Expression: `engagement.count("a", now - now) > 0`},
		{Name: "filter", Expression: `engagement.count("a", lead.attributes) > 0`},
		{Name: "fine", Expression: `account.employees == 900`},
	}})
	want := []error{criteria.ErrCurrency, criteria.ErrValue, criteria.ErrValue, criteria.ErrValue, criteria.ErrValue, nil}
	for i, r := range slices.Collect(set.Evaluate(facts, asOf).Criteria().All()) {
		if want[i] == nil {
			if r.Truth != criteria.True || r.Err != nil {
				t.Errorf("%s = %+v, want TRUE", r.Name, r)
			}
			continue
		}
		if r.Truth != criteria.Unknown || !errors.Is(r.Err, want[i]) || r.Err.Rule != r.Name {
			t.Errorf("%s = %+v, want UNKNOWN with %v", r.Name, r, want[i])
		}
	}
}

func TestSetMayBeUsedConcurrently(t *testing.T) {
	t.Parallel()
	set, facts := mustCompile(t, playbook()), ideal()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				evaluation := set.Evaluate(facts, asOf)
				evaluation.Conditions()
				if mql := evaluation.Gates(criteria.Scores{Fit: 70_000_001}).Result(0); mql.Truth != criteria.True {
					t.Errorf("mql = %v, want TRUE", mql)
				}
			}
		})
	}
	group.Wait()
}
