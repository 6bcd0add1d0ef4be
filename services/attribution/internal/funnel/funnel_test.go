package funnel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/attribution/internal/funnel"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
)

func usual() []funnel.Milestone {
	return []funnel.Milestone{funnel.Lead, funnel.MQL, funnel.SAL, funnel.SQL, funnel.Opportunity, funnel.Won}
}

func leads(stages []funnel.Stage) []int64 {
	var counts []int64
	for _, s := range stages {
		counts = append(counts, s.Leads)
	}
	return counts
}

func TestALeadCountsInEveryMilestoneBeforeItsFurthest(t *testing.T) {
	t.Parallel()
	sqlFirst := []funnel.Milestone{funnel.Lead, funnel.MQL, funnel.SQL, funnel.SAL, funnel.Opportunity, funnel.Won}
	tests := []struct {
		name  string
		reach funnel.Reach
		order []funnel.Milestone
		want  []int64
	}{
		{"a lead and no more", funnel.Reached(funnel.Lead), usual(), []int64{1, 0, 0, 0, 0, 0}},
		{"accepted", funnel.Reached(funnel.Lead, funnel.MQL, funnel.SAL), usual(), []int64{1, 1, 1, 0, 0, 0}},
		{"skipped to the opportunity", funnel.Reached(funnel.Lead, funnel.Opportunity), usual(), []int64{1, 1, 1, 1, 1, 0}},
		{"won without a word before", funnel.Reached(funnel.Won), usual(), []int64{1, 1, 1, 1, 1, 1}},
		{"accepted, where SQL comes before SAL", funnel.Reached(funnel.Lead, funnel.SAL), sqlFirst, []int64{1, 1, 1, 1, 0, 0}},
		{
			"what the order does not name counts for nothing", funnel.Reached(funnel.Lead, funnel.SAL),
			[]funnel.Milestone{funnel.Lead, funnel.MQL, funnel.Won}, []int64{1, 0, 0},
		},
		{"nothing that the order names", funnel.Reached(funnel.Lead), []funnel.Milestone{funnel.MQL}, []int64{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := leads(funnel.Stages([]funnel.Group{{Reach: tt.reach, Leads: 1}}, tt.order))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConversionIsOutOfTheStageBefore(t *testing.T) {
	t.Parallel()
	groups := []funnel.Group{
		{Reach: funnel.Reached(funnel.Lead), Leads: 6},
		{Reach: funnel.Reached(funnel.Lead, funnel.MQL), Leads: 2},
	}
	want := []funnel.Stage{
		{Milestone: funnel.Lead, Leads: 8},
		{Milestone: funnel.MQL, Leads: 2, Conversion: pipeline.Ratio{Numerator: 2, Denominator: 8}},
		{Milestone: funnel.SAL, Conversion: pipeline.Ratio{Denominator: 2}},
		{Milestone: funnel.SQL},
	}
	if diff := cmp.Diff(want, funnel.Stages(groups, usual()[:4])); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
}

func TestSourcesSumToTheWholeAndCountsNeverRise(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOf(anyGroup()).Draw(t, "groups")
		order := rapid.Permutation(usual()).Draw(t, "order")
		whole := leads(funnel.Stages(groups, order))
		sum := make([]int64, len(order))
		var names []string
		for _, s := range funnel.BySource(groups, order) {
			names = append(names, s.Source)
			for i, n := range leads(s.Stages) {
				sum[i] += n
			}
		}
		if diff := cmp.Diff(whole, sum); diff != "" {
			t.Errorf("sources do not sum to the whole (-whole +sum):\n%s", diff)
		}
		for i := 1; i < len(whole); i++ {
			if whole[i] > whole[i-1] {
				t.Errorf("stage %d counts %d, the one before %d", i, whole[i], whole[i-1])
			}
		}
		for i := 1; i < len(names); i++ {
			if names[i] <= names[i-1] {
				t.Errorf("sources are not sorted: %q", names)
			}
		}
	})
}

func anyGroup() *rapid.Generator[funnel.Group] {
	return rapid.Custom(func(t *rapid.T) funnel.Group {
		return funnel.Group{
			Source: rapid.SampledFrom([]string{"", "ads", "web"}).Draw(t, "source"),
			Reach:  funnel.Reached(rapid.SliceOf(rapid.SampledFrom(usual())).Draw(t, "reached")...),
			Leads:  rapid.Int64Range(0, 100).Draw(t, "leads"),
		}
	})
}
