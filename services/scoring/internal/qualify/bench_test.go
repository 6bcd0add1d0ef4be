package qualify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// prospect is what the rules look at: twenty facts about a person and a company.
type prospect struct {
	Seniority, Function, Title, Country, Email, EmailKind, Source, Campaign, Partner, Seats string
	Domain, Industry, Region, Plan                                                          string
	Employees                                                                               int64
	Technologies                                                                            []string
	Target, Customer, Open, Owned                                                           bool
}

var ideal = prospect{Seniority: "vp", Function: "sales", Title: "VP Sales", Country: "US", Email: "northwind.example", EmailKind: "business",
	Source: "webinar", Campaign: "abm-q4", Partner: "acme", Seats: "250", Domain: "northwind.example", Industry: "software", Region: "emea", Plan: "pro",
	Employees: 900, Technologies: []string{"jira", "hubspot"}, Target: true, Owned: true}

// rule is one of 32 rules in the languages that are compared: ours, which is also that of cel-go with other names; that
// of expr; and Go. Each is worth 3 points.
type rule struct {
	cel, expr string
	holds     func(p *prospect) bool
}

func thirtyTwo() []rule {
	rules := []rule{
		{`account.employees >= 200 && account.employees <= 5000`, `Employees >= 200 && Employees <= 5000`, func(p *prospect) bool { return p.Employees >= 200 && p.Employees <= 5000 }},
		{`account.employees > 1000`, `Employees > 1000`, func(p *prospect) bool { return p.Employees > 1000 }},
		{`account.technologies.exists(t, t in ["salesforce", "hubspot"])`, `any(Technologies, # in ["salesforce", "hubspot"])`,
			func(p *prospect) bool {
				return slices.ContainsFunc(p.Technologies, func(t string) bool { return t == "salesforce" || t == "hubspot" })
			}},
		{`lead.seniority in ["director", "vp", "c_level"] && lead.function in ["sales", "marketing"]`,
			`Seniority in ["director", "vp", "c_level"] && Function in ["sales", "marketing"]`,
			func(p *prospect) bool {
				return (p.Seniority == "director" || p.Seniority == "vp" || p.Seniority == "c_level") && (p.Function == "sales" || p.Function == "marketing")
			}},
		{`lead.title.contains("Sales")`, `Title contains "Sales"`, func(p *prospect) bool { return strings.Contains(p.Title, "Sales") }},
		{`account.has_owner && !account.is_customer`, `Owned && !Customer`, func(p *prospect) bool { return p.Owned && !p.Customer }},
		{`account.is_target`, `Target`, func(p *prospect) bool { return p.Target }},
		{`account.has_open_opportunity`, `Open`, func(p *prospect) bool { return p.Open }},
	}
	for _, text := range []struct {
		cel, expr string
		of        func(p *prospect) string
	}{
		{"lead.country", "Country", func(p *prospect) string { return p.Country }},
		{"lead.email_domain", "Email", func(p *prospect) string { return p.Email }},
		{"lead.email_domain_kind", "EmailKind", func(p *prospect) string { return p.EmailKind }},
		{"lead.source", "Source", func(p *prospect) string { return p.Source }},
		{"lead.campaign", "Campaign", func(p *prospect) string { return p.Campaign }},
		{"lead.partner", "Partner", func(p *prospect) string { return p.Partner }},
		{`lead.attributes["seats"]`, "Seats", func(p *prospect) string { return p.Seats }},
		{"account.domain", "Domain", func(p *prospect) string { return p.Domain }},
		{"account.industry", "Industry", func(p *prospect) string { return p.Industry }},
		{"account.country", "Country", func(p *prospect) string { return p.Country }},
		{`account.attributes["region"]`, "Region", func(p *prospect) string { return p.Region }},
		{`account.attributes["plan"]`, "Plan", func(p *prospect) string { return p.Plan }},
	} {
		value := text.of(&ideal)
		rules = append(rules,
			rule{text.cel + ` in ["one", "` + value + `", "two"]`, text.expr + ` in ["one", "` + value + `", "two"]`,
				func(p *prospect) bool { v := text.of(p); return v == "one" || v == value || v == "two" }},
			rule{text.cel + ` == "other"`, text.expr + ` == "other"`, func(p *prospect) bool { return text.of(p) == "other" }})
	}
	return rules
}

// explained is the explanation of the references: for each rule what it is called, whether it holds and what it gives, and
// the sum.
type explained struct {
	lines []line
	total int64
}

type line struct {
	rule   string
	holds  bool
	points int64
}

func judge(names []string, holds func(i int) bool) explained {
	e := explained{lines: make([]line, len(names))}
	for i, name := range names {
		e.lines[i].rule = name
		if holds(i) {
			e.lines[i].holds, e.lines[i].points = true, 3_000_000
			e.total += 3_000_000
		}
	}
	return e
}

// BenchmarkRules scores one lead by 32 rules over twenty facts, with the explanation, on one core; beside it the same
// rules in Go by hand, in cel-go, and in expr. All give the same points.
func BenchmarkRules(b *testing.B) {
	rules := thirtyTwo()
	names := make([]string, len(rules))
	doc := &playbookv1.Document{Playbook: "rules", Criteria: map[string]string{}, Scoring: &playbookv1.ScoringPolicy{Fit: map[string]*playbookv1.FitRule{}},
		TargetAccounts: []*playbookv1.TargetAccount{{Domain: ideal.Domain}}}
	for i, r := range rules {
		names[i] = fmt.Sprintf("rule_%02d", i)
		doc.Criteria[names[i]] = r.cel
		doc.Scoring.Fit[names[i]] = &playbookv1.FitRule{Points: 3, When: names[i]}
	}
	want := judge(names, func(i int) bool { return rules[i].holds(&ideal) })
	run := func(name string, score func() int64) {
		b.Run(name, func(b *testing.B) {
			if got := score(); got != want.total {
				b.Fatalf("got %d, want %d", got, want.total)
			}
			b.ReportAllocs()
			for b.Loop() {
				score()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "leads/s")
		})
	}
	policy, subject := mustCompile(b, doc), ideal.subject()
	run("handoff", func() int64 {
		result := policy.Evaluate(subject, asOf)
		var sum int64
		for line := range result.Fit.Lines() { // they are made on the way
			sum += int64(line.Contribution)
		}
		return sum
	})
	run("go", func() int64 { return judge(names, func(i int) bool { return rules[i].holds(&ideal) }).total })
	run("cel-go", inCEL(b, rules, names))
	run("expr", inExpr(b, rules, names))
}

// subject is the prospect as scoring knows it.
func (p *prospect) subject() *qualify.Subject {
	lead := criteria.Lead{Seniority: criteria.Known(p.Seniority), Function: criteria.Known(p.Function), Title: criteria.Known(p.Title),
		Country: criteria.Known(p.Country), EmailDomain: criteria.Known(p.Email), EmailDomainKind: criteria.Known(p.EmailKind), Source: criteria.Known(p.Source),
		Campaign: criteria.Known(p.Campaign), Partner: criteria.Known(p.Partner), Attributes: map[string]string{"seats": p.Seats}}
	account := criteria.Account{Domain: criteria.Known(p.Domain), Industry: criteria.Known(p.Industry), Country: criteria.Known(p.Country),
		Employees: criteria.Known(p.Employees), Technologies: criteria.Known(p.Technologies), IsCustomer: criteria.Known(p.Customer),
		HasOpenOpportunity: criteria.Known(p.Open), Attributes: map[string]string{"region": p.Region, "plan": p.Plan}}
	return &qualify.Subject{Lead: lead, Account: &qualify.Account{Facts: account, Domains: []string{p.Domain}, Owner: "jane"}}
}

// inCEL has cel-go, as it comes, judge maps of the facts.
func inCEL(b *testing.B, rules []rule, names []string) func() int64 {
	b.Helper()
	env, err := cel.NewEnv(cel.Variable("lead", cel.MapType(cel.StringType, cel.DynType)), cel.Variable("account", cel.MapType(cel.StringType, cel.DynType)))
	if err != nil {
		b.Fatal(err)
	}
	programs := make([]cel.Program, len(rules))
	for i, r := range rules {
		ast, issues := env.Compile(r.cel)
		if issues.Err() != nil {
			b.Fatal(issues.Err())
		}
		if programs[i], err = env.Program(ast, cel.EvalOptions(cel.OptOptimize)); err != nil {
			b.Fatal(err)
		}
	}
	p := &ideal
	facts := map[string]any{
		"lead": map[string]any{"seniority": p.Seniority, "function": p.Function, "title": p.Title, "country": p.Country, "email_domain": p.Email,
			"email_domain_kind": p.EmailKind, "source": p.Source, "campaign": p.Campaign, "partner": p.Partner, "attributes": map[string]any{"seats": p.Seats}},
		"account": map[string]any{"domain": p.Domain, "industry": p.Industry, "country": p.Country, "employees": p.Employees, "technologies": p.Technologies,
			"is_target": p.Target, "is_customer": p.Customer, "has_open_opportunity": p.Open, "has_owner": p.Owned,
			"attributes": map[string]any{"region": p.Region, "plan": p.Plan}},
	}
	return func() int64 {
		return judge(names, func(i int) bool {
			out, _, err := programs[i].Eval(facts)
			if err != nil {
				b.Fatal(err)
			}
			return out.Value() == true
		}).total
	}
}

// inExpr has expr judge the facts.
func inExpr(b *testing.B, rules []rule, names []string) func() int64 {
	b.Helper()
	programs := make([]*vm.Program, len(rules))
	for i, r := range rules {
		var err error
		if programs[i], err = expr.Compile(r.expr, expr.Env(prospect{}), expr.AsBool()); err != nil {
			b.Fatal(err)
		}
	}
	var machine vm.VM
	return func() int64 {
		return judge(names, func(i int) bool {
			out, err := machine.Run(programs[i], ideal)
			if err != nil {
				b.Fatal(err)
			}
			return out == true
		}).total
	}
}
