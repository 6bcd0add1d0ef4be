package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

const request = "7b1c4f0e-6d0a-4b56-9a37-2f1e8f2a9c11"

// poison makes the receiver fail at the events of a key that the condition names.
func poison(receiver *end, bad func(e *eventv1.Event) bool) {
	receiver.failing(func(e *eventv1.Event) error {
		if bad(e) {
			return errBad
		}
		return nil
	})
}

func ofLead(lead string) func(*eventv1.Event) bool {
	return func(e *eventv1.Event) bool { return e.GetLead() == lead }
}

// at is the name of what is parked at a position of scoring's log.
func at(pos int) string { return fmt.Sprintf("services/routing/parkedEvents/scoring-%d", pos) }

// states are what becomes of the parked events, by position and in order.
func states(events []*eventv1.ParkedEvent) []string {
	var out []string
	for _, e := range events {
		out = append(out, fmt.Sprintf("%d %s", e.GetPosition(), strings.TrimPrefix(e.GetState().String(), "STATE_")))
	}
	return out
}

func (e *end) replay(t *testing.T, pos int) *eventv1.ParkedEvent {
	t.Helper()
	got, err := e.client.ReplayParkedEvent(t.Context(), &eventv1.ReplayParkedEventRequest{Name: at(pos)})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (e *end) skip(t *testing.T, pos int) *eventv1.ParkedEvent {
	t.Helper()
	got, err := e.client.SkipParkedEvent(t.Context(), &eventv1.SkipParkedEventRequest{Name: at(pos), Reason: "of no use", RequestId: request})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPoisonDelaysNoOtherKeyAndIsReplayedInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, ofLead("leads/bad"))
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		sender.emit(t, "leads/bad", 0, 2)
		sender.emit(t, "leads/good", 0, 2)
		drain(t, relay)
		sender.emit(t, "leads/bad", 2, 1)
		drain(t, relay)
		if diff := cmp.Diff(ids("leads/good", 1, 2), receiver.applied(t)); diff != "" {
			t.Errorf("applied beside the poison (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"1 RETRYING", "2 QUEUED", "5 QUEUED"}, states(receiver.parked(t))); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
		receiver.failing(nil)
		receiver.replay(t, 2) // the line goes from its first event on, whichever is named
		want := append(ids("leads/good", 1, 2), ids("leads/bad", 1, 3)...)
		if diff := cmp.Diff(want, receiver.applied(t)); diff != "" {
			t.Errorf("applied in the end (-want +got):\n%s", diff)
		}
		if left := receiver.parked(t); len(left) != 0 {
			t.Errorf("still parked: %v", left)
		}
	})
}

func TestWhatIsDeliveredLaterWaitsBehindAParkedEventOfItsKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, func(e *eventv1.Event) bool { return e.GetLead() == "leads/bad" && e.GetSeq() == 1 })
		relay := sender.log.NewRelay(eventlog.Routing, receiver.client)
		sender.emit(t, "leads/bad", 0, 1)
		drain(t, relay)
		sender.emit(t, "leads/bad", 1, 1) // nothing is wrong with this one
		sender.emit(t, "leads/good", 0, 1)
		drain(t, relay)
		if diff := cmp.Diff(ids("leads/good", 1, 1), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"1 RETRYING", "2 QUEUED"}, states(receiver.parked(t))); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
	})
}

func TestAParkedEventIsTriedAgainByItselfUntilItIsStuck(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, func(e *eventv1.Event) bool { return e.GetSeq() == 1 })
		sender.emit(t, "leads/a", 0, 2)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = receiver.log.Run(ctx) }() // ends with the context
		eventually(t, "it is stuck", func() bool {
			mustExec(t, receiver.db, `UPDATE parked SET next_at = 0 WHERE next_at IS NOT NULL`)
			return states(receiver.parked(t))[0] == "1 STUCK"
		})
		got := receiver.parked(t)
		if len(got) != 2 || got[0].GetAttemptCount() != 5 || got[0].GetNextAttemptTime() != nil {
			t.Errorf("got %v", got)
		}
		receiver.failing(nil)
		receiver.replay(t, 1)
		if diff := cmp.Diff(ids("leads/a", 1, 2), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestAReplayThatFailsLeavesTheLineAsItIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, ofLead("leads/a"))
		sender.emit(t, "leads/a", 0, 3)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		poison(receiver, func(e *eventv1.Event) bool { return e.GetSeq() != 1 })
		if got := receiver.replay(t, 1); got.GetState() != eventv1.ParkedEvent_STATE_RETRYING || got.GetAttemptCount() != 0 {
			t.Errorf("the answer is the event as it was taken up: got %v", got)
		}
		got := receiver.parked(t)
		if diff := cmp.Diff([]string{"2 RETRYING", "3 QUEUED"}, states(got)); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
		if got[0].GetAttemptCount() != 1 || !strings.Contains(got[0].GetError(), errBad.Error()) {
			t.Errorf("got %v", got[0])
		}
		if diff := cmp.Diff(ids("leads/a", 1, 1), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestWhenAnEventIsSkippedThoseBehindItGoOnInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, func(e *eventv1.Event) bool { return e.GetSeq() == 1 })
		sender.emit(t, "leads/a", 0, 4)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if got := receiver.skip(t, 3); got.GetState() != eventv1.ParkedEvent_STATE_SKIPPED || got.GetSkipReason() != "of no use" {
			t.Errorf("got %v", got)
		}
		if diff := cmp.Diff([]string{"1 RETRYING", "2 QUEUED", "4 QUEUED"}, states(receiver.parked(t))); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
		_, err := receiver.client.SkipParkedEvent(t.Context(), &eventv1.SkipParkedEventRequest{Name: at(1), Reason: "nor this"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"scoring/leads/a/2", "scoring/leads/a/4"}, receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		if left := receiver.parked(t); len(left) != 0 {
			t.Errorf("still parked: %v", left)
		}
	})
}

func TestWhatIsDecidedAboutAParkedEventIsAuditedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, ofLead("leads/a"))
		sender.emit(t, "leads/a", 0, 1)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		receiver.replay(t, 1)
		first := receiver.skip(t, 1)
		if diff := cmp.Diff(first, receiver.skip(t, 1), protocmp.Transform()); diff != "" {
			t.Errorf("the same request again (-first +second):\n%s", diff)
		}
		var got []string
		for _, e := range receiver.told(t) {
			changed, after := e.GetResourceChanged(), &eventv1.ParkedEvent{}
			if err := changed.GetAfter().UnmarshalTo(after); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%d %s %s %s %q", e.GetSeq(), changed.GetMethod(), changed.GetResource(), after.GetState(), after.GetSkipReason()))
		}
		want := []string{"1 ReplayParkedEvent " + at(1) + ` STATE_RETRYING ""`, "2 SkipParkedEvent " + at(1) + ` STATE_SKIPPED "of no use"`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}

// told are the events in a log.
func (e *end) told(t *testing.T) []*eventv1.Event {
	t.Helper()
	var all []*eventv1.Event
	for row, err := range e.db.Query(t.Context(), `SELECT body FROM log ORDER BY pos`) {
		if err != nil {
			t.Fatal(err)
		}
		var body []byte
		event := &eventv1.Event{}
		if err := errors.Join(row.Scan(&body), proto.Unmarshal(body, event)); err != nil {
			t.Fatal(err)
		}
		all = append(all, event)
	}
	return all
}

func TestParkedEventsAreListedFromAnyOnAndSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		receiver.failing(func(*eventv1.Event) error { return errors.New("broken \x00\xff" + strings.Repeat("é", 600)) })
		sender.emit(t, "leads/a", 0, 3)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		page, err := receiver.client.ListParkedEvents(t.Context(), &eventv1.ListParkedEventsRequest{PageSize: 1, After: at(1)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"2 QUEUED"}, states(page.GetParkedEvents())); diff != "" {
			t.Errorf("page (-want +got):\n%s", diff)
		}
		got, err := receiver.client.GetParkedEvent(t.Context(), &eventv1.GetParkedEventRequest{Name: at(1)})
		if err != nil {
			t.Fatal(err)
		}
		want := &eventv1.ParkedEvent{Name: at(1), State: eventv1.ParkedEvent_STATE_RETRYING, Source: "scoring", Position: 1, Key: "leads/a",
			EventId: "scoring/leads/a/1", Type: "handoff.scoring.lead_qualified", Lead: "leads/a"}
		ignore := protocmp.IgnoreFields(want, "occur_time", "park_time", "next_attempt_time", "error")
		if diff := cmp.Diff(want, got, protocmp.Transform(), ignore); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		if text := got.GetError(); !strings.HasPrefix(text, "broken \uFFFDé") || len(text) > 1000 || strings.HasSuffix(text, "\uFFFD") {
			t.Errorf("got error %q", text)
		}
	})
}

func TestAnEventThatCannotBeReadIsParkedAndShown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _, receiver *end) {
		for _, upto := range []int64{0, 1} { // a sender asks first where the receiver stands
			_, err := receiver.client.Deliver(t.Context(), &eventv1.DeliverRequest{Source: "scoring", Upto: upto, Fingerprint: "f",
				Entries: []*eventv1.LogEntry{{Position: 1, Key: "leads/a", Seq: 1, Event: []byte("\xff")}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		got := receiver.parked(t)
		if len(got) != 1 || got[0].GetKey() != "leads/a" || got[0].GetType() != "" || !strings.Contains(got[0].GetError(), "decode event at 1") {
			t.Fatalf("got %v", got)
		}
		if receiver.replay(t, 1); receiver.parked(t)[0].GetAttemptCount() != 1 {
			t.Errorf("got %v", receiver.parked(t))
		}
	})
}

func TestParkedEventsThatDoNotExistAreMissing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, ofLead("leads/a"))
		sender.emit(t, "leads/a", 0, 1)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		for _, name := range []string{at(2), "services/routing/parkedEvents/sla-1", "services/sla/parkedEvents/scoring-1"} {
			_, got := receiver.client.GetParkedEvent(t.Context(), &eventv1.GetParkedEventRequest{Name: name})
			_, replayed := receiver.client.ReplayParkedEvent(t.Context(), &eventv1.ReplayParkedEventRequest{Name: name})
			_, skipped := receiver.client.SkipParkedEvent(t.Context(), &eventv1.SkipParkedEventRequest{Name: name, Reason: "gone"})
			for method, err := range map[string]error{"get": got, "replay": replayed, "skip": skipped} {
				if err == nil || !strings.Contains(err.Error(), name+" does not exist") {
					t.Errorf("%s %s: got %v", method, name, err)
				}
			}
		}
	})
}

// On a test clock nothing happens by itself, so nothing is tried again by itself.
func TestOnATestClockAParkedEventIsStuckAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		receiver.test = true
		receiver.log = receiver.open(t, eventlog.Routing)
		poison(receiver, ofLead("leads/a"))
		sender.emit(t, "leads/a", 0, 2)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		receiver.replay(t, 1)
		if diff := cmp.Diff([]string{"1 STUCK", "2 QUEUED"}, states(receiver.parked(t))); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
		receiver.failing(nil)
		receiver.replay(t, 1)
		if diff := cmp.Diff(ids("leads/a", 1, 2), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}
