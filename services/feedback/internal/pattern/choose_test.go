package pattern_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

func TestOfASliceTheSurestFindingIsChosen(t *testing.T) {
	t.Parallel()
	campaign := func(name string) pattern.Slice { return pattern.Slice{Dimension: pattern.Campaign, Value: name} }
	found := func(part, whole int64, slices ...pattern.Slice) pattern.Finding {
		return pattern.Finding{Slices: slices, Share: proportion.Share{Part: part, Whole: whole}}
	}
	kate := pattern.Slice{Dimension: pattern.Rep, Value: "kate"}
	week := []pattern.Finding{found(40, 50, campaign("a")), found(8, 20, campaign("b")), found(30, 40, campaign("c")), found(7, 20, kate)}
	month := []pattern.Finding{found(80, 200, campaign("a")), found(80, 200, campaign("b")), found(30, 40, campaign("c")), found(99, 110, kate, campaign("d"))}
	want := []pattern.Choice{
		{Finding: month[3], Look: 1}, {Finding: week[0], Look: 0}, {Finding: week[2], Look: 0}, {Finding: month[1], Look: 1},
	}
	if diff := cmp.Diff(want, pattern.Choose([][]pattern.Finding{week, month})); diff != "" {
		t.Errorf("chosen (-want +got):\n%s", diff)
	}
}
