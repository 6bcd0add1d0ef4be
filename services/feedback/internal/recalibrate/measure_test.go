package recalibrate_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
)

// row is a case: its score, whether it is good, and whether the draft keeps it.
type row struct {
	score      int64
	good, kept bool
	week       int
}

func measured(rows ...row) recalibrate.Figures {
	var cases []recalibrate.Judged
	var kept []bool
	for i, r := range rows {
		cases = append(cases, recalibrate.Judged{Case: recalibrate.Case{Handoff: string(rune('a' + i)), Good: r.good, Word: "w", Week: r.week}, Combined: r.score})
		kept = append(kept, r.kept)
	}
	return recalibrate.Measure(cases, kept)
}

func TestTheDraftIsHeldAgainstAsManyCasesThatThePlaybookHoldsBest(t *testing.T) {
	got := measured(row{90, false, false, 0}, row{80, true, true, 0}, row{70, false, false, 0}, row{60, true, true, 1}, row{50, true, true, 1})
	want := recalibrate.Figures{Answered: 5, Good: 3, Kept: 3, KeptGood: 3, BaseGood: 1, Swapped: 2, InGood: 2, OutGood: 0, Gaining: 1, LeftOut: 2, LeftBad: 2}
	if diff := cmp.Diff(want, got); diff != "" || got.Gain() != 2 || math.Abs(got.Points()-200.0/3) > 1e-9 || math.Abs(got.P()-1.0/6) > 1e-9 {
		t.Errorf("gain %d, %v points, p %v (-want +got):\n%s", got.Gain(), got.Points(), got.P(), diff)
	}
}

func TestEqualScoresAreOrderedByTimeThenByName(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	cases := []recalibrate.Judged{
		{Case: recalibrate.Case{Handoff: "c", At: at, Good: false}}, {Case: recalibrate.Case{Handoff: "b", At: at, Good: true}},
		{Case: recalibrate.Case{Handoff: "a", At: at.Add(1), Good: false}},
	}
	for range 3 {
		if got := recalibrate.Measure(cases, []bool{true, false, false}); got.BaseGood != 1 {
			t.Errorf("the playbook holds another case best: %v", got)
		}
		cases[0], cases[2] = cases[2], cases[0]
	}
}

func TestFiguresAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
			return row{rapid.Int64Range(0, 5).Draw(t, "score"), rapid.Bool().Draw(t, "good"), rapid.Bool().Draw(t, "kept"), rapid.IntRange(0, 2).Draw(t, "week")}
		}), 0, 20).Draw(t, "rows")
		f := measured(rows...)
		if f.Gain() != f.InGood-f.OutGood || f.Swapped > min(f.Kept, f.LeftOut) || f.Good != f.KeptGood+f.LeftOut-f.LeftBad {
			t.Fatalf("%+v", f)
		}
		if p := f.P(); p < 0 || p > 1 || f.Passes() && f.Gain() <= 0 {
			t.Fatalf("p %v: %+v", p, f)
		}
		if !slices.ContainsFunc(rows, func(r row) bool { return !r.kept }) && f.Swapped+f.Gain() != 0 {
			t.Fatalf("a draft that keeps everything is no better: %+v", f)
		}
	})
}

func TestALeadIsInOnePartOnceByItsLastCase(t *testing.T) {
	p := recalibrate.Period{End: monday, Weeks: 3, Held: 1}
	at := func(days int) time.Time { return monday.AddDate(0, 0, -days) }
	training, held := p.Split([]recalibrate.Case{
		{Handoff: "1", Lead: "a", At: at(20)}, {Handoff: "2", Lead: "a", At: at(3)}, {Handoff: "3", Lead: "b", At: at(8)},
		{Handoff: "4", Lead: "c", At: at(21)}, {Handoff: "5", Lead: "d", At: at(22)}, {Handoff: "6", Lead: "e", At: at(0)}, {Handoff: "7", Lead: "f", At: at(7)},
	})
	names := func(cases []recalibrate.Case) (all []string) {
		for _, c := range cases {
			all = append(all, c.Handoff)
		}
		return all
	}
	if diff := cmp.Diff([][]string{{"4", "3"}, {"7", "2"}}, [][]string{names(training), names(held)}); diff != "" {
		t.Errorf("training and held-out cases (-want +got):\n%s", diff)
	}
	if training[0].Week != 0 || training[1].Week != 1 || held[0].Week != 2 {
		t.Errorf("weeks %d, %d, %d", training[0].Week, training[1].Week, held[0].Week)
	}
}
