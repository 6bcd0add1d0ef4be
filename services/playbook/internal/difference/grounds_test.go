package difference_test

import (
	"strings"
	"testing"
)

// TestAGroundKeepsItsCriterionByAnotherName proves that another name of a criterion is no other ground.
func TestAGroundKeepsItsCriterionByAnotherName(t *testing.T) {
	t.Parallel()
	with := strings.Replace(base, "feedback:\n", "feedback:\n  grounds: {size_fit: bad_fit_firmographic, student: competitor}\n", 1)
	got := differences(t, with, "size_fit", "big_enough")
	if len(got) != 1 || got[0].Sentence != "Criterion size_fit is now called big_enough and means the same" {
		t.Errorf("got %+v", got)
	}
}
