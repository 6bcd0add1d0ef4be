package feedback_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// send sends any answer.
func (o *office) send(ctx context.Context, req proto.Message) (*feedbackv1.Verdict, error) {
	switch r := req.(type) {
	case *feedbackv1.AcceptHandoffRequest:
		return o.client.AcceptHandoff(ctx, r)
	case *feedbackv1.DeclineHandoffRequest:
		return o.client.DeclineHandoff(ctx, r)
	case *feedbackv1.RejectHandoffRequest:
		return o.client.RejectHandoff(ctx, r)
	case *feedbackv1.RecycleHandoffRequest:
		return o.client.RecycleHandoff(ctx, r)
	case *feedbackv1.DisposeHandoffRequest:
		return o.client.DisposeHandoff(ctx, r)
	default:
		panic("not an answer")
	}
}

func TestAnAnswerBecomesAVerdict(t *testing.T) {
	t.Parallel()
	observed := []*feedbackv1.Evidence{{Criterion: "size_fit", Field: "account.employees", ObservedValue: "12"}}
	each(t, func(t *testing.T, o *office) {
		for i, test := range []struct {
			name string
			reps []string
			give []proto.Message // one after the other, by the rep whose turn it is
			want *feedbackv1.Verdict
		}{
			{"accepted", []string{jane}, []proto.Message{&feedbackv1.AcceptHandoffRequest{Assignment: 1, Comment: "on it"}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_ACCEPT, Assignment: 1, Rep: jane, Comment: "on it", HandoffState: routingv1.Handoff_STATE_ACCEPTED}},
			{"declined, and the next rep has it", []string{jane, joe}, []proto.Message{&feedbackv1.DeclineHandoffRequest{Assignment: 1, Comment: "not my region"}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_DECLINE, Assignment: 1, Rep: jane, Comment: "not my region", HandoffState: routingv1.Handoff_STATE_ASSIGNED}},
			{"declined, and nobody has it", []string{jane}, []proto.Message{&feedbackv1.DeclineHandoffRequest{Assignment: 1}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_DECLINE, Assignment: 1, Rep: jane, HandoffState: routingv1.Handoff_STATE_HELD}},
			{"rejected by the second rep", []string{jane, joe}, []proto.Message{&feedbackv1.DeclineHandoffRequest{Assignment: 1},
				&feedbackv1.RejectHandoffRequest{Assignment: 2, Detail: "wrong_persona", Evidence: observed, Rating: 2,
					NextAction: feedbackv1.Verdict_NEXT_ACTION_REWORK_TARGETING, MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_OVERSTATED, Comment: "an intern"}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_REJECT, Assignment: 2, Rep: joe, Detail: "wrong_persona", Evidence: observed, Rating: 2,
					Quality: feedbackv1.Verdict_QUALITY_LOW, NextAction: feedbackv1.Verdict_NEXT_ACTION_REWORK_TARGETING,
					Reason:       playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC,
					MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_OVERSTATED, Comment: "an intern", HandoffState: routingv1.Handoff_STATE_CLOSED}},
			{"rejected for a competitor", []string{jane}, []proto.Message{&feedbackv1.RejectHandoffRequest{Assignment: 1,
				Reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, Competitor: "Globex"}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_REJECT, Assignment: 1, Rep: jane, Competitor: "Globex",
					Reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, HandoffState: routingv1.Handoff_STATE_CLOSED}},
			{"recycled to nurture", []string{jane}, []proto.Message{&feedbackv1.RecycleHandoffRequest{Assignment: 1}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_RECYCLE, Assignment: 1, Rep: jane,
					RecycleTarget: feedbackv1.Verdict_RECYCLE_TARGET_NURTURE, HandoffState: routingv1.Handoff_STATE_CLOSED}},
			{"recycled with a word for how good it was", []string{jane}, []proto.Message{&feedbackv1.RecycleHandoffRequest{Assignment: 1,
				Quality: feedbackv1.Verdict_QUALITY_STRONG, MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_UNCLEAR, NextStep: "call in May"}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_RECYCLE, Assignment: 1, Rep: jane, Rating: 5, Quality: feedbackv1.Verdict_QUALITY_STRONG,
					MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_UNCLEAR, NextStep: "call in May",
					RecycleTarget: feedbackv1.Verdict_RECYCLE_TARGET_NURTURE, HandoffState: routingv1.Handoff_STATE_CLOSED}},
			{"disqualified after work", []string{jane}, []proto.Message{
				&feedbackv1.AcceptHandoffRequest{Assignment: 1, Confirmed: []string{"need"}, NextStep: "call", NextAction: feedbackv1.Verdict_NEXT_ACTION_CONTINUE},
				&feedbackv1.DisposeHandoffRequest{Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_DISQUALIFIED, Detail: "wrong_persona", Evidence: observed,
					Rating: 1, NextAction: feedbackv1.Verdict_NEXT_ACTION_DISQUALIFY}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_DISPOSE, Assignment: 1, Rep: jane, Outcome: routingv1.Handoff_OUTCOME_DISQUALIFIED,
					Reason: badFit, Detail: "wrong_persona", Evidence: observed, Rating: 1, Quality: feedbackv1.Verdict_QUALITY_LOW,
					NextAction: feedbackv1.Verdict_NEXT_ACTION_DISQUALIFY, HandoffState: routingv1.Handoff_STATE_CLOSED}},
			{"recycled after work, for nobody was reached", []string{jane}, []proto.Message{&feedbackv1.AcceptHandoffRequest{Assignment: 1},
				&feedbackv1.RecycleHandoffRequest{Assignment: 1, Target: feedbackv1.Verdict_RECYCLE_TARGET_NO_CONTACT}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_RECYCLE, Assignment: 1, Rep: jane,
					RecycleTarget: feedbackv1.Verdict_RECYCLE_TARGET_NO_CONTACT, HandoffState: routingv1.Handoff_STATE_CLOSED}},
			{"disposed of as SQL", []string{jane}, []proto.Message{&feedbackv1.AcceptHandoffRequest{Assignment: 1},
				&feedbackv1.DisposeHandoffRequest{Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_SQL, Rating: 5, Confirmed: []string{"timing", "need"},
					MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_ACCURATE, NextStep: "demo on Friday", Comment: "keen"}},
				&feedbackv1.Verdict{Step: routingv1.Step_STEP_DISPOSE, Assignment: 1, Rep: jane, Outcome: routingv1.Handoff_OUTCOME_SQL, Rating: 5,
					Quality: feedbackv1.Verdict_QUALITY_STRONG, Confirmed: []string{"timing", "need"}, MessageMatch: feedbackv1.Verdict_MESSAGE_MATCH_ACCURATE, NextStep: "demo on Friday",
					Comment: "keen", HandoffState: routingv1.Handoff_STATE_CLOSED}},
		} {
			o.desk.open(handoff(i), strict, "web", "spring", test.reps...)
			var got *feedbackv1.Verdict
			for _, req := range test.give {
				o.pass(time.Minute)
				rep := test.reps[assignmentOf(req)-1]
				set(req, "name", handoff(i))
				var err error
				if got, err = o.send(asRep(t, strings.TrimPrefix(rep, "reps/")), req); err != nil {
					t.Fatalf("%s: %v", test.name, err)
				}
			}
			test.want.Name = handoff(i) + "/verdicts/" + word(test.want.GetStep(), test.want.GetAssignment())
			test.want.Source, test.want.Campaign, test.want.AnswerTime = "web", "spring", timestamppb.New(o.Clock.Now())
			test.want.Standing, test.want.CountedReason = feedbackv1.Verdict_STANDING_STANDS, test.want.GetReason()
			same(t, test.name, test.want, got)
			listed := o.verdicts(t, handoff(i))
			if len(listed) != len(test.give) {
				t.Fatalf("%s: got %d verdicts, want %d", test.name, len(listed), len(test.give))
			}
			same(t, test.name+", listed", test.want, listed[len(listed)-1])
		}
	})
}

func TestAVerdictIsToldOnceWithoutItsFreeWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "spring", jane)
		_, err := o.send(asRep(t, "jane"), &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, RequestId: requestID(1),
			Reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, Competitor: "Secret Ltd", Comment: "secret: call +1 555 0100", Rating: 1,
			Evidence: []*feedbackv1.Evidence{{Criterion: "size_fit", Field: "account.employees", ObservedValue: "secret: ann@initech.example"},
				{Field: "lead.attributes.secret", ObservedValue: "secret"}}})
		if err != nil {
			t.Fatal(err)
		}
		o.desk.open(handoff(2), strict, "web", "spring", jane)
		for _, req := range []proto.Message{&feedbackv1.AcceptHandoffRequest{Name: handoff(2), Assignment: 1},
			&feedbackv1.DisposeHandoffRequest{Name: handoff(2), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_NURTURE, Rating: 3, NextStep: "secret"}} {
			if _, err := o.send(asRep(t, "jane"), req); err != nil {
				t.Fatal(err)
			}
		}
		o.hear(t, -1)
		told := o.Told(t)
		for _, e := range told {
			if strings.Contains(strings.ToLower(e.String()), "secret") {
				t.Errorf("told: %v", e)
			}
		}
		if len(told) != 3 {
			t.Fatalf("told %d times, want 3: %v", len(told), told)
		}
		same(t, "what is told", &eventv1.Event{
			Id: "feedback/" + handoff(1) + "/1", Source: "feedback", Type: "handoff.feedback.verdict_recorded",
			Subject: handoff(1) + "/verdicts/reject-1", Time: timestamppb.New(roomtest.Start), Key: handoff(1), Seq: 1,
			Handoff: handoff(1), Lead: strings.Replace(handoff(1), "handoffs", "leads", 1), Playbook: strict, Partner: "agency",
			Actor: auth.LocalIssuer + "|jane", ActorKind: accessv1.ActorKind_ACTOR_KIND_PERSON, RequestId: requestID(1), Test: true,
			Payload: &eventv1.Event_VerdictRecorded{VerdictRecorded: &eventv1.VerdictRecorded{Verdict: &feedbackv1.Verdict{
				Name: handoff(1) + "/verdicts/reject-1", Step: routingv1.Step_STEP_REJECT, Assignment: 1, Rep: jane,
				Reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, Rating: 1, Quality: feedbackv1.Verdict_QUALITY_LOW,
				Standing: feedbackv1.Verdict_STANDING_STANDS, CountedReason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR,
				Evidence: []*feedbackv1.Evidence{{Criterion: "size_fit", Field: "account.employees"}, {Field: "lead.attributes"}},
				Source:   "web", Campaign: "spring", HandoffState: routingv1.Handoff_STATE_CLOSED, AnswerTime: timestamppb.New(roomtest.Start)}}},
		}, told[0])
		if again := told[2]; again.GetKey() != handoff(2) || again.GetSeq() != 2 {
			t.Errorf("the second verdict on a handoff is number %d of %s", again.GetSeq(), again.GetKey())
		}
	})
}

// TestNamesAreNobodys tries to send out, as a name, what is not known to the playbook.
func TestNamesAreNobodys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "spring", jane)
		for field, e := range map[string]*feedbackv1.Evidence{
			"evidence[0].criterion": {Criterion: "Jane Roe 0555 0100", Field: "account.employees", ObservedValue: "12"},
			"evidence[0].field":     {Field: "jane.roe@acme.example said so", ObservedValue: "12"},
		} {
			_, err := o.send(asRep(t, "jane"), &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: notReady, Evidence: []*feedbackv1.Evidence{e}})
			wantFields(t, "free words", err, field)
		}
		_, err := o.send(asRep(t, "jane"), &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1, Reason: notReady, Evidence: []*feedbackv1.Evidence{
			{Criterion: "jane_roe", Field: "account.employees", ObservedValue: "12"}, {Criterion: "competitor", Field: "lead.jane_roe", ObservedValue: "12"}}})
		wantFields(t, "names that nobody knows", err, "evidence[0].criterion", "evidence[1].field")
		_, err = o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, Confirmed: []string{"need", "jane_roe"}})
		wantFields(t, "an item that nobody knows", err, "confirmed[1]")
		if told := o.Told(t); len(told) != 0 {
			t.Errorf("told %v", told)
		}
	})
}

// TestACoverIsNamedBesideTheAssignee lets joe stand in for jane.
func TestACoverIsNamedBesideTheAssignee(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n, test := range []struct {
			who  context.Context
			want string
		}{{asRep(t, "joe"), joe}, {asRep(t, "jane"), ""}, {asManager(t), ""}} {
			o.desk.open(handoff(n), strict, "web", "", jane)
			o.desk.cover(handoff(n), joe)
			v, err := o.send(test.who, &feedbackv1.AcceptHandoffRequest{Name: handoff(n), Assignment: 1, RequestId: requestID(n)})
			if err != nil || v.GetRep() != jane || v.GetAnsweredBy() != test.want {
				t.Errorf("got a verdict of %q by %q, %v; want one of %s by %q", v.GetRep(), v.GetAnsweredBy(), err, jane, test.want)
			}
			same(t, "listed", []*feedbackv1.Verdict{v}, o.verdicts(t, handoff(n)))
		}
	})
}

func TestAManagerAnswersForTheRep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		v, err := o.send(asManager(t), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1})
		if err != nil || v.GetRep() != jane {
			t.Errorf("got a verdict of %q, %v; want one of %s", v.GetRep(), err, jane)
		}
		if told := o.Told(t); len(told) != 1 || told[0].GetActor() != auth.LocalIssuer+"|sam" {
			t.Errorf("told %v, want once and by the manager", told)
		}
	})
}

func TestOfRivalsOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		answers := make([]error, 8)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() {
				ctx, req := asRep(t, "jane"), proto.Message(&feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1})
				if i%2 == 1 {
					ctx, req = asManager(t), &feedbackv1.RejectHandoffRequest{Name: handoff(1), Assignment: 1,
						Reason: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY}
				}
				_, answers[i] = o.send(ctx, req)
			})
		}
		group.Wait()
		won := 0
		for _, err := range answers {
			if err == nil {
				won++
				continue
			}
			wantFault(t, "a rival", err, codes.FailedPrecondition, "VERDICT_EXISTS", "resource", handoff(1))
		}
		if told, listed := o.Told(t), o.verdicts(t, handoff(1)); won != 1 || len(told) != 1 || len(listed) != 1 {
			t.Errorf("%d won, %d verdicts, %d told; want one of each", won, len(listed), len(told))
		}
	})
}

func TestAHandoffIsJudgedByItsOwnPlaybook(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), loose, "web", "", jane)
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1}); err != nil {
			t.Fatal(err)
		}
		req := &feedbackv1.DisposeHandoffRequest{Name: handoff(1), Assignment: 1, Outcome: routingv1.Handoff_OUTCOME_SQL, Confirmed: []string{"need", "timing"}}
		_, err := o.send(asRep(t, "jane"), req)
		wantFault(t, "need and timing are not BANT", err, codes.InvalidArgument, "FEEDBACK_INCOMPLETE", "missing", "confirmed.budget,confirmed.authority")
		req.Confirmed = append(req.Confirmed, "budget", "authority")
		if _, err := o.send(asRep(t, "jane"), req); err != nil {
			t.Errorf("BANT without a rating: %v", err)
		}
	})
}

func TestAnActivatedPlaybookNeedsNoAsking(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.library.away = true
		o.desk.open(handoff(1), "playbooks/7", "web", "", jane)
		_, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1})
		wantFault(t, "an unknown playbook", err, codes.Unavailable, "UNAVAILABLE", "", "")
		o.Tell(t, eventlog.Playbook, &eventv1.Event{Subject: "playbooks/7", Payload: &eventv1.Event_PlaybookActivated{
			PlaybookActivated: &eventv1.PlaybookActivated{Playbook: "playbooks/7", Document: &playbookv1.Document{}}}})
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1}); err != nil {
			t.Error(err)
		}
	})
}
