package feedback_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const (
	teamsWord  = 5 * 24 * time.Hour  // by default
	openWithin = 14 * 24 * time.Hour // by default

	upheld       = feedbackv1.Dispute_RULING_UPHELD
	overturned   = feedbackv1.Dispute_RULING_OVERTURNED
	reclassified = feedbackv1.Dispute_RULING_RECLASSIFIED
	misfit       = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC
	tooEarly     = playbookv1.RejectionReason_REJECTION_REASON_NOT_READY
)

func disputeOf(n int) string { return handoff(n) + "/disputes/reject-1" }

func as(t *testing.T, subject string, roles ...accessv1.Role) context.Context {
	t.Helper()
	return roomtest.As(t.Context(), subject, roles...)
}

func asMarketing(t *testing.T) context.Context {
	t.Helper()
	return as(t, "mia", accessv1.Role_ROLE_MARKETING_LEAD)
}

func asRevOps(t *testing.T) context.Context {
	t.Helper()
	return as(t, "ops", accessv1.Role_ROLE_REVOPS)
}

func asPartner(t *testing.T, partner string) context.Context {
	t.Helper()
	return roomtest.AsPartner(t.Context(), "pam", partner)
}

// rejected opens the n-th handoff of a campaign and has jane reject it as a bad fit.
func (o *office) rejected(t *testing.T, n int, campaign string) {
	t.Helper()
	o.desk.open(handoff(n), strict, "web", campaign, jane)
	if _, err := o.client.RejectHandoff(asRep(t, "jane"), &feedbackv1.RejectHandoffRequest{Name: handoff(n), Assignment: 1, Reason: misfit}); err != nil {
		t.Fatal(err)
	}
}

// disputed is rejected, and marketing disputes it.
func (o *office) disputed(t *testing.T, n int) *feedbackv1.Dispute {
	t.Helper()
	o.rejected(t, n, "spring")
	d, err := o.client.OpenDispute(asMarketing(t), &feedbackv1.OpenDisputeRequest{Name: handoff(n) + "/verdicts/reject-1", Comment: "secret: they have 400 people"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// verdict is the only answer to the n-th handoff.
func (o *office) verdict(t *testing.T, n int) *feedbackv1.Verdict {
	t.Helper()
	all := o.verdicts(t, handoff(n))
	if len(all) != 1 {
		t.Fatalf("got %d verdicts, want one", len(all))
	}
	return all[0]
}

// toldOf are the payloads that were told of disputes.
func (o *office) toldOf(t *testing.T) (opened []*eventv1.DisputeOpened, resolved []*eventv1.DisputeResolved) {
	t.Helper()
	for _, e := range o.Told(t) {
		if strings.Contains(strings.ToLower(e.String()), "secret") {
			t.Errorf("told: %v", e)
		}
		if d := e.GetDisputeOpened(); d != nil {
			opened = append(opened, d)
		}
		if d := e.GetDisputeResolved(); d != nil {
			resolved = append(resolved, d)
		}
	}
	return opened, resolved
}

func TestAVerdictIsDisputedAndTheTeamsSettleIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		d := o.disputed(t, 1)
		now := timestamppb.New(roomtest.Start)
		term := timestamppb.New(roomtest.Start.Add(teamsWord))
		want := &feedbackv1.Dispute{Name: disputeOf(1), Verdict: handoff(1) + "/verdicts/reject-1", Rep: jane, State: feedbackv1.Dispute_STATE_OPEN,
			Opener: feedbackv1.Dispute_OPENER_MARKETING, Comment: "secret: they have 400 people", Reason: misfit, CountedReason: misfit, Source: "web",
			Campaign: "spring", Partner: "agency", CreateTime: now, TermTime: term, Etag: `"1"`}
		same(t, "as it was opened", want, d)
		if v := o.verdict(t, 1); v.GetStanding() != feedbackv1.Verdict_STANDING_DISPUTED || v.GetCountedReason() != misfit || v.GetDispute() != disputeOf(1) {
			t.Errorf("a disputed verdict: %v", v)
		}
		o.pass(time.Hour)
		if _, err := o.client.StateDispute(asMarketing(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: reclassified, Reason: tooEarly,
			Comment: "secret: early", Etag: d.GetEtag()}); err != nil {
			t.Fatal(err)
		}
		got, err := o.client.StateDispute(asManager(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: reclassified, Reason: tooEarly})
		if err != nil {
			t.Fatal(err)
		}
		later := timestamppb.New(o.Clock.Now())
		want.State, want.Ruling, want.CountedReason, want.EndTime, want.Etag = feedbackv1.Dispute_STATE_RESOLVED, reclassified, tooEarly, later, `"3"`
		want.Statements = []*feedbackv1.Dispute_Statement{
			{Team: playbookv1.Team_TEAM_MARKETING, Ruling: reclassified, Reason: tooEarly, Comment: "secret: early", Actor: auth.LocalIssuer + "|mia", StateTime: later},
			{Team: playbookv1.Team_TEAM_SALES, Ruling: reclassified, Reason: tooEarly, Actor: auth.LocalIssuer + "|sam", StateTime: later}}
		same(t, "as it ended", want, got)
		got, err = o.client.GetDispute(asRep(t, "jane"), &feedbackv1.GetDisputeRequest{Name: disputeOf(1)})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "as the rep reads it", want, got)
		if v := o.verdict(t, 1); v.GetStanding() != feedbackv1.Verdict_STANDING_RECLASSIFIED || v.GetReason() != misfit || v.GetCountedReason() != tooEarly {
			t.Errorf("a reclassified verdict: %v", v)
		}
		opened, resolved := o.toldOf(t)
		same(t, "told of the opening", []*eventv1.DisputeOpened{{Dispute: disputeOf(1), Handoff: handoff(1), Assignment: 1, Step: routingv1.Step_STEP_REJECT,
			Rep: jane, Opener: feedbackv1.Dispute_OPENER_MARKETING, Reason: misfit, TermTime: term}}, opened)
		same(t, "told of the end", []*eventv1.DisputeResolved{{Dispute: disputeOf(1), Handoff: handoff(1), Lead: strings.Replace(handoff(1), "handoffs", "leads", 1),
			Assignment: 1, Step: routingv1.Step_STEP_REJECT, Rep: jane, Ruling: reclassified, ReasonBefore: misfit, ReasonAfter: tooEarly, ResolveTime: later}}, resolved)
	})
}

func TestAnOverturnedRejectionCountsAsNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.rejected(t, 1, "spring")
		o.disputed(t, 2)
		if _, err := o.client.StateDispute(asManager(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(2), Ruling: overturned}); err != nil {
			t.Fatal(err)
		}
		if v := o.verdict(t, 2); v.GetStanding() != feedbackv1.Verdict_STANDING_OVERTURNED || v.GetCountedReason() != 0 {
			t.Errorf("an overturned verdict: %v", v)
		}
		o.pass(time.Minute)
		report, err := o.client.GetRejectionReport(asManager(t), &feedbackv1.GetRejectionReportRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if report.GetAll().GetRejected().GetWholeCount() != 2 || report.GetAll().GetRejected().GetPartCount() != 1 {
			t.Errorf("answered %d and rejected %d, want 2 and 1", report.GetAll().GetRejected().GetWholeCount(), report.GetAll().GetRejected().GetPartCount())
		}
	})
}

func TestASilentDisputeLapsesByTheTimer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.disputed(t, 1)
		o.disputed(t, 2)
		if _, err := o.client.StateDispute(asMarketing(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(2), Ruling: overturned}); err != nil {
			t.Fatal(err)
		}
		at, due, err := o.service.NextDue(t.Context())
		if err != nil || !due || !at.Equal(roomtest.Start.Add(teamsWord)) {
			t.Fatalf("due at %v, %v, %v", at, due, err)
		}
		for _, early := range []time.Duration{time.Microsecond, 0} {
			o.Clock.Set(at.Add(-early))
			if err := o.service.Fire(t.Context()); err != nil {
				t.Fatal(err)
			}
			d, err := o.client.GetDispute(asManager(t), &feedbackv1.GetDisputeRequest{Name: disputeOf(1)})
			if lapsed := d.GetState() == feedbackv1.Dispute_STATE_LAPSED; err != nil || lapsed != (early == 0) {
				t.Fatalf("%v before its term: %v, %v", early, d, err)
			}
		}
		if v := o.verdict(t, 1); v.GetStanding() != feedbackv1.Verdict_STANDING_STANDS || v.GetCountedReason() != misfit || v.GetDispute() == "" {
			t.Errorf("after the lapse: %v", v)
		}
		if v := o.verdict(t, 2); v.GetStanding() != feedbackv1.Verdict_STANDING_DISPUTED {
			t.Errorf("one of which a team has spoken: %v", v)
		}
		if _, due, err := o.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("still due: %v, %v", due, err)
		}
		_, resolved := o.toldOf(t)
		if len(resolved) != 1 || !resolved[0].GetLapsed() || resolved[0].GetRuling() != upheld || resolved[0].GetReasonAfter() != misfit {
			t.Errorf("told %v", resolved)
		}
	})
}

func TestAWordAtTheTermIsTooLateWhetherOrNotTheTimerHasFired(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.disputed(t, 1)
		o.pass(teamsWord)
		_, err := o.client.StateDispute(asManager(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: overturned})
		wantFault(t, "at the term", err, codes.FailedPrecondition, "STATE_CONFLICT", "state", "LAPSED")
		_, err = o.client.SettleDispute(asRevOps(t), &feedbackv1.SettleDisputeRequest{Name: disputeOf(1), Ruling: overturned})
		wantFault(t, "settled at the term", err, codes.FailedPrecondition, "STATE_CONFLICT", "state", "LAPSED")
	})
}

func TestRevOpsSettlesWhatTheTeamsCannot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.disputed(t, 1)
		settle := &feedbackv1.SettleDisputeRequest{Name: disputeOf(1), Ruling: overturned, Comment: "secret: I looked"}
		_, err := o.client.SettleDispute(asRevOps(t), settle)
		wantFault(t, "while the teams have the word", err, codes.FailedPrecondition, "STATE_CONFLICT", "state", "OPEN")
		for ctx, ruling := range map[context.Context]feedbackv1.Dispute_Ruling{asMarketing(t): overturned, asManager(t): upheld} {
			if _, err := o.client.StateDispute(ctx, &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: ruling}); err != nil {
				t.Fatal(err)
			}
		}
		d, err := o.client.SettleDispute(asRevOps(t), settle)
		if err != nil || d.GetRuling() != overturned || d.GetSettledBy() != auth.LocalIssuer+"|ops" || d.GetSettleComment() != settle.GetComment() {
			t.Errorf("got %v, %v", d, err)
		}
		_, err = o.client.SettleDispute(asRevOps(t), settle)
		wantFault(t, "again", err, codes.FailedPrecondition, "STATE_CONFLICT", "state", "RESOLVED")
		o.toldOf(t)
	})
}

func TestWhoMaySpeakInADispute(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.disputed(t, 1)
		both := as(t, "bo", accessv1.Role_ROLE_MARKETING_LEAD, accessv1.Role_ROLE_SALES_MANAGER)
		bot := roomtest.AsAI(t.Context(), "bot", accessv1.Role_ROLE_SALES_MANAGER)
		state := func(ctx context.Context, team playbookv1.Team, ruling feedbackv1.Dispute_Ruling) error {
			_, err := o.client.StateDispute(ctx, &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Team: team, Ruling: ruling})
			return err
		}
		wantFault(t, "an AI", state(bot, 0, overturned), codes.PermissionDenied, "SIGNER_NOT_ALLOWED", "resource", disputeOf(1))
		wantFault(t, "sales for marketing", state(asManager(t), playbookv1.Team_TEAM_MARKETING, upheld), codes.PermissionDenied, "SIGNER_NOT_ALLOWED", "resource", disputeOf(1))
		wantFault(t, "RevOps for a team", state(asRevOps(t), playbookv1.Team_TEAM_SALES, upheld), codes.PermissionDenied, "ROLE_MISSING", "", "")
		wantFault(t, "who leads both, for neither", state(both, 0, upheld), codes.InvalidArgument, "FIELD_INVALID", "", "")
		if err := state(both, playbookv1.Team_TEAM_MARKETING, overturned); err != nil {
			t.Fatal(err)
		}
		wantFault(t, "one person for both", state(both, playbookv1.Team_TEAM_SALES, overturned), codes.FailedPrecondition, "SIGNER_NOT_DISTINCT", "resource", disputeOf(1))
		_, err := o.client.OpenDispute(roomtest.AsAI(t.Context(), "bot", accessv1.Role_ROLE_MARKETING),
			&feedbackv1.OpenDisputeRequest{Name: handoff(1) + "/verdicts/reject-1"})
		wantFault(t, "an AI opens", err, codes.PermissionDenied, "SIGNER_NOT_ALLOWED", "", "")
	})
}

func TestWhatCannotBeDisputed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		open := func(name string) error {
			_, err := o.client.OpenDispute(asMarketing(t), &feedbackv1.OpenDisputeRequest{Name: name})
			return err
		}
		o.disputed(t, 1)
		wantFault(t, "again", open(handoff(1)+"/verdicts/reject-1"), codes.AlreadyExists, "RESOURCE_EXISTS", "resource", disputeOf(1))
		wantFault(t, "no verdict", open(handoff(1)+"/verdicts/reject-2"), codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(1)+"/verdicts/reject-2")
		wantFault(t, "no handoff", open(handoff(7)+"/verdicts/reject-1"), codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(7)+"/verdicts/reject-1")
		o.desk.open(handoff(2), strict, "web", "", jane)
		if _, err := o.client.AcceptHandoff(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 1}); err != nil {
			t.Fatal(err)
		}
		wantFault(t, "an accept", open(handoff(2)+"/verdicts/accept-1"), codes.FailedPrecondition, "STATE_CONFLICT", "resource", handoff(2)+"/verdicts/accept-1")
		o.rejected(t, 3, "")
		o.pass(openWithin)
		wantFault(t, "too late", open(handoff(3)+"/verdicts/reject-1"), codes.FailedPrecondition, "STATE_CONFLICT", "resource", handoff(3)+"/verdicts/reject-1")
	})
}

func TestPartnersDisputeAndReadWhatTheyBrought(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.rejected(t, 1, "spring")
		req := &feedbackv1.OpenDisputeRequest{Name: handoff(1) + "/verdicts/reject-1", Comment: "they came"}
		_, err := o.client.OpenDispute(asPartner(t, "rival"), req)
		wantFault(t, "another partner's", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", req.GetName())
		if d, err := o.client.OpenDispute(asPartner(t, "agency"), req); err != nil || d.GetOpener() != feedbackv1.Dispute_OPENER_PARTNER {
			t.Fatalf("got %v, %v", d, err)
		}
		if _, err := o.client.StateDispute(asMarketing(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: overturned, Comment: "secret: ours"}); err != nil {
			t.Fatal(err)
		}
		_, err = o.client.GetDispute(asPartner(t, "rival"), &feedbackv1.GetDisputeRequest{Name: disputeOf(1)})
		wantFault(t, "read by another partner", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", disputeOf(1))
		d, err := o.client.GetDispute(asPartner(t, "agency"), &feedbackv1.GetDisputeRequest{Name: disputeOf(1)})
		if err != nil || d.GetRep() != "" || d.GetComment() != "they came" || len(d.GetStatements()) != 1 ||
			d.GetStatements()[0].GetComment() != "" || d.GetStatements()[0].GetActor() != "" || d.GetStatements()[0].GetRuling() != overturned {
			t.Errorf("got %v, %v", d, err)
		}
		for partner, want := range map[string]int{"agency": 1, "rival": 0} {
			resp, err := o.client.ListDisputes(asPartner(t, partner), &feedbackv1.ListDisputesRequest{Parent: "handoffs/-"})
			if err != nil || len(resp.GetDisputes()) != want {
				t.Errorf("%s sees %v, %v", partner, resp.GetDisputes(), err)
			}
		}
	})
}
