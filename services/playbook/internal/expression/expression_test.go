package expression_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

func TestNamesAreNeitherMembersNorTexts(t *testing.T) {
	t.Parallel()
	const text = `size_fit && account.size_fit == "webinar" || engagement.count('it\'s webinar', {"a": r"\"}) > 1e3 // webinar
		&& ["""a "webinar" b"""].exists(t, t == high) || .email_engaged && 1 in .lists.own`
	want := []string{"size_fit", "account", "engagement", "t", "t", "high", "email_engaged", "in", "lists"}
	if diff := cmp.Diff(want, slices.Collect(expression.Names(text))); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestPlainLeavesOutSpacingAndCommentsAlone(t *testing.T) {
	t.Parallel()
	for text, same := range map[string]string{
		"a&&b":            "a  &&\n b // why",
		`a == "x  y"`:     `a=="x  y"`,
		"fit > 70":        "fit>70",
		`f("a", "b") > 1`: `f( "a","b" )>1`,
	} {
		if expression.Plain(text) != expression.Plain(same) {
			t.Errorf("%q and %q: %q, %q", text, same, expression.Plain(text), expression.Plain(same))
		}
	}
	for text, other := range map[string]string{`a == "x  y"`: `a == "x y"`, "a && b": "a || b", "ab": "a b", "1 2": "12"} {
		if expression.Plain(text) == expression.Plain(other) {
			t.Errorf("%q and %q are taken for the same", text, other)
		}
	}
}

func TestRenameTouchesNamesAlone(t *testing.T) {
	t.Parallel()
	got := expression.Rename(`fit_a && account.fit_a == "fit_a"  && fit_ab || fit_a`, map[string]string{"fit_a": "big"})
	if want := `big && account.fit_a == "fit_a"  && fit_ab || big`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnyTextIsTakenAndKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune(`ab1 "'\/.&\nr`)))).Draw(t, "text")
		if got := expression.Rename(text, map[string]string{"no such name": "x"}); got != text {
			t.Fatalf("got %q, want %q", got, text)
		}
		if plain := expression.Plain(text); !strings.Contains(text, "//") && expression.Plain(plain) != plain {
			t.Fatalf("%q became %q and then %q", text, plain, expression.Plain(plain))
		}
	})
}

func TestFactsAreNamesWithTheirFirstMember(t *testing.T) {
	t.Parallel()
	text := `account . is_target && "a.b" in account.triggers // lead.title
		&& lead.attributes.seats == "x" && engagement.count("page_view") > 0 && size_fit.x().y
		&& (account).events.count("a") > 0 && lead.title in ((account)).domains && has((lead).country) && .lists.own == account.` + "`domain`" + `
		&& money("1 EUR").amount && f(account).plain && [now].all`
	want := []string{"account.is_target", "account.triggers", "lead.attributes", "engagement.count", "size_fit.x",
		"account.events", "lead.title", "account.domains", "lead.country", "lists.own", "account.domain"}
	if got := slices.Collect(expression.Facts(text)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
