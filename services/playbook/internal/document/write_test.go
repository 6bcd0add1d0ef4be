package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/document/documenttest"
)

func TestParseReadsBackWhatToYAMLWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := documenttest.Documents().Draw(t, "document")
		source, err := document.ToYAML(doc)
		if err != nil {
			t.Fatal(err)
		}
		got, _, problems := document.Parse(source)
		if len(problems) > 0 {
			t.Fatalf("Parse: %v\n%s", texts(problems), source)
		}
		if diff := cmp.Diff(doc, got, protocmp.Transform()); diff != "" {
			t.Fatalf("Parse(ToYAML(d)) (-want +got):\n%s\n%s", diff, source)
		}
		want, err := document.Hash(doc)
		if err != nil {
			t.Fatal(err)
		}
		if hash, err := document.Hash(got); err != nil || hash != want {
			t.Fatalf("the hash became %s (%v), want %s\n%s", hash, err, want, source)
		}
	})
}

func TestToYAMLWritesAsPeopleWould(t *testing.T) {
	t.Parallel()
	want := `playbook: acme
review_every: 90d
criteria:
  high_intent: 'engagement.count("form_submit", {"form": ["pricing"]}) >= 1'
  size_fit: account.employees >= 200
disqualify:
  student: lead.email_domain_kind == "education"
scoring:
  fit: {size: {points: 75, when: size_fit}}
  engagement: {web: {cap: 30, events: {page_view: {points: 2, bonus: {/pricing: 8}}}}}
  weights: {fit: 0.5, engagement: 0.5}
stages:
  mql: fit > 70 && high_intent
  sql: {confirmed_by: sales, checklist: [need, timing]}
  opportunity: {checklist: bant}
target_accounts:
  - {domain: initech.example, owner: jane-doe, campaigns: [abm-q4]}
  - {domain: globex.example}
intent:
  high: high_intent
routing:
  tiers:
    T1: {target: true, intent: [high], assign: {owner_or_pool: enterprise}}
    T2: {target: false, intent: [high], assign: {pool: velocity}}
  otherwise: nurture
  first_match: [{when: account.is_customer, to: {queue: customer-success}}]
sla:
  calendar: us-east
  clocks:
    accept: {within: 4h, unit: business, at_risk: 75%}
    first_touch: {within: 24h, unit: wall, tiers: {T1: {within: 4h}}, only: [T1]}
  escalate: {accept: [{at: 50%, notify: [rep]}, {at: 150%, do: reassign}]}
feedback:
  details: {bounced: bad_data}
  report: {every: 'monday 07:00', zone: Europe/Berlin}
attribution:
  primary_model: w_shaped
  shared_metric: {healthy: [5, 10], spend: [abm]}
  targets: {lead_to_mql: [20%, 30%]}
`
	got, err := document.ToYAML(mustParse(t, []byte(base)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("ToYAML (-want +got):\n%s", diff)
	}
}

func TestToYAMLKeepsLinesShortWhereItCan(t *testing.T) {
	t.Parallel()
	source, err := document.ToYAML(mustParse(t, example(t, "acme.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(source), "\n") {
		if len(line) > 120 && !strings.Contains(line, " && ") {
			t.Errorf("line %d has %d characters: %s", i+1, len(line), line)
		}
	}
}

// Documents that break the rules can be asked for too: they come from people who are still writing.
func TestToYAMLTakesAnyDocument(t *testing.T) {
	t.Parallel()
	broken := &playbookv1.Document{
		Stages:  &playbookv1.StagePolicy{Order: []playbookv1.Milestone{0, 99}},
		Routing: &playbookv1.RoutingPolicy{Otherwise: &playbookv1.Destination{}},
		Sla: &playbookv1.SlaPolicy{Clocks: map[string]*playbookv1.ClockPolicy{
			"accept": {Within: &playbookv1.Budget{}, AtRisk: &playbookv1.AtRisk{}},
			"assign": nil,
		}},
	}
	for _, doc := range []*playbookv1.Document{nil, {}, broken} {
		if _, err := document.ToYAML(doc); err != nil {
			t.Errorf("ToYAML(%v): %v", doc, err)
		}
	}
	if _, err := document.ToYAML(&playbookv1.Document{Playbook: "\xff"}); err == nil {
		t.Error("ToYAML wrote text that is not UTF-8")
	}
}
