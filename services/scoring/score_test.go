package scoring_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func (b *bundle) explain(t *testing.T, lead *scoringv1.Lead, asOf time.Time) *scoringv1.Score {
	t.Helper()
	score, err := b.ExplainScore(b.ctx, &scoringv1.ExplainScoreRequest{Name: lead.GetName() + "/score", AsOfTime: timestamppb.New(asOf)})
	if err != nil {
		t.Fatal(err)
	}
	return score
}

func TestPointsHalveWithEachHalfLife(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.lead(t, "ann@initech.example", b.demo("1")) // 40 points, half-life 14 days
		for days, want := range map[int]int64{0: 40_000000, 7: 28_284271, 14: 20_000000, 28: 10_000000} {
			score := b.explain(t, lead, b.Clock.Now().Add(time.Duration(days)*day))
			if got := score.GetSummary().GetEngagementMicros(); got != want {
				t.Errorf("after %d days: got %d, want %d", days, got, want)
			}
		}
	})
}

func TestTheLineIsStrict(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := document()
		doc.Scoring.Fit = map[string]*playbookv1.FitRule{"size": {Points: 70, When: "size_fit"}, "role": {Points: 0.000001, When: "buyer_role"}}
		doc.Scoring.Engagement = map[string]*playbookv1.EngagementGroup{"all": {Events: map[string]*playbookv1.EngagementRule{
			"content_download": {Points: 50}, "page_view": {Points: 0.000001}}}}
		doc.Stages.Mql = "fit > 70 && engagement > 50"
		b.activate(t, "1", doc)
		b.drain(t)
		b.account(t, "1", nil)
		for name, c := range map[string]struct {
			title  string
			events []string
			want   scoringv1.Lead_Qualification
		}{
			"70 and 50":                    {"", []string{"content_download"}, scoringv1.Lead_QUALIFICATION_UNQUALIFIED},
			"a millionth above 70, and 50": {"VP", []string{"content_download"}, scoringv1.Lead_QUALIFICATION_UNQUALIFIED},
			"70, and a millionth above 50": {"", []string{"content_download", "page_view"}, scoringv1.Lead_QUALIFICATION_UNQUALIFIED},
			"a millionth above both":       {"VP", []string{"content_download", "page_view"}, scoringv1.Lead_QUALIFICATION_MQL},
		} {
			var engagements []*scoringv1.Engagement
			for _, kind := range c.events {
				engagements = append(engagements, b.engagement(name+kind, kind))
			}
			lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: name, Email: fmt.Sprintf("%x@initech.example", name), Title: c.title}, engagements...)
			if lead.GetQualification() != c.want {
				t.Errorf("%s: the lead is %v with %v, want %v", name, lead.GetQualification(), lead.GetScore(), c.want)
			}
		}
	})
}

func TestEachPartOfAnExplanationSumsToItsScore(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			var engagements []*scoringv1.Engagement
			for i := range rapid.IntRange(0, 12).Draw(rt, "engagements") {
				e := b.engagement(fmt.Sprintf("%d/%d", n, i), rapid.SampledFrom([]string{"form_submit", "webinar_attend", "page_view", "content_download"}).Draw(rt, "type"))
				e.Page = rapid.SampledFrom([]string{"", "/pricing", "/about"}).Draw(rt, "page")
				e.Automated = rapid.IntRange(0, 9).Draw(rt, "automated") == 0
				e.OccurTime = timestamppb.New(b.Clock.Now().Add(-time.Duration(rapid.IntRange(0, 100*24*3600).Draw(rt, "age")) * time.Second))
				engagements = append(engagements, e)
			}
			lead := b.lead(t, fmt.Sprintf("lead%d@initech.example", n), engagements...)
			score := b.explain(t, lead, b.Clock.Now())
			sums := map[scoringv1.ScoreLine_Part]int64{}
			for _, line := range score.GetLines() {
				sums[line.GetPart()] += line.GetContributionMicros()
			}
			want := map[scoringv1.ScoreLine_Part]int64{scoringv1.ScoreLine_PART_FIT: score.GetSummary().GetFitMicros()}
			if score.GetSummary().GetEngagementMicros() != 0 || sums[scoringv1.ScoreLine_PART_ENGAGEMENT] != 0 {
				want[scoringv1.ScoreLine_PART_ENGAGEMENT] = score.GetSummary().GetEngagementMicros()
			}
			delete(sums, 0)
			if diff := cmp.Diff(want, sums); diff != "" && len(engagements) > 0 {
				rt.Fatalf("lines do not sum to the score (-score +lines):\n%s", diff)
			}
			if diff := cmp.Diff(lead.GetScore(), score.GetSummary(), protocmp.Transform()); diff != "" {
				rt.Fatalf("the stored score is not the explained one:\n%s", diff)
			}
		})
	})
}

func TestAWhatIfScoresAsTheStoredLead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		demo, view := b.demo("1"), b.engagement("2", "page_view")
		view.Page = "/pricing"
		lead := b.lead(t, "ann@initech.example", proto.CloneOf(demo), proto.CloneOf(view))
		stored := b.explain(t, lead, b.Clock.Now())
		supposed, err := b.ScoreLead(b.ctx, &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Email: "ann@initech.example", Title: "VP Sales"},
			Account: account, Engagements: []*scoringv1.Engagement{demo, view}})
		if err != nil {
			t.Fatal(err)
		}
		ignore := protocmp.IgnoreFields(&scoringv1.ScoreLine{}, "engagements")
		if diff := cmp.Diff(stored, supposed, protocmp.Transform(), ignore, protocmp.IgnoreFields(&scoringv1.Score{}, "name")); diff != "" {
			t.Errorf("-stored +supposed:\n%s", diff)
		}
		if resp, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{}); err != nil || len(resp.GetLeads()) != 1 {
			t.Errorf("a what-if was stored: %v, %v", resp, err)
		}
	})
}

func TestWhatIsNotKnownIsReportedAndGivesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", func(a *scoringv1.Account) { a.Employees = nil })
		score := b.explain(t, b.lead(t, "ann@initech.example"), b.Clock.Now())
		if got := score.GetSummary(); got.GetFitMicros() != 75_000000 || got.GetCompletenessPercent() != 75 {
			t.Errorf("got %v, want 75 points of which 75 %% are decided", got)
		}
		for _, criterion := range score.GetCriteria() {
			if criterion.GetCriterion() == "size_fit" && (criterion.GetTruth() != scoringv1.CriterionResult_TRUTH_UNKNOWN ||
				!cmp.Equal(criterion.GetMissing(), []string{"account.employees"})) {
				t.Errorf("got %v, want unknown for want of account.employees", criterion)
			}
		}
	})
}

func TestWhatMachinesDidIsKeptAndNeverScored(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		demo := b.demo("1")
		demo.Automated = true
		lead := b.lead(t, "ann@initech.example", demo)
		if lead.GetQualification() != scoringv1.Lead_QUALIFICATION_UNQUALIFIED || lead.GetScore().GetEngagementMicros() != 0 {
			t.Errorf("a machine made the lead %v with %v", lead.GetQualification(), lead.GetScore())
		}
		resp, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: lead.GetName()})
		if err != nil || len(resp.GetEngagements()) != 1 || !resp.GetEngagements()[0].GetAutomated() {
			t.Errorf("kept %v, %v", resp, err)
		}
	})
}

func TestAClockThatIsAheadDoesNotHideASignal(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		demo := b.demo("1")
		demo.OccurTime = timestamppb.New(b.Clock.Now().Add(day))
		if lead := b.lead(t, "ann@initech.example", demo); lead.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
			t.Errorf("the lead is %v, want MQL", lead.GetQualification())
		}
	})
}

func TestAPastScoreUsesWhatWasKnownThen(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example")
		var instants []time.Time
		var want []*scoringv1.Score
		step := func(change func()) {
			instants, want = append(instants, b.Clock.Now()), append(want, b.explain(t, lead, b.Clock.Now()))
			b.pass(day)
			change()
		}
		step(func() { b.record(t, by(lead, b.demo("1"))) })
		step(func() { // happened before, and is recorded only now
			late := b.engagement("2", "webinar_attend")
			late.OccurTime = timestamppb.New(instants[0])
			b.record(t, by(lead, late))
		})
		step(func() {
			b.update(t, &scoringv1.Lead{Name: lead.GetName(), Title: "Intern"})
		})
		step(func() {
			if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: account.GetName(), Industry: "retail"}}); err != nil {
				t.Fatal(err)
			}
		})
		step(func() { b.list(t, "competitors", "initech.example") })
		step(func() {
			doc := document()
			doc.Scoring.Fit["size"].Points = 5
			b.activate(t, "2", doc)
			b.drain(t)
		})
		step(func() {
			b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "7", Email: "ann@initech.example", Title: "CEO"})
		})
		for i, at := range instants {
			if diff := cmp.Diff(want[i], b.explain(t, lead, at), protocmp.Transform()); diff != "" {
				t.Errorf("after step %d the past is another (-then +now):\n%s", i, diff)
			}
		}
		_, err := b.ExplainScore(b.ctx, &scoringv1.ExplainScoreRequest{Name: lead.GetName() + "/score", AsOfTime: timestamppb.New(instants[0].Add(-time.Hour))})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID")
	})
}

func TestNobodyIsScoredBeforeThereIsAPlaybook(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		if lead.GetQualification() != scoringv1.Lead_QUALIFICATION_UNSCORED || lead.GetScore() != nil {
			t.Errorf("got %v with %v", lead.GetQualification(), lead.GetScore())
		}
		_, err := b.ExplainScore(b.ctx, &scoringv1.ExplainScoreRequest{Name: lead.GetName() + "/score"})
		wantFault(t, err, codes.FailedPrecondition, "PLAYBOOK_NOT_ACTIVE")
		_, err = b.ScoreLead(b.ctx, &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Email: "a@b.example"}})
		wantFault(t, err, codes.FailedPrecondition, "PLAYBOOK_NOT_ACTIVE")
	})
}
