package routing_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// refusal is an error as callers tell it apart.
type refusal struct {
	code     codes.Code
	reason   string
	metadata map[string]string
}

func refusalOf(err error) refusal {
	st := status.Convert(err)
	r := refusal{code: st.Code()}
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			r.reason, r.metadata = info.GetReason(), info.GetMetadata()
		}
	}
	return r
}

// fields are the fields that an error complains of.
func fields(err error) []string {
	var names []string
	for _, d := range status.Convert(err).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				names = append(names, v.GetField())
			}
		}
	}
	return names
}

func TestWhoMayAnswerWhat(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, other := duo(t, b)
		b.rep(t, "carl")
		stranger := refusal{codes.NotFound, "RESOURCE_NOT_FOUND", map[string]string{"resource": name}}
		missing := "handoffs/ffffffffffffffffffffffffffffffff"
		accept, decline, reject := routingv1.Step_STEP_ACCEPT, routingv1.Step_STEP_DECLINE, routingv1.Step_STEP_REJECT
		recycle, dispose := routingv1.Step_STEP_RECYCLE, routingv1.Step_STEP_DISPOSE
		superseded := func(n int) refusal {
			return refusal{codes.Aborted, "ASSIGNMENT_SUPERSEDED", map[string]string{"resource": name, "assignment": fmt.Sprint(n)}}
		}
		exists := func(state string) refusal {
			return refusal{codes.FailedPrecondition, "VERDICT_EXISTS", map[string]string{"resource": name, "state": state}}
		}
		conflict := func(state string) refusal {
			return refusal{codes.FailedPrecondition, "STATE_CONFLICT", map[string]string{"resource": name, "state": state}}
		}
		for i, tc := range []struct {
			rep        string
			handoff    string
			assignment int32
			step       routingv1.Step
			want       refusal // the zero one: it counts
		}{
			{"carl", name, 1, accept, stranger},
			{"nobody", name, 1, accept, stranger},
			{other, name, 1, reject, stranger},
			{rep, missing, 1, accept, refusal{codes.NotFound, "RESOURCE_NOT_FOUND", map[string]string{"resource": missing}}},
			{rep, name, 1, dispose, conflict("ASSIGNED")},
			{rep, name, 2, accept, superseded(1)},
			{rep, name, 1, decline, refusal{}},
			{rep, name, 1, decline, refusal{}}, // again: nothing new
			{rep, name, 1, accept, superseded(2)},
			{rep, name, 2, accept, superseded(2)}, // not theirs, though the number is right
			{other, name, 1, accept, superseded(2)},
			{"carl", name, 2, accept, stranger},
			{other, name, 2, accept, refusal{}},
			{other, name, 2, accept, refusal{}},
			{other, name, 2, decline, exists("ACCEPTED")},
			{other, name, 2, reject, exists("ACCEPTED")},
			{other, name, 2, dispose, refusal{}},
			{other, name, 2, dispose, refusal{}},
			{other, name, 2, accept, refusal{}}, // it was accepted
			{other, name, 2, recycle, exists("CLOSED")},
			{rep, name, 1, decline, refusal{}}, // it was declined
			{rep, name, 1, reject, superseded(2)},
		} {
			_, err := b.answer(as(t, tc.rep), tc.handoff, tc.assignment, tc.step)
			if diff := cmp.Diff(tc.want, refusalOf(err), cmp.AllowUnexported(refusal{})); diff != "" {
				t.Errorf("%d: %v of assignment %d by %s (-want +got):\n%s", i, tc.step, tc.assignment, tc.rep, diff)
			}
		}
		want := []string{"handoff_opened", "handoff_assigned", "handoff_declined", "handoff_assigned", "handoff_accepted", "handoff_closed"}
		if diff := cmp.Diff(want, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestTheSameVerdictWithAnotherContentIsAnother(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, _ := duo(t, b)
		b.advanced(t, rep, name, 1, routingv1.Step_STEP_REJECT)
		_, err := b.client.AdvanceHandoff(as(t, rep), &routingv1.AdvanceHandoffRequest{Name: name, Assignment: 1,
			Step: routingv1.Step_STEP_REJECT, Reason: playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE})
		if got := refusalOf(err).reason; got != "VERDICT_EXISTS" {
			t.Errorf("got %v", err)
		}
	})
}

func TestPartsOfAnAnswerMustBelongTogether(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, _ := duo(t, b)
		badData, sql := playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA, routingv1.Handoff_OUTCOME_SQL
		for _, tc := range []struct {
			req  *routingv1.AdvanceHandoffRequest
			want []string
		}{
			{&routingv1.AdvanceHandoffRequest{Step: routingv1.Step_STEP_REJECT}, []string{"reason"}},
			{&routingv1.AdvanceHandoffRequest{Step: routingv1.Step_STEP_ACCEPT, Reason: badData}, []string{"reason"}},
			{&routingv1.AdvanceHandoffRequest{Step: routingv1.Step_STEP_DISPOSE}, []string{"outcome"}},
			{&routingv1.AdvanceHandoffRequest{Step: routingv1.Step_STEP_DISPOSE, Outcome: routingv1.Handoff_OUTCOME_DUPLICATE}, []string{"outcome"}},
			{&routingv1.AdvanceHandoffRequest{Step: routingv1.Step_STEP_RECYCLE, Outcome: sql, Reason: badData}, []string{"reason", "outcome"}},
			{&routingv1.AdvanceHandoffRequest{Step: routingv1.Step(77)}, []string{"step"}},
		} {
			tc.req.Name, tc.req.Assignment = name, 1
			_, err := b.client.AdvanceHandoff(as(t, rep), tc.req)
			if diff := cmp.Diff(tc.want, fields(err)); diff != "" || status.Code(err) != codes.InvalidArgument {
				t.Errorf("%v: got %v (-want +got):\n%s", tc.req, err, diff)
			}
		}
	})
}
