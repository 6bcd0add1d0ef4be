package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// reaching is base with a gate that does not ask for intent, and with medium intent.
func reaching(t *testing.T, replace ...string) string {
	t.Helper()
	source := strings.NewReplacer("mql: fit > 70 && high_intent", "mql: fit > 70", "intent: {high: high_intent}", "intent: {high: high_intent, medium: size_fit}").Replace(base)
	for i := 0; i < len(replace); i += 2 {
		if strings.Count(source, replace[i]) != 1 {
			t.Fatalf("%q is %d times in the playbook, want once", replace[i], strings.Count(source, replace[i]))
		}
		source = strings.Replace(source, replace[i], replace[i+1], 1)
	}
	return source
}

func TestLintKnowsWhichRulesAndTiersNobodyReaches(t *testing.T) {
	t.Parallel()
	const rules = "    - {when: account.is_customer, to: {queue: customer-success}}\n"
	rule := func(when string) string { return "    - {when: '" + when + "', to: nurture}\n" }
	tests := []struct {
		name    string
		replace []string
		want    []string
	}{
		{"nothing to say", nil, nil},
		{"a tier with an intent that somebody has", []string{"T2: {target: false, intent: high,", "T2: {target: false, intent: [medium, low],"}, nil},
		{"no word about the rest", []string{"    otherwise: nurture\n", ""},
			[]string{"20:1: advice: routing: target accounts with medium intent, target accounts with low intent, other accounts with medium intent, " +
				"other accounts with low intent: no tier takes them, and by default they are nurtured; write `otherwise: nurture` if that is meant"}},
		{"no word about those that the gate keeps out", []string{"    otherwise: nurture\n", "", "mql: fit > 70", "mql: fit > 70 && high_intent"}, nil},
		{"the hottest leads nurtured", []string{"T1: {target: true, intent: high,", "T1: {target: true, intent: low,"},
			[]string{`21:3: advice: routing.tiers: target accounts with high intent are nurtured: let a rep call them within 4 hours (Abmatic, 5 Moves to Reduce Pipeline Friction)`}},
		{"all others gone for good", []string{"    otherwise: nurture\n", "    otherwise: disqualify\n"},
			[]string{`24:16: advice: routing.otherwise: whoever no tier takes is disqualified, and never comes back: let marketing nurture them`}},
		{"a tier with an intent that the gate keeps out", []string{"mql: fit > 70", "mql: fit > 70 && high_intent", "T2: {target: false, intent: high,", "T2: {target: false, intent: medium,"},
			[]string{"23:5: advice: routing.tiers.T2: no lead begins here: stages.mql and disqualify let none of other accounts with medium intent through"}},
		{"a tier for other accounts, which leads without account are not kept from", []string{"student: lead.email_domain_kind == \"education\"", "hot: high_intent && !account.is_target"}, nil},
		{"a tier for other accounts, with a gate for targets alone", []string{"mql: fit > 70", "mql: fit > 70 && account.is_target"},
			[]string{"23:5: advice: routing.tiers.T2: no lead begins here: stages.mql and disqualify let none of other accounts with high intent through"}},
		{"a tier that two rules empty together", []string{rules, rule("high_intent && account.employees > 10") + rule("!(account.employees > 10)") + rule("account.is_target && account.employees <= 10")}, nil},
		{"a tier that a rule empties in part", []string{rules, rule("high_intent && account.is_customer")}, nil},
		{"a tier that a rule empties by what a criterion means", []string{rules, rule(`engagement.count("form_submit", {"form": ["pricing"]})>=1`)}, []string{
			`22:5: advice: routing.tiers.T1: no lead begins here: routing.first_match sends all of target accounts with high intent elsewhere`,
			`23:5: advice: routing.tiers.T2: no lead begins here: routing.first_match sends all of other accounts with high intent elsewhere`}},
		{"a rule that an earlier one includes", []string{rules, rule("account.is_customer || size_fit") + rule("size_fit && high_intent")},
			[]string{`27:14: advice: routing.first_match[1].when: never decides: rule number 1 takes all of these leads`}},
		{"a rule that two earlier ones include", []string{rules, rule("size_fit && high_intent") + rule("size_fit && account.is_customer") + rule("size_fit && (high_intent || account.is_customer)")},
			[]string{`28:14: advice: routing.first_match[2].when: never decides: the rules before it take all of these leads together`}},
		{"a rule behind one that asks more", []string{rules, rule("size_fit && high_intent") + rule("size_fit")}, nil},
		{"a rule and its opposite, of which a lead may meet neither", []string{rules, rule("account.is_customer") + rule("!account.is_customer") + rule("size_fit")}, nil},
		{"a rule that contradicts itself", []string{rules, rule("account.is_customer && !account.is_customer")},
			[]string{`26:14: advice: routing.first_match[0].when: never decides: its conditions exclude each other`}},
		{"a rule for leads that are disqualified", []string{"student:", "customer: account.is_customer\n  student:"},
			[]string{`27:14: advice: routing.first_match[0].when: never decides: no lead that is qualified meets it`}},
		{"a medium intent that high includes", []string{"medium: size_fit", "medium: size_fit && high_intent"},
			[]string{`19:37: advice: intent.medium: nobody has medium intent: high takes all of it, and is asked first`}},
		{"a gate that contradicts itself", []string{"mql: fit > 70", "mql: size_fit && !size_fit"}, []string{
			`13:8: advice: stages.mql: nobody is ever an MQL: its conditions exclude each other`,
			`22:5: advice: routing.tiers.T1: no lead begins here: stages.mql and disqualify let none of target accounts with high intent through`,
			`23:5: advice: routing.tiers.T2: no lead begins here: stages.mql and disqualify let none of other accounts with high intent through`,
			`26:14: advice: routing.first_match[0].when: never decides: no lead that is qualified meets it`}},
		{"a gate that disqualifies", []string{"mql: fit > 70", "mql: high_intent && size_fit", `lead.email_domain_kind == "education"`, "high_intent"}, []string{
			`13:8: advice: stages.mql: nobody is ever an MQL: whoever meets it is disqualified`,
			`22:5: advice: routing.tiers.T1: no lead begins here: stages.mql and disqualify let none of target accounts with high intent through`,
			`23:5: advice: routing.tiers.T2: no lead begins here: stages.mql and disqualify let none of other accounts with high intent through`,
			`26:14: advice: routing.first_match[0].when: never decides: no lead that is qualified meets it`}},
		{"a hard stop within another", []string{"student:", "cheap: lead.email_domain_kind == \"education\" && high_intent\n  student:"},
			[]string{`7:10: advice: disqualify.cheap: stops nobody: disqualify.student stops all of them`}},
		{"a hard stop twice", []string{"student:", "pupil: lead.email_domain_kind == \"education\"\n  student:"},
			[]string{`8:12: advice: disqualify.student: stops nobody: disqualify.pupil stops all of them`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := document.Check([]byte(reaching(t, tt.replace...)), compile)
			if diff := cmp.Diff(tt.want, besidesFew(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheCapsOfFitGroupsCount(t *testing.T) {
	t.Parallel()
	text := strings.Replace(base, "{size: {points: 75, when: size_fit}}", "{size: {points: 75, when: size_fit, group: firm}}\n  fit_groups: {firm: {cap: 70}}", 1)
	_, problems := document.Check([]byte(text), compile)
	want := []string{"14:8: advice: stages.mql: `fit > 70` is never true: all points together, with their caps, make 70"}
	if diff := cmp.Diff(want, besidesFew(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// The most that a document can hold is linted in a bounded time: what would take longer to find out is not said.
func TestALargeDocumentIsLintedToo(t *testing.T) {
	t.Parallel()
	var rules, stops strings.Builder
	for i := range 50 {
		var terms []string
		for j := range 60 {
			terms = append(terms, fmt.Sprintf("(account.employees > %d || account.employees < %d)", i*j+1, j+2*i))
		}
		fmt.Fprintf(&rules, "    - {when: '%s', to: nurture}\n", strings.Join(terms, " && "))
		fmt.Fprintf(&stops, "  stop%d: '%s'\n", i, strings.Join(terms, " && "))
	}
	text := reaching(t, "    - {when: account.is_customer, to: {queue: customer-success}}\n", rules.String(),
		"  student: lead.email_domain_kind == \"education\"\n", stops.String())
	if doc, problems := document.Check([]byte(text), nil); doc == nil || document.HasErrors(problems) {
		t.Errorf("got %v", problems)
	}
}
