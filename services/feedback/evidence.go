package feedback

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// prove has the evidence of an answer compared with the playbook of its handoff and with what is on record now. What is found is
// stored with the answer: whenever it becomes a verdict, and however often it is sent, it is judged by what was known when it
// was given.
func (s *Service) prove(ctx context.Context, a *store.Answer, h *routingv1.Handoff, now time.Time) error {
	if len(a.Evidence) == 0 {
		return nil
	}
	req := &scoringv1.CheckEvidenceRequest{Lead: h.GetLead(), Playbook: h.GetPlaybook(), AsOfTime: timestamppb.New(now)}
	for _, e := range a.Evidence {
		req.Items = append(req.Items, &scoringv1.EvidenceItem{Criterion: e.Criterion, Field: e.Field, ObservedValue: e.Observed})
	}
	resp, err := s.cfg.Scoring.CheckEvidence(ctx, req)
	if err != nil {
		return unreadable("the record of "+h.GetLead(), err)
	}
	for i, c := range resp.GetChecks()[:min(len(a.Evidence), len(resp.GetChecks()))] {
		a.Evidence[i].Check = verdict.Check{Finding: verdict.Finding(c.GetFinding()), Cause: verdict.Cause(c.GetCause()),
			Missing: c.GetMissingFacts(), Recorded: c.GetRecordedValue()}
	}
	return nil
}

// toCheck is what was found of a piece of evidence, as the API shows it; nil if nothing was.
func toCheck(c verdict.Check) *scoringv1.EvidenceCheck {
	if c.Finding == 0 {
		return nil
	}
	return &scoringv1.EvidenceCheck{Finding: scoringv1.EvidenceCheck_Finding(c.Finding), Cause: scoringv1.EvidenceCheck_Cause(c.Cause),
		MissingFacts: c.Missing, RecordedValue: c.Recorded}
}

func toEvidence(evidence []verdict.Evidence) []*feedbackv1.Evidence {
	var all []*feedbackv1.Evidence
	for _, e := range evidence {
		all = append(all, &feedbackv1.Evidence{Criterion: e.Criterion, Field: e.Field, ObservedValue: e.Observed, Check: toCheck(e.Check)})
	}
	return all
}

func fromEvidence(evidence []*feedbackv1.Evidence) []verdict.Evidence {
	var all []verdict.Evidence
	for _, e := range evidence {
		all = append(all, verdict.Evidence{Criterion: e.GetCriterion(), Field: e.GetField(), Observed: e.GetObservedValue()})
	}
	return all
}
