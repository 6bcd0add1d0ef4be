package qualify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// bringing is a playbook that takes meetings.
func bringing() *playbookv1.Document {
	doc := document()
	doc.Meetings = &playbookv1.MeetingPolicy{BuyerRole: "buyer_role", CompanyFit: "size_fit && account.is_target",
		UseCase: `meeting.use_case in ["routing", "scoring"] && !("price" in meeting.objections)`, Geography: `account.country == "US"`}
	return doc
}

// agreement is a meeting that passes with a subject in the US.
func agreement() criteria.Meeting {
	return criteria.Meeting{UseCase: criteria.Known("routing"), AgreedTopics: criteria.Known([]string{"demo"}), Exclusions: criteria.Known([]string{}),
		Objections: criteria.Known([]string{"timing"}), AgreedPurpose: criteria.Known(true)}
}

func american() *qualify.Subject {
	s := subject()
	s.Account.Facts.Country = criteria.Known("US")
	return s
}

func results(checks []qualify.Check) []qualify.CheckResult {
	var all []qualify.CheckResult
	for _, check := range checks {
		all = append(all, check.Result)
	}
	return all
}

func TestEachCheckOfAMeetingFailsAlone(t *testing.T) {
	t.Parallel()
	const yes, no, dunno = qualify.Passed, qualify.Failed, qualify.NotKnown
	for name, c := range map[string]struct {
		change func(s *qualify.Subject, m *criteria.Meeting)
		motion string
		want   []qualify.CheckResult
	}{
		"nothing": {func(*qualify.Subject, *criteria.Meeting) {}, "", []qualify.CheckResult{yes, yes, yes, yes, yes, yes}},
		"the role": {func(s *qualify.Subject, _ *criteria.Meeting) { s.Lead.Seniority = criteria.Known("individual") }, "",
			[]qualify.CheckResult{no, yes, yes, yes, yes, yes}},
		"nobody knows the role": {func(s *qualify.Subject, _ *criteria.Meeting) { s.Lead.Seniority = criteria.Opt[string]{} }, "",
			[]qualify.CheckResult{dunno, yes, yes, yes, yes, yes}},
		"the company": {func(s *qualify.Subject, _ *criteria.Meeting) { s.Account.Domains = nil }, "", []qualify.CheckResult{yes, no, yes, yes, yes, yes}},
		"the use case": {func(_ *qualify.Subject, m *criteria.Meeting) { m.UseCase.Value = "payroll" }, "",
			[]qualify.CheckResult{yes, yes, no, yes, yes, yes}},
		"an objection": {func(_ *qualify.Subject, m *criteria.Meeting) { m.Objections.Value = []string{"price"} }, "",
			[]qualify.CheckResult{yes, yes, no, yes, yes, yes}},
		"nobody knows the use case": {func(_ *qualify.Subject, m *criteria.Meeting) { m.UseCase = criteria.Opt[string]{} }, "",
			[]qualify.CheckResult{yes, yes, dunno, yes, yes, yes}},
		"the place":      {func(s *qualify.Subject, _ *criteria.Meeting) { s.Account.Facts.Country.Value = "FR" }, "", []qualify.CheckResult{yes, yes, yes, no, yes, yes}},
		"another has it": {func(*qualify.Subject, *criteria.Meeting) {}, "opportunities/1", []qualify.CheckResult{yes, yes, yes, yes, no, yes}},
		"the purpose": {func(_ *qualify.Subject, m *criteria.Meeting) { m.AgreedPurpose.Value = false }, "",
			[]qualify.CheckResult{yes, yes, yes, yes, yes, no}},
		"nobody said that they agreed": {func(_ *qualify.Subject, m *criteria.Meeting) { m.AgreedPurpose = criteria.Opt[bool]{} }, "",
			[]qualify.CheckResult{yes, yes, yes, yes, yes, dunno}},
		"no account": {func(s *qualify.Subject, _ *criteria.Meeting) { s.Account = nil }, "", []qualify.CheckResult{yes, dunno, yes, dunno, yes, yes}},
	} {
		s, m := american(), agreement()
		c.change(s, &m)
		checks := mustCompile(t, bringing()).Rubric(s, m, c.motion, asOf)
		if diff := cmp.Diff(c.want, results(checks)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for i, check := range checks {
			if check.Kind != qualify.BuyerRole+qualify.CheckKind(i) {
				t.Errorf("%s: check %d is of kind %d", name, i, check.Kind)
			}
		}
	}
}

func TestACheckSaysWhatDecided(t *testing.T) {
	t.Parallel()
	checks := mustCompile(t, bringing()).Rubric(american(), agreement(), "handoffs/1", asOf)
	want := []string{"buyer_role", "size_fit && account.is_target", `meeting.use_case in ["routing", "scoring"] && !("price" in meeting.objections)`,
		`account.country == "US"`, "handoffs/1", "meeting.agreed_purpose"}
	for i, check := range checks {
		if check.Because != want[i] {
			t.Errorf("check %d was decided by %q, want %q", i, check.Because, want[i])
		}
	}
}

func TestARubricHoldsTheAnswersAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc, opinion := bringing(), []qualify.CheckResult{qualify.Failed, qualify.Passed, qualify.NotKnown}
		var want []qualify.CheckResult
		draw := func(into *string) {
			i := rapid.IntRange(0, 2).Draw(t, "answer")
			*into, want = []string{"false", "true", `lead.title == "x"`}[i], append(want, opinion[i])
		}
		for _, check := range []*string{&doc.Meetings.BuyerRole, &doc.Meetings.CompanyFit, &doc.Meetings.UseCase, &doc.Meetings.Geography} {
			draw(check)
		}
		policy, err := qualify.Compile(doc)
		if err != nil {
			t.Fatal(err)
		}
		s := american()
		before := policy.Decide(s, asOf)
		motion := rapid.SampledFrom([]string{"", "handoffs/1"}).Draw(t, "motion")
		want = append(want, map[string]qualify.CheckResult{"": qualify.Passed, "handoffs/1": qualify.Failed}[motion])
		m := agreement()
		m.AgreedPurpose = rapid.SampledFrom([]criteria.Opt[bool]{{}, criteria.Known(true), criteria.Known(false)}).Draw(t, "purpose")
		want = append(want, map[criteria.Opt[bool]]qualify.CheckResult{{}: qualify.NotKnown, criteria.Known(true): qualify.Passed, criteria.Known(false): qualify.Failed}[m.AgreedPurpose])
		if diff := cmp.Diff(want, results(policy.Rubric(s, m, motion, asOf))); diff != "" {
			t.Errorf("rubric (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(before, policy.Decide(s, asOf)); diff != "" {
			t.Errorf("the verdict after a rubric (-before +after):\n%s", diff)
		}
	})
}

func TestAPlaybookTakesMeetingsIfItSaysWhatTheyMustBe(t *testing.T) {
	t.Parallel()
	if mustCompile(t, document()).TakesMeetings() || !mustCompile(t, bringing()).TakesMeetings() {
		t.Error("meetings are taken without a word of them, or not taken")
	}
	doc := bringing()
	doc.Meetings.Geography = "account.contry == 'US'"
	if _, err := qualify.Compile(doc); err == nil {
		t.Error("a check that does not compile is taken")
	}
	doc.Meetings.Geography = `account.domain in lists.served`
	if p := mustCompile(t, doc); !p.Mentions("served") {
		t.Error("a list that a check looks things up in is not mentioned")
	}
}
