package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

func TestLintReportsEachProblemAtItsPlace(t *testing.T) {
	t.Parallel()
	lints(t, []lintCase{
		{"points for a criterion that does not exist",
			"when: size_fit", "when: siz_fit",
			[]string{`9:34: scoring.fit.size.when: there is no criterion "siz_fit": did you mean "size_fit"?`}},
		{"weights of more than one",
			"{fit: 50%, engagement: 50%}", "{fit: 50%, engagement: 60%}",
			[]string{`11:3: scoring.weights: fit 0.5 and engagement 0.6 make 1.1: together they must make 1`}},
		{"weights of less than one",
			"{fit: 50%, engagement: 50%}", "{fit: 99%}",
			[]string{`11:3: scoring.weights: fit 0.99 and engagement 0 make 0.99: together they must make 1`}},
		{"weights that binary fractions do not add up exactly",
			"{fit: 50%, engagement: 50%}", "{fit: 35.1%, engagement: 64.9%}", nil},
		{"stages that do not begin with lead",
			"opportunity: {checklist: bant}", "opportunity: {checklist: bant}\n  order: [mql, lead]",
			[]string{`16:3: stages.order: must begin with lead: every funnel starts there`}},
		{"stages without mql",
			"opportunity: {checklist: bant}", "opportunity: {checklist: bant}\n  order: [lead, sal]",
			[]string{`16:3: stages.order: must contain mql: that is where marketing hands over`}},
		{"a template among other items",
			"[need, timing]", "[need, bant]",
			[]string{`14:48: stages.sql.checklist[1]: bant is a template and stands alone: write ` + "`checklist: bant`" + `, or list your own items`}},
		{"an account twice",
			"{domain: globex.example}", "{domain: initech.example}",
			[]string{`18:14: target_accounts[1].domain: "initech.example" is on the list already, as number 1: keep one`}},
		{"an account by its address",
			"{domain: globex.example}", "{domain: https://globex.example/}",
			[]string{`18:14: target_accounts[1].domain: "https://globex.example/" is not a bare domain: write it in lower case and without https:// or www., such as initech.example`}},
		{"tiers that overlap",
			"T2: {target: false, intent: high,", "T2: {intent: [medium, high],",
			[]string{`23:5: routing.tiers.T2: overlaps T1: both take target accounts with high intent; give each lead one row`}},
		{"tiers that overlap everywhere",
			"T2: {target: false, intent: high,", "T2: {",
			[]string{`23:5: routing.tiers.T2: overlaps T1: both take target accounts with high intent; give each lead one row`}},
		{"a tier with an intent that nobody has",
			"T2: {target: false, intent: high,", "T2: {target: false, intent: medium,",
			[]string{`23:5: advice: routing.tiers.T2: no lead begins here: intent.medium is not given, so nobody has such intent`}},
		{"a clock for a tier that does not exist",
			"only: [T1]", "only: [T1, T7]",
			[]string{`31:55: sla.clocks.first_touch.only[1]: there is no tier "T7": known here are T1 and T2`}},
		{"a budget for a tier that does not exist",
			"tiers: {T1: {within: 4h}}", "tiers: {gold: {within: 4h}}",
			[]string{`31:64: sla.clocks.first_touch.tiers.gold: there is no tier "gold": known here are T1 and T2`}},
		{"a budget for a tier that the clock leaves out",
			"tiers: {T1: {within: 4h}}", "tiers: {T2: {within: 4h}}",
			[]string{`31:64: advice: sla.clocks.first_touch.tiers.T2: has no effect: ` + "`only`" + ` does not name T2`}},
		{"a warning after the deadline",
			"at_risk: 75%", "at_risk: 5h",
			[]string{`30:51: sla.clocks.accept.at_risk: warns after 5h, which is not before the deadline of 4h: warn earlier`}},
		{"a warning at the deadline of a working day",
			"{within: 4h, unit: business, at_risk: 75%}", "{within: 1d, unit: business, at_risk: 8h}",
			[]string{`30:51: sla.clocks.accept.at_risk: warns after 8h, which is not before the deadline of 1d: warn earlier`}},
		{"a warning that a tier inherits and that is late there",
			"unit: wall, only: [T1]", "unit: wall, at_risk: 20h, only: [T1]",
			[]string{`31:78: sla.clocks.first_touch.tiers.T1: warns after 20h, which is not before the deadline of 4h: warn earlier`}},
		{"a warning of a tier against the deadline of all",
			"tiers: {T1: {within: 4h}}", "tiers: {T1: {at_risk: 30h}}",
			[]string{`31:78: sla.clocks.first_touch.tiers.T1.at_risk: warns after 30h, which is not before the deadline of 24h: warn earlier`}},
		{"hours of business time that look like days",
			"{within: 4h, unit: business,", "{within: 24h, unit: business,",
			[]string{`30:22: advice: sla.clocks.accept.within: 24h of business time is 3 working days of eight hours: write days if that is meant, or ` + "`unit: wall`"}},
		{"a clock without a unit",
			"within: 4h, unit: business,", "within: 4h,",
			[]string{`30:5: advice: sla.clocks.accept: has no unit and counts wall time, nights and weekends too: write ` + "`unit: wall` or `unit: business`"}},
		{"a first touch after a day",
			"first_touch: {within: 24h", "first_touch: {within: 72h",
			[]string{`31:27: advice: sla.clocks.first_touch.within: ` + late("72h")}},
		{"a first touch after a day, for one tier",
			"{T1: {within: 4h}}", "{T1: {within: 2d}}",
			[]string{`31:77: advice: sla.clocks.first_touch.tiers.T1.within: ` + late("2d")}},
		{"a first touch after a working day",
			"within: 24h, unit: wall", "within: 9h, unit: business",
			[]string{`31:27: advice: sla.clocks.first_touch.within: ` + late("9h")}},
		{"a first touch within a working day",
			"within: 24h, unit: wall", "within: 1d, unit: business", nil},
		{"a clock that does not exist",
			"    accept: {within", "    acept: {within",
			[]string{`30:5: sla.clocks.acept: nobody knows what meets this clock: the suite knows assign, accept, first_touch, speed_to_lead, disposition, demo_booked, ` +
				"and a clock of your own needs `met_by`" + `; did you mean "accept"?`,
				`33:5: advice: sla.escalate.accept: never happens: the clock accept has no budget in sla.clocks`}},
		{"a clock of one's own",
			"at_risk: 75%}", "at_risk: 75%}\n    second_call: {within: 2d, unit: business, from: first_touch, met_by: [call, meeting_held], cancelled_by: reject}", nil},
		{"a clock of one's own that nothing meets",
			"at_risk: 75%}", "at_risk: 75%}\n    second_call: {within: 2d, unit: business}",
			[]string{`31:5: sla.clocks.second_call: nobody knows what meets this clock: the suite knows assign, accept, first_touch, speed_to_lead, disposition, demo_booked, ` +
				"and a clock of your own needs `met_by`"}},
		{"a clock of one's own that is met as it begins",
			"at_risk: 75%}", "at_risk: 75%}\n    taken: {within: 2d, unit: business, from: accepted, met_by: [call, accept]}",
			[]string{"31:72: sla.clocks.taken.met_by[1]: is done before the clock begins: let it count from something earlier, or be met by something later"}},
		{"a clock that restarts",
			"first_touch: {within: 24h,", "first_touch: {on_reassign: restart, within: 24h,", nil},
		{"a clock that cannot restart",
			"at_risk: 75%}", "at_risk: 75%, on_reassign: carry}\n    speed_to_lead: {within: 24h, unit: wall, on_reassign: restart}\n    demo_booked: {within: 30d, unit: wall, on_reassign: restart}",
			[]string{
				"31:59: sla.clocks.speed_to_lead.on_reassign: only accept restarts, and a clock that counts from assigned or accepted; assign and speed_to_lead never do",
				"32:57: sla.clocks.demo_booked.on_reassign: only accept restarts, and a clock that counts from assigned or accepted; assign and speed_to_lead never do"}},
		{"another meaning for a clock of everybody's",
			"at_risk: 75%}", "at_risk: 75%, from: first_touch, met_by: call, cancelled_by: reject}",
			[]string{
				"30:62: sla.clocks.accept.from: the clock accept counts from mql, assigned or accepted",
				"30:83: sla.clocks.accept.met_by: the clock accept is always met in the same way: leave `met_by` out, or give the clock a name of its own",
				"30:103: sla.clocks.accept.cancelled_by: the clock accept is always cancelled in the same ways: leave `cancelled_by` out, or give the clock a name of its own"}},
		{"a plan of attempts",
			"calendar: us-east", "calendar: us-east\n  attempts: {from: assigned, unit: business, only: T1, plan: [{channel: call, within: 1d}, {channel: any, within: 3d, after_previous: 16h}]}", nil},
		{"bursts", "calendar: us-east", "calendar: us-east\n  bursts: {count: 20, within: 90s, count_them: true}", nil},
		{"no bursts", "calendar: us-east", "calendar: us-east\n  bursts: {count: 0}", nil},
		{"bursts without any", "calendar: us-east", "calendar: us-east\n  bursts: {count: 0, within: 90s}",
			[]string{"29:3: advice: sla.bursts: says more than has an effect: a count of 0 flags nothing"}},
		{"a plan of attempts without any",
			"calendar: us-east", "calendar: us-east\n  attempts: {unit: wall}",
			[]string{"29:3: sla.attempts.plan: is required: give at least one step, such as {channel: call, within: 24h}"}},
		{"a plan of attempts that cannot be kept",
			"calendar: us-east", "calendar: us-east\n  attempts: {from: mql, only: [T9], at_risk: 20h, plan: [{channel: call, within: 20h, after_previous: 1h}, {within: 3d, after_previous: 72h}]}",
			[]string{
				"29:20: sla.attempts.from: attempts count from assigned or accepted",
				`29:32: sla.attempts.only[0]: there is no tier "T9": known here are T1 and T2`,
				"29:58: sla.attempts.plan[0]: warns after 20h, which is not before the deadline of 20h: warn earlier",
				"29:103: advice: sla.attempts.plan[0].after_previous: has no effect: there is no attempt before the first",
				"29:108: sla.attempts.plan[1].channel: is required: one of call, email, message and any",
				"29:137: sla.attempts.plan[1].after_previous: comes 72h after the attempt before at the earliest, which is not before the deadline of 3d: both count from there"}},
		{"a ladder of attempts",
			"  escalate:\n    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]",
			"  attempts: {plan: [{channel: call, within: 24h}]}\n  escalate:\n    attempts: [{at: 100%, notify: manager, do: reassign}]",
			[]string{"34:48: advice: sla.escalate.attempts[0].do: never happens: while the clock attempts runs, no rep is asked to accept"}},
		{"a clock with the name of a plan",
			"at_risk: 75%}", "at_risk: 75%}\n    attempts: {within: 2d, unit: business, met_by: call}",
			[]string{"31:5: sla.clocks.attempts: is the clock of a plan of attempts: write `sla.attempts: {plan: ...}`, or choose another name"}},
		{"a ladder without a clock",
			"escalate:\n    accept:", "escalate:\n    disposition:",
			[]string{`33:5: advice: sla.escalate.disposition: never happens: the clock disposition has no budget in sla.clocks`}},
		{"a ladder out of order",
			"{at: 150%, do: reassign}", "{at: 50%, do: reassign}",
			[]string{`33:43: sla.escalate.accept[1].at: must be later than the step before: order the steps by ` + "`at`"}},
		{"a step that does nothing",
			"{at: 150%, do: reassign}", "{at: 150%}",
			[]string{`33:38: advice: sla.escalate.accept[1]: does nothing: say whom to ` + "`notify` or what to `do`"}},
		{"something to be done that nobody waits for",
			"  escalate:\n    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]",
			"    disposition: {within: 5d, unit: business}\n  escalate:\n    disposition: [{at: 150%, do: take_offline}]",
			[]string{`34:34: advice: sla.escalate.disposition[0].do: never happens: while the clock disposition runs, no rep is asked to accept`}},
		{"something to be done once a rep was asked",
			"  escalate:\n    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]",
			"    disposition: {within: 5d, unit: business, from: assigned}\n  escalate:\n    disposition: [{at: 150%, do: take_offline}]",
			nil},
		{"something to be done before a rep was asked",
			"  escalate:\n    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]",
			"    assign: {within: 5m, unit: wall}\n  escalate:\n    assign: [{at: 200%, do: reassign}]",
			[]string{`34:29: advice: sla.escalate.assign[0].do: never happens: while the clock assign runs, no rep is asked to accept`}},
		{"fewer than the six reasons",
			"details: {bounced: bad_data}", "reasons: [bad_fit_firmographic, bad_fit_budget, not_ready, competitor]\n  details: {bounced: bad_data}\n  evidence_required_for: bad_data",
			[]string{
				`35:3: advice: feedback.reasons: bad_data, duplicate left out: whoever means one of the six reasons and cannot find it picks another (Klozeo, The Sales-Marketing Alignment Playbook)`,
				`36:22: advice: feedback.details.bounced: reps cannot give bad_data: it is not among the reasons`,
				`37:26: advice: feedback.evidence_required_for[0]: reps cannot give bad_data: it is not among the reasons`}},
		{"a ground that nobody knows, and one for a reason that reps cannot give",
			"details: {bounced: bad_data}", "reasons: [bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, duplicate]\n  grounds: {siz_fit: bad_fit_firmographic, size_fit: competitor}",
			[]string{
				`35:3: advice: feedback.reasons: competitor left out: whoever means one of the six reasons and cannot find it picks another (Klozeo, The Sales-Marketing Alignment Playbook)`,
				`36:22: feedback.grounds.siz_fit: there is no criterion or disqualifier "siz_fit": did you mean "size_fit"?`,
				`36:54: advice: feedback.grounds.size_fit: reps cannot give competitor: it is not among the reasons`}},
		{"a report in no zone",
			"zone: Europe/Berlin", "zone: Berlin",
			[]string{`36:39: feedback.report.zone: "Berlin" is no IANA time zone: write it like America/New_York or Europe/Berlin`}},
		{"a report in the zone of whatever machine",
			"zone: Europe/Berlin", "zone: Local",
			[]string{`36:39: feedback.report.zone: "Local" is no IANA time zone: write it like America/New_York or Europe/Berlin`}},
		{"a range that is upside down",
			"[20%, 30%]", "[30%, 20%]",
			[]string{`40:13: attribution.targets.lead_to_mql: from 0.3 to 0.2 is no range: put the lower end first`}},
		{"a shared metric that is upside down",
			"healthy: [5, 10]", "healthy: [10, 5]",
			[]string{`39:19: attribution.shared_metric.healthy: from 10 to 5 is no range: put the lower end first`}},
		{"a criterion that does not compile",
			"account.employees >= 200", "account.employes >= 200",
			[]string{`4:20: criteria.size_fit: undefined field 'employes' (did you mean employees?)`}},
		{"a criterion named like a word of the language",
			"  size_fit: account.employees >= 200\n", "  size_fit: account.employees >= 200\n  fit: 'true'\n",
			[]string{`5:3: criteria.fit: a name has 1 to 63 lower-case letters, digits and _, starts with a letter, and is not a word of the language`}},
		{"a gate with an unknown name",
			"mql: fit > 70 && high_intent", "mql: fit > 70 && hi_intent",
			[]string{`13:20: stages.mql: undeclared reference to 'hi_intent' (did you mean 'high_intent'?)`}},
		{"an intent that looks at a score",
			"intent: {high: high_intent}", "intent: {high: fit > 90}",
			[]string{`19:16: intent.high: 'fit' is a score; only gates look at scores`}},
		{"a medium intent with an unknown name",
			"intent: {high: high_intent}", "intent: {high: high_intent, medium: webinar}",
			[]string{`19:37: intent.medium: undeclared reference to 'webinar'`}},
		{"a route that is no condition",
			"when: account.is_customer", "when: account.employees",
			[]string{`26:21: routing.first_match[0].when: the answer must be true or false, not int`}},
		{"a disqualifier that is no expression",
			`lead.email_domain_kind == "education"`, `lead.email_domain_kind = "education"`,
			[]string{
				`7:35: disqualify.student: Syntax error: token recognition error at: '= '`,
				`7:37: disqualify.student: Syntax error: extraneous input '"education"'`}},
	})
}

// lintCase is the base with one text in it replaced, and what is said of it besides its target accounts.
type lintCase struct {
	name, from, to string
	want           []string
}

func lints(t *testing.T, tests []lintCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, positions, problems := document.Parse([]byte(changed(t, tt.from, tt.to)))
			if len(problems) > 0 {
				t.Fatalf("Parse: %v", texts(problems))
			}
			if diff := cmp.Diff(tt.want, besidesFew(document.Lint(doc, positions, compile))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func late(budget string) string {
	return fmt.Sprintf("a first touch may come after %s: leads that wait 48 to 72 hours convert at a fraction; "+
		"answer within 24 hours (Klozeo, The Sales-Marketing Alignment Playbook)", budget)
}

func besidesFew(problems []document.Problem) []string {
	var all []string
	for _, text := range texts(problems) {
		if !strings.Contains(text, "advice: target_accounts: ") {
			all = append(all, text)
		}
	}
	return all
}

func TestLintSizesTheTargetAccountList(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{
		0:   `the list has 0: let sales and marketing agree on 100 to 500 accounts, best 150 to 300`,
		99:  `the list has 99: let sales and marketing agree on 100 to 500 accounts, best 150 to 300`,
		100: `the list has 100: 150 to 300 accounts do best`,
		149: `the list has 149: 150 to 300 accounts do best`,
		150: ``,
		300: ``,
		301: `the list has 301: 150 to 300 accounts do best`,
		500: `the list has 500: 150 to 300 accounts do best`,
		501: `the list has 501: let sales and marketing agree on 100 to 500 accounts, best 150 to 300`,
	} {
		doc := &playbookv1.Document{}
		for i := range size {
			doc.TargetAccounts = append(doc.TargetAccounts, &playbookv1.TargetAccount{Domain: fmt.Sprintf("a%d.example", i)})
		}
		got := ""
		for _, p := range document.Lint(doc, nil, nil) {
			if strings.HasPrefix(p.Message, "the list has") {
				got, _, _ = strings.Cut(p.Message, " (Abmatic")
			}
		}
		if got != want {
			t.Errorf("%d accounts: %q, want %q", size, got, want)
		}
	}
}

func TestLintWantsBareDomains(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]bool{
		"initech.example":          true,
		"uk.initech.example":       true,
		"xn--bcher-kva.example":    true,
		"wwwinitech.example":       true,
		"www.initech.example":      false,
		"Initech.example":          false,
		"initech":                  false,
		"initech.":                 false,
		".initech.example":         false,
		"initech.example.":         false,
		"https://initech.example":  false,
		"initech.example/about":    false,
		"initech.example:443":      false,
		"someone@initech.example":  false,
		"initech.example, globex.": false,
	} {
		doc := &playbookv1.Document{TargetAccounts: []*playbookv1.TargetAccount{{Domain: domain}}}
		if got := !document.HasErrors(document.Lint(doc, nil, nil)); got != want {
			t.Errorf("%q is accepted: %v, want %v", domain, got, want)
		}
	}
}

func TestLintTakesADocumentThatWasNeverYAML(t *testing.T) {
	t.Parallel()
	doc := mustParse(t, []byte(base))
	doc.GetRouting().GetTiers()["otherwise"] = doc.GetRouting().GetTiers()["T1"]
	doc.Sla.Calendar = ""
	doc.TargetAccounts = nil
	want := []string{
		`advice: target_accounts: the list has 0: let sales and marketing agree on 100 to 500 accounts, best 150 to 300 (Abmatic, 5 Moves to Reduce Pipeline Friction)`,
		`advice: routing.tiers.T1: no lead begins here: it wants target accounts, and target_accounts is empty`,
		`routing.tiers.otherwise: otherwise is no tier but where all others go: move it to routing.otherwise`,
		`routing.tiers.otherwise: overlaps T1: both take target accounts with high intent; give each lead one row`,
		`advice: routing.tiers.otherwise: no lead begins here: it wants target accounts, and target_accounts is empty`,
		`advice: sla.clocks.accept: counts business time, and no calendar says when that is: give sla.calendar`,
	}
	if diff := cmp.Diff(want, texts(document.Lint(doc, nil, compile))); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLintSurvivesAnEmptyDocumentAndACarelessChecker(t *testing.T) {
	t.Parallel()
	careless := func(all []document.Expression) []document.Finding {
		return []document.Finding{{Expression: -1}, {Expression: len(all)}}
	}
	for _, doc := range []*playbookv1.Document{nil, {}} {
		if problems := document.Lint(doc, nil, careless); document.HasErrors(problems) {
			t.Errorf("Lint: %v", texts(problems))
		}
	}
}

func TestLintAdvisesAgainstTakingAccountsOnEvidenceThatStrangersShare(t *testing.T) {
	t.Parallel()
	for choice, want := range map[playbookv1.WeakMatch]int{
		playbookv1.WeakMatch_WEAK_MATCH_MATCH: 2, playbookv1.WeakMatch_WEAK_MATCH_REVIEW: 0, playbookv1.WeakMatch_WEAK_MATCH_IGNORE: 0, 0: 0,
	} {
		problems := document.Lint(&playbookv1.Document{Matching: &playbookv1.MatchingPolicy{NameOnly: choice, NameFuzzy: choice}}, nil, nil)
		got := 0
		for _, p := range problems {
			if strings.HasPrefix(p.Field, "matching.") && p.Severity == document.Advice {
				got++
			}
		}
		if got != want {
			t.Errorf("%v: %d pieces of advice, want %d: %v", choice, got, want, problems)
		}
	}
}
