package difference_test

import (
	"strings"
	"testing"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/difference"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// base is a playbook with one of everything. Tests change a line of it.
const base = `playbook: acme
criteria:
  size_fit: account.employees >= 200
  high_intent: 'engagement.count("form_submit", {"form": ["pricing"]}) >= 1'
disqualify:
  student: lead.email_domain_kind == "education"
scoring:
  fit: {size: {points: 25, when: size_fit}}
  engagement: {web: {cap: 30, events: {page_view: {points: 2, half_life: 14d, bonus: {"/pricing": 8}}}}}
  weights: {fit: 50%, engagement: 50%}
stages:
  mql: fit > 70 && high_intent
  sql: {confirmed_by: sales, checklist: [need, timing]}
target_accounts:
  - {domain: initech.example, owner: jane-doe, campaigns: [abm-q4]}
  - {domain: globex.example}
intent: {high: high_intent}
routing:
  tiers:
    T1: {target: true, intent: [high, medium], assign: {owner_or_pool: enterprise}}
    T2: {target: false, intent: high, assign: {pool: velocity}}
    otherwise: nurture
  first_match:
    - {when: account.has_open_opportunity, to: opportunity_owner}
    - {when: account.is_customer, to: {queue: customer-success}}
sla:
  calendar: us-east
  clocks:
    accept: {within: 4h, unit: business, at_risk: 75%}
    first_touch: {within: 24h, unit: wall, tiers: {T1: {within: 24h}}}
  escalate:
    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]
  commitments:
    marketing: {mql_volume: 120/month}
    sales: {first_touch_in_time: "> 90%"}
feedback:
  reasons: [bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, competitor, duplicate]
attribution:
  primary_model: w_shaped
  targets: {lead_to_mql: [20%, 30%]}
`

func parse(t *testing.T, source string) *playbookv1.Document {
	t.Helper()
	doc, _, problems := document.Parse([]byte(source))
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, source)
	}
	return doc
}

// changes are those from the base to what it becomes with texts in it replaced.
func changes(t *testing.T, replace ...string) []difference.Change {
	t.Helper()
	return differences(t, base, replace...)
}

// differences are those from a text to what it becomes with texts in it replaced.
func differences(t *testing.T, base string, replace ...string) []difference.Change {
	t.Helper()
	source := base
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(source, replace[i]) {
			t.Fatalf("%q is not in the base", replace[i])
		}
		source = strings.ReplaceAll(source, replace[i], replace[i+1])
	}
	return difference.Changes(parse(t, base), parse(t, source))
}
