package qualify_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

func TestThePolicySaysWhatItMakesOfALead(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, document())
	type verdict struct {
		Disqualifier string
		Intent       qualify.Intent
		OverLine     bool
		FirstMatch   []int
		Target       bool
	}
	for name, c := range map[string]struct {
		change func(*qualify.Subject)
		want   verdict
	}{
		"over the line":     {func(*qualify.Subject) {}, verdict{"", qualify.High, true, []int{1, 2}, true}},
		"exactly 30 points": {func(s *qualify.Subject) { s.Engagements = nil }, verdict{"", qualify.Low, false, []int{2}, true}},
		"medium intent": {func(s *qualify.Subject) { s.Engagements[0].Type = "webinar_attend" },
			verdict{"", qualify.Medium, false, []int{2}, true}},
		"no account": {func(s *qualify.Subject) { s.Account = nil }, verdict{"", qualify.High, false, nil, false}},
		"not a target": {func(s *qualify.Subject) { s.Account.Domains = []string{"other.example"} },
			verdict{"", qualify.High, true, nil, false}},
		"a child of a target": {func(s *qualify.Subject) { s.Account.Domains = []string{"labs.example", "globex.example"} },
			verdict{"", qualify.High, true, []int{1}, true}},
		"an owner of its own": {func(s *qualify.Subject) { s.Account.Domains, s.Account.Owner = nil, "joe" },
			verdict{"", qualify.High, true, []int{2}, false}},
		"an open opportunity": {func(s *qualify.Subject) { s.Account.Facts.HasOpenOpportunity = criteria.Known(true) },
			verdict{"", qualify.High, true, []int{0, 1, 2}, true}},
		"two disqualifiers: the first by name": {func(s *qualify.Subject) {
			s.Account.Facts.Domain, s.Lead.EmailDomainKind = criteria.Known("rival.example"), criteria.Known("education")
		}, verdict{"a_competitor", qualify.High, true, []int{1, 2}, true}},
		"a list that is not there disqualifies nobody": {func(s *qualify.Subject) { s.Lists = nil },
			verdict{"", qualify.High, true, []int{1, 2}, true}},
		"what happens tomorrow does not count": {func(s *qualify.Subject) { s.Engagements[0].OccurredAt = asOf.Add(day) },
			verdict{"", qualify.Low, false, []int{2}, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject()
			c.change(s)
			r := p.Evaluate(s, asOf)
			if diff := cmp.Diff(c.want, verdict{r.Disqualifier, r.Intent, r.OverLine, r.FirstMatch, r.Target}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPointsAreWhatThePlaybookSaysToTheMillionth(t *testing.T) {
	t.Parallel()
	r := mustCompile(t, document()).Evaluate(subject(), asOf.Add(14*day))
	if r.Fit.Total != 90_100000 || r.Engagement.Total != 20_000000 || r.Combined != 55_050000 {
		t.Errorf("fit %v, engagement %v, combined %v", r.Fit.Total, r.Engagement.Total, r.Combined)
	}
	if r.Fit.Completeness != 90 {
		t.Errorf("%d %% of the points are decided, want 90", r.Fit.Completeness)
	}
}

func TestARuleThatFailsHarmsNoOther(t *testing.T) {
	t.Parallel()
	s := subject()
	s.Lead.Attributes = map[string]string{"seats": "many"}
	r := mustCompile(t, document()).Evaluate(s, asOf)
	if !r.OverLine || r.Fit.Total != 90_100000 {
		t.Errorf("over the line: %v with %v", r.OverLine, r.Fit.Total)
	}
	for c := range r.Criteria.All() {
		if c.Name == "faulty" && !errors.Is(c.Err, criteria.ErrValue) {
			t.Errorf("the failure is not reported: %+v", c)
		}
	}
}

func TestOnlyANewSignalIsASignal(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, document())
	s := subject()
	for name, c := range map[string]struct {
		these []qualify.Engagement
		want  bool
	}{
		"another demo request":           {[]qualify.Engagement{event("2", "form_submit", asOf)}, true},
		"a page view beside the old one": {[]qualify.Engagement{event("2", "page_view", asOf)}, false},
		"nothing":                        {nil, false},
	} {
		if got := p.Signals(s, c.these, asOf); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	always := document()
	always.Intent.High = `lead.seniority == "director"`
	if mustCompile(t, always).Signals(s, []qualify.Engagement{event("2", "page_view", asOf)}, asOf) {
		t.Error("intent that no event made is a signal")
	}
}

func TestAPlaybookThatIsSilentHasItsDefaults(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, &playbookv1.Document{})
	r := p.Evaluate(subject(), asOf)
	if r.OverLine || r.Intent != qualify.Low || r.Fit.Total != 0 || p.Cooldown != 30*day || len(p.Required) != 0 {
		t.Errorf("got %+v with a cooldown of %v", r, p.Cooldown)
	}
	custom := document()
	custom.Feedback = &playbookv1.FeedbackPolicy{Recycle: &playbookv1.RecyclePolicy{Cooldown: durationpb.New(0)}}
	if got := mustCompile(t, custom).Cooldown; got != 0 {
		t.Errorf("a cooldown of nothing was read as %v", got)
	}
}

func TestAPlaybookThatCannotBeUsedSaysWhy(t *testing.T) {
	t.Parallel()
	misspelt := document()
	misspelt.Criteria["size_fit"] = "account.employes > 5"
	_, err := qualify.Compile(misspelt)
	var wrong *criteria.CompileError
	if !errors.As(err, &wrong) {
		t.Errorf("got %v, want a CompileError", err)
	}
	lopsided := document()
	lopsided.Scoring.Weights = &playbookv1.ScoreWeights{Fit: 0.9, Engagement: 0.9}
	_, err = qualify.Compile(lopsided)
	var policy *scorecard.PolicyError
	if !errors.As(err, &policy) {
		t.Errorf("got %v, want a PolicyError", err)
	}
}

func TestTheSentenceSaysWhereTheLeadStands(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, document())
	for want, change := range map[string]func(*qualify.Subject){
		"Over the line. Fit is 90.1 of 100: role and size match; seats is not known. Engagement is 40 of 100: form submit (40).":             func(*qualify.Subject) {},
		"Below the line. Fit is 90.1 of 100: role and size match; seats is not known. Engagement is 0 of 100: nothing that counts was done.": func(s *qualify.Subject) { s.Engagements = nil },
		"Disqualified: b_student. Fit is 90.1 of 100: role and size match; seats is not known. Engagement is 40 of 100: form submit (40).":   func(s *qualify.Subject) { s.Lead.EmailDomainKind = criteria.Known("education") },
	} {
		s := subject()
		change(s)
		r := p.Evaluate(s, asOf)
		if got := r.Sentence(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestTheOrderOfEngagementsDoesNotMatterAndLinesSumToScores(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, document())
	rapid.Check(t, func(t *rapid.T) {
		s := subject()
		s.Engagements = nil
		for i := range rapid.IntRange(0, 30).Draw(t, "engagements") {
			kind := rapid.SampledFrom([]string{"form_submit", "webinar_attend", "page_view", "unknown"}).Draw(t, "type")
			e := event(fmt.Sprint(i), kind, asOf.Add(-time.Duration(rapid.IntRange(-86400, 90*86400).Draw(t, "age"))*time.Second))
			e.Page = rapid.SampledFrom([]string{"", "/pricing"}).Draw(t, "page")
			s.Engagements = append(s.Engagements, e)
		}
		want := p.Evaluate(s, asOf)
		s.Engagements = rapid.Permutation(s.Engagements).Draw(t, "order")
		if diff := cmp.Diff(accountOf(want), accountOf(p.Evaluate(s, asOf))); diff != "" {
			t.Fatalf("another order, another result:\n%s", diff)
		}
		decided := qualify.Decision{Fit: want.Fit.Total, Engagement: want.Engagement.Total, Combined: want.Combined, Verdict: want.Verdict}
		if diff := cmp.Diff(decided, p.Decide(s, asOf)); diff != "" {
			t.Fatalf("decided otherwise than explained:\n%s", diff)
		}
		for part, score := range map[string]scorecard.Score{"fit": want.Fit, "engagement": want.Engagement} {
			var sum scorecard.Micro
			for line := range score.Lines() {
				sum += line.Contribution
			}
			if sum != score.Total {
				t.Fatalf("the lines of %s sum to %v, the score is %v", part, sum, score.Total)
			}
		}
	})
}

// account is a result with every line and answer.
type account struct {
	Lines    []*scorecard.Line
	Criteria []*criteria.Result
	Combined scorecard.Micro
	Verdict  qualify.Verdict
}

func accountOf(r qualify.Result) account {
	return account{slices.AppendSeq(slices.Collect(r.Fit.Lines()), r.Engagement.Lines()), slices.Collect(r.Criteria.All()), r.Combined, r.Verdict}
}

func TestAListIsMentionedWhereARuleMayUseIt(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, document())
	if !p.Mentions("competitors") || p.Mentions("partners") {
		t.Errorf("competitors %v, partners %v", p.Mentions("competitors"), p.Mentions("partners"))
	}
}

func BenchmarkEvaluate(b *testing.B) {
	p, s := mustCompile(b, document()), subject()
	for i := range 20 {
		s.Engagements = append(s.Engagements, event(fmt.Sprint("more", i), "page_view", asOf.Add(-time.Duration(i)*31*time.Hour)))
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Evaluate(s, asOf)
	}
}

// TestRequirementsAreToldByTheirPlace: what is not known, and what cannot be worked out, asks for nothing.
func TestRequirementsAreToldByTheirPlace(t *testing.T) {
	t.Parallel()
	doc := document()
	for _, when := range []string{"account.is_target", "webinar", `account.country == "DE"`, "faulty", "size_fit && high_intent"} {
		doc.Routing.Requirements = append(doc.Routing.Requirements, &playbookv1.RoutingRequirement{When: when})
	}
	p := mustCompile(t, doc)
	result, decision := p.Evaluate(subject(), asOf), p.Decide(subject(), asOf)
	if diff := cmp.Diff([]int{0, 4}, result.Requirements); diff != "" {
		t.Errorf("requirements (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(result.Verdict, decision.Verdict); diff != "" {
		t.Errorf("evaluated (-) and decided (+):\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 2}, result.FirstMatch); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}
