package scoring_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func TestALeadOverTheLineQualifiesOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		if lead.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL || lead.GetHandoff() == "" || lead.GetAccount() != account.GetName() {
			t.Fatalf("the lead stands at %v with handoff %q of account %q", lead.GetQualification(), lead.GetHandoff(), lead.GetAccount())
		}
		if diff := cmp.Diff(lead, b.get(t, lead.GetName()), protocmp.Transform()); diff != "" {
			t.Errorf("the lead is read otherwise than it was answered (-answered +read):\n%s", diff)
		}
		b.record(t, by(lead, b.engagement("2", "page_view")))
		qualified := b.qualified(t)
		if len(qualified) != 1 {
			t.Fatalf("the lead qualified %d times, want once", len(qualified))
		}
		if q := qualified[0]; q.GetHandoff() != lead.GetHandoff() || q.GetCycle() != 1 || !q.GetContext().GetAccount().GetTarget() ||
			q.GetContext().GetAccount().GetOwner() != "reps/jane-doe" || len(q.GetContext().GetMissing()) != 0 {
			t.Errorf("told %v", q)
		}
		if n := len(b.contextChanges(t)); n != 0 {
			t.Errorf("a page view told routing of more context %d times, want never", n)
		}
	})
}
