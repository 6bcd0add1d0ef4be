package recalibrate_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
)

func TestAPlantedBoundIsFoundAndNothingElse(t *testing.T) {
	passed, near := 0, 0
	const seeds = 20
	for seed := range uint64(seeds) {
		r := newWorld(seed, weeks(9, 3), 60, small).run(recalibrate.Options{LeastKept: 0.5})
		if len(r.steps) != 1 || r.steps[0].Subject != "criteria.size_fit: account.employees >=" || !r.steps[0].Up {
			t.Errorf("seed %d: found %v", seed, r.steps)
			continue
		}
		switch b := bounds(r.rules.Criteria["size_fit"])[0].Value; {
		case b < 300 || b > 600:
			t.Errorf("seed %d: found %s, want about 400", seed, r.rules.Criteria["size_fit"])
		case b >= 350 && b <= 450:
			near++
		}
		if r.held.Passes() {
			passed++
		}
	}
	if passed < seeds*9/10 || near < seeds*8/10 {
		t.Errorf("of %d, %d passed on the weeks held out and %d are a step from 400 at most", seeds, passed, near)
	}
}

func TestTwoPlantedEffectsAreFoundTogether(t *testing.T) {
	w := newWorld(3, weeks(12, 4), 120, func(facts map[string]float64) float64 {
		if facts["webinars"] > 0 && facts["demos"] == 0 && facts["score"] <= 50 {
			return 0.1
		}
		return small(facts)
	})
	r := w.run(recalibrate.Options{})
	got := map[string]bool{}
	for _, s := range r.steps {
		got[s.Subject] = true
	}
	want := map[string]bool{"criteria.size_fit: account.employees >=": true, "stages.mql: without webinar": true}
	if diff := cmp.Diff(want, got); diff != "" || !r.held.Passes() {
		t.Errorf("found (-want +got):\n%s\n%v", diff, r.held)
	}
	if line := "fit > 70 && (score > 50 || demo)"; r.rules.Line != line {
		t.Errorf("the line is %s, want %s", r.rules.Line, line)
	}
}

func TestWithoutASignalNothingIsProposed(t *testing.T) {
	seeds, passed := 200, 0
	if testing.Short() {
		seeds = 40
	}
	for seed := range uint64(seeds) {
		if r := newWorld(seed, weeks(6, 2), 30, even).run(recalibrate.Options{}); len(r.steps) > 0 && r.held.Passes() {
			passed++
		}
	}
	t.Logf("%d of %d passed", passed, seeds)
	if passed > seeds/20+int(3*math.Sqrt(float64(seeds)*0.05*0.95)) { // three standard errors above one in twenty
		t.Errorf("%d of %d passed without any signal, want at most one in twenty", passed, seeds)
	}
}

func TestHeldOutLabelsChooseNothing(t *testing.T) {
	for seed := range uint64(10) {
		w := newWorld(seed, weeks(6, 2), 60, small)
		want := w.run(recalibrate.Options{})
		luck := rand.New(rand.NewPCG(seed, 2))
		for i := range w.cases {
			if !w.cases[i].At.Before(w.period.HeldFrom()) {
				w.cases[i].Good = luck.IntN(2) == 0
			}
		}
		got := w.run(recalibrate.Options{})
		if diff := cmp.Diff(want.steps, got.steps); diff != "" {
			t.Errorf("seed %d: other labels of weeks held out chose another change (-want +got):\n%s", seed, diff)
		}
	}
}

func TestTheOrderOfCasesChangesNothing(t *testing.T) {
	for seed := range uint64(5) {
		w := newWorld(seed, weeks(6, 2), 60, small)
		want := w.run(recalibrate.Options{})
		rand.New(rand.NewPCG(seed, 3)).Shuffle(len(w.cases), func(i, j int) { w.cases[i], w.cases[j] = w.cases[j], w.cases[i] })
		got := w.run(recalibrate.Options{})
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(result{})); diff != "" {
			t.Errorf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

func TestWhatATeamRefusedIsNotTriedUntilThereAreTwiceAsManyCases(t *testing.T) {
	w := newWorld(1, weeks(9, 3), 60, small)
	first := w.run(recalibrate.Options{}).steps[0]
	for _, c := range []struct {
		what  string
		then  recalibrate.Dissent
		tried bool
	}{
		{"as many cases", recalibrate.Dissent{Subject: first.Subject, Up: true, Cases: len(w.cases)}, false},
		{"nearly twice as many", recalibrate.Dissent{Subject: first.Subject, Up: true, Cases: len(w.cases)/2 + 1}, false},
		{"twice as many", recalibrate.Dissent{Subject: first.Subject, Up: true, Cases: len(w.cases) / 2}, true},
		{"the other direction", recalibrate.Dissent{Subject: first.Subject, Cases: len(w.cases)}, true},
	} {
		r := w.run(recalibrate.Options{Dissent: []recalibrate.Dissent{c.then}})
		found := len(r.steps) > 0 && r.steps[0].Subject == first.Subject
		if found != c.tried || (len(r.refused) == 0) != c.tried {
			t.Errorf("%s: found %v, left out %v", c.what, r.steps, r.refused)
		}
	}
}

func TestADraftKeepsAsManyCasesAsItMust(t *testing.T) {
	w := newWorld(1, weeks(9, 3), 60, small)
	free := w.run(recalibrate.Options{})
	kept := float64(free.steps[0].Figures.Kept) / float64(free.steps[0].Figures.Answered)
	for _, s := range w.run(recalibrate.Options{LeastKept: kept + 0.05}).steps {
		if float64(s.Figures.Kept) < (kept+0.05)*float64(s.Figures.Answered) {
			t.Errorf("%s keeps %d of %d", s.Subject, s.Figures.Kept, s.Figures.Answered)
		}
	}
}

func TestATrialThatCannotBeJudgedIsPassedOver(t *testing.T) {
	w := newWorld(1, weeks(9, 3), 60, small)
	training, _ := w.period.Split(w.cases)
	s := recalibrate.NewSearch(w.rules, bounds, w.judged(training), recalibrate.Options{MostChanges: 3})
	s.Learn(make([][]bool, len(s.Trials())))
	if steps, _ := s.Found(); len(steps) > 0 || len(s.Trials()) > 0 {
		t.Errorf("found %v, and %d more to try", steps, len(s.Trials()))
	}
}
