package routing_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/routing"
)

// TestTheTimerLooksAtTheQueueInTime runs the service on a clock that moves by itself: a rep comes back in an hour, and
// the lead that waits for them is theirs then, without anybody asking.
func TestTheTimerLooksAtTheQueueInTime(t *testing.T) {
	migrations, err := routing.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		now := func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
		service, err := routing.New(t.Context(), routing.Config{Playbook: archive{doc: example()}, Scoring: seer{}, Host: host.Host{
			DB: sqldbtest.SQLite(t, migrations), Now: now, IDs: ident.Seeded("test"), Logger: slog.New(slog.DiscardHandler), Meter: noop.Meter{}}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(revops(t))
		ended := make(chan error, 1)
		go func() { ended <- service.Run(ctx) }()
		synctest.Wait() // it sleeps for want of anything to do

		back := now().Add(time.Hour)
		deliver(t, service, eventlog.SLA, &eventv1.Event{Key: "calendars/office", Payload: &eventv1.Event_CalendarChanged{
			CalendarChanged: &eventv1.CalendarChanged{Calendar: hours("office", "UTC", "00:00", "24:00", wholeWeek...)}}})
		for _, err := range []error{
			second(service.CreateRep(ctx, &routingv1.CreateRepRequest{RepId: "vic", Rep: &routingv1.Rep{DisplayName: "Vic"}})),
			second(service.CreatePool(ctx, &routingv1.CreatePoolRequest{PoolId: "velocity", Pool: &routingv1.Pool{
				DisplayName: "Velocity", Members: []*routingv1.PoolMember{{Rep: "reps/vic"}}}})),
			second(service.CreateAbsence(ctx, &routingv1.CreateAbsenceRequest{Parent: "reps/vic", Absence: &routingv1.Absence{
				StartTime: timestamppb.New(now()), EndTime: timestamppb.New(back)}})),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		lead := (&bundle{}).leadAt(now())
		deliver(t, service, eventlog.Scoring, lead)
		h, err := service.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: lead.GetHandoff()})
		if err != nil || h.GetState() != routingv1.Handoff_STATE_HELD {
			t.Fatalf("got %v, %v", h.GetState(), err)
		}

		time.Sleep(time.Hour + time.Second) // on the bubble's own clock
		synctest.Wait()
		h, err = service.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: lead.GetHandoff()})
		if err != nil || h.GetRep() != "reps/vic" || !h.GetAssignTime().AsTime().Equal(back) {
			t.Errorf("got %q at %v, want vic at %v; %v", h.GetRep(), h.GetAssignTime().AsTime(), back, err)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// deliver hands events over as the first delivery of their sender, without a connection in between.
func deliver(t *testing.T, s *routing.Service, source string, events ...*eventv1.Event) *eventv1.DeliverResponse {
	t.Helper()
	var door door
	s.Log().Register(&door)
	req := &eventv1.DeliverRequest{Source: source, Upto: int64(len(events)), Fingerprint: "f"}
	for i, e := range events {
		body, err := proto.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		req.Entries = append(req.Entries, &eventv1.LogEntry{Position: int64(i) + 1, Key: e.GetKey(), Seq: 1, Event: body})
	}
	if _, err := door.events.Deliver(t.Context(), &eventv1.DeliverRequest{Source: source}); err != nil {
		t.Fatal(err)
	}
	resp, err := door.events.Deliver(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// door is where a service registers its end of the events.
type door struct{ events eventv1.EventServiceServer }

// RegisterService implements grpc.ServiceRegistrar.
func (d *door) RegisterService(_ *grpc.ServiceDesc, impl any) {
	if events, ok := impl.(eventv1.EventServiceServer); ok {
		d.events = events
	}
}
