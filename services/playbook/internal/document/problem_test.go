package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

func TestBaseHasNoProblem(t *testing.T) {
	t.Parallel()
	if _, problems := document.Check([]byte(base), compile); len(errorsOf(problems)) > 0 {
		t.Errorf("Check: %v", texts(problems))
	}
}

func TestParseReportsEachProblemAtItsPlace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from, to string
		want           []string
	}{
		{"unknown field, near a known one",
			"review_every: 90d", "reviewevery: 90d",
			[]string{`2:1: reviewevery: unknown field: did you mean "review_every"?`}},
		{"unknown field, near nothing",
			"calendar: us-east", "calendar: us-east\n  colour: blue",
			[]string{`29:3: sla.colour: unknown field: known here are calendar, clocks, escalate, commitments, late_logging, attempts, trusted_sources, pauses and bursts`}},
		{"unknown field in a flow mapping",
			"{within: 4h, unit: business, at_risk: 75%}", "{whitin: 4h, unit: business}",
			[]string{`30:14: sla.clocks.accept.whitin: unknown field: did you mean "within"?`}},
		{"unknown field beside the one that was meant",
			"review_every: 90d", "review_every: 90d\nreview_evry: 30d",
			[]string{`3:1: review_evry: unknown field: did you mean "review_every"?`}},
		{"field names of JSON and numbers are not names",
			"review_every: 90d", "reviewEvery: 90d\n5: {}",
			[]string{
				`2:1: reviewEvery: unknown field: did you mean "review_every"?`,
				`3:1: 5: unknown field: known here are playbook, review_every, criteria, disqualify, scoring, stages, ` +
					`target_accounts, intent, routing, sla, feedback, attribution, matching, models, triggers, personas, surge, review and meetings`}},
		{"repeated field",
			"calendar: us-east", "calendar: us-east\n  calendar: us-west",
			[]string{`29:3: sla.calendar: given twice, first in line 28: keep one`}},
		{"repeated name in a map",
			"disqualify:\n", "  size_fit: 'true'\ndisqualify:\n",
			[]string{`6:3: criteria.size_fit: given twice, first in line 4: keep one`}},
		{"unknown enum value",
			"unit: business", "unit: bussnes",
			[]string{`30:32: sla.clocks.accept.unit: "bussnes" is none of wall, business: did you mean "business"?`}},
		{"unknown enum value in a list",
			"{target: true, intent: high,", "{target: true, intent: [high, huge],",
			[]string{`22:39: routing.tiers.T1.intent[1]: "huge" is none of low, medium, high`}},
		{"reasons beyond the six",
			"details: {bounced: bad_data}", "reasons: [bad_data, no_authority, no_answer]",
			[]string{
				`35:23: feedback.reasons[1]: "no_authority" is ` + beyond,
				`35:37: feedback.reasons[2]: "no_answer" is ` + beyond}},
		{"unknown enum value in a map",
			"{bounced: bad_data}", "{bounced: bad_date, gone: budget}",
			[]string{
				`35:22: feedback.details.bounced: "bad_date" is none of bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, competitor, duplicate: did you mean "bad_data"?`,
				`35:38: feedback.details.gone: "budget" is none of bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, competitor, duplicate`}},
		{"enum value that says nothing",
			"primary_model: w_shaped", "primary_model: unspecified",
			[]string{`38:18: attribution.primary_model: "unspecified" is none of first_touch, last_touch, last_non_direct, linear, position_based, u_40_20_40, u_50_50, w_shaped, full_path, time_decay`}},
		{"not a length of time",
			"review_every: 90d", "review_every: 90 days",
			[]string{`2:15: review_every: "90 days" is not a length of time: write it like 30s, 5m, 4h, 5d or 2w`}},
		{"half a day",
			"within: 4h, unit: business", "within: 0.5d, unit: business",
			[]string{`30:22: sla.clocks.accept.within: "0.5d" is not a length of time: write it like 30s, 5m, 4h, 5d or 2w`}},
		{"longer than any duration",
			"review_every: 90d", "review_every: 99999999999999999999w",
			[]string{`2:15: review_every: "99999999999999999999w" is longer than 10,000 years`}},
		{"longer than any duration, together",
			"review_every: 90d", "review_every: 300000000000s300000000000s",
			[]string{`2:15: review_every: "300000000000s300000000000s" is longer than 10,000 years`}},
		{"longer than any duration, so long that in days it looks short",
			"review_every: 90d", "review_every: 2635249153387078803w",
			[]string{`2:15: review_every: "2635249153387078803w" is longer than 10,000 years`}},
		{"too long for the rule, in the words of people",
			"review_every: 90d", "review_every: 401d",
			[]string{`2:15: review_every: must be greater than 0s and less than or equal to 400d`}},
		{"days and hours in one budget",
			"within: 4h, unit: business", "within: 1d4h, unit: business",
			[]string{`30:22: sla.clocks.accept.within: "1d4h" mixes days with hours, and a working day is not 24 hours: write days or hours`}},
		{"a warning that is no point in a budget",
			"at_risk: 75%", "at_risk: soon",
			[]string{`30:51: sla.clocks.accept.at_risk: "soon" is no point in a budget: write a share like 75% or a time like 48h`}},
		{"a share of more than all",
			"at_risk: 75%", "at_risk: 175%",
			[]string{`30:51: sla.clocks.accept.at_risk: must be greater than 0 and less than 1`}},
		{"not a number",
			"points: 75", "points: many",
			[]string{`9:24: scoring.fit.size.points: "many" is not a number: write it like 25, 0.75 or 75%`}},
		{"numbers that are none",
			"points: 75", "points: .nan",
			[]string{`9:24: scoring.fit.size.points: ".nan" is not a number: write it like 25, 0.75 or 75%`}},
		{"a percentage with an exponent",
			"points: 75", "points: 1e2%",
			[]string{`9:24: scoring.fit.size.points: "1e2%" is not a number: write it like 25, 0.75 or 75%`}},
		{"a volume of another period",
			"calendar: us-east", "calendar: us-east\n  commitments: {marketing: {mql_volume: 120/week}}",
			[]string{`29:41: sla.commitments.marketing.mql_volume: "120/week" is no volume: write it like 120/month`}},
		{"a count that some read as octal",
			"calendar: us-east", "calendar: us-east\n  commitments: {marketing: {mql_volume: 0120}}",
			[]string{`29:41: sla.commitments.marketing.mql_volume: "0120" is no volume: write it like 120/month`}},
		{"a count beyond its type",
			"calendar: us-east", "calendar: us-east\n  commitments: {marketing: {mql_volume: 2147483648}}",
			[]string{`29:41: sla.commitments.marketing.mql_volume: "2147483648" is no volume: write it like 120/month`}},
		{"a promise that compares the other way",
			"calendar: us-east", "calendar: us-east\n  commitments: {sales: {first_touch_in_time: \"< 90%\"}}",
			[]string{`29:46: sla.commitments.sales.first_touch_in_time: "< 90%" is no promise: write it like 95% or ">= 95%", or like "> 90%" where 90% itself is too little`}},
		{"a promise of more than all",
			"calendar: us-east", "calendar: us-east\n  commitments: {sales: {first_touch_in_time: 101%}}",
			[]string{`29:46: sla.commitments.sales.first_touch_in_time.share: must be greater than or equal to 0 and less than or equal to 1`}},
		{"a number out of its range",
			"points: 75", "points: 101",
			[]string{`9:24: scoring.fit.size.points: must be greater than or equal to 0 and less than or equal to 100`}},
		{"neither true nor false",
			"target: true", "target: yes",
			[]string{`22:18: routing.tiers.T1.target: "yes" is neither true nor false`}},
		{"unknown destination that looks like a pool",
			"{pool: velocity}", "velocity",
			[]string{`23:47: routing.tiers.T2.assign: "velocity" is no destination: write {pool: velocity}, {owner_or_pool: velocity}, {queue: velocity}, {rep: velocity}, opportunity_owner, nurture or disqualify`}},
		{"unknown destination that looks like a word",
			"otherwise: nurture", "otherwise: nuture",
			[]string{`24:16: routing.otherwise: "nuture" is no destination: did you mean "nurture"?`}},
		{"a fallback that may be either",
			"routing:\n", "routing:\n  fallback: velocity\n",
			[]string{`21:13: routing.fallback: "velocity" may be a pool or a rep: write {pool: velocity} or {rep: velocity}`}},
		{"a fallback that is nobody",
			"routing:\n", "routing:\n  fallback: {}\n",
			[]string{`21:3: routing.fallback: is required: {pool: ...} or {rep: ...}`}},
		{"what a lead cannot ask for",
			"routing:\n", "routing:\n  requirements: [{when: size_fit, needs: {languages: [DE]}}, {when: size_fit}]\n",
			[]string{`21:55: routing.requirements[0].needs.languages[0]: must be an id of 1 to 63 lower-case letters, digits, hyphens and underscores, such as abm-q4`,
				`21:62: routing.requirements[1].needs: is required`}},
		{"two destinations",
			"{pool: velocity}", "{pool: velocity, queue: desk}",
			[]string{`23:64: routing.tiers.T2.assign.queue: not together with "pool": give one of pool, owner_or_pool, queue, opportunity_owner, nurture, rep and disqualify`}},
		{"no destination",
			"{pool: velocity}", "{}",
			[]string{`23:39: routing.tiers.T2.assign: is required: {pool: ...}, {owner_or_pool: ...}, {queue: ...}, {rep: ...}, opportunity_owner, nurture or disqualify`}},
		{"otherwise in both places",
			"    otherwise: nurture\n", "    otherwise: nurture\n  otherwise: {pool: all}\n",
			[]string{`24:5: routing.otherwise: given twice, first in line 25: keep one`}},
		{"a range with one end",
			"healthy: [5, 10]", "healthy: 5",
			[]string{`39:28: attribution.shared_metric.healthy: a range has two ends: write it like [20%, 30%]`}},
		{"a range of words",
			"[20%, 30%]", "[some, 30%]",
			[]string{`40:27: attribution.targets.lead_to_mql.low: "some" is not a number: write the range like [20%, 30%] or [5, 10]`}},
		{"a range with a tag",
			"[20%, 30%]", "[!low 20%, 30%]",
			[]string{`40:27: attribution.targets.lead_to_mql.low: "!low" is read as a YAML tag: put the text in quotes, or take the tag out`}},
		{"tiers in a list",
			"intent: {high: high_intent}\nrouting:\n  tiers:\n", "intent: {high: high_intent}\nrouting:\n  tiers: [otherwise, nuture]\n  old:\n",
			[]string{
				`21:10: routing.tiers: names are wanted here, each with a value, not a list`,
				`22:3: routing.old: unknown field: known here are tiers, otherwise, first_match, required_context, held_ladder, fallback, requirements and absence`}},
		{"unknown checklist template",
			"checklist: bant", "checklist: bent",
			[]string{`15:28: stages.opportunity.checklist: unknown template "bent": the templates are bant and meddic; items of your own are a list, such as [need, timing]`}},
		{"a list where fields are wanted",
			"{every: monday 07:00, zone: Europe/Berlin}", "[monday]",
			[]string{`36:11: feedback.report: fields are wanted here, such as "every", not a list`}},
		{"a word where names are wanted",
			"{bounced: bad_data}", "bounced",
			[]string{`35:12: feedback.details: names are wanted here, each with a value, not "bounced"`}},
		{"fields where a list is wanted",
			"spend: [abm]", "spend: {abm: 1}",
			[]string{`39:44: attribution.shared_metric.spend: a list is wanted here, such as [a, b], not a mapping`}},
		{"a list where a word is wanted",
			"calendar: us-east", "calendar: [us-east]",
			[]string{`28:13: sla.calendar: one value is wanted here, not a list`}},
		{"a name without a value",
			"  size_fit: account.employees >= 200\n", "  size_fit:\n",
			[]string{`4:3: criteria.size_fit: has no value`}},
		{"an element without a value",
			"spend: [abm]", "spend: [abm, ~]",
			[]string{`39:50: attribution.shared_metric.spend[1]: an element of the list is empty`}},
		{"an expression that is too long",
			"account.employees >= 200", strings.Repeat("x", 4097),
			[]string{`4:13: criteria.size_fit: is longer than 4096 bytes`}},
		{"a required field that is missing",
			"  calendar: us-east\n", "",
			[]string{`27:1: sla.calendar: is required: an id of 1 to 63 lower-case letters, digits and hyphens that begins with a letter, such as us-east`}},
		{"a required map without an entry",
			"  clocks:\n    accept: {within: 4h, unit: business, at_risk: 75%}\n    first_touch: {within: 24h, unit: wall, only: [T1], tiers: {T1: {within: 4h}}}\n", "  clocks: {}\n",
			[]string{`29:3: sla.clocks: is required: give at least one`}},
		{"a required section that is empty",
			"stages:\n", "stages:\nunused:\n",
			[]string{
				`12:1: stages: is required`,
				`13:1: unused: unknown field: known here are playbook, review_every, criteria, disqualify, scoring, stages, target_accounts, intent, routing, sla, feedback, attribution, matching, models, triggers, personas, surge, review and meetings`}},
		{"a name that is spelt as none may be",
			"  size_fit: account", "  Size-Fit: account",
			[]string{`4:3: criteria.Size-Fit: must be a name of 1 to 63 lower-case letters, digits and underscores that begins with a letter, such as size_fit`}},
		{"a clock that is spelt as none may be",
			"    accept: {within", "    2nd-call: {within",
			[]string{`30:5: sla.clocks.2nd-call: must be a name of 1 to 41 lower-case letters, digits and underscores that begins with a letter, such as first_touch`}},
		{"a clock that asks for what nobody does",
			"at_risk: 75%}", "at_risk: 75%}\n    second: {within: 1d, met_by: fax}",
			[]string{`31:34: sla.clocks.second.met_by[0]: "fax" is none of call, call_attempt, email, message, meeting_booked, meeting_held, reply, touch, accept, disposition, opportunity_created`}},
		{"an entry twice",
			"spend: [abm]", "spend: [abm, abm]",
			[]string{`39:37: attribution.shared_metric.spend: holds an entry twice: keep one`}},
		{"a report at no time",
			"monday 07:00", "mondays",
			[]string{`36:19: feedback.report.every: must be a weekday and a time of day, such as monday 07:00`}},
		{"a negation that YAML takes for a tag",
			"student: lead.email_domain_kind == \"education\"", "student: !lead.known",
			[]string{`7:12: disqualify.student: "!lead.known" is read as a YAML tag: put the text in quotes, or take the tag out`}},
		{"an alias",
			"targets: {lead_to_mql: [20%, 30%]}", "targets: &t {lead_to_mql: [20%, 30%]}\n  journey: *t",
			[]string{`41:12: attribution.journey: a reference to an anchor is not allowed: write the value out`}},
		{"a NUL character",
			"student: lead.email_domain_kind == \"education\"", `student: "a\0b"`,
			[]string{`7:12: disqualify.student: the text holds a NUL character: take it out`}},
		{"a list as a name",
			"{bounced: bad_data}", "{[bounced]: bad_data}",
			[]string{`35:13: feedback.details: a name is wanted here, not a list`}},
		{"several problems at once",
			"review_every: 90d\ncriteria:", "review_every: soon\nlimit: 5\ncriteria:",
			[]string{
				`2:15: review_every: "soon" is not a length of time: write it like 30s, 5m, 4h, 5d or 2w`,
				`3:1: limit: unknown field: known here are playbook, review_every, criteria, disqualify, scoring, stages, target_accounts, intent, routing, sla, feedback, attribution, matching, models, triggers, personas, surge, review and meetings`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, problems := document.Parse([]byte(changed(t, tt.from, tt.to)))
			if diff := cmp.Diff(tt.want, texts(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseReportsOnceThatNothingCanBeRead(t *testing.T) {
	t.Parallel()
	_, _, problems := document.Parse([]byte("- playbook: acme\n"))
	if diff := cmp.Diff([]string{`1:1: fields are wanted here, such as "playbook", not a list`}, texts(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckDoesNotLintAnOversizeDocument(t *testing.T) {
	t.Parallel()
	source := changed(t, "    T1: {target", string(numbered("    N%d: {assign: nurture}\n", 19))+"    T1: {target")
	_, problems := document.Check([]byte(source), func([]document.Expression) []document.Finding {
		t.Error("the expressions of an oversize document were compiled")
		return nil
	})
	if diff := cmp.Diff([]string{`21:3: routing.tiers: has more than 20 entries`}, texts(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestAMistakeIsOneProblem(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, to, want string }{
		{"a misspelt section is read as what was meant",
			"criteria:", "creteria:", `3:1: creteria: unknown field: did you mean "criteria"?`},
		{"a criterion without a text keeps its name",
			"  size_fit: account.employees >= 200\n", "  size_fit: []\n", `4:13: criteria.size_fit: one value is wanted here, not a list`},
		{"a tier without its fields keeps its name",
			"    T1: {target: true, intent: high, assign: {owner_or_pool: enterprise}}", "    T1: enterprise",
			`22:9: routing.tiers.T1: fields are wanted here, such as "target", not "enterprise"`},
		{"a section of the wrong sort hides what is missing in it",
			"intent: {high: high_intent}", "intent: high_intent",
			`19:9: intent: fields are wanted here, such as "high", not "high_intent"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := document.Check([]byte(changed(t, tt.from, tt.to)), compile)
			if diff := cmp.Diff([]string{tt.want}, texts(errorsOf(problems))); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

const beyond = "none of bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, competitor, duplicate: menus of more than six are not used " +
	"(Klozeo, The Sales-Marketing Alignment Playbook); a word of your own goes to feedback.details, with one of these as its meaning"
