package criteria_test

import (
	"fmt"
	"testing"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// thirtyTwo is a playbook of 32 rules over most of the facts: the example's 19
// and 13 more criteria of the usual kind.
func thirtyTwo() criteria.Definition {
	d := playbook()
	for i, expression := range []string{
		`lead.country in ["US", "CA", "GB", "DE"]`,
		`lead.email_domain_kind == "business"`,
		`lead.source in ["ads", "webinar", "partner"]`,
		`lead.title.contains("Sales")`,
		`lead.seniority == "manager"`,
		`account.employees > 1000`,
		`account.is_target`,
		`account.has_owner && !account.is_customer`,
		`account.industry == "retail"`,
		`account.annual_revenue < money("1000000 USD")`,
		`engagement.count("content_download", within("30d")) >= 2`,
		`engagement.count("page_view", {"page": ["/case-studies"]}, within("30d")) >= 1`,
		`engagement.last("email_click") > now - within("7d")`,
	} {
		d.Criteria = append(d.Criteria, criteria.Rule{Name: fmt.Sprint("more_", i), Expression: expression})
	}
	return d
}

func BenchmarkEvaluate32Rules(b *testing.B) {
	set, facts := mustCompile(b, thirtyTwo()), ideal()
	if n := len(set.Names()); n != 32 {
		b.Fatalf("the playbook has %d rules", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		evaluation := set.Evaluate(facts, asOf)
		evaluation.Conditions()
		evaluation.Gates(criteria.Scores{Fit: 71_000_000, Engagement: 51_000_000})
	}
}

func BenchmarkCompile32Rules(b *testing.B) {
	d := thirtyTwo()
	b.ReportAllocs()
	for b.Loop() {
		mustCompile(b, d)
	}
}
