package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// buying is base with a buying committee, triggers and a surge.
const buying = base + `triggers:
  new_executive: {points: 20, half_life: 30d}
  hiring: {events: [job_ad, job_fair], points: 5}
personas:
  buyer: {when: lead.seniority == "c_level", role: driver, required: true}
  user: {when: size_fit && lead.function == "sales", role: user, window: 30d}
surge: {enter: 30, leave: 12, events: {page_view: {bonus: {/pricing: 10}}}}
`

func TestLintLooksAtWhatMakesACompanyBuy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from, to string
		want           []string // besides few
	}{
		{"nothing to say", "", "", nil},
		{"a type of event in two triggers", "[job_ad, job_fair]", "[job_ad, new_executive]",
			[]string{`42:3: triggers.new_executive: new_executive counts in the trigger hiring already: an event counts once`}},
		{"a persona that does something", `lead.seniority == "c_level"`, `engagement.count("page_view") > 3`,
			[]string{`45:17: personas.buyer.when: a persona is who somebody is: facts about the lead and its company, not what they or others did`}},
		{"a persona that depends on others", `lead.seniority == "c_level"`, `account.committee_coverage > 50`,
			[]string{`45:17: personas.buyer.when: a persona is who somebody is: facts about the lead and its company, not what they or others did`}},
		{"a persona that a model foretells", `lead.seniority == "c_level"`, `predicted.win > 0.5`,
			[]string{`45:17: personas.buyer.when: there is no model "win": there are none here`,
				`45:17: personas.buyer.when: a persona is who somebody is: facts about the lead and its company, not what they or others did`}},
		{"a persona that does something, in brackets", `lead.seniority == "c_level"`, `(account).committee_coverage > 50`,
			[]string{`45:17: personas.buyer.when: a persona is who somebody is: facts about the lead and its company, not what they or others did`}},
		{"a model in a comment and in a text alone", "size_fit: account.employees >= 200",
			"size_fit: |-\n    account.employees >= 200 && lead.title != 'predicted.win' // predicted.win", nil},
		{"a model that the text of another is beside", `size_fit: account.employees >= 200`, `size_fit: '(predicted).win > 0.5 && lead.title != "predicted.lose"'`,
			[]string{`4:13: criteria.size_fit: there is no model "win": there are none here`,
				`46:16: personas.user.when: the criterion size_fit looks at what people did: a persona is who somebody is`}},
		{"a persona by a criterion that looks at deeds", "size_fit && lead.function", "high_intent && lead.function",
			[]string{`46:16: personas.user.when: the criterion high_intent looks at what people did: a persona is who somebody is`}},
		{"a persona whose title names engagement", `lead.seniority == "c_level"`, `lead.title == "head of engagement"`, nil},
		{"an expression of a persona that does not compile", `lead.seniority == "c_level"`, `lead.seniorty == "c_level"`,
			[]string{`45:21: personas.buyer.when: undefined field 'seniorty' (did you mean seniority?)`}},
		{"a role that nobody plays", "role: driver", "role: diver",
			[]string{`45:52: personas.buyer.role: "diver" is none of driver, blocker, influencer, user: did you mean "driver"?`}},
		{"a surge that ends as it begins", "leave: 12", "leave: 40",
			[]string{`47:27: surge.leave: 40 is above enter, 30: a surge would end as it begins; write about half of enter`}},
		{"a surge that comes and goes", "leave: 12", "leave: 30",
			[]string{`47:27: advice: surge.leave: equals enter: an account at the line comes and goes; write about half of enter`}},
		{"a surge that ends above where it begins by default", "enter: 30, leave: 12", "leave: 31",
			[]string{`47:16: surge.leave: 31 is above enter, 30: a surge would end as it begins; write about half of enter`}},
		{"a surge that cannot begin", "{bonus: {/pricing: 10}}", "{bonus: {/pricing: 0}}",
			[]string{`47:31: surge.events: nothing here gives points, so no surge begins: give a type points, or a page a bonus`}},
		{"a surge beyond every account", "enter: 30", "enter: 130",
			[]string{`47:16: surge.enter: must be greater than 0 and less than or equal to 100`}},
		{"a trigger in a comment and in a text alone", "size_fit: account.employees >= 200",
			"size_fit: |-\n    account.employees >= 200 && lead.title != ' \"new_exec\" in account.triggers' // \"new_exec\" in account.triggers", nil},
		{"a trigger that does not exist", "account.employees >= 200", `'"new_exec" in account.triggers'`,
			[]string{`4:13: criteria.size_fit: there is no trigger "new_exec": known here are hiring and new_executive`,
				`46:16: personas.user.when: the criterion size_fit looks at what people did: a persona is who somebody is`}},
		{"a persona that does not exist", `>= 1'`, `>= 1 && "buyers" in account.committee_engaged'`,
			[]string{`5:16: criteria.high_intent: there is no persona "buyers": did you mean "buyer"?`}},
		{"a group of fit rules that does not exist", "{points: 75, when: size_fit}", "{points: 75, when: size_fit, group: firm}",
			[]string{`9:51: scoring.fit.size.group: there is no group "firm" in scoring.fit_groups: there are none here`}},
		{"a group of fit rules that nobody belongs to", "  weights: {fit: 50%", "  fit_groups: {firm: {cap: 40}}\n  weights: {fit: 50%",
			[]string{"11:16: advice: scoring.fit_groups.firm: no rule belongs to it: give a rule `group: firm`, or take it out"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(buying, tt.from) {
				t.Fatalf("%q is not in the playbook", tt.from)
			}
			_, problems := document.Check([]byte(strings.Replace(buying, tt.from, tt.to, 1)), compile)
			if diff := cmp.Diff(tt.want, besidesFew(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLintAdvisesAboutFactsThatAreNeverKnown(t *testing.T) {
	t.Parallel()
	text := strings.Replace(base, "account.employees >= 200", "account.is_surging || account.trigger_points > 5 || account.committee_coverage > 5", 1)
	_, problems := document.Check([]byte(text), compile)
	var got []string
	for _, p := range problems {
		if strings.Contains(p.Message, "never known") {
			got = append(got, p.String())
		}
	}
	want := []string{
		`4:13: advice: criteria.size_fit: account.is_surging is never known: the playbook has no surge`,
		`4:13: advice: criteria.size_fit: account.triggers is never known: the playbook has no triggers`,
		`4:13: advice: criteria.size_fit: account.committee is never known: the playbook has no personas`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
}
