package document_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// base is a playbook without a problem. Tests change a line of it.
const base = `playbook: acme
review_every: 90d
criteria:
  size_fit: account.employees >= 200
  high_intent: 'engagement.count("form_submit", {"form": ["pricing"]}) >= 1'
disqualify:
  student: lead.email_domain_kind == "education"
scoring:
  fit: {size: {points: 75, when: size_fit}}
  engagement: {web: {cap: 30, events: {page_view: {points: 2, bonus: {"/pricing": 8}}}}}
  weights: {fit: 50%, engagement: 50%}
stages:
  mql: fit > 70 && high_intent
  sql: {confirmed_by: sales, checklist: [need, timing]}
  opportunity: {checklist: bant}
target_accounts:
  - {domain: initech.example, owner: jane-doe, campaigns: [abm-q4]}
  - {domain: globex.example}
intent: {high: high_intent}
routing:
  tiers:
    T1: {target: true, intent: high, assign: {owner_or_pool: enterprise}}
    T2: {target: false, intent: high, assign: {pool: velocity}}
    otherwise: nurture
  first_match:
    - {when: account.is_customer, to: {queue: customer-success}}
sla:
  calendar: us-east
  clocks:
    accept: {within: 4h, unit: business, at_risk: 75%}
    first_touch: {within: 24h, unit: wall, only: [T1], tiers: {T1: {within: 4h}}}
  escalate:
    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]
feedback:
  details: {bounced: bad_data}
  report: {every: monday 07:00, zone: Europe/Berlin}
attribution:
  primary_model: w_shaped
  shared_metric: {healthy: [5, 10], spend: [abm]}
  targets: {lead_to_mql: [20%, 30%]}
`

// changed is base with one text in it replaced.
func changed(t *testing.T, from, to string) string {
	t.Helper()
	if strings.Count(base, from) != 1 {
		t.Fatalf("%q is %d times in the base, want once", from, strings.Count(base, from))
	}
	return strings.Replace(base, from, to, 1)
}

// texts are problems as a person would read them.
func texts(problems []document.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.String())
	}
	return all
}

// errorsOf are the problems that keep a document from being stored.
func errorsOf(problems []document.Problem) []document.Problem {
	var all []document.Problem
	for _, p := range problems {
		if p.Severity == document.Error {
			all = append(all, p)
		}
	}
	return all
}

// example reads one of the playbooks that the repository ships.
func example(tb testing.TB, name string) []byte {
	tb.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "deploy", "playbooks", name))
	if err != nil {
		tb.Fatal(err)
	}
	return source
}

// mustParse reads a playbook that has no problem.
func mustParse(tb testing.TB, source []byte) *playbookv1.Document {
	tb.Helper()
	doc, _, problems := document.Parse(source)
	if len(problems) > 0 {
		tb.Fatalf("Parse: %v", texts(problems))
	}
	return doc
}

// compile is an ExpressionChecker for the language of playbooks.
func compile(all []document.Expression) []document.Finding {
	type rule struct {
		kind criteria.Kind
		name string
	}
	var definition criteria.Definition
	index := make(map[rule]int)
	for i, e := range all {
		switch e.Kind {
		case document.Criterion:
			definition.Criteria = append(definition.Criteria, criteria.Rule{Name: e.Name, Expression: e.Text})
			index[rule{criteria.Criterion, e.Name}] = i
		case document.Condition:
			definition.Conditions = append(definition.Conditions, criteria.Rule{Name: e.Field, Expression: e.Text})
			index[rule{criteria.Condition, e.Field}] = i
		case document.Gate:
			definition.Gates = append(definition.Gates, criteria.Rule{Name: e.Field, Expression: e.Text})
			index[rule{criteria.Gate, e.Field}] = i
		case document.MeetingCheck:
			definition.Checks = append(definition.Checks, criteria.Rule{Name: e.Field, Expression: e.Text})
			index[rule{criteria.Check, e.Field}] = i
		}
	}
	var broken *criteria.CompileError
	var findings []document.Finding
	if _, err := criteria.Compile(definition); errors.As(err, &broken) {
		for _, p := range broken.Problems {
			findings = append(findings, document.Finding{
				Expression: index[rule{p.Kind, p.Name}], Line: p.Line, Column: p.Column, Message: p.Message})
		}
	}
	return findings
}
