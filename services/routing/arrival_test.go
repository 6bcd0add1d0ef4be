package routing_test

import (
	"fmt"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/routing"
)

// TestWhatArrivesWithTheLeadIsNotMissed lets a lead come at the same moment as what it needs: whichever is first, the lead
// is assigned in the end.
func TestWhatArrivesWithTheLeadIsNotMissed(t *testing.T) {
	const rounds = 12
	for _, tc := range []struct {
		name   string
		before func(t *testing.T, b *bundle, id string)
		arrive func(t *testing.T, b *bundle, s *sender, id string) error
	}{
		{"the pool", func(t *testing.T, b *bundle, id string) { b.rep(t, id) },
			func(t *testing.T, b *bundle, _ *sender, id string) error {
				_, err := b.client.CreatePool(revops(t), &routingv1.CreatePoolRequest{PoolId: id, Pool: &routingv1.Pool{
					DisplayName: id, Members: []*routingv1.PoolMember{{Rep: "reps/" + id}}}})
				return err
			}},
		{"a member", func(t *testing.T, b *bundle, id string) { b.rep(t, id); b.pool(t, id) },
			func(t *testing.T, b *bundle, _ *sender, id string) error {
				_, err := b.client.UpdatePool(revops(t), &routingv1.UpdatePoolRequest{Pool: &routingv1.Pool{
					Name: "pools/" + id, Members: []*routingv1.PoolMember{{Rep: "reps/" + id}}}})
				return err
			}},
		{"the rep's return", func(t *testing.T, b *bundle, id string) { b.rep(t, id, inactive); b.pool(t, id, id) },
			func(t *testing.T, b *bundle, _ *sender, id string) error {
				_, err := b.client.UpdateRep(revops(t), &routingv1.UpdateRepRequest{Rep: &routingv1.Rep{
					Name: "reps/" + id, Active: proto.Bool(true)}})
				return err
			}},
		{"the calendar", func(t *testing.T, b *bundle, id string) { b.rep(t, id, worksBy(id)); b.pool(t, id, id) },
			func(t *testing.T, b *bundle, s *sender, id string) error {
				return s.tell(t, &eventv1.Event{Key: "calendars/" + id, Payload: &eventv1.Event_CalendarChanged{
					CalendarChanged: &eventv1.CalendarChanged{Calendar: hours(id, "UTC", "00:00", "24:00", wholeWeek...)}}})
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				scoring, sla := sendTo(b.service, eventlog.Scoring), sendTo(b.service, eventlog.SLA)
				sla.after = 1 // the office calendar came before
				for i := range rounds {
					id := fmt.Sprint("r", i)
					tc.before(t, b, id)
					doc := example()
					doc.GetRouting().GetTiers()["T3"].Assign = pool(id)
					b.activate(t, i+2, doc)
					lead := b.lead()
					lead.Playbook = fmt.Sprintf("playbooks/%d", i+2)
					_, lost := race(2, func(n int) error {
						if n == 0 {
							return scoring.tell(t, lead)
						}
						return tc.arrive(t, b, sla, id)
					})
					for _, err := range lost {
						t.Fatal(err)
					}
					b.assignedTo(t, lead.GetHandoff(), id)
				}
			})
		})
	}
}

// sender delivers events one by one, without a connection in between.
type sender struct {
	events eventv1.EventServiceServer
	source string
	mu     sync.Mutex
	after  int64
}

func sendTo(s *routing.Service, source string) *sender {
	var d door
	s.Log().Register(&d)
	return &sender{events: d.events, source: source}
}

func (s *sender) tell(t *testing.T, e *eventv1.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, err := proto.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := s.events.Deliver(t.Context(), &eventv1.DeliverRequest{Source: s.source}); err != nil {
		return err
	}
	s.after++
	_, err = s.events.Deliver(t.Context(), &eventv1.DeliverRequest{Source: s.source, After: s.after - 1, Upto: s.after, Fingerprint: "f",
		Entries: []*eventv1.LogEntry{{Position: s.after, Key: e.GetKey(), Seq: 1, Event: body}}})
	return err
}
