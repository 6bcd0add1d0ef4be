package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

func TestParseReadsShortForms(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, yaml, want string }{
		{"durations", "review_every: 2w", `{"reviewEvery": "1209600s"}`},
		{"durations of several parts", "review_every: 1d12h30m1.5s", `{"reviewEvery": "131401.500s"}`},
		{"durations with a fraction", "review_every: 0.5h", `{"reviewEvery": "1800s"}`},
		{"durations as the API has them", "review_every: 3600s", `{"reviewEvery": "3600s"}`},
		{"budgets in hours", "sla: {clocks: {accept: {within: 1h30m}}}",
			`{"sla": {"clocks": {"accept": {"within": {"time": "5400s"}}}}}`},
		{"budgets in days stay days", "sla: {clocks: {accept: {within: 5d}}}",
			`{"sla": {"clocks": {"accept": {"within": {"days": 5}}}}}`},
		{"budgets in weeks are days", "sla: {clocks: {accept: {within: 2w}}}",
			`{"sla": {"clocks": {"accept": {"within": {"days": 14}}}}}`},
		{"budgets in full", "sla: {clocks: {accept: {within: {time: 4h}}, assign: {within: {days: 1}}}}",
			`{"sla": {"clocks": {"accept": {"within": {"time": "14400s"}}, "assign": {"within": {"days": 1}}}}}`},
		{"warnings at a share", "sla: {clocks: {accept: {at_risk: 75%}, assign: {at_risk: 0.5}}}",
			`{"sla": {"clocks": {"accept": {"atRisk": {"share": 0.75}}, "assign": {"atRisk": {"share": 0.5}}}}}`},
		{"warnings after a time", "sla: {clocks: {accept: {at_risk: 48h}, assign: {at_risk: 2d}}}",
			`{"sla": {"clocks": {"accept": {"atRisk": {"after": {"time": "172800s"}}}, "assign": {"atRisk": {"after": {"days": 2}}}}}}`},
		{"warnings in full", "sla: {clocks: {accept: {at_risk: {share: 10%}}, assign: {at_risk: {after: 2d}}}}",
			`{"sla": {"clocks": {"accept": {"atRisk": {"share": 0.1}}, "assign": {"atRisk": {"after": {"days": 2}}}}}}`},
		{"enums", "sla: {clocks: {accept: {unit: business, from: assigned}}}\nattribution: {primary_model: w_shaped, sourced_by: first_touch_marketing}",
			`{"sla": {"clocks": {"accept": {"unit": "TIME_UNIT_BUSINESS", "from": "CLOCK_ANCHOR_ASSIGNED"}}},
			  "attribution": {"primaryModel": "ATTRIBUTION_MODEL_W_SHAPED", "sourcedBy": "SOURCED_BY_FIRST_TOUCH_MARKETING"}}`},
		{"attempts", "sla: {attempts: {from: accepted, only: T1, plan: [{channel: call, within: 24h}, {channel: any, after_previous: 1d, within: 2d}]}}",
			`{"sla": {"attempts": {"from": "CLOCK_ANCHOR_ACCEPTED", "only": ["T1"], "plan": [{"channel": "ATTEMPT_CHANNEL_CALL", "within": {"time": "86400s"}},
			  {"channel": "ATTEMPT_CHANNEL_ANY", "within": {"days": 2}, "afterPrevious": {"days": 1}}]}}}`},
		{"own clocks", "sla: {clocks: {second_call: {from: meeting_held, met_by: [call_attempt, opportunity_created], cancelled_by: reject}}}",
			`{"sla": {"clocks": {"second_call": {"from": "CLOCK_ANCHOR_MEETING_HELD", "metBy": ["CLOCK_ANSWER_CALL_ATTEMPT", "CLOCK_ANSWER_OPPORTUNITY_CREATED"],
			  "cancelledBy": ["HANDOFF_END_REJECT"]}}}}`},
		{"choices about matching", "matching: {hierarchy: child_by_geo, name_only: match, name_fuzzy: ignore, on_change: reroute_if_unaccepted, target_inherits: false}",
			`{"matching": {"hierarchy": "MATCH_HIERARCHY_CHILD_BY_GEO", "nameOnly": "WEAK_MATCH_MATCH", "nameFuzzy": "WEAK_MATCH_IGNORE",
			  "onChange": "MATCH_CHANGE_REROUTE_IF_UNACCEPTED", "targetInherits": false}}`},
		{"enums in full", "sla: {clocks: {accept: {unit: TIME_UNIT_BUSINESS}}}",
			`{"sla": {"clocks": {"accept": {"unit": "TIME_UNIT_BUSINESS"}}}}`},
		{"enums in lists and maps", "feedback: {reasons: [bad_fit_budget, not_ready], details: {late: not_ready}}",
			`{"feedback": {"reasons": ["REJECTION_REASON_BAD_FIT_BUDGET", "REJECTION_REASON_NOT_READY"],
			  "details": {"late": "REJECTION_REASON_NOT_READY"}}}`},
		{"percentages are exact", "feedback: {patterns: {share: 7%}}\nscoring: {weights: {fit: 33.3%, engagement: 66.7%}}",
			`{"feedback": {"patterns": {"share": 0.07}}, "scoring": {"weights": {"fit": 0.333, "engagement": 0.667}}}`},
		{"ranges", "attribution: {shared_metric: {healthy: [5, 10]}, targets: {a: [20%, 30%], b: {low: 1, high: 2}}}",
			`{"attribution": {"sharedMetric": {"healthy": {"low": 5, "high": 10}},
			  "targets": {"a": {"low": 0.2, "high": 0.3}, "b": {"low": 1, "high": 2}}}}`},
		{"promises", `sla: {commitments: {marketing: {mql_volume: 120/month, criteria_met: ">= 95%", context_complete: 98%}, sales: {first_touch_in_time: "> 90%", disposition_complete: {share: 1}}}}`,
			`{"sla": {"commitments": {"marketing": {"mqlVolume": {"perMonth": 120}, "criteriaMet": {"share": 0.95}, "contextComplete": {"share": 0.98}},
			  "sales": {"firstTouchInTime": {"share": 0.9, "strict": true}, "dispositionComplete": {"share": 1}}}}}`},
		{"a volume without its period", "sla: {commitments: {marketing: {mql_volume: 120}}}",
			`{"sla": {"commitments": {"marketing": {"mqlVolume": {"perMonth": 120}}}}}`},
		{"destinations", "routing: {otherwise: opportunity_owner, tiers: {A: {assign: nurture}, B: {assign: {pool: x}}, C: {assign: {nurture: true}}, D: {assign: {rep: jane}}, E: {assign: disqualify}}}",
			`{"routing": {"otherwise": {"opportunityOwner": true},
			  "tiers": {"A": {"assign": {"nurture": true}}, "B": {"assign": {"pool": "x"}}, "C": {"assign": {"nurture": true}}, "D": {"assign": {"rep": "jane"}}, "E": {"assign": {"disqualify": true}}}}}`},
		{"requirements and a fallback", "routing: {fallback: {rep: jane}, held_ladder: [overflow, fallback], requirements: [{when: a, needs: {languages: de, skills: [b, c]}}]}",
			`{"routing": {"fallback": {"rep": "jane"}, "heldLadder": ["HELD_STEP_OVERFLOW", "HELD_STEP_FALLBACK"],
			  "requirements": [{"when": "a", "needs": {"languages": ["de"], "skills": ["b", "c"]}}]}}`},
		{"otherwise among the tiers", "routing: {tiers: {A: {assign: nurture}, otherwise: {queue: desk}}}",
			`{"routing": {"tiers": {"A": {"assign": {"nurture": true}}}, "otherwise": {"queue": "desk"}}}`},
		{"one word for a list", "stages: {sql: {checklist: bant}}\nrouting: {tiers: {A: {intent: high}}}\nsla: {clocks: {accept: {only: A}}}",
			`{"stages": {"sql": {"checklist": ["bant"]}}, "routing": {"tiers": {"A": {"intent": ["INTENT_LEVEL_HIGH"]}}},
			  "sla": {"clocks": {"accept": {"only": ["A"]}}}}`},
		{"ladders as lists", "sla: {escalate: {accept: [{at: 150%, notify: [rep, manager]}, {at: 2, do: reassign}], assign: []}}",
			`{"sla": {"escalate": {"accept": {"steps": [{"at": 1.5, "notify": ["rep", "manager"]},
			  {"at": 2, "do": "ESCALATION_ACTION_REASSIGN"}]}, "assign": {}}}}`},
		{"ladders of one step, and in full", "sla: {escalate: {accept: {at: 50%}, assign: {steps: [{at: 1}]}}}",
			`{"sla": {"escalate": {"accept": {"steps": [{"at": 0.5}]}, "assign": {"steps": [{"at": 1}]}}}}`},
		{"texts that look like something else", "criteria: {a: 5d, b: true, c: 2026-01-01, d: 1.10}",
			`{"criteria": {"a": "5d", "b": "true", "c": "2026-01-01", "d": "1.10"}}`},
		{"false where it means something", "routing: {tiers: {A: {target: false}}}\nfeedback: {recycle: {exclude_rejecting_rep: \"false\"}}",
			`{"routing": {"tiers": {"A": {"target": false}}}, "feedback": {"recycle": {"excludeRejectingRep": false}}}`},
		{"zero where it means something", "scoring: {engagement: {web: {cap: 0}}}", `{"scoring": {"engagement": {"web": {"cap": 0}}}}`},
		{"what is left empty is left out", "intent:\nfeedback: ~\nreview_every: null\nattribution: {targets: }", `{"attribution": {}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := &playbookv1.Document{}
			if err := protojson.Unmarshal([]byte(tt.want), want); err != nil {
				t.Fatal(err)
			}
			got, _, problems := document.Parse([]byte(tt.yaml))
			for _, p := range problems {
				if !strings.Contains(p.Message, "is required") { // the snippets are no whole playbooks
					t.Errorf("Parse: %v", p)
				}
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}
