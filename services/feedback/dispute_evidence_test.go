package feedback_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// TestEvidenceThatSpeaksAgainstItsReasonOpensADispute rejects handoffs for their size, which the record bears out, or not, and
// once more where the answer of the call gets lost and the event comes first.
func TestEvidenceThatSpeaksAgainstItsReasonOpensADispute(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n, c := range []struct {
			found *scoringv1.EvidenceCheck
			lost  bool
			want  bool
		}{{supported, false, false}, {contradicted, false, true}, {unverifiable, false, false}, {contradicted, true, true}} {
			o.judge.registry.find(c.found)
			o.desk.open(handoff(n), strict, "web", "", jane)
			o.pass(time.Minute)
			answered := o.Clock.Now()
			if c.lost {
				o.desk.disturb = only("advance", unheard)
			}
			v, err := o.send(asRep(t, "jane"), small(handoff(n), n, 1))
			if o.desk.disturb = nil; c.lost {
				wantFault(t, "the answer gets lost", err, codes.Unavailable, "UNAVAILABLE", "", "")
				o.pass(time.Hour)
				o.hear(t, -1)
				v, err = o.send(asRep(t, "jane"), small(handoff(n), n, 1))
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := v.GetStanding() == feedbackv1.Verdict_STANDING_DISPUTED; got != c.want {
				t.Errorf("%d: the verdict is disputed: %v, want %v", n, got, c.want)
			}
			d, err := o.client.GetDispute(asMarketing(t), &feedbackv1.GetDisputeRequest{Name: disputeOf(n)})
			if !c.want {
				wantFault(t, "no dispute", err, codes.NotFound, "RESOURCE_NOT_FOUND", "", "")
				continue
			}
			if err != nil || d.GetOpener() != feedbackv1.Dispute_OPENER_EVIDENCE || !d.GetCreateTime().AsTime().Equal(answered) {
				t.Errorf("%d: got %v, %v; want one that the evidence opened at %v", n, d, err, answered)
			}
		}
		o.hear(t, -1)
		opened := 0
		for _, e := range o.Told(t) {
			if e.GetDisputeOpened() != nil {
				opened++
			}
		}
		if opened != 2 {
			t.Errorf("%d disputes were told of, want 2", opened)
		}
	})
}
