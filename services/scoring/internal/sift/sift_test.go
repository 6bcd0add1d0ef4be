package sift_test

import (
	"slices"
	"testing"

	"github.com/handoffhq/handoff/services/scoring/internal/sift"
)

func TestSplitKeepsTheOrderOfBothAndTheListAsItIs(t *testing.T) {
	t.Parallel()
	all := []int{3, 2, 1, 4, 6, 5}
	even, odd := sift.Split(all, func(n int) bool { return n%2 == 0 })
	if !slices.Equal(even, []int{2, 4, 6}) || !slices.Equal(odd, []int{3, 1, 5}) || !slices.Equal(all, []int{3, 2, 1, 4, 6, 5}) {
		t.Errorf("got %v and %v of %v", even, odd, all)
	}
	if some, none := sift.Split[int](nil, nil); some != nil || none != nil {
		t.Errorf("of nothing: got %v and %v", some, none)
	}
}
