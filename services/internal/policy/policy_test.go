package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/policy"
)

// document reads a document from JSON.
func document(t *testing.T, text string) *playbookv1.Document {
	t.Helper()
	doc := &playbookv1.Document{}
	if err := protojson.Unmarshal([]byte(text), doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// silent says as little as a playbook can, with one of each thing that has defaults inside.
const silent = `{
  "playbook": "acme",
  "scoring": {"engagement": {"website": {"events": {"page_view": {"points": 2}}}}, "fitGroups": {"firm": {}}},
  "stages": {"mql": "fit > 70"},
  "triggers": {"new_executive": {"points": 20}},
  "personas": {"buyer": {"when": "true"}},
  "surge": {"enter": 40},
  "meetings": {"buyerRole": "true", "companyFit": "true", "useCase": "true", "geography": "true"},
  "sla": {"calendar": "business", "clocks": {"accept": {
    "within": {"time": "14400s"},
    "tiers": {"T1": {"within": {"days": 2}}, "T2": {"atRisk": {"share": 0.5}}, "T3": {}}}}}
}`

// complete is what a service reads of silent.
const complete = `{
  "playbook": "acme",
  "reviewEvery": "7776000s",
  "scoring": {
    "engagement": {"website": {"cap": 100, "events": {"page_view": {"points": 2, "cap": 100}}}},
    "weights": {"fit": 0.5, "engagement": 0.5},
    "fitGroups": {"firm": {"cap": 100}}},
  "triggers": {"new_executive": {"events": ["new_executive"], "points": 20, "window": "7776000s", "cap": 100}},
  "personas": {"buyer": {"when": "true", "window": "7776000s"}},
  "surge": {"enter": 40, "leave": 20, "window": "1209600s", "halfLife": "604800s", "cooldown": "604800s", "onlyTargets": true,
    "events": {"page_view": {"bonus": {"/pricing": 10, "/case-studies": 5}}}},
  "meetings": {"buyerRole": "true", "companyFit": "true", "useCase": "true", "geography": "true", "otherwise": {"queue": "partner-review"}},
  "stages": {
    "mql": "fit > 70",
    "sql": {"confirmedBy": "TEAM_SALES"},
    "opportunity": {"confirmedBy": "TEAM_SALES"},
    "order": ["MILESTONE_LEAD", "MILESTONE_MQL", "MILESTONE_SAL", "MILESTONE_SQL", "MILESTONE_OPPORTUNITY", "MILESTONE_WON"]},
  "intent": {},
  "routing": {"otherwise": {"nurture": true}, "heldLadder": ["HELD_STEP_STAY_HELD"],
    "absence": {"unaccepted": "UNACCEPTED_HANDOFFS_REASSIGN", "longerThan": "14400s"}},
  "sla": {
    "calendar": "business",
    "lateLogging": "86400s",
    "bursts": {"count": 10, "within": "60s"},
    "pauses": {"perHandoff": 2, "reasons": {
      "waiting_on_prospect_date": {"atMost": {"days": 10}}, "waiting_on_marketing": {"atMost": {"days": 10}}, "dispute": {"atMost": {"days": 10}},
      "legal_review": {"atMost": {"days": 10}}, "system_incident": {"atMost": {"days": 10}}}},
    "clocks": {"accept": {
      "within": {"time": "14400s"}, "unit": "TIME_UNIT_WALL", "from": "CLOCK_ANCHOR_ASSIGNED", "atRisk": {"share": 0.75}, "onReassign": "ON_REASSIGN_RESTART",
      "tiers": {
        "T1": {"within": {"days": 2}, "atRisk": {"share": 0.75}},
        "T2": {"within": {"time": "14400s"}, "atRisk": {"share": 0.5}},
        "T3": {"within": {"time": "14400s"}, "atRisk": {"share": 0.75}}}}}},
  "feedback": {
    "reasons": ["REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC", "REJECTION_REASON_BAD_FIT_BUDGET", "REJECTION_REASON_NOT_READY",
      "REJECTION_REASON_BAD_DATA", "REJECTION_REASON_COMPETITOR", "REJECTION_REASON_DUPLICATE"],
    "rating": "REQUIREMENT_REQUIRED",
    "contradicted": "CONTRADICTION_DISPUTE",
    "patterns": {"share": 0.3, "minLeads": 20, "window": "604800s", "longWindow": "2419200s", "cooldown": "604800s", "ratingDrop": 0.5},
    "disputes": {"automatic": "AUTOMATIC_RECORD", "openWithin": "1209600s", "within": "432000s"},
    "recycle": {"cooldown": "2592000s", "excludeRejectingRep": true}},
  "attribution": {
    "journey": {"lookback": "7776000s", "people": "ELIGIBLE_PEOPLE_ACCOUNT"},
    "primaryModel": "ATTRIBUTION_MODEL_W_SHAPED",
    "halfLife": "604800s",
    "sourcedBy": "SOURCED_BY_FIRST_TOUCH_MARKETING",
    "influenced": {"lookback": "7776000s"},
    "sharedMetric": {}},
  "review": {"winRateDrop": 0.2, "mqlToSqlDrop": 0.2, "window": "7776000s", "minCases": 20},
  "matching": {
    "hierarchy": "MATCH_HIERARCHY_REVIEW", "nameOnly": "WEAK_MATCH_REVIEW", "nameFuzzy": "WEAK_MATCH_REVIEW",
    "onChange": "MATCH_CHANGE_NOTIFY", "targetInherits": true}
}`

// outspoken says the opposite of every default.
const outspoken = `{
  "playbook": "acme",
  "reviewEvery": "86400s",
  "scoring": {
    "engagement": {"website": {"cap": 0, "events": {"page_view": {"points": 2, "cap": 0}}}},
    "weights": {"fit": 1},
    "fitGroups": {"firm": {"cap": 0}}},
  "triggers": {"news": {"events": ["new_executive"], "window": "1s", "cap": 0}},
  "personas": {"buyer": {"when": "true", "window": "1s"}},
  "surge": {"enter": 1, "leave": 1, "window": "1s", "halfLife": "1s", "cooldown": "0s", "onlyTargets": false,
    "events": {"webinar": {"points": 1}}},
  "meetings": {"buyerRole": "true", "companyFit": "true", "useCase": "true", "geography": "true", "otherwise": {"pool": "velocity"}},
  "stages": {
    "sql": {"confirmedBy": "TEAM_MARKETING"},
    "opportunity": {"confirmedBy": "TEAM_MARKETING"},
    "order": ["MILESTONE_LEAD", "MILESTONE_MQL", "MILESTONE_SQL", "MILESTONE_SAL"]},
  "intent": {"high": "a"},
  "routing": {"otherwise": {"pool": "all"}, "heldLadder": ["HELD_STEP_OVERFLOW"],
    "absence": {"unaccepted": "UNACCEPTED_HANDOFFS_KEEP", "longerThan": "0s"}},
  "sla": {
    "lateLogging": "0s",
    "bursts": {"count": 0, "within": "5s", "countThem": true},
    "pauses": {"perHandoff": 0, "reasons": {"dispute": {"atMost": {"time": "60s"}}}},
    "clocks": {"accept": {
      "within": {"days": 3}, "unit": "TIME_UNIT_BUSINESS", "from": "CLOCK_ANCHOR_MQL", "atRisk": {"after": {"days": 2}}, "onReassign": "ON_REASSIGN_CARRY",
      "tiers": {"T1": {"within": {"days": 1}, "atRisk": {"share": 0.1}}}}}},
  "feedback": {
    "reasons": ["REJECTION_REASON_DUPLICATE"],
    "rating": "REQUIREMENT_OPTIONAL",
    "contradicted": "CONTRADICTION_REFUSE",
    "patterns": {"share": 0.9, "minLeads": 1, "window": "3600s", "longWindow": "7200s", "cooldown": "0s", "ratingDrop": 1},
    "disputes": {"automatic": "AUTOMATIC_NONE", "openWithin": "60s", "within": "1s"},
    "recycle": {"cooldown": "0s", "excludeRejectingRep": false}},
  "attribution": {
    "journey": {"lookback": "1s", "people": "ELIGIBLE_PEOPLE_PRIMARY"},
    "primaryModel": "ATTRIBUTION_MODEL_LINEAR",
    "halfLife": "1s",
    "sourcedBy": "SOURCED_BY_RECORDED_SOURCE",
    "influenced": {"lookback": "1s"},
    "sharedMetric": {"spend": ["abm"]}},
  "review": {"winRateDrop": 1, "mqlToSqlDrop": 0.01, "window": "604800s", "minCases": 1},
  "matching": {
    "hierarchy": "MATCH_HIERARCHY_ULTIMATE_PARENT", "nameOnly": "WEAK_MATCH_MATCH", "nameFuzzy": "WEAK_MATCH_IGNORE",
    "onChange": "MATCH_CHANGE_REROUTE_IF_UNACCEPTED", "targetInherits": false}
}`

func TestWithDefaults(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, signed, want string }{
		{"fills what a document leaves open", silent, complete},
		{"keeps what a document says, also zero and false", outspoken, outspoken},
		{"has no gaps of its own", complete, complete},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := policy.WithDefaults(document(t, tt.signed))
			if diff := cmp.Diff(document(t, tt.want), got, protocmp.Transform()); diff != "" {
				t.Errorf("WithDefaults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithDefaultsStartsEachClockAtItsUsualAnchor(t *testing.T) {
	t.Parallel()
	want := map[string]playbookv1.ClockAnchor{
		"assign":        playbookv1.ClockAnchor_CLOCK_ANCHOR_MQL,
		"accept":        playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED,
		"first_touch":   playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED,
		"speed_to_lead": playbookv1.ClockAnchor_CLOCK_ANCHOR_MQL,
		"disposition":   playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED,
		"demo_booked":   playbookv1.ClockAnchor_CLOCK_ANCHOR_MQL,
	}
	signed := &playbookv1.Document{Sla: &playbookv1.SlaPolicy{Clocks: map[string]*playbookv1.ClockPolicy{}}}
	for kind := range want {
		signed.Sla.Clocks[kind] = &playbookv1.ClockPolicy{}
	}
	for kind, clock := range policy.WithDefaults(signed).GetSla().GetClocks() {
		if clock.GetFrom() != want[kind] {
			t.Errorf("%s starts at %v, want %v", kind, clock.GetFrom(), want[kind])
		}
	}
}

func TestWithDefaultsLeavesTheSignedDocumentAlone(t *testing.T) {
	t.Parallel()
	signed := document(t, silent)
	filled := policy.WithDefaults(signed)
	filled.Sla.Clocks["accept"].Within.Amount = &playbookv1.Budget_Days{Days: 9}
	filled.Sla.Clocks["accept"].Tiers["T3"].AtRisk.Point = &playbookv1.AtRisk_Share{Share: 0.9}
	if diff := cmp.Diff(document(t, silent), signed, protocmp.Transform()); diff != "" {
		t.Errorf("signed document changed (-want +got):\n%s", diff)
	}
	if got := filled.GetSla().GetClocks()["accept"].GetAtRisk().GetShare(); got != 0.75 {
		t.Errorf("the clock warns at %v after its tier was changed, want 0.75: they share a message", got)
	}
}

func TestWithDefaultsTakesAnyDocument(t *testing.T) {
	t.Parallel()
	want := policy.WithDefaults(&playbookv1.Document{})
	hollow := &playbookv1.Document{
		Scoring: &playbookv1.ScoringPolicy{Engagement: map[string]*playbookv1.EngagementGroup{"web": nil}},
		Sla: &playbookv1.SlaPolicy{Clocks: map[string]*playbookv1.ClockPolicy{
			"accept": nil,
			"assign": {Tiers: map[string]*playbookv1.TierClock{"T1": nil}},
		}},
		Triggers: map[string]*playbookv1.Trigger{"a": nil}, Personas: map[string]*playbookv1.Persona{"a": nil},
	}
	if diff := cmp.Diff(want, policy.WithDefaults(nil), protocmp.Transform()); diff != "" {
		t.Errorf("WithDefaults(nil) (-want +got):\n%s", diff)
	}
	once := policy.WithDefaults(hollow)
	if twice := policy.WithDefaults(once); !proto.Equal(once, twice) {
		t.Errorf("WithDefaults twice = %v, once = %v", twice, once)
	}
}
