package feedback

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
)

// toVerdict is a verdict as the API shows it.
func toVerdict(v *store.Verdict, h *store.Handoff) *feedbackv1.Verdict {
	out := &feedbackv1.Verdict{
		Name:          verdictName(v.Handoff, v.Assignment, v.Step),
		Step:          routingv1.Step(v.Step),
		Assignment:    int32(v.Assignment),
		Rep:           ident.Name("reps", v.Rep),
		AnsweredBy:    repName(v.AnsweredBy),
		Reason:        playbookv1.RejectionReason(v.Reason),
		Detail:        v.Detail,
		Evidence:      toEvidence(v.Evidence),
		Finding:       scoringv1.EvidenceCheck_Finding(v.Finding()),
		Outcome:       routingv1.Handoff_Outcome(v.Outcome),
		RecycleTarget: feedbackv1.Verdict_RecycleTarget(v.Target),
		Rating:        int32(v.Rating),
		Quality:       feedbackv1.Verdict_Quality(verdict.QualityOf(v.Rating)),
		NextAction:    feedbackv1.Verdict_NextAction(v.Action),
		MessageMatch:  feedbackv1.Verdict_MessageMatch(v.Match),
		Competitor:    v.Competitor,
		Confirmed:     v.Confirmed,
		NextStep:      v.NextStep,
		Comment:       v.Comment,
		Source:        h.Source,
		Campaign:      h.Campaign,
		HandoffState:  routingv1.Handoff_State(v.State),
		AnswerTime:    timestamppb.New(time.UnixMicro(v.AnsweredAt)),
		Standing:      feedbackv1.Verdict_Standing(v.Standing),
		CountedReason: playbookv1.RejectionReason(v.Counted),
	}
	if v.Disputed {
		out.Dispute = disputeName(v.Handoff, v.Assignment, v.Step)
	}
	return out
}

// repName is the name of a rep; empty for nobody.
func repName(id string) string {
	if id == "" {
		return ""
	}
	return ident.Name("reps", id)
}

// impersonal is a verdict without its free words, as it may leave the service. What else names something is known to the
// playbook or to the language of its criteria, save the names of attributes, which are the caller's.
func impersonal(full *feedbackv1.Verdict) *feedbackv1.Verdict {
	v := proto.CloneOf(full)
	v.Comment, v.NextStep, v.Competitor = "", "", ""
	for _, e := range v.GetEvidence() {
		e.Field, e.ObservedValue = verdict.Field(e.GetField()), ""
		if e.GetCheck() != nil {
			e.Check.RecordedValue = ""
		}
	}
	return v
}

// fromHandoff is what an answer takes from its handoff, as Routing shows it.
func fromHandoff(h *routingv1.Handoff) store.Handoff {
	out := store.Handoff{ID: ident.ID(h.GetName(), "handoffs"), Lead: ident.ID(h.GetLead(), "leads"),
		Playbook: shelf.Number(h.GetPlaybook()), Partner: h.GetPartner(), Kind: int32(h.GetKind()),
		Source: h.GetContext().GetSource(), Campaign: h.GetContext().GetCampaign(), LeadMagnet: h.GetContext().GetLeadMagnet()}
	if h.GetKind() == routingv1.Handoff_KIND_MEETING {
		out.Meeting = h.GetMeeting()
	}
	return out
}

// verdictName and disputeName are the names of the verdict of a step of an assignment, and of the dispute over it.
func verdictName(handoff string, assignment int64, step verdict.Step) string {
	return ident.Name("handoffs", handoff, "verdicts", step.String()+"-"+strconv.FormatInt(assignment, 10))
}

func disputeName(handoff string, assignment int64, step verdict.Step) string {
	return ident.Name("handoffs", handoff, "disputes", step.String()+"-"+strconv.FormatInt(assignment, 10))
}

func handoffName(h *store.Handoff) string { return ident.Name("handoffs", h.ID) }

func leadName(h *store.Handoff) string { return ident.Name("leads", h.Lead) }

func playbookName(h *store.Handoff) string {
	return shelf.Version[agreed]{Number: h.Playbook}.Name()
}
