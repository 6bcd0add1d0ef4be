package criteria_test

import (
	"fmt"
	"math"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// grammar draws expressions over the environment, and facts that make them true, false, unknown or fail.
type grammar struct{ t *rapid.T }

func (g grammar) pick(of ...string) string { return rapid.SampledFrom(of).Draw(g.t, "pick") }

// words are few, so that facts and expressions meet.
func (g grammar) word() string {
	return g.pick("a", "b", "vp", "5", "-3.5", "NaN", "", "über", "/pricing")
}

func (g grammar) literal() string { return fmt.Sprintf("%q", g.word()) }

func (g grammar) fact() string {
	return g.pick("lead.seniority", "lead.title", "lead.source", "account.domain", `lead.attributes["a"]`, `account.attributes.b`)
}

func (g grammar) text() string { return g.pick(g.fact(), g.fact(), g.literal()) }

func (g grammar) texts() string {
	return g.pick("account.technologies", "account.domains", "account.triggers")
}

func (g grammar) literals() string {
	n := rapid.IntRange(1, 12).Draw(g.t, "n")
	all := make([]string, n)
	for i := range all {
		all[i] = g.literal()
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func (g grammar) order() string    { return g.pick("<", "<=", ">", ">=") }
func (g grammar) relation() string { return g.pick("<", "<=", ">", ">=", "==", "!=") }

func (g grammar) whole(depth int) string {
	switch rapid.IntRange(0, 6).Draw(g.t, "whole") {
	case 0:
		return g.pick("account.employees", "account.committee_coverage")
	case 1:
		return g.pick("0", "1", "5", "-1", "9223372036854775807")
	case 2:
		return g.count()
	case 3:
		return "int(" + g.fact() + ")"
	case 4:
		return g.pick("size(account.technologies)", "size(lead.title)", "lead.title.size()", "size(lead.attributes)")
	default:
		if depth == 0 {
			return "-account.employees"
		}
		return "(" + g.whole(depth-1) + g.pick(" + ", " - ", " * ", " / ", " % ") + g.whole(depth-1) + ")"
	}
}

func (g grammar) history() string { return g.pick("engagement", "engagement", "account.events") }

func (g grammar) kind() string { return g.pick(`"a"`, `"b"`, `lead.source`) }

func (g grammar) count() string {
	filter := g.pick("", `, {"page": "a"}`, `, {"form": ["a", "b"], "page": ["/pricing", "a"]}`, `, {}`)
	return g.history() + ".count(" + g.kind() + filter + g.pick("", `, within("3d")`, `, now - engagement.last("a")`, `, duration("1d") - within("1d")`) + ")"
}

func (g grammar) instant() string {
	return g.pick("now", g.history()+".last("+g.kind()+")", `timestamp("2026-03-01T00:00:00Z")`, `(now - within("2d"))`, `(now + duration("1h30m"))`, `(within("2d") + engagement.last("b"))`,
		`(timestamp("0001-01-01T00:00:00Z") - within("1d"))`)
}

func (g grammar) length() string {
	return g.pick(`within("2d")`, "(now - "+g.instant()+")", "("+g.instant()+` - timestamp("0009-01-01T00:00:00Z"))`, `(within("1d") + duration("5h"))`, `(now - engagement.last("a") - within("2d"))`)
}

func (g grammar) money() string {
	return g.pick("account.annual_revenue", `money("5 USD")`, `money("0.5 EUR")`)
}

func (g grammar) boolean(depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 6).Draw(g.t, "joint") {
		case 0, 1:
			return "(" + g.boolean(depth-1) + " && " + g.boolean(depth-1) + ")"
		case 2, 3:
			return "(" + g.boolean(depth-1) + " || " + g.boolean(depth-1) + ")"
		case 4:
			return "!(" + g.boolean(depth-1) + ")"
		case 5:
			return "(" + g.boolean(depth-1) + " ? " + g.boolean(depth-1) + " : " + g.boolean(depth-1) + ")"
		}
	}
	return g.question()
}

// question draws a boolean that joins no others, except in a loop.
func (g grammar) question() string {
	switch rapid.IntRange(0, 13).Draw(g.t, "question") {
	case 0:
		return g.pick("account.is_target", "account.has_owner", "true", "false", "account.is_customer == account.is_target", "account.is_surging",
			"account.trigger_points "+g.relation()+" 5.5", "account.trigger_points "+g.order()+" 5")
	case 1:
		return g.text() + " " + g.relation() + " " + g.text()
	case 2:
		return g.text() + " in " + g.literals()
	case 3:
		return g.text() + " in " + g.pick("account.technologies", "lists.x", "lists.y", "lead.attributes", "[]")
	case 4:
		return g.whole(2) + " " + g.relation() + " " + g.whole(1)
	case 5:
		return g.whole(1) + " in [1, 5, -3]"
	case 6:
		return "double(" + g.fact() + ") " + g.pick(g.relation()+" 1.5", g.relation()+" -3.5", g.order()+" 5", g.relation()+" double("+g.fact()+")")
	case 7:
		return g.instant() + " " + g.relation() + " " + g.instant()
	case 8:
		return g.length() + " " + g.relation() + " " + g.length()
	case 9:
		return g.money() + " " + g.order() + " " + g.money()
	case 10:
		return g.text() + g.pick(".contains(", ".startsWith(", ".endsWith(") + g.text() + ")"
	case 11:
		return g.text() + `.matches("^[ab5]+$")`
	case 12:
		return g.pick("has(lead.title)", "has(account.employees)", "has(lists.x)", "has(lead.attributes.a)", "has(account.technologies)", "has(account.attributes)",
			"has(account.annual_revenue)", "has(account.is_target)", "has(account.events)", "has(account.trigger_points)")
	default:
		return g.pick(g.texts(), g.literals()) + g.pick(".exists(", ".all(") + "t, t " + g.relation() + " " + g.text() +
			g.pick("", " || int(t) > 3", " && account.employees > 5", " ? t in "+g.literals()+" : "+g.text()+".contains(t)") + ")"
	}
}

func (g grammar) gate(depth int) string {
	switch rapid.IntRange(0, 5).Draw(g.t, "gate") {
	case 0, 1:
		return g.pick("fit", "engagement", "combined") + " " + g.pick(g.order()+" 70", g.relation()+" 50.000001", g.relation()+" 70.1")
	case 2:
		return g.pick("one", "two", "lead.source == "+g.literal())
	default:
		if depth == 0 {
			return "fit > engagement"
		}
		return "(" + g.gate(depth-1) + g.pick(" && ", " || ") + g.gate(depth-1) + ")"
	}
}

// score draws one that is near a threshold.
func (g grammar) score() int64 {
	return rapid.SampledFrom([]int64{0, 50_000_000, 50_000_001, 50_000_002, 70_000_000, 70_000_001, 70_100_000, 70_100_001}).Draw(g.t, "score")
}

func maybe[T any](g grammar, draw func() T) criteria.Opt[T] {
	if rapid.IntRange(0, 2).Draw(g.t, "known") == 0 {
		return criteria.Opt[T]{}
	}
	return criteria.Known(draw())
}

func (g grammar) words() []string {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return grammar{t}.word() }), 0, 4).Draw(g.t, "words")
}

func (g grammar) attributes() map[string]string {
	all := map[string]string{}
	for _, name := range g.words() {
		all[name] = g.word()
	}
	return all
}

func (g grammar) facts() *criteria.Facts {
	flag := func() bool { return rapid.Bool().Draw(g.t, "flag") }
	f := &criteria.Facts{
		Lead: criteria.Lead{Seniority: maybe(g, g.word), Title: maybe(g, g.word), Source: maybe(g, g.word), Attributes: g.attributes()},
		Account: criteria.Account{
			Domain: maybe(g, g.word), Domains: maybe(g, g.words), Technologies: maybe(g, g.words), Attributes: g.attributes(),
			Employees: maybe(g, func() int64 {
				return rapid.SampledFrom([]int64{0, 1, 5, -3, math.MaxInt64, math.MinInt64}).Draw(g.t, "employees")
			}),
			Triggers: maybe(g, g.words), CommitteeCoverage: maybe(g, func() int64 { return rapid.Int64Range(0, 6).Draw(g.t, "coverage") }),
			TriggerPoints: maybe(g, func() criteria.Points {
				return rapid.SampledFrom([]criteria.Points{0, 5_000_000, 5_500_000, 5_500_001}).Draw(g.t, "points")
			}),
			Events: maybe(g, func() criteria.History { return criteria.History{Events: g.events(), AsOf: asOf} }), IsSurging: maybe(g, flag),
			IsTarget: maybe(g, flag), IsCustomer: maybe(g, flag), HasOwner: maybe(g, flag),
			AnnualRevenue: maybe(g, func() criteria.Money {
				return criteria.Money{Currency: g.pick("USD", "EUR"), Units: rapid.Int64Range(0, 6).Draw(g.t, "units"), Nanos: rapid.SampledFrom([]int32{0, 500_000_000}).Draw(g.t, "nanos")}
			}),
		},
		Lists: map[string]*criteria.List{"x": criteria.NewList(g.words())},
	}
	f.Engagements = g.events()
	return f
}

func (g grammar) events() []criteria.Event {
	var events []criteria.Event
	for range rapid.IntRange(0, 6).Draw(g.t, "events") {
		events = append(events, criteria.Event{Type: g.pick("a", "b"), Page: g.word(), Form: g.word(),
			OccurredAt: ago(time.Duration(rapid.IntRange(-1, 6).Draw(g.t, "days")) * day)})
	}
	return events
}

// corpus are expressions that try each corner once.
func corpus() []string {
	return []string{
		`has(lead.attributes.a) && double(lead.attributes["a"]) > 1.5 || now - engagement.last("x") < within("1d12h")`,
		`account.technologies.all(t, t in ["jira", "hubspot"] || size(t) > 100)`,
		`account.annual_revenue > money("1 EUR") || account.employees / 0 > 1 || lead.title == "x"`,
		`(account.is_target ? account.employees : size(lead.title)) > 5`,
		`account.employees + 9223372036854775807 > 0 && lead.source == ""`,
		`engagement.count("form_submit", {"form": ["pricing"], "page": "/x"}, within("3d")) >= 1`,
		`account.events.count("job_ad", within("3d")) > 1 && account.trigger_points > 5.5 || account.events.last("a") > now`,
		`"a" in [] || lead.title in []`,
		`!(lead.title in ["a", "b", "c", "d", "e", "f", "g", "h", "i"])`,
	}
}
