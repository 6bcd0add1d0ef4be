package app_test

import (
	"context"
	"os"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
	"github.com/handoffhq/handoff/services/internal/demo"
)

// Who decides whether sales wants a lead of the demo asks for 400 people at its company; the playbook of the demo asks for 200.
// The whole month takes minutes, so it is played when asked for.
func TestARecalibrationOfTheMonthFindsMoreGoodLeadsAtTheSameVolume(t *testing.T) {
	if os.Getenv("HANDOFF_TEST_MONTH") == "" {
		t.Skip("the whole month is played with HANDOFF_TEST_MONTH=1")
	}
	t.Parallel()
	m := playMonth(t, "", "handoff", demo.Leads)
	r := m.recalibrated(t, &feedbackv1.Recalibration{Weeks: 5, HeldOutWeeks: 2})
	held := r.GetHeldOut()
	t.Logf("%s\nheld out: %v", r.GetSentence(), held)
	if r.GetState() != feedbackv1.Recalibration_STATE_PROPOSED || held.GetPValue() >= 0.05 ||
		held.GetDraft().GetPerMille() < held.GetBaseline().GetPerMille()+50 || held.GetDraft().GetWholeCount() != held.GetBaseline().GetWholeCount() {
		t.Fatalf("got %v", r)
	}
	first := r.GetChanges()[0]
	if first.GetSubject() != "criteria.size_fit: account.employees >=" || first.GetNew() != "account.employees >= 400" || len(first.GetSentences()) != 1 {
		t.Errorf("the first change: %v", first)
	}
	draft, err := m.playbooks.GetPlaybook(m.ctx, &playbookv1.GetPlaybookRequest{Name: r.GetPlaybook()})
	if err != nil || draft.GetState() != playbookv1.Playbook_STATE_DRAFT || draft.GetOrigin() != playbookv1.Origin_ORIGIN_IMPORT {
		t.Errorf("the draft: %v, %v", draft, err)
	}
	if s := r.GetSimulation(); s.GetDraft() != draft.GetName() || s.GetDraftHash() != draft.GetHash() || s.GetDraftFigures().GetLeadCount() >= s.GetBaselineFigures().GetLeadCount() {
		t.Errorf("the simulation: %v", s)
	}
}

// recalibrated has a recalibration worked out.
func (m *month) recalibrated(t *testing.T, asked *feedbackv1.Recalibration) *feedbackv1.Recalibration {
	t.Helper()
	feedback := feedbackv1.NewFeedbackServiceClient(m.conn("mara", accessv1.Role_ROLE_MARKETING_LEAD))
	r, err := feedback.ProposeRecalibration(m.ctx, &feedbackv1.ProposeRecalibrationRequest{Recalibration: asked})
	if err != nil {
		t.Fatal(err)
	}
	clock := testclockv1.NewTestClockServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS))
	ctx, cancel := context.WithTimeout(m.ctx, 58*time.Second)
	defer cancel()
	now, err := clock.GetTestClock(ctx, &testclockv1.GetTestClockRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clock.AdvanceTestClock(ctx, &testclockv1.AdvanceTestClockRequest{To: timestamppb.New(now.GetNow().AsTime().Add(time.Second))}); err != nil {
		t.Fatal(err)
	}
	if r, err = feedback.GetRecalibration(m.ctx, &feedbackv1.GetRecalibrationRequest{Name: r.GetName()}); err != nil {
		t.Fatal(err)
	}
	return r
}
