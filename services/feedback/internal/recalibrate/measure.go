package recalibrate

import (
	"cmp"
	"slices"

	"github.com/handoffhq/handoff/services/internal/proportion"
)

// Figures hold a draft against the playbook in force, at the same volume.
type Figures struct {
	Answered, Good   int // the cases
	Kept, KeptGood   int // those that the draft keeps
	BaseGood         int // the good ones among as many that the playbook holds best
	Swapped          int // the cases that the draft has in the place of as many others
	InGood, OutGood  int // the good ones among those, and among the others
	Gaining, Losing  int // weeks in which the draft has more good ones, and fewer
	LeftOut, LeftBad int // the cases that the draft does not keep, and the bad ones among them
}

// Gain is how many good ones more the draft has.
func (f Figures) Gain() int { return f.KeptGood - f.BaseGood }

// excess is by how much what the draft keeps is better than the average, counted in good cases and multiplied by all cases.
func (f Figures) excess() int { return f.KeptGood*f.Answered - f.Good*f.Kept }

// Points is what that is in points of precision.
func (f Figures) Points() float64 {
	if f.Kept == 0 {
		return 0
	}
	return 100 * float64(f.Gain()) / float64(f.Kept)
}

// P is how likely chance alone would put as many good ones or more among those that the draft has in the place of others: the
// one-sided exact test of Fisher. 1 if nothing is swapped.
func (f Figures) P() float64 {
	return proportion.Fisher(share(f.InGood, f.Swapped), share(f.OutGood, f.Swapped))
}

func share(part, whole int) proportion.Share {
	return proportion.Share{Part: int64(part), Whole: int64(whole)}
}

// level is what P must be below.
const level = 0.05

// Passes reports whether a draft proved itself.
func (f Figures) Passes() bool { return f.Gain() > 0 && f.P() < level }

// Measure holds a draft, by the cases that it keeps, against the playbook in force.
func Measure(cases []Judged, kept []bool) Figures { return measure(cases, best(cases), kept) }

// measure does so with the places of the cases, those first that the playbook holds best.
func measure(cases []Judged, order []int, kept []bool) Figures {
	f, weeks := Figures{Answered: len(cases)}, map[int]*tally{}
	for i, c := range cases {
		f.Good += one(c.Good)
		f.Kept += one(kept[i])
		f.KeptGood += one(kept[i] && c.Good)
		if weeks[c.Week] == nil {
			weeks[c.Week] = &tally{}
		}
		weeks[c.Week].kept += one(kept[i])
		weeks[c.Week].gain += one(kept[i] && c.Good)
	}
	f.LeftOut, f.LeftBad = f.Answered-f.Kept, f.Answered-f.Kept-(f.Good-f.KeptGood)
	for place, i := range order {
		held, good := place < f.Kept, cases[i].Good
		f.BaseGood += one(held && good)
		f.Swapped += one(kept[i] && !held)
		f.InGood += one(kept[i] && !held && good)
		f.OutGood += one(!kept[i] && held && good)
		weeks[cases[i].Week].hold(good)
	}
	for _, w := range weeks {
		f.Gaining += one(w.gain > 0)
		f.Losing += one(w.gain < 0)
	}
	return f
}

// tally is the gain of one week, at the volume of that week.
type tally struct{ kept, held, gain int }

// hold counts the next best case of the week.
func (t *tally) hold(good bool) {
	if t.held++; t.held <= t.kept {
		t.gain -= one(good)
	}
}

// best are the places of cases, those first that the playbook in force holds best.
func best(cases []Judged) []int {
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(cases[b].Combined, cases[a].Combined), cases[a].order(cases[b].Case))
	})
	return order
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
