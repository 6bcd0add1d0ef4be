package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

func TestLintSaysWhatExperienceSpeaksAgainst(t *testing.T) {
	t.Parallel()
	lints(t, []lintCase{
		{"a criterion that nothing asks",
			"  size_fit: account.employees >= 200\n", "  size_fit: account.employees >= 200\n  geo_fit: account.country == \"DE\"\n",
			[]string{`5:12: advice: criteria.geo_fit: nothing asks it: use it by its name, take it out, or leave it for reps to name as evidence`}},
		{"a criterion that only a text names",
			"{bounced: bad_data}", "{size_fitting: bad_data}", nil},
		{"no hard stop",
			"disqualify:\n  student: lead.email_domain_kind == \"education\"\n", "",
			[]string{`1:1: advice: disqualify: nobody is disqualified: say who never is a lead, such as competitors and students (Klozeo, The Sales-Marketing Alignment Playbook)`}},
		{"a hard stop that is rewarded, by name",
			`lead.email_domain_kind == "education"`, "size_fit",
			[]string{`7:12: advice: disqualify.student: scoring.fit.size gives points for the same: a lead that gets them is disqualified`}},
		{"a hard stop that is rewarded, by what it means",
			`lead.email_domain_kind == "education"`, "account.employees>=200",
			[]string{`7:12: advice: disqualify.student: scoring.fit.size gives points for the same: a lead that gets them is disqualified`}},
		{"a fit that nobody has",
			"points: 75", "points: 70",
			[]string{"13:8: advice: stages.mql: `fit > 70` is never true: all points together, with their caps, make 70"}},
		{"an engagement that the caps do not let anybody have",
			"mql: fit > 70 && high_intent", "mql: fit > 70 && engagement > 30",
			[]string{"13:8: advice: stages.mql: `engagement > 30` is never true: all points together, with their caps, make 30"}},
		{"an engagement that somebody can have",
			"mql: fit > 70 && high_intent", "mql: fit > 70 && engagement > 29.5", nil},
		{"a mix that nobody can have",
			"mql: fit > 70 && high_intent", "mql: combined > 52.5",
			[]string{"13:8: advice: stages.mql: `combined > 52.5` is never true: all points together, with their caps, make 52.5"}},
		{"a sum of scores that somebody can have",
			"mql: fit > 70 && high_intent", "mql: fit + engagement > 100 || fit >= 70 + 1 || fit + 100.0 - fit > 120 || lead.title == '(fit > 120)'", nil},
		{"a score among others that nobody can have",
			"mql: fit > 70 && high_intent", "mql: '(fit>120 ? true : fit > 70) && high_intent'",
			[]string{"13:8: advice: stages.mql: `fit > 120` is never true: all points together, with their caps, make 75"}},
		{"a threshold that is not strict",
			"fit > 70 && high_intent", "fit >= 70 && high_intent",
			[]string{"13:8: advice: stages.mql: `fit >= 70` lets exactly 70 in: the published line is strict, `fit > 70` (Cargo, alignment playbook)"}},
		{"more points than a fit can have",
			"{size: {points: 75, when: size_fit}}", "{size: {points: 75, when: size_fit}, big: {points: 50, when: size_fit}}",
			[]string{`9:3: advice: scoring.fit: all points together, with their caps, make 125, and a fit is cut at 100: some criteria count for nothing beside others`}},
		{"a review once a year",
			"review_every: 90d", "review_every: 365d",
			[]string{`2:15: advice: review_every: 365d is longer than a quarter: look at the agreement quarterly (Klozeo, The Sales-Marketing Alignment Playbook)`}},
		{"a medium intent that high takes",
			"intent: {high: high_intent}", "intent: {high: high_intent, medium: ' high_intent'}",
			[]string{`19:37: advice: intent.medium: nobody has medium intent: high takes all of it, and is asked first`}},
		{"a rule before the tiers that takes everybody",
			"when: account.is_customer", "when: 'true'",
			[]string{
				`22:5: advice: routing.tiers.T1: no lead begins here: routing.first_match sends all of target accounts with high intent elsewhere`,
				`23:5: advice: routing.tiers.T2: no lead begins here: routing.first_match sends all of other accounts with high intent elsewhere`,
				`26:14: advice: routing.first_match[0].when: every lead goes here: neither the rules behind it nor the tiers are ever asked`}},
		{"a rule before the tiers that takes the targets",
			"when: account.is_customer", "when: account.is_target",
			[]string{`22:5: advice: routing.tiers.T1: no lead begins here: routing.first_match sends all of target accounts with high intent elsewhere`}},
		{"a rule before the tiers that takes the others, but no lead without account",
			"when: account.is_customer", "when: '!account.is_target'", nil},
		{"a rule before the tiers that takes what the tiers want",
			"when: account.is_customer", "when: high_intent",
			[]string{
				`22:5: advice: routing.tiers.T1: no lead begins here: routing.first_match sends all of target accounts with high intent elsewhere`,
				`23:5: advice: routing.tiers.T2: no lead begins here: routing.first_match sends all of other accounts with high intent elsewhere`}},
		{"a rule that was asked before",
			"to: {queue: customer-success}}", "to: {queue: customer-success}}\n    - {when: account . is_customer, to: nurture}",
			[]string{`27:14: advice: routing.first_match[1].when: never decides: rule number 1 takes all of these leads`}},
		{"no clock on the first touch",
			"first_touch:", "speed_to_lead:",
			[]string{`29:3: advice: sla.clocks: there is no clock on the first touch: leads want one within 24 hours (Cargo, alignment playbook)`}},
		{"days that look like a working week",
			"within: 24h, unit: wall", "within: 24h, unit: wall, at_risk: 75%}\n    disposition: {within: 5d, unit: wall}\n    demo_booked: {within: 30d, unit: wall",
			[]string{"32:27: advice: sla.clocks.disposition.within: 5d of wall time is 120 hours, weekends too: write `unit: business` if working days are meant"}},
		{"a long menu",
			"{bounced: bad_data}", "{a: bad_data, b: bad_data, c: bad_data, d: bad_data, e: bad_data, f: bad_data, g: bad_data}",
			[]string{`35:3: advice: feedback.details: 7 words of your own beside the reasons: menus of more than six are not used (Klozeo, The Sales-Marketing Alignment Playbook)`}},
	})
}

func TestARangeOfHoursIsAWarningAndADeadline(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"48-72h":    "write `at_risk: 48h, within: 72h`",
		"48h – 72h": "write `at_risk: 48h, within: 72h`",
		"2d to 3d":  "write `at_risk: 2d, within: 3d`",
	} {
		_, _, problems := document.Parse([]byte(changed(t, "within: 24h, unit: wall", "within: "+text+", unit: wall")))
		if len(problems) != 1 || problems[0].Line != 31 || !strings.HasSuffix(problems[0].Message, want) {
			t.Errorf("%s: got %v, want %s", text, problems, want)
		}
	}
}

func TestLintSaysHowManyTargetAccountsNobodyWorks(t *testing.T) {
	t.Parallel()
	doc := &playbookv1.Document{TargetAccounts: []*playbookv1.TargetAccount{
		{Domain: "a.example", Owner: "ann", Campaigns: []string{"abm"}}, {Domain: "b.example", Owner: "ann"}, {Domain: "c.example"}}}
	var got []string
	for _, p := range document.Lint(doc, nil, nil) {
		if strings.Contains(p.Message, "no owner") {
			got = append(got, p.String())
		}
	}
	want := []string{"advice: target_accounts: 1 have no owner and 2 no campaign: give each account to a rep and to a campaign (Abmatic, 5 Moves to Reduce Pipeline Friction)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
}

func TestLintKnowsTheMostThatCapsLetAnybodyHave(t *testing.T) {
	t.Parallel()
	const typeCap, groupCap = "page_view: {points: 2, cap: 20, bonus", "web: {cap: 30, events"
	for gate, reachable := range map[string]bool{"engagement > 19": true, "engagement > 20": false} {
		source := strings.NewReplacer("page_view: {points: 2, bonus", typeCap, "fit > 70 && high_intent", gate+" && high_intent").Replace(base)
		if !strings.Contains(source, typeCap) || !strings.Contains(source, groupCap) {
			t.Fatal("the base has changed")
		}
		doc := mustParse(t, []byte(source))
		never := false
		for _, p := range document.Lint(doc, nil, nil) {
			never = never || strings.Contains(p.Message, "is never true")
		}
		if never == reachable {
			t.Errorf("%s is said to be out of reach: %v, want %v", gate, never, !reachable)
		}
	}
}
