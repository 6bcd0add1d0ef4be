package criteria_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestBoundsAreTheNumbersThatSomethingIsComparedWith(t *testing.T) {
	t.Parallel()
	type bound struct {
		field, op string
		value     float64
		text      string
	}
	for expression, want := range map[string][]bound{
		`account.employees >= 200 && account.employees <= 5000`: {{"account.employees", ">=", 200, "200"}, {"account.employees", "<=", 5000, "5000"}},
		`fit > 70 && (engagement > 50.5 || high_intent)`:        {{"fit", ">", 70, "70"}, {"engagement", ">", 50.5, "50.5"}},
		`70 < fit`:                            {{"fit", ">", 70, "70"}},
		`-5 >= int(lead.attributes["größe"])`: {{`int(lead.attributes["größe"])`, "<=", -5, "-5"}},
		`lead.title == "Größe" && fit > - 3`:  {{"fit", ">", -3, "- 3"}},
		`engagement.count("webinar", within("14d")) >= 2`: {
			{`engagement.count("webinar", within("14d"))`, ">=", 2, "2"}},
		`account.employees > 0x10 && fit < 1e1`: {{"account.employees", ">", 16, "0x10"}, {"fit", "<", 10, "1e1"}},
		`account.industry == "software"`:        nil,
		`account.committee_coverage == 50`:      nil, // an equation has no side to move to
		`1 < 2`:                                 nil,
		`fit >`:                                 nil,
		`fit > ` + strings.Repeat(" ", criteria.MaxExpression) + `70`:  nil,
		`account.annual_revenue >= money("20000000 USD") && fit >= 60`: {{"fit", ">=", 60, "60"}},
	} {
		var got []bound
		for _, b := range criteria.Bounds(expression) {
			got = append(got, bound{b.Field, b.Op, b.Value, expression[b.Start:b.End]})
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(bound{})); diff != "" {
			t.Errorf("%.80s (-want +got):\n%s", expression, diff)
		}
	}
}

// TestAnotherNumberInItsPlaceIsThatBoundAlone puts another number in the place of a bound.
func TestAnotherNumberInItsPlaceIsThatBoundAlone(t *testing.T) {
	t.Parallel()
	const expression = `lead.country == "Å" && account.employees >= 200 && 5000 > account.employees || fit >= 70.5`
	before := criteria.Bounds(expression)
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(before)-1).Draw(t, "bound")
		n := rapid.SampledFrom([]string{"7", "12.25", "-3", "4000000"}).Draw(t, "number")
		after := criteria.Bounds(expression[:before[i].Start] + n + expression[before[i].End:])
		if len(after) != len(before) {
			t.Fatalf("got %d bounds, want %d", len(after), len(before))
		}
		for j := range after {
			if same := after[j].Value == before[j].Value; same == (i == j) || after[j].Field != before[j].Field || after[j].Op != before[j].Op {
				t.Errorf("bound %d is %v, and was %v", j, after[j], before[j])
			}
		}
	})
}

func FuzzBounds(f *testing.F) {
	f.Add(`fit > 70 && -5 < account.employees`)
	f.Add(`"é" == a || 0x1F <= b.c[2].d`)
	f.Fuzz(func(t *testing.T, expression string) {
		last := 0
		for _, b := range criteria.Bounds(expression) {
			if b.Start < last || b.End <= b.Start || b.End > len(expression) {
				t.Fatalf("%q: bound at %d to %d after %d", expression, b.Start, b.End, last)
			}
			last = b.End
		}
	})
}
