package verdict_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// acme wants evidence for two reasons, knows five of the six, and has words of its own for three.
func acme() verdict.Policy {
	return verdict.Policy{
		Reasons: []verdict.Reason{verdict.BadFitFirmographic, verdict.BadFitBudget, verdict.NotReady, verdict.BadData, verdict.Competitor},
		Details: map[string]verdict.Reason{"wrong_persona": verdict.BadFitFirmographic, "wrong_geo": verdict.BadFitFirmographic,
			"poor_timing": verdict.NotReady, "seen_before": verdict.Duplicate},
		EvidenceFor: []verdict.Reason{verdict.BadFitFirmographic, verdict.BadData},
		Criteria:    []string{"size_fit", "competitor"},
		Fields:      []string{"account.employees", "lead.email", "lead.attributes"},
		Checklist:   []string{"need", "timing"},
		Confirmable: []string{"need", "timing", "budget"},
	}
}

var proof = []verdict.Evidence{{Field: "account.employees", Observed: "12"}}

func TestCompleteAnswersPass(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		given, want verdict.Answer
	}{
		{"an accept owes nothing", verdict.Answer{Step: verdict.Accept}, verdict.Answer{Step: verdict.Accept}},
		{"a decline owes nothing", verdict.Answer{Step: verdict.Decline, Comment: "not my region"},
			verdict.Answer{Step: verdict.Decline, Comment: "not my region"}},
		{"a reason alone", verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady},
			verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady}},
		{"a detail gives its reason", verdict.Answer{Step: verdict.Reject, Detail: "poor_timing"},
			verdict.Answer{Step: verdict.Reject, Detail: "poor_timing", Reason: verdict.NotReady}},
		{"a reason and one of its details", verdict.Answer{Step: verdict.Reject, Reason: verdict.BadFitFirmographic, Detail: "wrong_geo", Evidence: proof},
			verdict.Answer{Step: verdict.Reject, Reason: verdict.BadFitFirmographic, Detail: "wrong_geo", Evidence: proof}},
		{"a competitor with a name", verdict.Answer{Step: verdict.Reject, Reason: verdict.Competitor, Competitor: "Globex"},
			verdict.Answer{Step: verdict.Reject, Reason: verdict.Competitor, Competitor: "Globex"}},
		{"a recycle goes to nurture", verdict.Answer{Step: verdict.Recycle}, verdict.Answer{Step: verdict.Recycle, Target: verdict.ToNurture}},
		{"a recycle goes where it is sent", verdict.Answer{Step: verdict.Recycle, Target: verdict.ToNoContact},
			verdict.Answer{Step: verdict.Recycle, Target: verdict.ToNoContact}},
		{"an SQL with all that is asked and more",
			verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL, Rating: 5, Confirmed: []string{"timing", "budget", "need"}},
			verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL, Rating: 5, Confirmed: []string{"timing", "budget", "need"}}},
		{"only an SQL needs the checklist", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture, Reason: verdict.BadFitBudget, Rating: 2},
			verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture, Reason: verdict.BadFitBudget, Rating: 2}},
		{"who goes to nurture is not ready", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture, Rating: 2},
			verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture, Reason: verdict.NotReady, Rating: 2}},
		{"a detail says why it is disqualified", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Detail: "wrong_geo", Evidence: proof, Rating: 1},
			verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Reason: verdict.BadFitFirmographic, Detail: "wrong_geo", Evidence: proof, Rating: 1}},
		{"a word is a rating", verdict.Answer{Step: verdict.Recycle, Target: verdict.ToNurture, Quality: verdict.Partial},
			verdict.Answer{Step: verdict.Recycle, Target: verdict.ToNurture, Rating: 3}},
		{"a word beside its rating", verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Rating: 4, Quality: verdict.Strong},
			verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Rating: 4}},
		{"an accept with what was confirmed", verdict.Answer{Step: verdict.Accept, Confirmed: []string{"budget"}, NextStep: "call"},
			verdict.Answer{Step: verdict.Accept, Confirmed: []string{"budget"}, NextStep: "call"}},
		{"an attribute proves it", verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Evidence: []verdict.Evidence{{Criterion: "size_fit", Field: "lead.attributes.seats", Observed: "2"}}},
			verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Evidence: []verdict.Evidence{{Criterion: "size_fit", Field: "lead.attributes.seats", Observed: "2"}}}},
	} {
		got, err := acme().Check(test.given)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestEverythingThatKeepsAnAnswerBackIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		given   verdict.Answer
		fields  []string
		missing []string
	}{
		{"no reason", verdict.Answer{Step: verdict.Reject}, []string{"reason"}, []string{"reason"}},
		{"an unknown detail without a reason", verdict.Answer{Step: verdict.Reject, Detail: "moon_phase"}, []string{"detail"}, nil},
		{"an unknown detail beside a reason", verdict.Answer{Step: verdict.Reject, Reason: verdict.BadData, Detail: "moon_phase"},
			[]string{"detail", "evidence"}, []string{"evidence"}},
		{"a detail of another reason", verdict.Answer{Step: verdict.Reject, Reason: verdict.BadFitBudget, Detail: "poor_timing"}, []string{"detail"}, nil},
		{"a reason that is not the playbook's", verdict.Answer{Step: verdict.Reject, Reason: verdict.Duplicate}, []string{"reason"}, nil},
		{"a detail of such a reason", verdict.Answer{Step: verdict.Reject, Detail: "seen_before"}, []string{"reason"}, nil},
		{"no evidence where it is asked", verdict.Answer{Step: verdict.Reject, Detail: "wrong_persona"}, []string{"evidence"}, []string{"evidence"}},
		{"a competitor under another reason", verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Competitor: "Globex"},
			[]string{"competitor"}, nil},
		{"nothing but a competitor", verdict.Answer{Step: verdict.Reject, Competitor: "Globex"}, []string{"reason", "competitor"}, []string{"reason"}},
		{"a disposition without a rating", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Reason: verdict.Competitor}, []string{"rating"}, []string{"rating"}},
		{"a disqualification without a reason", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Rating: 1}, []string{"reason"}, []string{"reason"}},
		{"a disqualification that is not proved", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Reason: verdict.BadData, Rating: 1},
			[]string{"evidence"}, []string{"evidence"}},
		{"an SQL with a reason", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL, Reason: verdict.NotReady, Evidence: proof, Rating: 4, Confirmed: []string{"need", "timing"}},
			[]string{"reason", "evidence"}, nil},
		{"a rating and a word that differ", verdict.Answer{Step: verdict.Recycle, Rating: 4, Quality: verdict.Low}, []string{"quality"}, nil},
		{"evidence that names what nobody knows", verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady,
			Evidence: []verdict.Evidence{{Criterion: "jane_roe", Field: "account.employees"}, {Field: "lead.jane_roe"}, {Field: "lead.attributes"}, {Criterion: "size_fit", Field: "account.attributes.x"}}},
			[]string{"evidence[0].criterion", "evidence[1].field", "evidence[3].field"}, nil},
		{"what is on no checklist", verdict.Answer{Step: verdict.Accept, Confirmed: []string{"need", "jane_roe"}}, []string{"confirmed[1]"}, nil},
		{"an empty SQL", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL}, []string{"rating", "confirmed"},
			[]string{"rating", "confirmed.need", "confirmed.timing"}},
		{"half an SQL", verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL, Rating: 4, Confirmed: []string{"need"}},
			[]string{"confirmed"}, []string{"confirmed.timing"}},
	} {
		_, err := acme().Check(test.given)
		problems, ok := errors.AsType[*verdict.ProblemsError](err)
		if !ok {
			t.Errorf("%s: got %v, want problems", test.name, err)
			continue
		}
		var fields []string
		for _, p := range problems.Problems {
			fields = append(fields, p.Field)
		}
		if diff := cmp.Diff(test.fields, fields); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.missing, problems.Missing()); diff != "" {
			t.Errorf("%s: missing (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestAPlaybookMayLeaveTheRatingOpen(t *testing.T) {
	t.Parallel()
	policy := acme()
	policy.RatingOptional = true
	if _, err := policy.Check(verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture}); err != nil {
		t.Error(err)
	}
}

func TestChecklistFrames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		items, want []string
	}{
		{"none", nil, nil},
		{"own words", []string{"need", "timing"}, []string{"need", "timing"}},
		{"bant", []string{"bant"}, []string{"budget", "authority", "need", "timing"}},
		{"meddic", []string{"meddic"}, []string{"metrics", "economic_buyer", "decision_criteria", "decision_process", "identify_pain", "champion"}},
		{"a frame beside own words", []string{"timing", "bant", "security_review"}, []string{"timing", "budget", "authority", "need", "security_review"}},
	} {
		if diff := cmp.Diff(test.want, verdict.Checklist(test.items)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestStepsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for step := verdict.Step(0); step <= verdict.Dispose; step++ {
		if got := verdict.ParseStep(step.String()); got != step {
			t.Errorf("%d is written %q and read as %d", step, step, got)
		}
	}
	if got := verdict.ParseStep("promote"); got != 0 {
		t.Errorf("got %d for no step", got)
	}
	if got := verdict.Reason(200).String(); got != "" {
		t.Errorf("got %q for no reason", got)
	}
}

// answers draws anything that a caller can say.
func answers() *rapid.Generator[verdict.Answer] {
	words := rapid.SampledFrom([]string{"", "wrong_persona", "wrong_geo", "poor_timing", "seen_before", "moon_phase"})
	return rapid.Custom(func(t *rapid.T) verdict.Answer {
		a := verdict.Answer{
			Step:       verdict.Step(rapid.IntRange(1, 5).Draw(t, "step")),
			Reason:     verdict.Reason(rapid.IntRange(0, 6).Draw(t, "reason")),
			Detail:     words.Draw(t, "detail"),
			Competitor: rapid.SampledFrom([]string{"", "Globex"}).Draw(t, "competitor"),
			Outcome:    verdict.Outcome(rapid.IntRange(1, 3).Draw(t, "outcome")),
			Target:     verdict.Target(rapid.IntRange(0, 3).Draw(t, "target")),
			Rating:     rapid.IntRange(0, 5).Draw(t, "rating"),
			Quality:    verdict.Quality(rapid.IntRange(0, 3).Draw(t, "quality")),
			Comment:    rapid.SampledFrom([]string{"", "call back"}).Draw(t, "comment"),
		}
		a.Confirmed = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"need", "timing", "budget"}), rapid.ID[string]).Draw(t, "confirmed")
		if rapid.Bool().Draw(t, "proved") {
			a.Evidence = slices.Clone(proof)
		}
		return known(a)
	})
}

// known is an answer without what its step does not know.
func known(a verdict.Answer) verdict.Answer {
	if a.Step != verdict.Reject && a.Step != verdict.Dispose {
		a.Reason, a.Detail, a.Competitor, a.Evidence = 0, "", "", nil
	}
	if a.Step != verdict.Dispose {
		a.Outcome = 0
	}
	if a.Step != verdict.Recycle {
		a.Target = 0
	}
	return a
}

func TestWhatPassesIsCompleteAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		given := answers().Draw(t, "answer")
		checked, err := acme().Check(given)
		if err != nil {
			return
		}
		wants := checked.Step == verdict.Reject || checked.Step == verdict.Dispose && checked.Outcome != verdict.SQL
		if wants != slices.Contains(acme().Reasons, checked.Reason) || !wants && checked.Reason != 0 {
			t.Fatalf("%v %v for %v", checked.Step, checked.Outcome, checked.Reason)
		}
		if checked.Step == verdict.Recycle && checked.Target == 0 {
			t.Fatal("recycled to nowhere")
		}
		if again, err := acme().Check(checked); err != nil || !cmp.Equal(again, checked) {
			t.Fatalf("checked again: %v, %v", again, err)
		}
		if !given.Repeats(checked) || !checked.Repeats(checked) {
			t.Fatalf("%v does not repeat %v", given, checked)
		}
	})
}

// TestWhatIsRepairedPasses proves that a refusal names everything: who repairs what it names is not refused again.
func TestWhatIsRepairedPasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := answers().Draw(t, "answer")
		_, err := acme().Check(a)
		problems, ok := errors.AsType[*verdict.ProblemsError](err)
		if !ok {
			return
		}
		for _, p := range problems.Problems {
			repair(&a, p)
		}
		if _, err := acme().Check(a); err != nil {
			t.Fatalf("after the repair of %v: %v", problems, err)
		}
	})
}

// repair mends one problem in a way that makes no new one.
func repair(a *verdict.Answer, p verdict.Problem) {
	switch p.Field {
	case "reason":
		a.Reason, a.Detail, a.Evidence = verdict.Competitor, "", proof
		if a.Outcome == verdict.SQL {
			a.Reason, a.Evidence = 0, nil
		}
	case "detail":
		if a.Reason == 0 {
			a.Reason, a.Evidence = verdict.Competitor, proof
		}
		a.Detail = ""
	case "evidence":
		a.Evidence = proof
		if a.Outcome == verdict.SQL {
			a.Evidence = nil
		}
	case "quality":
		a.Quality = 0
	case "competitor":
		a.Competitor = ""
	case "rating":
		a.Rating = 3
	case "confirmed":
		a.Confirmed = []string{"need", "timing"}
	}
}

func TestAnythingElseIsNotARepetition(t *testing.T) {
	t.Parallel()
	full := verdict.Answer{Step: verdict.Reject, Reason: verdict.Competitor, Detail: "theirs", Evidence: proof, Competitor: "Globex",
		Outcome: verdict.SQL, Target: verdict.ToNurture, Rating: 3, Match: 1, Action: 1, Confirmed: []string{"need"}, NextStep: "call", Comment: "hm"}
	for name, change := range map[string]func(*verdict.Answer){
		"step":       func(a *verdict.Answer) { a.Step = verdict.Accept },
		"reason":     func(a *verdict.Answer) { a.Reason = verdict.BadData },
		"detail":     func(a *verdict.Answer) { a.Detail = "ours" },
		"no detail":  func(a *verdict.Answer) { a.Reason, a.Detail = 0, "" },
		"evidence":   func(a *verdict.Answer) { a.Evidence = nil },
		"competitor": func(a *verdict.Answer) { a.Competitor = "Initech" },
		"outcome":    func(a *verdict.Answer) { a.Outcome = verdict.Nurture },
		"target":     func(a *verdict.Answer) { a.Target = verdict.ToNoContact },
		"rating":     func(a *verdict.Answer) { a.Rating = 4 },
		"match":      func(a *verdict.Answer) { a.Match = 2 },
		"action":     func(a *verdict.Answer) { a.Action = 2 },
		"confirmed":  func(a *verdict.Answer) { a.Confirmed = []string{"timing"} },
		"next step":  func(a *verdict.Answer) { a.NextStep = "write" },
		"comment":    func(a *verdict.Answer) { a.Comment = "well" },
	} {
		other := full
		change(&other)
		if other.Repeats(full) {
			t.Errorf("an answer with another %s repeats the first", name)
		}
	}
}
