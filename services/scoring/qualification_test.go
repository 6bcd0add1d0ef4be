package scoring_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

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

// What happened before and is recorded only now qualifies the lead now: the clocks of sales must not begin in the past.
func TestAnMQLIsNeverDatedBack(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example")
		b.pass(2 * day)
		late := b.demo("late")
		late.OccurTime = timestamppb.New(b.Clock.Now().Add(-time.Hour))
		b.record(t, by(lead, late))
		qualified := b.qualified(t)
		if len(qualified) != 1 {
			t.Fatalf("the lead qualified %d times, want once", len(qualified))
		}
		if at := qualified[0].GetMqlTime().AsTime(); !at.Equal(b.Clock.Now()) {
			t.Errorf("the lead became an MQL at %v, want now, %v", at, b.Clock.Now())
		}
	})
}

// Falling below the line does not undo an MQL, and rising above it again is nothing new: within a cycle no threshold, with
// hysteresis or without, qualifies a lead twice. Only the next cycle does, after sales gave it back.
func TestALeadThatFallsAndRisesAgainStaysTheMQLThatItWas(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := document()
		doc.Stages.Mql = "fit > 70 && engagement > 50"
		doc.Scoring.Engagement["content"].Events["content_download"].HalfLife = doc.Scoring.Engagement["events"].Events["form_submit"].GetHalfLife()
		b.activate(t, "1", doc)
		b.drain(t)
		b.account(t, "1", nil)
		engage := func(id string) []*scoringv1.Engagement {
			return []*scoringv1.Engagement{b.demo(id + "a"), b.engagement(id+"b", "content_download"), b.engagement(id+"c", "content_download")}
		}
		lead := b.lead(t, "ann@initech.example", engage("1")...) // 40 + 20 points
		for round, id := range []string{"2", "3"} {
			b.pass(40 * day)
			if below := b.explain(t, lead, b.Clock.Now()); below.GetSummary().GetOverLine() {
				t.Fatalf("round %d: still over the line with %v", round, below.GetSummary())
			}
			for _, e := range engage(id) {
				b.record(t, by(lead, e))
			}
			got := b.get(t, lead.GetName())
			if !got.GetScore().GetOverLine() || got.GetHandoff() != lead.GetHandoff() || got.GetCycle() != 1 {
				t.Errorf("round %d: got %v", round, got)
			}
		}
		if n := len(b.qualified(t)); n != 1 {
			t.Errorf("the lead qualified %d times, want once", n)
		}
	})
}
