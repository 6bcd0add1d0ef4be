package feedback_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
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
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

func meetingOf(n int) string {
	return fmt.Sprintf("leads/0195568e62d87000800%013d/meetings/0195568e62d87000800%013d", n, n)
}

// motion is a rubric in which something is in the way at the account.
func motion() *scoringv1.Rubric {
	r := &scoringv1.Rubric{}
	for kind := scoringv1.RubricCheck_KIND_BUYER_ROLE; kind <= scoringv1.RubricCheck_KIND_PURPOSE_AGREED; kind++ {
		r.Checks = append(r.GetChecks(), &scoringv1.RubricCheck{Kind: kind, Result: scoringv1.RubricCheck_RESULT_PASSED})
	}
	r.Checks[4] = &scoringv1.RubricCheck{Kind: scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION, Result: scoringv1.RubricCheck_RESULT_FAILED,
		Because: "opportunities/0195568e62d870008000000000000001"}
	return r
}

// brings has a partner bring a meeting now, which begins a handoff.
func (o *office) brings(t *testing.T, partner string, n int, campaign string) {
	t.Helper()
	o.Tell(t, eventlog.Routing, &eventv1.Event{Handoff: handoff(n), Lead: fmt.Sprintf("leads/0195568e62d87000800%013d", n), Playbook: paid, Partner: partner,
		Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Handoff: handoff(n), MqlTime: timestamppb.New(o.Clock.Now()),
			Source: "agency", Campaign: campaign, Kind: routingv1.Handoff_KIND_MEETING, Meeting: meetingOf(n), Rubric: motion()}}})
}

// says has Routing tell of what became of a handoff.
func (o *office) says(t *testing.T, n int, what string) {
	t.Helper()
	now := timestamppb.New(o.Clock.Now())
	closed := &eventv1.HandoffClosed{Handoff: handoff(n), Assignment: 1, Rep: jane, CloseTime: now}
	e := &eventv1.Event{Handoff: handoff(n), Playbook: paid}
	switch what {
	case "accept":
		e.Payload = &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Handoff: handoff(n), Assignment: 1, Rep: jane, AcceptTime: now}}
	case "reject":
		e.Payload = &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{Handoff: handoff(n), Assignment: 1, Rep: jane, Reason: notReady, RejectTime: now}}
	case "recycle":
		closed.Step, closed.Outcome = routingv1.Step_STEP_RECYCLE, routingv1.Handoff_OUTCOME_RECYCLED
		e.Payload = &eventv1.Event_HandoffClosed{HandoffClosed: closed}
	case "merge":
		closed.Outcome = routingv1.Handoff_OUTCOME_DUPLICATE
		e.Payload = &eventv1.Event_HandoffClosed{HandoffClosed: closed}
	case "disqualify":
		closed.Outcome = routingv1.Handoff_OUTCOME_DISQUALIFIED
		e.Payload = &eventv1.Event_HandoffClosed{HandoffClosed: closed}
	}
	o.Tell(t, eventlog.Routing, e)
}

// stands says what became of the rejection of a handoff.
func (o *office) stands(t *testing.T, n int, s dispute.Standing, reason playbookv1.RejectionReason) {
	t.Helper()
	err := o.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE verdict SET standing = $1, counted_reason = $2 WHERE handoff_id = $3`, s, int32(reason), handoff(n)[9:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// closeMonths lets the months pass that are over by an instant.
func (o *office) closeMonths(t *testing.T, at time.Time) {
	t.Helper()
	o.Clock.Set(at)
	for range 10 {
		due, ok, err := o.service.NextDue(t.Context())
		if err == nil && (!ok || due.After(at)) {
			return
		}
		if err == nil {
			err = o.service.Fire(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("months do not end")
}

func (o *office) statementOf(t *testing.T, ctx context.Context, name string) *feedbackv1.PartnerStatement { //nolint:revive // the test comes first
	t.Helper()
	got, err := o.client.GetPartnerStatement(ctx, &feedbackv1.GetPartnerStatementRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// brief says what a statement says: each line as what became of which meeting, with its amount.
func brief(s *feedbackv1.PartnerStatement) []string {
	var all []string
	for _, l := range s.GetLines() {
		line := l.GetMeeting()[len(l.GetMeeting())-1:] + " " + strings.TrimPrefix(l.GetState().String(), "STATE_")
		if l.GetReason() != 0 {
			line += " " + strings.TrimPrefix(l.GetReason().String(), "REJECTION_REASON_")
		}
		if l.GetCorrects() != "" {
			line += " after " + strings.TrimPrefix(l.GetStateBefore().String(), "STATE_") + " in " + l.GetCorrects()[strings.LastIndex(l.GetCorrects(), "/")+1:]
		}
		all = append(all, fmt.Sprint(line, " ", l.GetAmount().GetUnits()))
	}
	return all
}

const (
	march = "partners/agency/statements/2026-03"
	april = "partners/agency/statements/2026-04"
	may   = "partners/agency/statements/2026-05"
)

func TestAStatementTellsWhatBecameOfEachMeeting(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n := 1; n <= 9; n++ {
			o.brings(t, "agency", n, map[bool]string{true: "campaigns/cold"}[n <= 4])
			o.pass(time.Hour)
		}
		o.brings(t, "other", 20, "")
		o.Tell(t, eventlog.Scoring, &eventv1.Event{Handoff: handoff(1), Playbook: paid, Partner: "agency",
			Payload: &eventv1.Event_MeetingAdded{MeetingAdded: &eventv1.MeetingAdded{Handoff: handoff(1), Meeting: meetingOf(10)}}})
		for n, what := range []string{1: "accept", 2: "reject", 3: "reject", 4: "reject", 5: "reject", 6: "recycle", 7: "merge", 8: "disqualify"} {
			if what != "" {
				o.says(t, n, what)
			}
		}
		o.stands(t, 3, dispute.Disputed, notReady)
		o.stands(t, 4, dispute.Overturned, 0)
		o.stands(t, 5, dispute.Reclassified, playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA)

		got := o.statementOf(t, asManager(t), "partners/agency/statements/this-month")
		same(t, "lines", []string{"1 ACCEPTED 250", "2 REJECTED NOT_READY 0", "3 DISPUTED NOT_READY 0", "4 ACCEPTED 250", "5 REJECTED BAD_DATA 0",
			"6 RECYCLED 0", "7 DUPLICATE 0", "8 WITHDRAWN 0", "9 PENDING 0", "0 DUPLICATE 0"}, brief(got))
		share, lower, upper := int32(500), int32(150), int32(850)
		same(t, "counts", &feedbackv1.MeetingCounts{BroughtCount: 10, AcceptedCount: 2, RejectedCount: 2, DisputedCount: 1, PendingCount: 1, RecycledCount: 1,
			DuplicateCount: 2, WithdrawnCount: 1, Acceptance: &playbookv1.Proportion{PartCount: 2, WholeCount: 4, PerMille: &share,
				LowerPerMille: &lower, UpperPerMille: &upper}}, got.GetCounts())
		if got.GetName() != march || got.GetArchived() || got.GetLineCount() != 10 || len(got.GetTotals()) != 1 || got.GetTotals()[0].GetUnits() != 500 ||
			got.GetTimeZone() != "UTC" || len(got.GetCampaigns()) != 2 || got.GetCampaigns()[1].GetCounts().GetBroughtCount() != 5 {
			t.Errorf("got %v", got)
		}
	})
}

// TestAnArchivedStatementStays: what becomes of its meetings later is corrected in the month in which it is known, once.
func TestAnArchivedStatementStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n := 1; n <= 4; n++ {
			o.brings(t, "agency", n, "")
		}
		o.says(t, 1, "reject")
		o.says(t, 2, "accept")
		if due, ok, err := o.service.NextDue(t.Context()); err != nil || !ok || !due.Equal(time.Date(2026, 4, 1, 0, 1, 0, 0, time.UTC)) {
			t.Errorf("due at %v, %v, %v", due, ok, err)
		}
		o.closeMonths(t, time.Date(2026, 4, 1, 0, 1, 0, 0, time.UTC))
		before := o.statementOf(t, asPartner(t, "agency"), march)
		same(t, "March", []string{"1 REJECTED NOT_READY 0", "2 ACCEPTED 250", "3 PENDING 0", "4 PENDING 0"}, brief(before))

		o.pass(time.Hour)
		o.stands(t, 1, dispute.Overturned, 0)
		o.says(t, 3, "accept")
		o.brings(t, "agency", 5, "")
		same(t, "April", []string{"1 ACCEPTED after REJECTED in 2026-03 250", "3 ACCEPTED after PENDING in 2026-03 250", "5 PENDING 0"},
			brief(o.statementOf(t, asPartner(t, "agency"), april)))
		o.closeMonths(t, time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC))
		o.stands(t, 1, dispute.Stands, notReady)
		got := o.statementOf(t, asPartner(t, "agency"), may)
		same(t, "May", []string{"1 REJECTED NOT_READY after ACCEPTED in 2026-04 -250"}, brief(got))
		if got.GetCounts().GetBroughtCount() != 0 || got.GetCorrectionCount() != 1 || got.GetTotals()[0].GetUnits() != -250 {
			t.Errorf("May: got %v", got)
		}
		same(t, "March", before, o.statementOf(t, asPartner(t, "agency"), march))

		list, err := o.client.ListPartnerStatements(asManager(t), &feedbackv1.ListPartnerStatementsRequest{Parent: "partners/-", PageSize: 1})
		if err != nil || len(list.GetStatements()) != 1 || list.GetStatements()[0].GetName() != april || list.GetStatements()[0].GetLines() != nil {
			t.Fatalf("listed %v, %v", list, err)
		}
		next, err := o.client.ListPartnerStatements(asManager(t), &feedbackv1.ListPartnerStatementsRequest{Parent: "partners/-", PageSize: 1, PageToken: list.GetNextPageToken()})
		if err != nil || len(next.GetStatements()) != 1 || next.GetStatements()[0].GetName() != march || next.GetNextPageToken() != "" {
			t.Errorf("listed %v, %v", next, err)
		}
	})
}

// TestMonthsThatWereMissedAreArchivedOneByOne and what arrives too late for its month is stated in the next.
func TestMonthsThatWereMissedAreArchivedOneByOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.brings(t, "agency", 1, "")
		o.Clock.Set(time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC))
		o.brings(t, "agency", 2, "")
		o.closeMonths(t, time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC))
		same(t, "March", []string{"1 PENDING 0"}, brief(o.statementOf(t, asManager(t), march)))
		same(t, "April", []string{"2 PENDING 0"}, brief(o.statementOf(t, asManager(t), april)))
		o.Clock.Set(time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC))
		o.brings(t, "agency", 3, "")
		o.Clock.Set(time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC))
		same(t, "May", []string{"3 PENDING 0"}, brief(o.statementOf(t, asManager(t), may)))
		if due, _, err := o.service.NextDue(t.Context()); err != nil || due.Month() != time.June {
			t.Errorf("due at %v, %v", due, err)
		}
	})
}

func TestAStatementIsTheOwnPartnersAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.brings(t, "agency", 1, "")
		o.brings(t, "a/b%", 2, "")
		for month, archived := range map[string]bool{"2026-03": false, "2026-3x": true} {
			if archived {
				o.closeMonths(t, time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC))
				month = "2026-03"
			}
			for _, tc := range []struct {
				who  context.Context
				name string
				code codes.Code
			}{
				{asPartner(t, "agency"), "agency", codes.OK},
				{asPartner(t, "agency"), "a%2Fb%25", codes.NotFound},
				{asPartner(t, "agency"), "nobody", codes.NotFound},
				{asPartner(t, "agency"), "-", codes.NotFound},
				{asPartner(t, "a/b%"), "a%2Fb%25", codes.OK},
				{asPartner(t, "nobody"), "nobody", codes.NotFound},
				{asManager(t), "agency", codes.OK},
				{asManager(t), "nobody", codes.NotFound},
				{roomtest.As(t.Context(), "eve", accessv1.Role_ROLE_EXEC), "a%2Fb%25", codes.OK},
				{roomtest.As(t.Context(), "max", accessv1.Role_ROLE_MARKETING_LEAD), "agency", codes.OK},
				{asRep(t, "jane"), "agency", codes.PermissionDenied},
			} {
				name := "partners/" + tc.name + "/statements/" + month
				_, got := o.client.GetPartnerStatement(tc.who, &feedbackv1.GetPartnerStatementRequest{Name: name})
				_, exported := o.client.ExportPartnerStatement(tc.who, &feedbackv1.ExportPartnerStatementRequest{Name: name})
				for _, err := range []error{got, exported} {
					switch tc.code {
					case codes.OK:
						if err != nil {
							t.Errorf("%s: %v", name, err)
						}
					case codes.NotFound:
						wantFault(t, name, err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", name)
					default:
						wantFault(t, name, err, tc.code, "ROLE_MISSING", "", "")
					}
				}
			}
		}
		for _, tc := range []struct {
			partner, parent string
			want            []string
		}{
			{"agency", "partners/-", []string{march}},
			{"agency", "partners/agency", []string{march}},
			{"agency", "partners/a%2Fb%25", nil},
			{"agency", "partners/nobody", nil},
			{"a/b%", "partners/-", []string{"partners/a%2Fb%25/statements/2026-03"}},
		} {
			resp, err := o.client.ListPartnerStatements(asPartner(t, tc.partner), &feedbackv1.ListPartnerStatementsRequest{Parent: tc.parent})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range resp.GetStatements() {
				got = append(got, s.GetName())
			}
			same(t, tc.partner+" lists "+tc.parent, tc.want, got)
		}
	})
}

// TestAPartnerReadsTheProof but not what is in the way at the account, nor what was found about a person, nor who found it.
func TestAPartnerReadsTheProof(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), paid, "=cmd", "=cold", jane)
		o.hear(t, -1)
		o.Tell(t, eventlog.Scoring, &eventv1.Event{Handoff: handoff(1), Playbook: loose, Partner: "agency",
			Payload: &eventv1.Event_MeetingAdded{MeetingAdded: &eventv1.MeetingAdded{Handoff: handoff(1), Meeting: meetingOf(1), Rubric: motion()}}})
		_, err := o.client.RejectHandoff(asRep(t, "jane"), &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Rating: 2, Comment: "Roe lied",
			Reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC, MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_OVERSTATED,
			Evidence: []*feedbackv1.Evidence{{Criterion: "size_fit", Field: "account.employees", ObservedValue: "40"},
				{Field: "lead.title", ObservedValue: "Roe is an intern"}, {Field: "account.has_open_opportunity", ObservedValue: "with Bob"}}})
		if err != nil {
			t.Fatal(err)
		}
		got := o.statementOf(t, asPartner(t, "agency"), march)
		same(t, "line", &feedbackv1.StatementLine{Meeting: meetingOf(1), Handoff: handoff(1), Campaign: "=cold", BringTime: timestamppb.New(roomtest.Start), Added: true,
			Rubric: got.GetLines()[0].GetRubric(), State: feedbackv1.StatementLine_STATE_REJECTED, AnswerTime: timestamppb.New(roomtest.Start),
			Reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC, Rating: 2, Verdict: handoff(1) + "/verdicts/reject-1", MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_OVERSTATED,
			Evidence: []*feedbackv1.Evidence{{Criterion: "size_fit", Field: "account.employees", ObservedValue: "40"}, {Field: "lead.title"},
				{Field: "account.has_open_opportunity"}}}, got.GetLines()[0])
		if because := got.GetLines()[0].GetRubric().GetChecks()[4].GetBecause(); because != "" {
			t.Errorf("the partner reads %s", because)
		}
		if because := o.statementOf(t, asManager(t), march).GetLines()[0].GetRubric().GetChecks()[4].GetBecause(); because == "" {
			t.Error("sales does not read what is in the way")
		}

		body, err := o.client.ExportPartnerStatement(asPartner(t, "agency"), &feedbackv1.ExportPartnerStatementRequest{Name: march})
		if err != nil || body.GetContentType() != "text/csv; charset=utf-8" {
			t.Fatalf("%v, %v", body, err)
		}
		for _, secret := range []string{"jane", "Roe", "Bob", "opportunities/"} {
			if strings.Contains(got.String()+string(body.GetData()), secret) {
				t.Errorf("the partner reads %s", secret)
			}
		}
		rows, err := csv.NewReader(strings.NewReader(string(body.GetData()))).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%v, %v", rows, err)
		}
		cell := func(column string) string { return rows[1][slices.Index(rows[0], column)] }
		same(t, "cells", []string{"'=cold", "rejected", "bad_fit_firmographic", "5 of 6 checks passed, no active motion failed", "overstated", "",
			"size_fit: account.employees is 40; lead.title; account.has_open_opportunity"},
			[]string{cell("campaign"), cell("state"), cell("reason"), cell("checks"), cell("message_match"), cell("amount"), cell("evidence")})
	})
}
