package recalibrate_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
)

func TestBoundsBecomeStricterInStepsThatPeopleWouldChoose(t *testing.T) {
	for _, c := range []struct {
		field, op string
		value     float64
		want      []float64
	}{
		{"fit", ">", 70, []float64{75, 80, 85, 90, 95}},
		{"engagement", ">=", 90, []float64{95}},
		{"fit", "<", 10, []float64{5}},
		{"account.employees", ">=", 200, []float64{220, 250, 300, 350, 400, 450, 500, 600, 800, 1000}},
		{"account.employees", "<=", 5000, []float64{4500, 4000, 3300, 2900, 2500, 2200, 2000, 1700, 1200, 1000}},
		{"engagement.count", ">=", 1, []float64{2, 3, 4}},
		{"x", ">", 0, []float64{1, 2, 3}},
		{"x", ">", -200, []float64{-180, -160, -130, -110, -100, -89, -80, -67, -50, -40}},
		{"predicted.conversion", ">=", 0.25, []float64{0.28, 0.31, 0.38, 0.44, 0.5, 0.56, 0.62, 0.75, 1, 1.2}},
		{"x", "==", 5, nil},
	} {
		if diff := cmp.Diff(c.want, recalibrate.Bound{Field: c.field, Op: c.op, Value: c.value}.Steps()); diff != "" {
			t.Errorf("%s %s %v (-want +got):\n%s", c.field, c.op, c.value, diff)
		}
	}
}

func TestACandidateChangesWhatItSaysAndNothingElse(t *testing.T) {
	r := playbook()
	for _, c := range recalibrate.Candidates(r, bounds) {
		after := r.With(c.Edits...)
		if diff := cmp.Diff(c.Edits, after.Edits(r)); diff != "" {
			t.Errorf("%s: %s to %s (-want +got):\n%s", c.Subject, c.From, c.To, diff)
		}
		if len(r.Edits(playbook())) != 0 {
			t.Fatalf("%s changed the rules that it began with", c.Subject)
		}
	}
}

func TestPointsThatAreMovedStayAsManyInAll(t *testing.T) {
	sum := func(r recalibrate.Rules) (sum float64) {
		for _, p := range r.Points {
			sum += p
		}
		return sum
	}
	r, moved := playbook(), 0
	for _, c := range recalibrate.Candidates(r, bounds) {
		if len(c.Edits) == 2 {
			moved++
			if got := sum(r.With(c.Edits...)); got != sum(r) {
				t.Errorf("%s: %v points in all, want %v", c.Subject, got, sum(r))
			}
		}
	}
	if moved == 0 {
		t.Error("no points are moved")
	}
}

func TestAnAlternativeIsTakenAwayWhereTheCriterionIsOne(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"fit > 70 && (engagement > 50 || webinar || demo)", "fit > 70 && (engagement > 50 || demo)"},
		{"webinar || fit > 70", "fit > 70"},
		{"fit > 70 || webinar", "fit > 70"},
		{"fit > 70 && (webinar || demo)", "fit > 70 && (demo)"},
		{"fit > 70 && webinar", ""},
		{"fit > 70 || webinar && demo", ""},
		{"demo && webinar || fit > 70", ""},
		{"fit > 70 || webinar_attended", ""},
		{"fit > 70 || my_webinar", ""},
		{"fit > 70 || !webinar", ""},
		{"fit > 70 || my_webinar || webinar", "fit > 70 || my_webinar"},
	} {
		if got, ok := recalibrate.Without(c.line, "webinar"); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}

func TestALineIsEnclosedWhereAndWouldBindMore(t *testing.T) {
	for line, want := range map[string]string{
		"fit > 70 && (a || b)": "fit > 70 && (a || b)", "a || b": "(a || b)", "a ? b : c": "(a ? b : c)", "f(a || b)": "f(a || b)",
	} {
		if got := recalibrate.Enclosed(line); got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}

func TestALineWithTextsIsLeftAlone(t *testing.T) {
	r := playbook()
	r.Line = `fit > 70 && "a || webinar" != "b"`
	if slices.ContainsFunc(recalibrate.Candidates(r, bounds), func(c recalibrate.Change) bool { return c.Subject == "stages.mql: without webinar" }) {
		t.Error("a text is taken for an alternative")
	}
}

func TestAChangeIsExplainedByWhatBecameOfItsLeads(t *testing.T) {
	b := recalibrate.Because{Left: 36, LeftGood: 7, Kept: 84, KeptGood: 50,
		Words: []recalibrate.Word{{Word: "bad_fit_firmographic", Count: 24}, {Word: "disqualified", Count: 5}}}
	want := "Of the 36 leads that it leaves out, 7 (19 %) were good (sales said of the others: 24 bad fit firmographic, 5 disqualified); of the 84 that it keeps, 50 (60 %) were."
	if got := b.Sentence(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r := newWorld(1, weeks(9, 3), 60, small).run(recalibrate.Options{LeastKept: 0.5})
	got := r.steps[0].Because
	if f := r.steps[0].Figures; got.Left != f.LeftOut || got.Left-got.LeftGood != f.LeftBad || got.Kept != f.Kept || len(got.Words) != 2 || got.Words[0].Count < got.Words[1].Count {
		t.Errorf("the first change: %+v, figures %+v", got, f)
	}
}
