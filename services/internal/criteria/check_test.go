package criteria_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestChecksLookAtTheMeeting(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, expression string
		want             criteria.Truth
		missing          []string
	}{
		{"a use case that is sold", `meeting.use_case in ["crm sync", "routing"]`, criteria.True, nil},
		{"a topic that was agreed", `meeting.agreed_topics.exists(t, t == "pricing")`, criteria.False, nil},
		{"nothing excluded", `size(meeting.exclusions) == 0`, criteria.True, nil},
		{"an objection", `"no budget" in meeting.objections`, criteria.Unknown, []string{"meeting.objections"}},
		{"the purpose", `meeting.agreed_purpose`, criteria.Unknown, []string{"meeting.agreed_purpose"}},
		{"whether it is known", `has(meeting.agreed_purpose) || !has(meeting.use_case)`, criteria.False, nil},
		{"facts and criteria beside it", `big && account.country == "US" && meeting.use_case == "routing"`, criteria.True, nil},
		{"a criterion that is unknown", `senior && meeting.use_case == "routing"`, criteria.Unknown, []string{"lead.seniority"}},
		{"what they did", `engagement.count("page_view") >= 1`, criteria.True, nil},
	}
	definition := criteria.Definition{Criteria: []criteria.Rule{{Name: "big", Expression: `account.employees > 100`}, {Name: "senior", Expression: `lead.seniority == "vp"`}}}
	for _, tt := range tests {
		definition.Checks = append(definition.Checks, criteria.Rule{Name: tt.name, Expression: tt.expression})
	}
	facts := &criteria.Facts{
		Account:     criteria.Account{Employees: criteria.Known[int64](500), Country: criteria.Known("US")},
		Engagements: []criteria.Event{{Type: "page_view", OccurredAt: asOf}},
		Meeting:     criteria.Meeting{UseCase: criteria.Known("routing"), AgreedTopics: criteria.Known([]string{"demo"}), Exclusions: criteria.Known([]string{})},
	}
	reference, err := criteria.CompileReference(definition)
	if err != nil {
		t.Fatal(err)
	}
	for set, evaluator := range map[*criteria.Set]string{mustCompile(t, definition): "plan", reference: "CEL"} {
		answers := set.Evaluate(facts, asOf).Checks()
		for i, tt := range tests {
			if r := answers.Result(i); r.Truth != tt.want || !slices.Equal(r.Missing, tt.missing) || r.Err != nil {
				t.Errorf("%s by %s: %v, missing %v, error %v; want %v, missing %v", tt.name, evaluator, r.Truth, r.Missing, r.Err, tt.want, tt.missing)
			}
		}
	}
	if planned := mustCompile(t, definition).Planned(); !slices.Contains(planned, "a use case that is sold") {
		t.Errorf("planned are %q alone", planned)
	}
}

func TestChecksAloneSeeTheMeeting(t *testing.T) {
	t.Parallel()
	rule := []criteria.Rule{{Name: "r", Expression: `meeting.use_cas == "x"`}}
	const alone = "'meeting' is known only where meetings are checked: in buyer_role, company_fit, use_case and geography of meetings"
	for want, definition := range map[string]criteria.Definition{
		"criteria.r:1:1: " + alone:   {Criteria: rule},
		"conditions.r:1:1: " + alone: {Conditions: rule},
		"gates.r:1:1: " + alone:      {Gates: rule},
		"checks.r:1:8: undefined field 'use_cas' (did you mean use_case?)": {Checks: rule},
		"checks.r:1:1: 'fit' is a score; only gates look at scores":        {Checks: []criteria.Rule{{Name: "r", Expression: `fit > 70`}}},
	} {
		_, err := criteria.Compile(definition)
		if diff := cmp.Diff([]string{want}, problems(t, err)); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
	}
}
