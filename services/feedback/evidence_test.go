package feedback_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// registry stands in for Scoring where evidence is checked: it finds what it is told to, and says nothing if it is not.
type registry struct {
	scoringv1.UnimplementedScoringServiceServer

	mu    sync.Mutex
	finds []*scoringv1.EvidenceCheck
	away  bool
	asked []*scoringv1.CheckEvidenceRequest
}

// CheckEvidence implements ScoringService.
func (r *registry) CheckEvidence(ctx context.Context, req *scoringv1.CheckEvidenceRequest) (*scoringv1.CheckEvidenceResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, req)
	switch {
	case !auth.Has(auth.ActorFrom(ctx), accessv1.Role_ROLE_SERVICE):
		return nil, fault.Missing(req.GetLead())
	case r.away:
		return nil, gone()
	default:
		return &scoringv1.CheckEvidenceResponse{Checks: r.finds}, nil
	}
}

// find has every piece of evidence found so from now on.
func (r *registry) find(checks ...*scoringv1.EvidenceCheck) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finds = checks
}

var (
	supported    = &scoringv1.EvidenceCheck{Finding: scoringv1.EvidenceCheck_FINDING_SUPPORTED, Cause: scoringv1.EvidenceCheck_CAUSE_CRITERION_FAILS}
	contradicted = &scoringv1.EvidenceCheck{Finding: scoringv1.EvidenceCheck_FINDING_CONTRADICTED, Cause: scoringv1.EvidenceCheck_CAUSE_RECORD_DIFFERS,
		RecordedValue: "900 secret"}
	unverifiable = &scoringv1.EvidenceCheck{Finding: scoringv1.EvidenceCheck_FINDING_UNVERIFIABLE, Cause: scoringv1.EvidenceCheck_CAUSE_FACTS_MISSING,
		MissingFacts: []string{"account.country"}}
)

// small rejects a handoff for its size, with so many pieces of evidence.
func small(handoff string, id, pieces int) *feedbackv1.RejectHandoffRequest {
	req := &feedbackv1.RejectHandoffRequest{Name: handoff, Assignment: 1, Reason: badFit, RequestId: requestID(id)}
	for range pieces {
		req.Evidence = append(req.Evidence, &feedbackv1.Evidence{Criterion: "size_fit", Field: "account.employees", ObservedValue: "12"})
	}
	return req
}

func TestEvidenceIsComparedWithThePlaybookOfTheHandoff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n, test := range []struct {
			found []*scoringv1.EvidenceCheck
			want  scoringv1.EvidenceCheck_Finding
		}{
			{[]*scoringv1.EvidenceCheck{supported}, scoringv1.EvidenceCheck_FINDING_SUPPORTED},
			{[]*scoringv1.EvidenceCheck{contradicted, supported}, scoringv1.EvidenceCheck_FINDING_SUPPORTED},
			{[]*scoringv1.EvidenceCheck{contradicted, unverifiable}, scoringv1.EvidenceCheck_FINDING_CONTRADICTED},
			{[]*scoringv1.EvidenceCheck{unverifiable, contradicted}, scoringv1.EvidenceCheck_FINDING_CONTRADICTED},
			{[]*scoringv1.EvidenceCheck{unverifiable, unverifiable}, scoringv1.EvidenceCheck_FINDING_UNVERIFIABLE},
		} {
			o.judge.registry.find(test.found...)
			o.desk.open(handoff(n), strict, "web", "", jane)
			o.pass(time.Minute)
			v, err := o.send(asRep(t, "jane"), small(handoff(n), n, len(test.found)))
			if err != nil {
				t.Fatal(err)
			}
			if v.GetFinding() != test.want {
				t.Errorf("%v make %v, want %v", test.found, v.GetFinding(), test.want)
			}
			for i, e := range v.GetEvidence() {
				same(t, "what was found", test.found[i], e.GetCheck())
			}
			asked := o.judge.registry.asked[n]
			same(t, "what is asked", &scoringv1.CheckEvidenceRequest{Lead: strings.Replace(handoff(n), "handoffs", "leads", 1), Playbook: strict,
				AsOfTime: timestamppb.New(o.Clock.Now()), Items: slices.Repeat([]*scoringv1.EvidenceItem{{Criterion: "size_fit", Field: "account.employees", ObservedValue: "12"}}, len(test.found))}, asked)
		}
		for _, e := range o.Told(t) {
			v := e.GetVerdictRecorded().GetVerdict()
			if strings.Contains(e.String(), "secret") || v != nil && (v.GetFinding() == 0 || v.GetEvidence()[0].GetCheck().GetFinding() == 0) {
				t.Errorf("told %v", e)
			}
		}
	})
}

// TestEvidenceIsJudgedWhenItIsGiven loses the answer to a rejection. Meanwhile the record changes: what was found stays.
func TestEvidenceIsJudgedWhenItIsGiven(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n, heard := range []int{0, -1} { // the call again before the event, and after it
			o.judge.registry.find(contradicted)
			o.desk.open(handoff(n), strict, "web", "", jane)
			o.desk.disturb = only("advance", unheard)
			_, err := o.send(asRep(t, "jane"), small(handoff(n), n, 1))
			wantFault(t, "the answer gets lost", err, codes.Unavailable, "UNAVAILABLE", "", "")
			o.desk.disturb = nil
			o.judge.registry.find(supported)
			o.hear(t, heard)
			o.pass(time.Hour)
			v, err := o.send(asRep(t, "jane"), small(handoff(n), n, 1))
			if err != nil {
				t.Fatal(err)
			}
			o.hear(t, -1)
			same(t, "what was found", contradicted, v.GetEvidence()[0].GetCheck())
			same(t, "verdicts", []*feedbackv1.Verdict{v}, o.verdicts(t, handoff(n)))
		}
		if n := len(o.judge.registry.asked); n != 2 {
			t.Errorf("the record was asked %d times, want once for each answer", n)
		}
	})
}

func TestWithoutTheRecordNothingIsStored(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		o.judge.registry.away = true
		_, err := o.send(asRep(t, "jane"), small(handoff(1), 1, 1))
		wantFault(t, "the record is away", err, codes.Unavailable, "UNAVAILABLE", "", "")
		if n := o.stored(t, "1 = 1"); n != 0 {
			t.Errorf("%d answers are stored", n)
		}
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.DeclineHandoffRequest{Name: handoff(1), Assignment: 1}); err != nil {
			t.Errorf("an answer without evidence: %v", err)
		}
		o.judge.registry.away = false
		o.desk.open(handoff(2), strict, "web", "", jane)
		if _, err := o.send(asRep(t, "jane"), small(handoff(2), 1, 1)); err != nil {
			t.Errorf("the same id when it is back: %v", err)
		}
	})
}

func TestEvidenceIsForItsReason(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), agreed, "web", "", jane)
		req := small(handoff(1), 1, 1)
		req.Reason = notReady
		_, err := o.send(asRep(t, "jane"), req)
		wantFault(t, "a size for a time", err, codes.InvalidArgument, "EVIDENCE_IRRELEVANT", "criterion", "size_fit")
		wantFields(t, "a size for a time", err, "evidence[0].criterion")
		req.Reason, req.Evidence[0].Criterion = badFit, "buyer_role"
		_, err = o.send(asRep(t, "jane"), req)
		wantFault(t, "a role for a size", err, codes.InvalidArgument, "EVIDENCE_IRRELEVANT", "criterion", "buyer_role")
		req.Rating, req.Quality = 5, feedbackv1.Verdict_QUALITY_LOW
		_, err = o.send(asRep(t, "jane"), req)
		wantFault(t, "something else is wrong too", err, codes.InvalidArgument, "FIELD_INVALID", "", "")
		wantFields(t, "something else is wrong too", err, "evidence[0].criterion", "quality")
		if n := len(o.judge.registry.asked); n != 0 {
			t.Errorf("the record was asked %d times about it", n)
		}
		req.Reason, req.Rating, req.Quality = notReady, 0, 0
		if _, err := o.send(asRep(t, "jane"), req); err != nil {
			t.Errorf("a criterion that is not mentioned, for a reason that is not either: %v", err)
		}
	})
}

func TestAPlaybookMayRefuseWhatTheRecordContradicts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.judge.registry.find(contradicted)
		o.desk.open(handoff(1), agreed, "web", "", jane)
		_, err := o.send(asRep(t, "jane"), small(handoff(1), 1, 1))
		for key, value := range map[string]string{"resource": handoff(1), "criterion": "size_fit", "field": "account.employees", "cause": "RECORD_DIFFERS"} {
			wantFault(t, "contradicted", err, codes.FailedPrecondition, "EVIDENCE_CONTRADICTED", key, value)
		}
		if strings.Contains(err.Error(), "secret") || o.stored(t, "1 = 1") != 0 || o.desk.handoffs[handoff(1)].handoff.GetState() != routingv1.Handoff_STATE_ASSIGNED {
			t.Errorf("%v, with %d answers stored", err, o.stored(t, "1 = 1"))
		}
		o.judge.registry.find(unverifiable)
		if _, err := o.send(asRep(t, "jane"), small(handoff(1), 1, 1)); err != nil {
			t.Errorf("what cannot be verified: %v", err)
		}
	})
}
