package proportion_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Men and women admitted by six departments of Berkeley: Bickel, Hammel and O'Connell (1975), Science 187:398. Overall the
// shares differ widely; within the departments they do not.
func TestWhatDiffersBetweenStrataAloneCountsForNothing(t *testing.T) {
	t.Parallel()
	departments := [][]proportion.Share{
		{share(512, 825), share(89, 108)}, {share(353, 560), share(17, 25)}, {share(120, 325), share(202, 593)},
		{share(138, 417), share(131, 375)}, {share(53, 191), share(94, 393)}, {share(22, 373), share(24, 341)},
	}
	got := proportion.Stratified(departments)
	if math.Abs(got.Statistic-1.5246) > 0.00005 || got.Freedom != 1 || math.Abs(got.P()-0.2169) > 0.00005 {
		t.Errorf("got %.4f with %d degrees of freedom, P %.4f; want 1.5246, 1, 0.2169", got.Statistic, got.Freedom, got.P())
	}
	var men, women proportion.Share
	for _, d := range departments {
		men.Part, men.Whole, women.Part, women.Whole = men.Part+d[0].Part, men.Whole+d[0].Whole, women.Part+d[1].Part, women.Whole+d[1].Whole
	}
	if overall := proportion.Homogeneity([]proportion.Share{men, women}); overall.P() > 1e-15 {
		t.Errorf("overall: %v, P %v", overall, overall.P())
	}
}

// In one stratum the statistic is Pearson's times (n - 1)/n.
func TestOneStratumIsPearsons(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var shares []proportion.Share
		var n int64
		for range rapid.IntRange(2, 9).Draw(t, "slices") {
			part, rest := rapid.Int64Range(20, 90).Draw(t, "part"), rapid.Int64Range(20, 90).Draw(t, "rest")
			shares, n = append(shares, share(part, part+rest)), n+part+rest
		}
		pearson, got := proportion.Homogeneity(shares), proportion.Stratified([][]proportion.Share{shares})
		want := pearson.Statistic * float64(n-1) / float64(n)
		if got.Freedom != pearson.Freedom || math.Abs(got.Statistic-want) > 1e-9*max(1, want) {
			t.Errorf("got %v, want %v with %d degrees of freedom", got, want, pearson.Freedom)
		}
	})
}

// All ways to deal out the parts within two strata are counted; their mean and covariance weigh the excess.
func TestTheStatisticIsThatOfAllDeals(t *testing.T) {
	t.Parallel()
	strata := [][]proportion.Share{{share(3, 4), share(1, 3), share(0, 2)}, {share(2, 2), share(1, 4), share(1, 1)}}
	got := proportion.Stratified(strata)
	var mean [2]float64
	var covariance [2][2]float64
	var observed [2]float64
	for _, stratum := range strata {
		m, c := dealt(stratum)
		for i := range 2 {
			mean[i], observed[i] = mean[i]+m[i], observed[i]+float64(stratum[i].Part)
			for j := range 2 {
				covariance[i][j] += c[i][j]
			}
		}
	}
	x, y := observed[0]-mean[0], observed[1]-mean[1]
	det := covariance[0][0]*covariance[1][1] - covariance[0][1]*covariance[1][0]
	want := (x*x*covariance[1][1] - 2*x*y*covariance[0][1] + y*y*covariance[0][0]) / det
	if got.Freedom != 2 || math.Abs(got.Statistic-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// dealt is the mean and the covariance of the parts of the first two slices over all ways to choose which cases have it.
func dealt(stratum []proportion.Share) (mean [2]float64, covariance [2][2]float64) {
	var slice []int
	var part int
	for i, s := range stratum {
		part += int(s.Part)
		for range s.Whole {
			slice = append(slice, i)
		}
	}
	var deals float64
	var second [2][2]float64
	for set := range 1 << len(slice) {
		var n int
		var counts [3]float64
		for i, s := range slice {
			if set>>i&1 == 1 {
				n, counts[s] = n+1, counts[s]+1
			}
		}
		if n != part {
			continue
		}
		deals++
		for i := range 2 {
			mean[i] += counts[i]
			for j := range 2 {
				second[i][j] += counts[i] * counts[j]
			}
		}
	}
	for i := range 2 {
		mean[i] /= deals
	}
	for i := range 2 {
		for j := range 2 {
			covariance[i][j] = second[i][j]/deals - mean[i]*mean[j]
		}
	}
	return mean, covariance
}

func TestSlicesThatShareNoStratumAreNotCompared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		strata [][]proportion.Share
		free   int
	}{
		{"none", nil, 0},
		{"no slice", [][]proportion.Share{{}}, 0},
		{"each slice has a stratum of its own", [][]proportion.Share{{share(9, 10), {}}, {{}, share(1, 10)}}, 0},
		{"strata all alike", [][]proportion.Share{{share(10, 10), share(7, 7)}, {share(0, 3), share(0, 4)}}, 0},
		{"two pairs", [][]proportion.Share{{share(9, 10), share(1, 10), {}, {}}, {{}, {}, share(5, 10), share(4, 10)}}, 2},
		{"a chain", [][]proportion.Share{{share(9, 10), share(1, 10), {}}, {{}, share(5, 10), share(4, 10)}}, 2},
		{"an empty slice", [][]proportion.Share{{share(9, 10), {}, share(1, 10)}}, 1},
	} {
		if got := proportion.Stratified(c.strata); got.Freedom != c.free {
			t.Errorf("%s: %v, want %d degrees of freedom", c.name, got, c.free)
		}
	}
}
