package scoring_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// book is the playbook service: it has an active version, and keeps the drafts that it is given, each request once.
type book struct {
	playbookv1.UnimplementedPlaybookServiceServer
	active *playbookv1.Document // nil for none
	drafts []*playbookv1.Playbook
	byID   map[string]int // of drafts, by the id of the request
	refuse error
	lost   error // what comes in place of the answer
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
	at, known := b.byID[req.GetRequestId()]
	switch {
	case req.GetRequestId() == "" || !known:
		at = len(b.drafts)
		b.drafts = append(b.drafts, req.GetPlaybook())
		if b.byID == nil {
			b.byID = map[string]int{}
		}
		b.byID[req.GetRequestId()] = at
	case !proto.Equal(b.drafts[at], req.GetPlaybook()):
		return nil, fault.New(fault.Invalid, errorsv1.ErrorReason_ERROR_REASON_REQUEST_ID_REUSED, "request id was used before with another content")
	}
	return &playbookv1.Playbook{Name: fmt.Sprintf("playbooks/%d", at+2), State: playbookv1.Playbook_STATE_DRAFT}, b.lost
}

func (b *bundle) proposed(t *testing.T, m *scoringv1.Model) {
	_, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName()})
	wantFault(t, err, codes.FailedPrecondition, "PLAYBOOK_NOT_ACTIVE")
	b.book.active = document()
	b.book.active.Sla = &playbookv1.SlaPolicy{Calendar: "us-east", Clocks: map[string]*playbookv1.ClockPolicy{"accept": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 1}}}}}
	proposed, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName(), TopPercent: 20, FitPoints: 10})
	if err != nil {
		t.Fatal(err)
	}
	test := proposed.GetBacktest()
	if proposed.GetPlaybook() != "playbooks/2" || test.GetLeadCount() != 90 || test.GetChosenCount() < 15 || test.GetChosenCount() > 36 || test.GetLift() < 1.5 ||
		test.GetPrecision() != float64(test.GetChosenConvertedCount())/float64(test.GetChosenCount()) || len(proposed.GetWarnings()) != 1 {
		t.Errorf("%v", proposed)
	}
	want := proto.CloneOf(b.book.active)
	want.Models = map[string]*playbookv1.ModelReference{"conversion": {Model: m.GetName(), Hash: m.GetHash()}}
	want.Criteria["likely"] = fmt.Sprintf("predicted.conversion >= %.4f", test.GetThreshold())
	want.Scoring.Fit["likely"] = &playbookv1.FitRule{Points: 10, When: "likely"}
	if diff := cmp.Diff(want, b.book.drafts[0].GetDocument(), protocmp.Transform()); diff != "" {
		t.Errorf("the draft (-want +got):\n%s", diff)
	}
	b.book.refuse = fault.Field("models.conversion", "no")
	_, err = b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName()})
	wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
	b.book.refuse = nil
}

func (b *bundle) proposedBeside(t *testing.T, m *scoringv1.Model) {
	b.book.active = proto.CloneOf(b.book.drafts[0].GetDocument())
	b.book.active.Models["conversion"].Hash = strings.Repeat("0", 64)
	b.book.active.Models["renewal"] = &playbookv1.ModelReference{Model: m.GetName(), Hash: m.GetHash()}
	proposed, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName(), FitPoints: 5})
	if err != nil || !strings.HasPrefix(proposed.GetExpression(), "predicted.conversion_2 >= ") {
		t.Errorf("%v: %v", err, proposed)
	}
	doc := b.book.drafts[len(b.book.drafts)-1].GetDocument()
	if doc.GetCriteria()["likely_2"] != proposed.GetExpression() || doc.GetScoring().GetFit()["likely_2"].GetPoints() != 5 ||
		!proto.Equal(doc.GetModels()["conversion"], b.book.active.GetModels()["conversion"]) || doc.GetCriteria()["likely"] != b.book.active.GetCriteria()["likely"] {
		t.Errorf("the draft: %v", doc)
	}
	_, err = b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName(), Label: "conversion", Criterion: "size"}) // size is a fit rule
	wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "label", "criterion")
	if _, err = b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName(), Label: "renewal"}); err != nil {
		t.Errorf("by the name that it has already: %v", err)
	}
}

// proposedAgain asks again after the very draft was activated, after a version with another model was, while the playbook service
// is away, and after an answer that got lost.
func (b *bundle) proposedAgain(t *testing.T, m *scoringv1.Model) {
	away, ids := fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "away"), 0
	request := func() *scoringv1.ProposeModelRequest {
		ids++
		return &scoringv1.ProposeModelRequest{Name: m.GetName(), Criterion: "promising", FitPoints: 10, RequestId: fmt.Sprintf("5d5ffc5c-6d0c-4a4e-8f0e-%012d", ids)}
	}
	another := signable()
	another.Models = map[string]*playbookv1.ModelReference{"conversion": {Model: m.GetName(), Hash: strings.Repeat("0", 64)}}
	another.Criteria["promising"] = "predicted.conversion > 0.5"
	propose := func(req *scoringv1.ProposeModelRequest) *scoringv1.ProposeModelResponse {
		t.Helper()
		resp, err := b.ProposeModel(b.ops(t), req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	for what, change := range map[string]func(draft *playbookv1.Document){
		"the draft was activated":       func(draft *playbookv1.Document) { b.book.active = draft },
		"another version was activated": func(*playbookv1.Document) { b.book.active = another },
		"nothing is active":             func(*playbookv1.Document) { b.book.active = nil },
		"the playbook service is away":  func(*playbookv1.Document) { b.book.refuse = away },
	} {
		b.book.active = signable()
		req := request()
		first := propose(req)
		change(b.book.drafts[len(b.book.drafts)-1].GetDocument())
		if diff := cmp.Diff(first, propose(req), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-first +again):\n%s", what, diff)
		}
		b.book.refuse = nil

		b.book.active = signable()
		req = request()
		before := len(b.book.drafts)
		b.book.lost = away
		_, err := b.ProposeModel(b.ops(t), req)
		wantFault(t, err, codes.Unavailable, "UNAVAILABLE")
		b.book.lost = nil
		change(b.book.drafts[before].GetDocument())
		b.book.refuse = nil
		again := propose(req)
		if want := fmt.Sprintf("playbooks/%d", before+2); again.GetPlaybook() != want || len(b.book.drafts) != before+1 || again.GetExpression() != first.GetExpression() {
			t.Errorf("%s after an answer got lost: %v, want %s; %d drafts were made", what, again, want, len(b.book.drafts)-before)
		}
	}
	b.book.active = signable()
	req := request()
	b.book.refuse = fault.Field("models.conversion", "no")
	_, err := b.ProposeModel(b.ops(t), req)
	wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
	b.book.refuse = nil
	propose(req)
	req.FitPoints++
	_, err = b.ProposeModel(b.ops(t), req)
	wantFault(t, err, codes.InvalidArgument, "REQUEST_ID_REUSED")
}
