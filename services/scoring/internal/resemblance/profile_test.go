package resemblance_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/resemblance"
)

func size(n int64) *int64 { return &n }

// software and banks are the customers of two teams.
func software() []resemblance.Company {
	return []resemblance.Company{
		{Industry: "software", Employees: size(300), Country: "US", Technologies: []string{"salesforce", "slack"}, Attributes: map[string]string{"use_case": "routing"}},
		{Industry: "software", Employees: size(999), Country: "US", Technologies: []string{"salesforce"}},
		{Industry: "software", Employees: size(49), Country: "DE"},
		{Industry: "fintech", Employees: size(5000), Technologies: []string{"hubspot", "hubspot"}},
	}
}

func banks() []resemblance.Company {
	return []resemblance.Company{
		{Industry: "banking", Employees: size(7000), Country: "US", Technologies: []string{"salesforce"}},
		{Industry: "fintech", Employees: size(200), Country: "US"},
	}
}

func TestAProfileCountsWhatIsKnown(t *testing.T) {
	t.Parallel()
	want := resemblance.Profile{Attributes: []resemblance.Attribute{
		{Name: "industry", Known: 4, Values: []resemblance.Value{{"software", 3}, {"fintech", 1}}},
		{Name: "employees", Known: 4, Values: []resemblance.Value{{"200-999", 2}, {"1-49", 1}, {"5000+", 1}}},
		{Name: "country", Known: 3, Values: []resemblance.Value{{"US", 2}, {"DE", 1}}},
		{Name: "technology", Known: 3, Values: []resemblance.Value{{"salesforce", 2}, {"hubspot", 1}, {"slack", 1}}},
		{Name: "use_case", Known: 1, Values: []resemblance.Value{{"routing", 1}}},
		{Name: "region"},
	}}
	if diff := cmp.Diff(want, resemblance.Make(software(), "use_case", "industry", "region")); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
}

func TestTeamsAgreeAndDiverge(t *testing.T) {
	t.Parallel()
	got := resemblance.Compare(resemblance.Make(software(), "use_case"), resemblance.Make(banks()))
	var lines []string
	for _, a := range got.Attributes {
		lines = append(lines, fmt.Sprintf("%s: both %v, left %v, right %v, overlap %.3f %v", a.Name, a.Agree, a.Left, a.Right, a.Overlap, a.KnownLeft && a.KnownRight))
	}
	want := []string{
		"industry: both [fintech], left [software], right [banking], overlap 0.143 true", // .25 of 1.75
		"employees: both [200-999 5000+], left [1-49], right [], overlap 0.600 true",     // .75 of 1.25
		"country: both [US], left [DE], right [], overlap 0.500 true",                    // .667 of 1.333
		"technology: both [salesforce], left [hubspot slack], right [], overlap 0.400 true",
		"use_case: both [], left [routing], right [], overlap 0.000 false",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("comparison (-want +got):\n%s", diff)
	}
	if mean := (1.0/7 + 0.6 + 0.5 + 0.4) / 4; math.Abs(got.Overlap-mean) > 1e-9 || !got.Comparable {
		t.Errorf("overlap %g, want %g", got.Overlap, mean)
	}
	if nothing := resemblance.Compare(resemblance.Profile{}, resemblance.Make(banks())); nothing.Comparable {
		t.Errorf("got %+v, want nothing that can be compared", nothing)
	}
}

func TestARatingSaysWhy(t *testing.T) {
	t.Parallel()
	y := resemblance.Agreed(resemblance.Make(software()), resemblance.Make(banks()))
	bank := resemblance.Company{Industry: "fintech", Employees: size(6000), Country: "FR", Technologies: nil}
	points, reasons := y.Points(bank), y.Reasons(bank)
	want := []string{"industry fintech: 25% of both teams' customers", "employees 5000+: 25% of both teams' customers",
		"country FR: none of both teams' customers", "technology is not known"}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if points != resemblance.Full*3/8 { // all of one attribute and half of another, of four
		t.Errorf("got %d points, want %d", points, resemblance.Full*3/8)
	}
	if best := y.Points(resemblance.Company{Industry: "fintech", Employees: size(200), Country: "US", Technologies: []string{"cobol", "salesforce"}}); best != resemblance.Full {
		t.Errorf("the most frequent of everything gets %d, want %d", best, resemblance.Full)
	}
	if apart := resemblance.Agreed(resemblance.Make(software()), resemblance.Make([]resemblance.Company{{Industry: "mining"}})); !apart.Empty() {
		t.Errorf("profiles without a common value make a yardstick: %+v", apart)
	}
}

func companies() *rapid.Generator[[]resemblance.Company] {
	word := rapid.SampledFrom([]string{"", "a", "b", "c"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) resemblance.Company {
		return resemblance.Company{Industry: word.Draw(t, "industry"), Employees: rapid.Ptr(rapid.Int64Range(0, 9000), true).Draw(t, "employees"),
			Country: word.Draw(t, "country"), Technologies: rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3).Draw(t, "technologies")}
	}), 0, 8)
}

func TestComparisonsAreSymmetricAndRatingsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		left, right := resemblance.Make(companies().Draw(t, "left")), resemblance.Make(companies().Draw(t, "right"))
		there, back := resemblance.Compare(left, right), resemblance.Compare(right, left)
		if math.Abs(there.Overlap-back.Overlap) > 1e-9 || there.Overlap < 0 || there.Overlap > 1+1e-9 {
			t.Fatalf("overlap %g and %g", there.Overlap, back.Overlap)
		}
		if self := resemblance.Compare(left, left); self.Comparable && math.Abs(self.Overlap-1) > 1e-9 {
			t.Fatalf("overlap with itself %g", self.Overlap)
		}
		for _, c := range companies().Draw(t, "candidates") {
			for _, y := range []resemblance.Yardstick{resemblance.Agreed(left, right), resemblance.Of(left)} {
				if points := y.Points(c); points < 0 || points > resemblance.Full {
					t.Fatalf("%d points", points)
				}
			}
		}
	})
}
