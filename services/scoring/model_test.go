package scoring_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ops runs the suite.
func (b *bundle) ops(t testing.TB) context.Context {
	return roomtest.As(t.Context(), "olga", accessv1.Role_ROLE_REVOPS)
}

// past stores 30 leads a day that came in day by day, and then lets 100 days pass. Those from Germany convert more often, after
// twelve days; whoever converts was given an attribute by sales then. If it is noise, who converts depends on nothing.
func (b *bundle) past(t testing.TB, days int, noise bool) {
	t.Helper()
	err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for n := range days * 30 {
			at := b.Clock.Now().Add(time.Duration(n/30) * day)
			i, id := n%30, ident.Seeded("past").New(at, "lead", fmt.Sprint(n))
			lucky := (i*7+n/30*11)%20 < 7
			if i%3 == 0 && !noise {
				lucky = (i+n/30)%5 < 4
			}
			if err := pastLead(ctx, tx, id, []string{"DE", "US", "FR"}[i%3], []string{"free", "pro"}[i/3%2], at, lucky); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.pass(time.Duration(days+100) * day)
}

// pastLead stores a lead; of one that converts also its deal.
func pastLead(ctx context.Context, tx *sqldb.Tx, id, country, plan string, at time.Time, converts bool) error {
	profile := person.Profile{Country: country, Attributes: map[string]string{"plan": plan}}
	l := &record.Lead{ID: id, Source: "website", SourceID: id, CreatedAt: at, OccurredAt: at, UpdatedAt: at, Standing: standing.New(), Fields: profile.Fields(dedupe.Reported, at)}
	if !converts {
		return store.PutLead(tx, l, store.Found{})
	}
	sold := at.Add(12 * day)
	if err := store.KeepFields(tx, id, l.Fields, sold); err != nil {
		return err
	}
	profile.Attributes["budget"] = "yes"
	l.Fields = profile.Fields(dedupe.Reported, at)
	if _, err := store.PutOpportunity(ctx, tx, store.Opportunity{ID: id, OpenedAt: sold, State: store.OpportunityOpen, Contacts: []string{id}}); err != nil {
		return err
	}
	return store.PutLead(tx, l, store.Found{})
}

// learn asks for a model and waits for it.
func (b *bundle) learn(t testing.TB, wanted *scoringv1.Model) *scoringv1.Model {
	t.Helper()
	asked, err := b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: wanted})
	if err != nil {
		t.Fatal(err)
	}
	if asked.GetState() != scoringv1.Model_STATE_RUNNING {
		t.Errorf("a model that was just asked for is %v", asked.GetState())
	}
	b.drain(t)
	m, err := b.GetModel(b.ops(t), &scoringv1.GetModelRequest{Name: asked.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPastLeadsSayHowLikelyNewOnesAre has one past for all that is asked of it.
func TestPastLeadsSayHowLikelyNewOnesAre(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.past(t, 12, false)
		m := b.learn(t, &scoringv1.Model{})
		if m.GetState() != scoringv1.Model_STATE_READY || len(m.GetHash()) != 64 {
			t.Fatalf("%v", m)
		}
		t.Run("a model is learnt from what was known early", func(t *testing.T) { b.learntEarly(t, m) })
		t.Run("a model is measured on whom it was not learnt from", func(t *testing.T) { b.measured(t, m) })
		t.Run("models are listed, the newest first", func(t *testing.T) { b.listed(t, m) })
		t.Run("a model enters a playbook as a draft, with its backtest", func(t *testing.T) { b.proposed(t, m) })
		t.Run("what a playbook calls something else keeps its name", func(t *testing.T) { b.proposedBeside(t, m) })
		t.Run("whoever asks again for a draft gets the same", func(t *testing.T) { b.proposedAgain(t, m) })
		t.Run("a rehearsal of the time that a model was learnt from is cautioned", func(t *testing.T) { b.foreknown(t, m) })
		t.Run("of an old period nothing else is read", func(t *testing.T) { b.measuredThen(t, m) })
		t.Run("a criterion asks the model that its playbook names", func(t *testing.T) { b.asked(t, m) })
	})
}

func (b *bundle) learntEarly(t *testing.T, m *scoringv1.Model) {
	var features []string
	for _, f := range m.GetFeatures() {
		features = append(features, f.GetFeature())
	}
	if diff := cmp.Diff([]string{"lead.attributes.plan", "lead.country"}, features); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	if held := m.GetHeldOut(); held.GetLeadCount() != 90 || m.GetLearntLeadCount() != 270 || held.GetAucLow() < 0.6 || held.GetAuc() > 0.85 || len(held.GetBins()) < 3 {
		t.Errorf("held out: %v", held)
	}
	if w := m.GetWarnings(); len(w) != 1 || w[0].GetFeature() != "lead.attributes.budget" || w[0].GetSign() != scoringv1.ModelWarning_SIGN_LATE || w[0].GetFigure() != 1 {
		t.Errorf("warnings: %v", w)
	}
	if !m.GetCutTime().AsTime().Before(b.Clock.Now()) || m.GetWindow().AsDuration() != 90*day || m.GetEarly().AsDuration() != 7*day {
		t.Errorf("%v", m)
	}
}

func (b *bundle) measured(t *testing.T, m *scoringv1.Model) {
	got, err := b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m.GetHeldOut(), got, protocmp.Transform()); diff != "" {
		t.Errorf("on the leads that were held out (-want +got):\n%s", diff)
	}
	all, err := b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName(), StartTime: timestamppb.New(time.Unix(0, 0)), EndTime: m.GetCutTime()})
	if err != nil || all.GetLeadCount() != m.GetLearntLeadCount() {
		t.Errorf("on those that it was learnt from: %v, %v", all, err)
	}
	got, err = b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName(), StartTime: timestamppb.New(b.Clock.Now())})
	if err != nil || got.GetLeadCount() != 0 || got.GetAuc() != 0.5 {
		t.Errorf("on nobody: %v, %v", got, err)
	}
}

// measuredThen measures a model on a period before and after many more leads came in, most of them long ago enough to be measured on.
func (b *bundle) measuredThen(t *testing.T, m *scoringv1.Model) {
	then := &scoringv1.EvaluateModelRequest{Name: m.GetName(), StartTime: timestamppb.New(time.Unix(0, 0)), EndTime: m.GetCutTime()}
	var before, after *scoringv1.ModelFigures
	measure := func(figures **scoringv1.ModelFigures) int64 {
		return b.reads(func() {
			var err error
			if *figures, err = b.EvaluateModel(b.ops(t), then); err != nil {
				t.Fatal(err)
			}
		})
	}
	alone := measure(&before)
	if err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for n := range 1200 {
			at := m.GetCutTime().AsTime().Add(time.Duration(n) * time.Hour)
			if err := pastLead(ctx, tx, ident.Seeded("later").New(at, "lead", fmt.Sprint(n)), "DE", "free", at, n%2 == 0); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if among := measure(&after); among != alone {
		t.Errorf("among 1200 leads of later it takes %d statements, without them %d", among, alone)
	}
	if diff := cmp.Diff(before, after, protocmp.Transform()); diff != "" {
		t.Errorf("leads of later change the figures (-without +with):\n%s", diff)
	}
}

func (b *bundle) listed(t *testing.T, m *scoringv1.Model) {
	b.pass(time.Minute)
	again := b.learn(t, &scoringv1.Model{Exclude: []string{"lead.attributes.*"}})
	if len(again.GetFeatures()) != 1 || again.GetHash() == m.GetHash() {
		t.Errorf("without attributes it goes by %v", again.GetFeatures())
	}
	list, err := b.ListModels(b.ops(t), &scoringv1.ListModelsRequest{PageSize: 1})
	if err != nil || len(list.GetModels()) != 1 || list.GetModels()[0].GetName() != again.GetName() || list.GetNextPageToken() == "" {
		t.Errorf("%v: %v", err, list)
	}
	list, err = b.ListModels(b.ops(t), &scoringv1.ListModelsRequest{PageSize: 1, PageToken: list.GetNextPageToken()})
	if err != nil || len(list.GetModels()) != 1 || list.GetModels()[0].GetName() != m.GetName() || list.GetModels()[0].GetFeatures() != nil || list.GetNextPageToken() != "" {
		t.Errorf("%v: %v", err, list)
	}
}

func (b *bundle) foreknown(t *testing.T, m *scoringv1.Model) {
	draft := &scoringv1.ReplayedVersion{Document: b.book.drafts[0].GetDocument()}
	known := m.GetCutTime().AsTime().Add(m.GetWindow().AsDuration())
	cautions := func(from time.Time) []string {
		stream, err := b.ReplayLeads(roomtest.AsService(t.Context(), eventlog.Playbook), &scoringv1.ReplayLeadsRequest{
			Baseline: &scoringv1.ReplayedVersion{Document: signable()}, Draft: draft, StartTime: timestamppb.New(from), EndTime: timestamppb.New(b.Clock.Now())})
		if err != nil {
			t.Fatal(err)
		}
		part, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return part.GetCautions()
	}
	want := []string{"the draft looks ahead: predicted.conversion was learnt from what became of leads until " + known.Format(time.DateOnly) +
		", so it does better here than it would have done then"}
	if diff := cmp.Diff(want, cautions(known.Add(-time.Microsecond))); diff != "" {
		t.Errorf("cautions (-want +got):\n%s", diff)
	}
	if got := cautions(known); len(got) != 0 {
		t.Errorf("cautioned for what came later: %q", got)
	}
}

// asked activates the draft that was proposed first, and judges by it.
func (b *bundle) asked(t *testing.T, m *scoringv1.Model) {
	version := 1
	truth := func(hash, country string) scoringv1.CriterionResult_Truth {
		t.Helper()
		doc := proto.CloneOf(b.book.drafts[0].GetDocument())
		doc.Models["conversion"].Hash = hash
		version++
		b.pass(time.Minute)
		b.activate(t, fmt.Sprint(version), doc)
		b.drain(t)
		lead := b.create(t, &scoringv1.Lead{Source: "website", Country: country, SourceId: hash + country, Attributes: map[string]string{"plan": "pro"}})
		score, err := b.ExplainScore(b.ctx, &scoringv1.ExplainScoreRequest{Name: lead.GetName() + "/score"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range score.GetCriteria() {
			if c.GetCriterion() == "likely" {
				return c.GetTruth()
			}
		}
		t.Fatal("the criterion was not asked")
		return 0
	}
	if got := truth(m.GetHash(), "DE"); got != scoringv1.CriterionResult_TRUTH_TRUE {
		t.Errorf("a lead from Germany: %v", got)
	}
	if got := truth(m.GetHash(), "US"); got != scoringv1.CriterionResult_TRUTH_FALSE {
		t.Errorf("a lead from elsewhere: %v", got)
	}
	if got := truth("another", "DE"); got != scoringv1.CriterionResult_TRUTH_UNKNOWN {
		t.Errorf("by a model that is not there: %v", got)
	}
}
