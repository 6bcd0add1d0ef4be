package proportion

import "gonum.org/v1/gonum/mat"

// Stratified compares the shares of slices within strata: strata[h][i] is the share of slice i among the cases of stratum h.
// What differs between strata alone counts for nothing. All strata list the same slices.
//
// It is the generalised statistic of Cochran, Mantel and Haenszel for a general association (Landis, Heyman and Koch 1978,
// International Statistical Review 46:237-254): the slices' sums of cases over those expected, weighed by their covariance
// when cases are dealt out within each stratum by chance.
func Stratified(strata [][]Share) Test {
	if len(strata) == 0 {
		return Test{}
	}
	n := len(strata[0])
	excess, covariance, ties := make([]float64, n), mat.NewSymDense(max(n, 1), nil), newTies(n)
	for _, stratum := range strata {
		addStratum(stratum, excess, covariance, ties)
	}
	return statistic(excess, covariance, ties.free())
}

// addStratum adds what one stratum tells.
func addStratum(stratum []Share, excess []float64, covariance *mat.SymDense, ties ties) {
	var all Share
	for _, s := range stratum {
		all = all.Plus(s)
	}
	if all.Part == 0 || all.Part == all.Whole { // all cases alike
		return
	}
	p, n := all.float(), float64(all.Whole)
	scale := p * (1 - p) / (n - 1)
	first := -1
	for i, s := range stratum {
		if s.Whole == 0 {
			continue
		}
		if first < 0 {
			first = i
		}
		ties.join(first, i)
		size := float64(s.Whole)
		excess[i] += float64(s.Part) - size*p
		covariance.SetSym(i, i, covariance.At(i, i)+scale*size*(n-size))
		for j := range i {
			if other := float64(stratum[j].Whole); other > 0 {
				covariance.SetSym(i, j, covariance.At(i, j)-scale*size*other)
			}
		}
	}
}

// statistic weighs the excess of the free slices by the inverse of their covariance.
func statistic(excess []float64, covariance *mat.SymDense, free []int) Test {
	if len(free) == 0 {
		return Test{}
	}
	over, within := mat.NewVecDense(len(free), nil), mat.NewSymDense(len(free), nil)
	for a, i := range free {
		over.SetVec(a, excess[i])
		for b, j := range free[:a+1] {
			within.SetSym(a, b, covariance.At(i, j))
		}
	}
	var factor mat.Cholesky
	weighed := mat.NewVecDense(len(free), nil)
	if !factor.Factorize(within) || factor.SolveVecTo(weighed, over) != nil {
		return Test{} // numerically nothing is left to compare
	}
	return Test{Statistic: mat.Dot(over, weighed), Freedom: len(free)}
}

// ties are groups of slices that share strata, as a forest: each slice refers to another of its group, or to itself. Only
// slices of one group can be compared. The covariance is the Laplacian of that graph: its rank is the number of slices less
// the number of groups, so that one slice a group follows from the others.
type ties []int

func newTies(n int) ties {
	t := make(ties, n)
	for i := range t {
		t[i] = i
	}
	return t
}

func (t ties) root(i int) int {
	for t[i] != i {
		i = t[i]
	}
	return i
}

func (t ties) join(i, j int) {
	if a, b := t.root(i), t.root(j); a != b {
		t[max(a, b)] = min(a, b)
	}
}

// free are all slices but one a group.
func (t ties) free() []int {
	var all []int
	for i := range t {
		if t.root(i) != i {
			all = append(all, i)
		}
	}
	return all
}
