package criteria_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestNamesFollowTheDefinition(t *testing.T) {
	t.Parallel()
	d := playbook()
	var want []string
	for _, rule := range slices.Concat(d.Criteria, d.Conditions, d.Gates) {
		want = append(want, rule.Name)
	}
	if diff := cmp.Diff(want, mustCompile(t, d).Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestCompileReportsAllProblemsAtOnceWithTheirPlaces(t *testing.T) {
	t.Parallel()
	_, err := criteria.Compile(criteria.Definition{
		Lists: []string{"competitors"},
		Criteria: []criteria.Rule{
			{Name: "a", Expression: `account.employes >= 200`},
			{Name: "b", Expression: `account.employees >= "200"`},
			{Name: "c", Expression: "account.is_target &&\n  acount.is_customer"},
			{Name: "d", Expression: `a && b`},
			{Name: "e", Expression: `account.domain in lists.competitor`},
			{Name: "f", Expression: `account.employees`},
			{Name: "g", Expression: `account.employees >=`},
		},
		Conditions: []criteria.Rule{{Name: "x", Expression: `aa || fit > 70`}},
		Gates:      []criteria.Rule{{Name: "y", Expression: `engagement.count("webinar") > 0`}},
	})
	want := []string{
		`criteria.a:1:8: undefined field 'employes' (did you mean employees?)`,
		`criteria.b:1:19: found no matching overload for '_>=_' applied to '(int, string)'`,
		`criteria.c:2:3: undeclared reference to 'acount' (did you mean 'count' or 'account'?)`,
		`criteria.d:1:1: 'a' is a criterion; criteria look at facts only, not at each other`,
		`criteria.d:1:6: 'b' is a criterion; criteria look at facts only, not at each other`,
		`criteria.e:1:24: undefined field 'competitor' (did you mean competitors?)`,
		`criteria.f:1:8: the answer must be true or false, not int`,
		`criteria.g:1:21: the expression ends too early`,
		`conditions.x:1:1: undeclared reference to 'aa'`,
		`conditions.x:1:7: 'fit' is a score; only gates look at scores`,
		`gates.y:1:17: found no matching overload for 'count' applied to 'double.(string)' (in a gate engagement is the score: count events in a criterion and name it here)`,
	}
	if diff := cmp.Diff(want, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCompileRefusesExpressionsThatTypesAloneWouldLetPass(t *testing.T) {
	t.Parallel()
	const flat = "a list holds texts, numbers, booleans or times, and nothing nested"
	const mixed = "a list holds values of one type"
	const joined = "+ adds numbers and times; texts and lists cannot be joined"
	const ordered = "money has an order but no equality: use <, <=, > or >="
	const mapped = `a filter maps a property to a text or a list of texts, {"page": ["/pricing"]}`
	tests := []struct{ expression, want string }{
		{`account.annual_revenue == money("5 USD")`, "1:24: " + ordered},
		{`account.annual_revenue in [money("5 USD")]`, "1:24: " + ordered + "\n1:33: " + flat},
		{`account.annual_revenue > money("5 dollars")`, `1:32: parse money "5 dollars": not an amount such as "20000000 USD" or "0.99 EUR"`},
		{`account.annual_revenue > 5`, "1:24: found no matching overload for '_>_' applied to '(money, int)'"},
		{`engagement.count("a", within("two weeks")) > 1`, `1:30: parse window "two weeks": not a length of time such as "14d", "36h" or "1d12h"`},
		{`now - duration("-5h") > now`, `1:16: parse window "-5h": not a length of time such as "14d", "36h" or "1d12h"`},
		{`engagement.count("a", {"form": 5}) > 1`, "1:17: found no matching overload for 'count' applied to 'engagement.(string, map(string, int))'"},
		{`engagement.count("a", {"form": "x", "page": 5}) > 1`, "1:45: " + mapped},
		{`engagement.count("a", {"form": ["x"], "page": "y"}) > 1`, ""},
		{`engagement.count("a", {"form": lead.attributes["f"]}) > 1`, ""},
		{`engagement.count("a", {"fom": "x"}) > 1`, `1:24: an event has no property "fom"; it has page, form, asset, campaign, channel, source`},
		{`engagement.count("a", {lead.source: "x"}) > 1`, "1:28: a property is a literal text"},
		{`engagement.count("a", within("1d"), {"form": "x"}) > 1`, "1:17: found no matching overload for 'count' applied to 'engagement.(string, duration, map(string, string))'"},
		{`lead.title + "x" == "yx"`, "1:12: " + joined},
		{`size(account.technologies + ["x"]) > 1`, "1:27: " + joined},
		{`lead.attributes["a"] + lead.attributes["b"] == "2"`, "1:22: " + joined},
		{`lead.attributes["a"] > 5`, "1:22: found no matching overload for '_>_' applied to '(string, int)'"},
		{`[[1]] == [[2]]`, "1:2: " + flat + "\n1:11: " + flat},
		{`lead.attributes["a"] in ["b", 1]`, "1:25: " + mixed},
		{`lead.attributes["a"] in [lead.attributes["b"]]`, ""},
		{`account.technologies.map(t, t + "x").size() > 1`, "1:31: " + joined},
		{`account.technologies.map(t, size(t)).exists(n, n > 5)`, ""},
		{`account.technologies.filter(t, t != "jira").size() > 0`, ""},
		{`account.employees + 5 > 10 && now + duration("1d") > now`, ""},
		{`dyn(account.employees) == "x"`, "1:4: undeclared reference to 'dyn'"},
		{`type(lead) == type(account)`, "1:5: undeclared reference to 'type'\n1:19: undeclared reference to 'type'"},
		{`(account.is_target ? account : account).is_customer`, "1:20: a choice is between values; write which fact each branch looks at"},
		{`(account.is_target ? lead.source : account.domain) == "x"`, ""},
		{`lead{title: "x"} == lead`, "1:5: facts cannot be constructed"},
		{`lead.title.matches("(")`, "1:20: invalid matches argument"},
		{`lead.title.matches("(?i)\\b(vp|vice president|director|head of)\\b.*\\b(sales|marketing|revenue operations)\\b")`, ""},
		{`lead.title.matches("(a?){999}x")`, "1:20: regex program size 3999 exceeds limit of 500"},
		{`lead.title.matches(lead.source) || matches(lead.title, lead.source)`, "1:24: a pattern is a literal text\n1:60: a pattern is a literal text"},
		{`now > timestamp("yesterday")`, "1:17: invalid timestamp argument"},
		{`[1].exists(a, [1].exists(b, [1].exists(c, [1].exists(d, [1].exists(e, a == e)))))`,
			"1:67: comprehension exceeds nesting limit"},
		{`account.technologies.exists(size_fit, size_fit == "x")`, ""},
		{strings.Repeat("account.is_target || ", 190) + "true", ""},
		{strings.Repeat("(", 25) + "account.is_target" + strings.Repeat(")", 25), ""},
		{"", "1:1: the expression ends too early"},
		{`lead.title = "x"`, "1:12: Syntax error: token recognition error at: '= '\n1:14: Syntax error: extraneous input '\"x\"'"},
		{"lead.title == \"\xff\"", "the expression is not valid UTF-8"},
		{strings.Repeat(" ", 4092) + "true", ""},
		{strings.Repeat(" ", 4093) + "true", "the expression has 4097 bytes; at most 4096"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%.60s", tt.expression), func(t *testing.T) {
			t.Parallel()
			_, err := criteria.Compile(criteria.Definition{Criteria: []criteria.Rule{{Name: "r", Expression: tt.expression}}})
			var got []string
			for _, problem := range problems(t, err) {
				got = append(got, strings.TrimPrefix(strings.TrimPrefix(problem, "criteria.r:"), " "))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompileRefusesWrongNames(t *testing.T) {
	t.Parallel()
	rule := func(name string) criteria.Rule { return criteria.Rule{Name: name, Expression: "true"} }
	tests := []struct {
		name       string
		definition criteria.Definition
		want       []string
	}{
		{"words of the language",
			criteria.Definition{Criteria: []criteria.Rule{rule("fit"), rule("lead"), rule("in"), rule("string")}},
			[]string{"criteria.fit: ", "criteria.lead: ", "criteria.in: ", "criteria.string: "}},
		{"not identifiers",
			criteria.Definition{Criteria: []criteria.Rule{rule("Size"), rule("9a"), rule("a-b"), rule("ä"), rule(strings.Repeat("a", 64))}},
			[]string{"criteria.Size: ", "criteria.9a: ", "criteria.a-b: ", "criteria.ä: ", "criteria.aaa"}},
		{"used twice",
			criteria.Definition{Criteria: []criteria.Rule{rule("a"), rule("a")}, Conditions: []criteria.Rule{rule("a b"), rule("a b")}},
			[]string{"criteria.a: the name is used twice", "conditions.a b: the name is used twice"}},
		{"empty", criteria.Definition{Gates: []criteria.Rule{rule("")}}, []string{"gates.: a name has 1 to 128 bytes"}},
		{"too many rules", criteria.Definition{Gates: manyRules(501)}, []string{"criteria.: 501 rules; at most 500"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := criteria.Compile(tt.definition)
			got := problems(t, err)
			if len(got) != len(tt.want) {
				t.Fatalf("got %d problems %q, want %d", len(got), got, len(tt.want))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("problem %d = %q, want prefix %q", i, got[i], tt.want[i])
				}
			}
		})
	}
}

func TestListsAreCheckedOnlyWhereTheirNamesAreKnown(t *testing.T) {
	t.Parallel()
	rules := []criteria.Rule{{Name: "r", Expression: `account.domain in lists.competitor`}}
	mustCompile(t, criteria.Definition{Criteria: rules})
	_, err := criteria.Compile(criteria.Definition{Criteria: rules, Lists: []string{}})
	if diff := cmp.Diff([]string{"criteria.r:1:24: undefined field 'competitor'"}, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestEnvironmentListsWhatCompiles(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range criteria.Environment() {
		if v.Name == "" || v.Type == "" || v.Meaning == "" || len(v.Kinds) == 0 {
			t.Errorf("incomplete: %+v", v)
		}
		expression := strings.ReplaceAll(v.Name, "(type", `("t"`)
		for _, kind := range v.Kinds {
			rule := []criteria.Rule{{Name: "r", Expression: fmt.Sprintf("[true].exists(x, %s)", comparison(v, expression))}}
			d := map[criteria.Kind]criteria.Definition{
				criteria.Criterion: {Criteria: rule}, criteria.Condition: {Conditions: rule}, criteria.Gate: {Gates: rule},
				criteria.Check: {Checks: rule},
			}[kind]
			if _, err := criteria.Compile(d); err != nil {
				t.Errorf("%s in %v: %v", v.Name, kind, err)
			}
		}
		key := fmt.Sprintf("%s %v", v.Name, v.Kinds)
		if seen[key] {
			t.Errorf("%s is listed twice", v.Name)
		}
		seen[key] = true
	}
}

// comparison uses a variable in the way that its type allows.
func comparison(v criteria.Variable, expression string) string {
	if strings.HasPrefix(v.Type, "map") || strings.HasPrefix(v.Type, "list") {
		return "size(" + expression + ") == 0"
	}
	return expression + " <= " + expression
}

func manyRules(n int) []criteria.Rule {
	rules := make([]criteria.Rule, n)
	for i := range rules {
		rules[i] = criteria.Rule{Name: fmt.Sprint("r", i), Expression: "true"}
	}
	return rules
}

// problems returns the problems of a CompileError as texts, and nothing for nil.
func problems(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var refused *criteria.CompileError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a CompileError", err)
	}
	var texts []string
	for _, problem := range refused.Problems {
		texts = append(texts, problem.String())
	}
	return texts
}
