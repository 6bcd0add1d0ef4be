package passage

import (
	"fmt"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
)

func feedbackWords(e *eventv1.Event) string {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_VerdictRecorded:
		return verdictWords(p.VerdictRecorded)
	case *eventv1.Event_DisputeOpened:
		if p.DisputeOpened.GetOpener() == feedbackv1.Dispute_OPENER_EVIDENCE {
			return "disputed: the evidence does not bear the answer out"
		}
		return sentence("disputed", "by", enumWord(p.DisputeOpened.GetOpener().String(), "OPENER_"))
	case *eventv1.Event_DisputeResolved:
		return rulingWords(p.DisputeResolved)
	case *eventv1.Event_PatternFound:
		return patternWords(p.PatternFound.GetPattern())
	case *eventv1.Event_QualityDropped:
		return qualityWords(p.QualityDropped.GetPattern())
	}
	return ""
}

func verdictWords(p *eventv1.VerdictRecorded) string {
	v := p.GetVerdict()
	by, instead := v.GetRep(), ""
	if v.GetAnsweredBy() != "" {
		by, instead = v.GetAnsweredBy(), v.GetRep()
	}
	words := sentence("answered", "with", enumWord(v.GetStep().String(), "STEP_"), "by", by, "for", instead,
		"to", enumWord(v.GetRecycleTarget().String(), "RECYCLE_TARGET_"))
	if v.GetRating() > 0 {
		words += fmt.Sprintf(", rated %d of 5", v.GetRating())
	}
	return words
}

func rulingWords(d *eventv1.DisputeResolved) string {
	switch {
	case d.GetLapsed():
		return "dispute lapsed: the answer is upheld"
	case d.GetRuling() == feedbackv1.Dispute_RULING_RECLASSIFIED:
		return sentence("dispute ended: the answer counts", "as", enumWord(d.GetReasonAfter().String(), "REJECTION_REASON_"),
			"instead of", enumWord(d.GetReasonBefore().String(), "REJECTION_REASON_"))
	default:
		return "dispute ended: the answer is " + enumWord(d.GetRuling().String(), "RULING_")
	}
}
