package feedback_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

func TestAnAnswerThatGotLostIsFoundByItsEvent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "spring", jane, joe)
		o.desk.disturb = only("advance", unheard)
		req := &feedbackv1.DeclineHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "not my region", RequestId: requestID(1)}
		_, err := o.send(asRep(t, "jane"), req)
		wantFault(t, "the answer gets lost", err, codes.Unavailable, "UNAVAILABLE", "", "")
		o.hear(t, 3) // opened, assigned, declined
		if n, told := len(o.verdicts(t, handoff(1))), len(o.Told(t)); n != 0 || told != 0 {
			t.Errorf("before it is known where the decline led: %d verdicts, %d told", n, told)
		}
		o.hear(t, -1)
		got := o.verdicts(t, handoff(1))
		if len(got) != 1 || got[0].GetComment() != "not my region" || got[0].GetHandoffState() != routingv1.Handoff_STATE_ASSIGNED || got[0].GetRep() != jane {
			t.Errorf("got %v", got)
		}
		if told := o.Told(t); len(told) != 1 {
			t.Errorf("told %d times, want once", len(told))
		}
		o.desk.disturb = func(string) disturbance { return lost }
		if again, err := o.send(asRep(t, "jane"), req); err != nil || !proto.Equal(again, got[0]) {
			t.Errorf("asked again while routing is away: got %v, %v", again, err)
		}
	})
}

func TestAnswersWithoutARequestIDAreFoundToo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), loose, "web", "spring", jane)
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1}); err != nil {
			t.Fatal(err)
		}
		o.desk.disturb = only("advance", unheard)
		_, err := o.send(asRep(t, "jane"), &feedbackv1.DisposeHandoffRequest{Name: handoff(1), Assignment: 1,
			Outcome: routingv1.Handoff_OUTCOME_NURTURE, Rating: 4, Comment: "next year"})
		wantFault(t, "the answer gets lost", err, codes.Unavailable, "UNAVAILABLE", "", "")
		o.hear(t, -1)
		got := o.verdicts(t, handoff(1))
		if len(got) != 2 || got[1].GetComment() != "next year" || got[1].GetRating() != 4 {
			t.Errorf("got %v", got)
		}
		for _, e := range o.Told(t) {
			if len(e.GetRequestId()) != 36 {
				t.Errorf("%s was caused by request %q, want one with an id", e.GetSubject(), e.GetRequestId())
			}
		}
	})
}

// TestOfTwoThatSayTheSameOneCounts lets a rep accept, lose the answer, and accept again as another request. Routing takes
// both, for they say the same; but their comments differ, and the one that is heard of first counts.
func TestOfTwoThatSayTheSameOneCounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n, test := range []struct{ heard, counts, beaten int }{
			{heard: 0, counts: 1, beaten: 0},  // the second answer came before the event of the first
			{heard: -1, counts: 0, beaten: 1}, // and after it
		} {
			var requests []proto.Message
			for i, comment := range []string{"first", "second"} {
				requests = append(requests, &feedbackv1.AcceptHandoffRequest{Name: handoff(n), Assignment: 1, Comment: comment, RequestId: requestID(2*n + i)})
			}
			o.desk.open(handoff(n), strict, "web", "spring", jane)
			o.desk.disturb = only("advance", unheard)
			_, err := o.send(asRep(t, "jane"), requests[0])
			wantFault(t, "the answer gets lost", err, codes.Unavailable, "UNAVAILABLE", "", "")
			o.desk.disturb = nil
			o.hear(t, test.heard)
			want, err := o.send(asRep(t, "jane"), requests[test.counts])
			if err != nil {
				t.Fatal(err)
			}
			_, err = o.send(asRep(t, "jane"), requests[test.beaten])
			wantFault(t, "the other", err, codes.FailedPrecondition, "VERDICT_EXISTS", "state", "ACCEPTED")
			o.hear(t, -1)
			same(t, "verdicts", []*feedbackv1.Verdict{want}, o.verdicts(t, handoff(n)))
		}
		if told := o.Told(t); len(told) != 2 {
			t.Errorf("told %d times, want once a handoff", len(told))
		}
	})
}

func TestEventsWithoutAStoredAnswerMakeVerdictsOfWhatTheySay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		closed := &eventv1.HandoffClosed{Handoff: handoff(1), Assignment: 1, Rep: jane, Step: routingv1.Step_STEP_DISPOSE, Outcome: routingv1.Handoff_OUTCOME_SQL}
		rejected := &eventv1.HandoffRejected{Handoff: handoff(2), Assignment: 1, Rep: jane, Reason: notReady}
		withdrawn := &eventv1.HandoffClosed{Handoff: handoff(3), Assignment: 1, Rep: jane, Outcome: routingv1.Handoff_OUTCOME_DUPLICATE}
		o.Tell(t, eventlog.Routing,
			&eventv1.Event{Handoff: handoff(1), Payload: &eventv1.Event_HandoffClosed{HandoffClosed: closed}},
			&eventv1.Event{Handoff: handoff(2), Payload: &eventv1.Event_HandoffRejected{HandoffRejected: rejected}},
			&eventv1.Event{Handoff: handoff(3), Payload: &eventv1.Event_HandoffClosed{HandoffClosed: withdrawn}})
		var got []string
		for _, e := range o.Told(t) {
			v := e.GetVerdictRecorded().GetVerdict()
			got = append(got, fmt.Sprint(v.GetName(), " ", v.GetRep(), " ", v.GetReason(), " ", v.GetOutcome()))
		}
		same(t, "told", []string{
			handoff(1) + "/verdicts/dispose-1 reps/jane REJECTION_REASON_UNSPECIFIED OUTCOME_SQL",
			handoff(2) + "/verdicts/reject-1 reps/jane REJECTION_REASON_NOT_READY OUTCOME_UNSPECIFIED",
		}, got)
	})
}

// TestNoCutChangesTheEnd lets reps answer in two offices. In one nothing happens to them. In the other calls get lost on
// the way to Routing or back, are repeated with the same request id or, where Routing had taken them, given up, and
// Routing's events come early, late and in pieces. In the end both offices have the same verdicts and told the same.
func TestNoCutChangesTheEnd(t *testing.T) {
	t.Parallel()
	migrations, err := feedback.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		calm, rough := newOffice(t, sqldbtest.SQLite(t, migrations)), newOffice(t, db)
		first, requests := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			scripts := rapid.SliceOfN(rapid.SampledFrom(scripts), 1, 2).Draw(rt, "scripts")
			for i, s := range scripts {
				for _, o := range []*office{calm, rough} {
					o.desk.open(handoff(first+i), loose, "web", fmt.Sprint("campaign ", i), s.reps...)
				}
			}
			for turn := range 3 {
				for i, s := range scripts {
					if turn >= len(s.answers) {
						continue
					}
					requests++
					a := s.answers[turn](handoff(first+i), requestID(requests))
					who := s.reps[assignmentOf(a)-1][len("reps/"):]
					calm.pass(time.Minute)
					rough.pass(time.Minute)
					if _, err := calm.send(asRep(t, who), a); err != nil {
						rt.Fatalf("%v: %v", a, err)
					}
					rough.sendThroughStorm(t, rt, who, a)
				}
			}
			calm.hear(t, -1)
			rough.hear(t, -1)
			for i := range scripts {
				same(t, "verdicts", calm.verdicts(t, handoff(first+i)), rough.verdicts(t, handoff(first+i)))
			}
			same(t, "told", told(t, calm), told(t, rough))
			first += len(scripts)
			if t.Failed() {
				rt.Fatal("the offices differ")
			}
		})
	})
}

// sendThroughStorm sends an answer until it is answered, or until Routing has taken it and its sender gives up.
func (o *office) sendThroughStorm(t *testing.T, rt *rapid.T, who string, a proto.Message) {
	t.Helper()
	storms := rapid.SliceOfN(rapid.SampledFrom([]string{"get lost", "advance lost", "advance unheard"}), 0, 3).Draw(rt, "storms")
	for _, storm := range storms {
		o.desk.disturb = map[string]func(string) disturbance{"get lost": only("get", lost), "advance lost": only("advance", lost),
			"advance unheard": only("advance", unheard)}[storm]
		_, err := o.send(asRep(t, who), a)
		o.desk.disturb = nil
		o.hear(t, rapid.IntRange(0, 3).Draw(rt, "heard"))
		if storm == "advance unheard" && err != nil && rapid.Bool().Draw(rt, "given up") {
			return
		}
	}
	for range rapid.IntRange(1, 2).Draw(rt, "times") {
		if _, err := o.send(asRep(t, who), a); err != nil {
			rt.Fatalf("%v after %v: %v", a, storms, err)
		}
		o.hear(t, rapid.IntRange(0, 3).Draw(rt, "heard"))
	}
}

// told is what an office told, without what depends on the order of telling.
func told(t *testing.T, o *office) []*eventv1.Event {
	t.Helper()
	all := o.Told(t)
	for _, e := range all {
		e.Id, e.Seq = "", 0
	}
	slices.SortFunc(all, func(a, b *eventv1.Event) int { return cmp.Compare(a.GetSubject(), b.GetSubject()) })
	return all
}

// script is how a handoff passes: the reps whose turn it is, and what they answer.
type script struct {
	reps    []string
	answers []func(handoff, requestID string) proto.Message
}

var scripts = []script{
	{[]string{jane}, []func(string, string) proto.Message{accepts, disposes}},
	{[]string{jane}, []func(string, string) proto.Message{accepts, recycles(1)}},
	{[]string{jane}, []func(string, string) proto.Message{recycles(1)}},
	{[]string{jane}, []func(string, string) proto.Message{declines(1)}},
	{[]string{jane}, []func(string, string) proto.Message{rejects(1)}},
	{[]string{jane, joe}, []func(string, string) proto.Message{declines(1), rejects(2)}},
	{[]string{jane, joe, jane}, []func(string, string) proto.Message{declines(1), declines(2), recycles(3)}},
}

func accepts(handoff, id string) proto.Message {
	return &feedbackv1.AcceptHandoffRequest{Name: handoff, Assignment: 1, Comment: "on it", RequestId: id}
}

func disposes(handoff, id string) proto.Message {
	return &feedbackv1.DisposeHandoffRequest{Name: handoff, Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_NURTURE, Rating: 4,
		Confirmed: []string{"need"}, NextStep: "write in May", Comment: "no budget yet", RequestId: id}
}

func recycles(assignment int32) func(string, string) proto.Message {
	return func(handoff, id string) proto.Message {
		return &feedbackv1.RecycleHandoffRequest{Name: handoff, Assignment: assignment, Comment: "not now",
			Target: feedbackv1.Verdict_RECYCLE_TARGET_OUTBOUND_REWORK, RequestId: id}
	}
}

func declines(assignment int32) func(string, string) proto.Message {
	return func(handoff, id string) proto.Message {
		return &feedbackv1.DeclineHandoffRequest{Name: handoff, Assignment: assignment, Comment: "not mine", RequestId: id}
	}
}

func rejects(assignment int32) func(string, string) proto.Message {
	return func(handoff, id string) proto.Message {
		return &feedbackv1.RejectHandoffRequest{Name: handoff, Assignment: assignment, Rating: 1,
			Reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, Competitor: "Globex",
			Evidence: []*feedbackv1.Evidence{{Field: "account.technologies", ObservedValue: "Globex"}}, RequestId: id}
	}
}
