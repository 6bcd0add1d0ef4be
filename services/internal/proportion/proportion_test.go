package proportion_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// The intervals are those of Wilson (1927), worked out by hand.
func TestASharesIntervalIsWilsons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ part, whole, share, lower, upper int64 }{
		{3, 10, 300, 108, 603}, {15, 50, 300, 191, 438}, {40, 100, 400, 309, 498}, {0, 5, 0, 0, 434}, {5, 5, 1000, 566, 1000},
	} {
		share, lower, upper, ok := proportion.Share{Part: c.part, Whole: c.whole}.PerMille()
		if !ok || int64(share) != c.share || int64(lower) != c.lower || int64(upper) != c.upper {
			t.Errorf("%d of %d: got %d [%d, %d], want %d [%d, %d]", c.part, c.whole, share, lower, upper, c.share, c.lower, c.upper)
		}
	}
	if _, _, _, ok := (proportion.Share{}).PerMille(); ok {
		t.Error("a share of nothing is known")
	}
}

func TestAShareLiesInItsInterval(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 1_000_000).Draw(t, "whole")
		part := rapid.Int64Range(0, whole).Draw(t, "part")
		share, lower, upper, _ := proportion.Share{Part: part, Whole: whole}.PerMille()
		if lower < 0 || lower > share || share > upper || upper > 1000 {
			t.Errorf("%d of %d: %d [%d, %d]", part, whole, share, lower, upper)
		}
	})
}
