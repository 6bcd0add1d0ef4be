package scoring_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// book is the playbook service: it has an active version, and keeps the drafts that it is given.
type book struct {
	playbookv1.UnimplementedPlaybookServiceServer
	active *playbookv1.Document // nil for none
	drafts []*playbookv1.Playbook
	refuse error
}

func (b *book) GetPlaybook(_ context.Context, req *playbookv1.GetPlaybookRequest) (*playbookv1.Playbook, error) {
	if b.active == nil || req.GetName() != "playbooks/active" {
		return nil, fault.Missing(req.GetName())
	}
	return &playbookv1.Playbook{Name: "playbooks/1", Document: b.active}, nil
}

func (b *book) CreatePlaybook(_ context.Context, req *playbookv1.CreatePlaybookRequest) (*playbookv1.Playbook, error) {
	if b.refuse != nil {
		return nil, b.refuse
	}
	b.drafts = append(b.drafts, req.GetPlaybook())
	return &playbookv1.Playbook{Name: "playbooks/2", State: playbookv1.Playbook_STATE_DRAFT}, nil
}

// ops runs the suite.
func (b *bundle) ops(t testing.TB) context.Context {
	return roomtest.As(t.Context(), "olga", accessv1.Role_ROLE_REVOPS)
}

// opened tells of a deal that was opened now.
func (b *bundle) opened(t testing.TB, id string, change func(*attributionv1.Opportunity)) {
	t.Helper()
	o := &attributionv1.Opportunity{Name: "opportunities/" + fmt.Sprintf("%032x", id)[:32], State: attributionv1.Opportunity_STATE_OPEN, OpenTime: timestamppb.New(b.Clock.Now())}
	change(o)
	b.Tell(t, eventlog.Attribution, &eventv1.Event{Subject: o.GetName(),
		Payload: &eventv1.Event_OpportunityCreated{OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: o}}})
}

// past takes in leads day by day. Those from Germany convert more often, after twelve days; whoever converts has been given
// an attribute by sales before. Both depend on luck if it is noise.
func (b *bundle) past(t testing.TB, days int, noise bool) {
	t.Helper()
	for n := range days {
		var requests []*scoringv1.CreateLeadRequest
		for i := range 40 {
			country := []string{"DE", "US", "FR", "GB"}[i%4]
			lead := &scoringv1.Lead{Source: "website", SourceId: fmt.Sprintf("%d-%d", n, i), Country: country, Attributes: map[string]string{"plan": []string{"free", "pro", "team"}[i%3]}}
			requests = append(requests, &scoringv1.CreateLeadRequest{Lead: lead})
		}
		created, err := b.BatchCreateLeads(b.patient(t), &scoringv1.BatchCreateLeadsRequest{Requests: requests})
		if err != nil {
			t.Fatal(err)
		}
		b.pass(12 * day)
		var won []*attributionv1.Contact
		for i, lead := range created.GetLeads() {
			lucky := (i*7+n*11)%20 < 3
			if i%4 == 0 && !noise {
				lucky = (i+n)%5 < 3
			}
			if !lucky {
				continue
			}
			won = append(won, &attributionv1.Contact{Lead: lead.GetName()})
			if len(won) <= 3 {
				lead.Attributes["budget"] = "yes"
				if _, err := b.UpdateLead(b.ctx, &scoringv1.UpdateLeadRequest{Lead: &scoringv1.Lead{Name: lead.GetName(), Attributes: lead.GetAttributes()}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.opened(t, fmt.Sprint("day", n), func(o *attributionv1.Opportunity) { o.Contacts = won })
		b.pass(-11 * day)
	}
	b.pass(100 * day)
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

func TestAModelIsLearntFromWhatWasKnownEarly(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.past(t, 30, false)
		m := b.learn(t, &scoringv1.Model{})
		if m.GetState() != scoringv1.Model_STATE_READY || len(m.GetHash()) != 64 {
			t.Fatalf("%v", m)
		}
		var features []string
		for _, f := range m.GetFeatures() {
			features = append(features, f.GetFeature())
		}
		if diff := cmp.Diff([]string{"lead.attributes.plan", "lead.country"}, features); diff != "" {
			t.Errorf("features (-want +got):\n%s", diff)
		}
		if held := m.GetHeldOut(); held.GetRows() != 240 || m.GetLearntRows() != 960 || held.GetAucLow() < 0.6 || held.GetAuc() > 0.85 || len(held.GetBins()) < 3 {
			t.Errorf("held out: %v", held)
		}
		if w := m.GetWarnings(); len(w) != 1 || w[0].GetFeature() != "lead.attributes.budget" || w[0].GetSign() != "late" || w[0].GetFigure() != 1 {
			t.Errorf("warnings: %v", w)
		}
		if !m.GetCutTime().AsTime().Before(b.Clock.Now()) || m.GetWindow().AsDuration() != 90*day || m.GetEarly().AsDuration() != 7*day {
			t.Errorf("%v", m)
		}
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
	})
}

func TestAModelIsMeasuredOnWhomItWasNotLearntFrom(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.past(t, 30, false)
		m := b.learn(t, &scoringv1.Model{})
		got, err := b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName()})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.GetHeldOut(), got, protocmp.Transform()); diff != "" {
			t.Errorf("on the leads that were held out (-want +got):\n%s", diff)
		}
		got, err = b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName(), StartTime: timestamppb.New(b.Clock.Now())})
		if err != nil || got.GetRows() != 0 || got.GetAuc() != 0.5 {
			t.Errorf("on nobody: %v, %v", got, err)
		}
	})
}

func TestWithoutSignalOrLeadsThereIsNoModel(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		m := b.learn(t, &scoringv1.Model{})
		if m.GetState() != scoringv1.Model_STATE_REFUSED || m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_TOO_FEW ||
			m.GetRefusal().GetWhy() != "0 rows have an outcome, and at least 200 are needed" || m.GetFinishTime() == nil {
			t.Errorf("of nobody: %v", m)
		}
		b.past(t, 20, true)
		m = b.learn(t, &scoringv1.Model{})
		if m.GetState() != scoringv1.Model_STATE_REFUSED || m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_NO_SIGNAL ||
			!strings.HasPrefix(m.GetRefusal().GetWhy(), "there is no signal: the AUC on the ") || m.GetHeldOut().GetRows() != 160 {
			t.Errorf("of noise: %v", m)
		}
		_, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
		_, err = b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
		b.pass(-120 * day)
		if m = b.learn(t, &scoringv1.Model{}); m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_TOO_FEW {
			t.Errorf("of leads that are too young: %v", m)
		}
	})
}

func TestAModelEntersAPlaybookAsADraftWithItsBacktest(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.past(t, 30, false)
		m := b.learn(t, &scoringv1.Model{})
		_, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "PLAYBOOK_NOT_ACTIVE")
		b.book.active = document()
		b.book.active.Sla = &playbookv1.SlaPolicy{Calendar: "us-east", Clocks: map[string]*playbookv1.ClockPolicy{"accept": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 1}}}}}
		proposed, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName(), TopPercent: 20, FitPoints: 10})
		if err != nil {
			t.Fatal(err)
		}
		test := proposed.GetBacktest()
		if proposed.GetPlaybook() != "playbooks/2" || test.GetRows() != 240 || test.GetChosen() < 48 || test.GetChosen() > 120 || test.GetLift() < 1.5 ||
			test.GetPrecision() != float64(test.GetChosenPositives())/float64(test.GetChosen()) || len(proposed.GetWarnings()) != 1 {
			t.Errorf("%v", proposed)
		}
		want := proto.CloneOf(b.book.active)
		want.Models = map[string]*playbookv1.ModelReference{"conversion": {Model: m.GetName(), Hash: m.GetHash()}}
		want.Criteria["likely"] = fmt.Sprintf("predicted.conversion >= %.4f", test.GetThreshold())
		want.Scoring.Fit["likely"] = &playbookv1.FitRule{Points: 10, When: "likely"}
		draft := b.book.drafts[0]
		if diff := cmp.Diff(want, draft.GetDocument(), protocmp.Transform()); diff != "" {
			t.Errorf("the draft (-want +got):\n%s", diff)
		}
		b.book.refuse = fault.Field("models.conversion", "no")
		_, err = b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")

		version := 1
		truth := func(hash, country string) scoringv1.CriterionResult_Truth {
			t.Helper()
			doc := proto.CloneOf(draft.GetDocument())
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
	})
}

func TestWhoeverAsksAgainGetsTheSameModel(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		req := &scoringv1.TrainModelRequest{RequestId: "5d5ffc5c-6d0c-4a4e-8f0e-0a51dba0d1f0", Model: &scoringv1.Model{Outcome: scoringv1.Model_OUTCOME_WON, Window: durationpb.New(30 * day)}}
		first, err := b.TrainModel(b.ops(t), req)
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.TrainModel(b.ops(t), req)
		if err != nil || !proto.Equal(first, second) {
			t.Errorf("%v, then %v (%v)", first, second, err)
		}
		for range 9 {
			b.pass(time.Second)
			if _, err := b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{}}); err != nil {
				t.Fatal(err)
			}
		}
		_, err = b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{}})
		wantFault(t, err, codes.ResourceExhausted, "LIMIT_EXCEEDED")
		_, err = b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{Window: durationpb.New(time.Hour)}})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID")
		_, err = b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{Exclude: []string{"lead.*", "["}}})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "model.exclude[1]")
		_, err = b.GetModel(b.ops(t), &scoringv1.GetModelRequest{Name: "models/00000000000000000000000000000000"})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		_, err = b.TrainModel(roomtest.As(t.Context(), "rae", accessv1.Role_ROLE_SALES_REP), req)
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
		b.drain(t)
		if n := len(told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c.GetMethod() == "TrainModel" })); n != 20 {
			t.Errorf("%d audit events for ten models that were asked for and refused", n)
		}
	})
}
