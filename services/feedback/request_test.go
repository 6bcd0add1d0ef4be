package feedback_test

import (
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback"
)

func TestTheSameRequestHasOneEffectAndOneAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane, joe)
		req := &feedbackv1.DeclineHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "not mine", RequestId: requestID(1)}
		answers := make([]*feedbackv1.Verdict, 8)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() {
				var err error
				if answers[i], err = o.send(asRep(t, "jane"), req); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		o.hear(t, -1)
		o.pass(time.Hour)
		// Jane no longer has the handoff, and her request is answered as before.
		again, err := o.send(asRep(t, "jane"), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range answers {
			same(t, "an answer", again, got)
		}
		if told := o.Told(t); len(told) != 1 {
			t.Errorf("told %d times, want once", len(told))
		}
	})
}

func TestARequestIDStandsForOneAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		o.desk.open(handoff(2), strict, "web", "", jane)
		first := &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "on it", RequestId: requestID(1)}
		if _, err := o.send(asRep(t, "jane"), first); err != nil {
			t.Fatal(err)
		}
		for what, req := range map[string]proto.Message{
			"another comment": &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "later", RequestId: requestID(1)},
			"another handoff": &feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 1, Comment: "on it", RequestId: requestID(1)},
		} {
			_, err := o.send(asRep(t, "jane"), req)
			wantFault(t, what, err, codes.InvalidArgument, "REQUEST_ID_REUSED", "request_id", requestID(1))
		}
		if _, err := o.send(asManager(t), &feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 1, RequestId: requestID(1)}); err != nil {
			t.Errorf("another caller's request of the same id: %v", err)
		}
	})
}

// TestARequestIDServesEachMethod answers twice by one id, and hears of both again.
func TestARequestIDServesEachMethod(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		for range 2 {
			for _, req := range []proto.Message{&feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, RequestId: requestID(1)},
				&feedbackv1.RecycleHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "not now", RequestId: requestID(1)}} {
				if _, err := o.send(asRep(t, "jane"), req); err != nil {
					t.Errorf("%T: %v", req, err)
				}
				o.hear(t, -1)
			}
		}
		told := o.Told(t)
		if len(told) != 2 {
			t.Errorf("told %d times, want once for each method", len(told))
		}
		for _, e := range told {
			if e.GetRequestId() != requestID(1) {
				t.Errorf("%s was caused by request %q, want %q", e.GetSubject(), e.GetRequestId(), requestID(1))
			}
		}
	})
}

func TestWhatWasRefusedMayBeAskedAnew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		early := &feedbackv1.DisposeHandoffRequest{Name: handoff(1), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_NURTURE, Rating: 3, RequestId: requestID(1)}
		_, err := o.send(asRep(t, "jane"), early)
		wantFault(t, "before the accept", err, codes.FailedPrecondition, "STATE_CONFLICT", "resource", handoff(1))
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, RequestId: requestID(1)}); err != nil {
			t.Errorf("another content under the id of what was refused: %v", err)
		}
		early.RequestId = requestID(2)
		if _, err := o.send(asRep(t, "jane"), early); err != nil {
			t.Errorf("after the accept: %v", err)
		}
	})
}

// TestWhatMayHaveHappenedIsNotForgotten proves that a request whose outcome is unknown keeps its id.
func TestWhatMayHaveHappenedIsNotForgotten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		req := &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "on it", RequestId: requestID(1)}
		o.desk.disturb = only("advance", lost)
		_, err := o.send(asRep(t, "jane"), req)
		wantFault(t, "routing is away", err, codes.Unavailable, "UNAVAILABLE", "", "")
		if told := o.Told(t); len(told) != 0 {
			t.Errorf("told %v of what is not known to have happened", told)
		}
		o.desk.disturb = nil
		_, err = o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "no", RequestId: requestID(1)})
		wantFault(t, "another content", err, codes.InvalidArgument, "REQUEST_ID_REUSED", "request_id", requestID(1))
		if v, err := o.send(asRep(t, "jane"), req); err != nil || v.GetComment() != "on it" {
			t.Errorf("the same again: got %v, %v", v, err)
		}
	})
}

func TestStoredAnswersAreForgottenAndVerdictsAreNot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1}); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		for _, test := range []struct {
			before time.Time
			want   int64
		}{{now.Add(-time.Hour), 1}, {now.Add(time.Hour), 0}} {
			if err := feedback.ForgetBefore(t.Context(), o.service, test.before); err != nil {
				t.Fatal(err)
			}
			if n := o.stored(t, "1 = 1"); n != test.want {
				t.Errorf("before %v: %d answers are left, want %d", test.before, n, test.want)
			}
		}
		if n := len(o.verdicts(t, handoff(1))); n != 1 {
			t.Errorf("%d verdicts are left, want 1", n)
		}
	})
}

// only disturbs one kind of call.
func only(call string, what disturbance) func(string) disturbance {
	return func(c string) disturbance {
		if c == call {
			return what
		}
		return none
	}
}
