package feedback_test

import (
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

const (
	badFit    = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC
	notReady  = playbookv1.RejectionReason_REJECTION_REASON_NOT_READY
	badData   = playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA
	duplicate = playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE
)

func TestWhatIsRefusedAndWhy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)      // waits for jane's answer
		o.desk.open(handoff(2), strict, "web", "", jane, joe) // was declined by jane, waits for joe's
		o.desk.open(handoff(3), strict, "web", "", jane)      // is accepted
		for _, req := range []proto.Message{&feedbackv1.DeclineHandoffRequest{Name: handoff(2), Assignment: 1},
			&feedbackv1.AcceptHandoffRequest{Name: handoff(3), Assignment: 1}} {
			if _, err := o.send(asRep(t, "jane"), req); err != nil {
				t.Fatal(err)
			}
		}
		before := len(o.Told(t))
		for _, test := range []struct {
			name               string
			who                string
			req                proto.Message
			code               codes.Code
			reason, key, value string
		}{
			{"no reason", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1},
				codes.InvalidArgument, "FEEDBACK_INCOMPLETE", "missing", "reason"},
			{"an unknown detail", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Detail: "moon_phase"},
				codes.InvalidArgument, "FIELD_INVALID", "", ""},
			{"a detail of another reason", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Detail: "poor_timing", Reason: badFit},
				codes.InvalidArgument, "FIELD_INVALID", "", ""},
			{"a reason that the playbook does not have", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: duplicate},
				codes.InvalidArgument, "FIELD_INVALID", "", ""},
			{"no evidence", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: badData},
				codes.InvalidArgument, "FEEDBACK_INCOMPLETE", "missing", "evidence"},
			{"a competitor's name for another reason", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: notReady, Competitor: "Globex"},
				codes.InvalidArgument, "FIELD_INVALID", "", ""},
			{"a rating of six", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: notReady, Rating: 6},
				codes.InvalidArgument, "FIELD_INVALID", "", ""},
			{"no rating", "jane", &feedbackv1.DisposeHandoffRequest{Name: handoff(3), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_NURTURE},
				codes.InvalidArgument, "FEEDBACK_INCOMPLETE", "missing", "rating"},
			{"an SQL without its checklist", "jane", &feedbackv1.DisposeHandoffRequest{Name: handoff(3), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_SQL},
				codes.InvalidArgument, "FEEDBACK_INCOMPLETE", "missing", "rating,confirmed.need,confirmed.timing"},
			{"an outcome that is not a disposition's", "jane", &feedbackv1.DisposeHandoffRequest{Name: handoff(3), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_DUPLICATE, Rating: 3},
				codes.InvalidArgument, "FIELD_INVALID", "", ""},
			{"disposed of before accepted", "jane", &feedbackv1.DisposeHandoffRequest{Name: handoff(1), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_NURTURE, Rating: 3},
				codes.FailedPrecondition, "STATE_CONFLICT", "state", "ASSIGNED"},
			{"accepted twice", "jane", &feedbackv1.AcceptHandoffRequest{Name: handoff(3), Assignment: 1},
				codes.FailedPrecondition, "VERDICT_EXISTS", "resource", handoff(3)},
			{"rejected after it was accepted", "jane", &feedbackv1.RejectHandoffRequest{Name: handoff(3), Assignment: 1, Reason: notReady},
				codes.FailedPrecondition, "VERDICT_EXISTS", "resource", handoff(3)},
			{"an assignment that is over", "jane", &feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 1},
				codes.Aborted, "ASSIGNMENT_SUPERSEDED", "assignment", "2"},
			{"an assignment that is to come", "joe", &feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 3},
				codes.Aborted, "ASSIGNMENT_SUPERSEDED", "assignment", "2"},
			{"the present assignment, by the one before", "jane", &feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 2},
				codes.Aborted, "ASSIGNMENT_SUPERSEDED", "resource", handoff(2)},
			{"another rep's", "joe", &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1},
				codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(1)},
			{"another rep's, and incomplete", "joe", &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1},
				codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(1)},
			{"one that does not exist", "joe", &feedbackv1.AcceptHandoffRequest{Name: handoff(9), Assignment: 1},
				codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(9)},
		} {
			_, err := o.send(asRep(t, test.who), test.req)
			wantFault(t, test.name, err, test.code, test.reason, test.key, test.value)
		}
		if got := len(o.Told(t)); got != before {
			t.Errorf("refusals told of %d verdicts", got-before)
		}
		for n, want := range map[int]int{1: 0, 2: 1, 3: 1} {
			if got := len(o.verdicts(t, handoff(n))); got != want {
				t.Errorf("after the refusals there are %d verdicts on %s, want %d", got, handoff(n), want)
			}
		}
		if n := o.stored(t, "taken = 0"); n != 0 {
			t.Errorf("%d refused answers are left", n)
		}
	})
}

func TestARefusalNamesEveryField(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		_, err := o.send(asRep(t, "jane"), &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: badData, Detail: "poor_timing", Competitor: "Globex"})
		wantFault(t, "three problems", err, codes.InvalidArgument, "FEEDBACK_INCOMPLETE", "missing", "evidence")
		same(t, "violations", &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "detail", Description: `"poor_timing" stands for not_ready, not for bad_data`},
			{Field: "evidence", Description: "is required for bad_data"},
			{Field: "competitor", Description: "is only for the reason competitor"},
		}}, detail[*errdetails.BadRequest](err))
	})
}

// stored counts the stored answers for which a condition holds.
func (o *office) stored(t *testing.T, condition string) (n int64) {
	t.Helper()
	if err := o.Host.DB.QueryRow(t.Context(), `SELECT count(*) FROM answer WHERE `+condition).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
