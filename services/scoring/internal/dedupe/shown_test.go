package dedupe_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
)

func TestSurvivingValueOfAField(t *testing.T) {
	t.Parallel()
	field := func(value string, origin dedupe.Origin, day int) dedupe.Field {
		return dedupe.Field{Value: value, Origin: origin, At: instant(day)}
	}
	old, young := "old", "young" // the leads; old is the survivor
	tests := map[string]struct {
		old, young dedupe.Field
		want       string // lead whose value is shown, or "" for none
	}{
		"manual before a newer verified":   {field("a", dedupe.Manual, 1), field("b", dedupe.Verified, 9), old},
		"verified before a newer reported": {field("a", dedupe.Reported, 9), field("b", dedupe.Verified, 1), young},
		"the newer of two manual":          {field("a", dedupe.Manual, 1), field("b", dedupe.Manual, 2), young},
		"the newer of two reported":        {field("a", dedupe.Reported, 2), field("b", dedupe.Reported, 1), old},
		"of one instant the survivor's":    {field("a", dedupe.Reported, 1), field("b", dedupe.Reported, 1), old},
		"no value never hides one":         {field("", dedupe.Manual, 9), field("b", dedupe.Reported, 1), young},
		"two missing values are none":      {field("", dedupe.Manual, 9), field("", dedupe.Reported, 1), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			leads := []dedupe.Lead{{ID: young, CreateTime: instant(2), Fields: map[string]dedupe.Field{"title": test.young}},
				{ID: old, CreateTime: instant(1), Fields: map[string]dedupe.Field{"title": test.old}}}
			want := map[string]dedupe.Field{}
			if test.want != "" {
				want["title"] = map[string]dedupe.Field{old: test.old, young: test.young}[test.want]
			}
			got, err := dedupe.Shown(leads...)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("fields, %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestOneLeadIsNotGatheredTwice(t *testing.T) {
	t.Parallel()
	lead := dedupe.Lead{ID: "a", CreateTime: instant(1)}
	if _, err := dedupe.Shown(lead, dedupe.Lead{ID: "b", CreateTime: instant(1)}, lead); !errors.Is(err, dedupe.ErrSameLead) {
		t.Errorf("got %v, want %v", err, dedupe.ErrSameLead)
	}
}

func TestWhatLeadsShowDoesNotDependOnTheirOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leads := drawLeads(t)
		want, err := dedupe.Shown(leads...)
		got, again := dedupe.Shown(rapid.Permutation(leads).Draw(t, "shuffled")...)
		if diff := cmp.Diff(want, got); err != nil || again != nil || diff != "" {
			t.Fatalf("fields, %v, %v (-want +got):\n%s", err, again, diff)
		}
	})
}

// drawLeads draws two to six leads, some of one age, with two fields.
func drawLeads(t *rapid.T) []dedupe.Lead {
	leads := make([]dedupe.Lead, rapid.IntRange(2, 6).Draw(t, "count"))
	for i := range leads {
		leads[i] = dedupe.Lead{ID: fmt.Sprintf("lead-%d", i), CreateTime: instant(rapid.IntRange(0, 2).Draw(t, "age"))}
		leads[i].Fields = map[string]dedupe.Field{}
		for _, name := range []string{"title", "phone"} {
			leads[i].Fields[name] = dedupe.Field{
				Value:  rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "value"),
				Origin: rapid.SampledFrom([]dedupe.Origin{dedupe.Reported, dedupe.Verified, dedupe.Manual}).Draw(t, "origin"),
				At:     instant(rapid.IntRange(0, 2).Draw(t, "at")),
			}
		}
	}
	return leads
}
