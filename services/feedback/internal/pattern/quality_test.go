package pattern_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
)

func TestAMeanRatingFellByHalfAMarkOfTwentyEach(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		recent, before pattern.Ratings
		fell           bool
	}{
		{"by one half", pattern.Ratings{Sum: 70, Count: 20}, pattern.Ratings{Sum: 80, Count: 20}, true},
		{"by less", pattern.Ratings{Sum: 71, Count: 20}, pattern.Ratings{Sum: 80, Count: 20}, false},
		{"by exactly one half of thirds", pattern.Ratings{Sum: 95, Count: 30}, pattern.Ratings{Sum: 110, Count: 30}, true},
		{"of too few now", pattern.Ratings{Sum: 19, Count: 19}, pattern.Ratings{Sum: 80, Count: 20}, false},
		{"of too few before", pattern.Ratings{Sum: 20, Count: 20}, pattern.Ratings{Sum: 95, Count: 19}, false},
		{"rose", pattern.Ratings{Sum: 80, Count: 20}, pattern.Ratings{Sum: 40, Count: 20}, false},
	} {
		drops := pattern.Drops([]pattern.Rated{{Ratings: c.recent}}, []pattern.Rated{{Ratings: c.before}}, 0.5, 20)
		if len(drops) > 0 != c.fell {
			t.Errorf("%s: %v against %v: got %v, want %v", c.name, c.recent, c.before, drops, c.fell)
		}
	}
}

func TestRatingsAreComparedOverallAndBySourceAndCampaign(t *testing.T) {
	t.Parallel()
	recent := []pattern.Rated{
		{Origin: pattern.Origin{Source: "web", Campaign: "a", Rep: "kate"}, Ratings: pattern.Ratings{Sum: 30, Count: 20}},
		{Origin: pattern.Origin{Source: "web", Campaign: "b", Rep: "omar"}, Ratings: pattern.Ratings{Sum: 60, Count: 15}},
	}
	before := []pattern.Rated{
		{Origin: pattern.Origin{Source: "web", Campaign: "a", Rep: "kate"}, Ratings: pattern.Ratings{Sum: 80, Count: 20}},
		{Origin: pattern.Origin{Source: "web", Campaign: "b", Rep: "omar"}, Ratings: pattern.Ratings{Sum: 60, Count: 15}},
	}
	all, then := pattern.Ratings{Sum: 90, Count: 35}, pattern.Ratings{Sum: 140, Count: 35}
	want := []pattern.Drop{
		{Slice: pattern.Slice{Dimension: pattern.All}, Recent: all, Before: then},
		{Slice: pattern.Slice{Dimension: pattern.Source, Value: "web"}, Recent: all, Before: then},
		{Slice: pattern.Slice{Dimension: pattern.Campaign, Value: "a"}, Recent: recent[0].Ratings, Before: before[0].Ratings},
	}
	if diff := cmp.Diff(want, pattern.Drops(recent, before, 0.5, 20)); diff != "" {
		t.Errorf("drops (-want +got):\n%s", diff)
	}
}
