package sla_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
)

// each runs a test on both databases, with the service in a room of its own.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) { test(t, newBench(t, db)) })
}

// bench is the service with the test in the place of everybody else.
type bench struct {
	testing.TB
	room    *roomtest.Room
	service *sla.Service
	api     slav1.SlaServiceClient
	routing *routing
	twin    *bench // another replica, if the test has two
}

func newBench(t testing.TB, db *sqldb.DB) *bench {
	t.Helper()
	return newBenchOn(t, roomtest.New(t, db))
}

func newBenchOn(t testing.TB, room *roomtest.Room) *bench {
	t.Helper()
	b := &bench{TB: t, room: room, routing: &routing{handoffs: map[string]*routingv1.Handoff{}, reps: map[string]*routingv1.Rep{}}}
	for _, rep := range []string{"ann", "bob"} {
		b.routing.reps["reps/"+rep] = &routingv1.Rep{Name: "reps/" + rep, Subject: rep}
	}
	b.service = b.serve(t, b.room)
	b.api = slav1.NewSlaServiceClient(b.room.Conn)
	return b
}

// serve makes the service and serves it in a room.
func (b *bench) serve(t testing.TB, room *roomtest.Room) *sla.Service {
	t.Helper()
	conn := roomtest.Connect(t, func(r grpc.ServiceRegistrar) {
		routingv1.RegisterRoutingServiceServer(r, b.routing)
		playbookv1.RegisterPlaybookServiceServer(r, playbooks{})
	})
	service, err := sla.New(t.Context(), sla.Config{Host: room.Host, Routing: routingv1.NewRoutingServiceClient(conn),
		Playbook: playbookv1.NewPlaybookServiceClient(conn)})
	if err != nil {
		t.Fatal(err)
	}
	room.Serve(t, service)
	return service
}

// The callers.
func (b *bench) admin() context.Context {
	return roomtest.As(b.Context(), "olga", accessv1.Role_ROLE_REVOPS)
}
func (b *bench) rep(name string) context.Context {
	return roomtest.As(b.Context(), name, accessv1.Role_ROLE_SALES_REP)
}

// open makes the calendar of the playbook.
func (b *bench) open() {
	b.Helper()
	b.calendar("us", office("America/New_York"))
}

func (b *bench) calendar(id string, c *slav1.Calendar) *slav1.Calendar {
	b.Helper()
	made, err := b.api.CreateCalendar(b.admin(), &slav1.CreateCalendarRequest{CalendarId: id, Calendar: c})
	if err != nil {
		b.Fatal(err)
	}
	return made
}

// at is an instant after the start.
func at(after time.Duration) time.Time { return roomtest.Start.Add(after) }

// wait lets time pass, and fires what falls due, until an instant after the start.
func (b *bench) wait(until time.Duration) {
	b.Helper()
	for {
		next, ok, err := b.service.NextDue(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if !ok || next.After(at(until)) {
			break
		}
		if next.After(b.room.Clock.Now()) {
			b.room.Clock.Set(next)
		}
		if err := b.service.Fire(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.room.Clock.Set(at(until))
}

// id is the id of the n-th handoff, or lead.
func id(n int) string      { return fmt.Sprintf("%032x", n) }
func handoff(n int) string { return "handoffs/" + id(n) }
func lead(n int) string    { return "leads/" + id(n) }

func stamp(at time.Time) *timestamppb.Timestamp { return timestamppb.New(at) }

// call records a call that was made at an instant.
func (b *bench) call(ctx context.Context, n int, occurred time.Time) *slav1.Activity {
	b.Helper()
	a, err := b.api.CreateActivity(ctx, &slav1.CreateActivityRequest{Parent: handoff(n),
		Activity: &slav1.Activity{Type: slav1.Activity_TYPE_CALL, OccurTime: stamp(occurred)}})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// standing is where the clocks of a handoff stand: their states, or why they were cancelled.
func (b *bench) standing(n int) map[string]string {
	b.Helper()
	all := map[string]string{}
	for _, c := range b.clocks(n) {
		all[fmt.Sprintf("%s-%d", c.GetKind(), c.GetRun())] = strings.TrimPrefix(c.GetState().String(), "STATE_")
		if c.GetCancelReason() != slav1.Clock_CANCEL_REASON_UNSPECIFIED {
			all[fmt.Sprintf("%s-%d", c.GetKind(), c.GetRun())] = strings.TrimPrefix(c.GetCancelReason().String(), "CANCEL_REASON_")
		}
	}
	return all
}

func (b *bench) clocks(n int) []*slav1.Clock {
	b.Helper()
	resp, err := b.api.ListClocks(b.admin(), &slav1.ListClocksRequest{Parent: handoff(n)})
	if err != nil {
		b.Fatal(err)
	}
	return resp.GetClocks()
}

func (b *bench) clock(n int, name string) *slav1.Clock {
	b.Helper()
	c, err := b.api.GetClock(b.admin(), &slav1.GetClockRequest{Name: handoff(n) + "/clocks/" + name})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// alarms are what clocks have told, in short: the alert, the clock, and how long after the start.
func (b *bench) alarms() []string {
	b.Helper()
	var all []string
	for _, e := range b.room.Told(b) {
		var alert string
		var ref *eventv1.ClockRef
		switch p := e.GetPayload().(type) {
		case *eventv1.Event_ClockAtRisk:
			alert, ref = "at risk", p.ClockAtRisk.GetClock()
		case *eventv1.Event_ClockMet:
			alert, ref = "met", p.ClockMet.GetClock()
		case *eventv1.Event_ClockBreached:
			alert, ref = "breached", p.ClockBreached.GetClock()
		case *eventv1.Event_BreachRetracted:
			alert, ref = "retracted", p.BreachRetracted.GetClock()
		case *eventv1.Event_EscalationReached:
			alert, ref = fmt.Sprintf("step %d of", p.EscalationReached.GetStep()), p.EscalationReached.GetClock()
		default:
			continue
		}
		all = append(all, fmt.Sprintf("%s %s-%d %v", alert, ref.GetKind(), ref.GetRun(), e.GetTime().AsTime().Sub(roomtest.Start)))
	}
	return all
}

// equal compares what was got with what was wanted.
func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// refusal is the reason of an error, as the service gave it.
func refusal(err error) string {
	if err == nil {
		return "OK"
	}
	if f := fault.As(err); f != nil {
		err = f.Cause // the connection makes faults of its own of what the service answers
	}
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return err.Error()
}

// clear blanks fields that a test does not care for.
func clear[M proto.Message](m M, fields ...string) M {
	c := proto.CloneOf(m)
	r := c.ProtoReflect()
	for _, f := range fields {
		r.Clear(r.Descriptor().Fields().ByTextName(f))
	}
	return c
}

// errorText is the whole error with the id of the n-th handoff left out.
func errorText(err error, n int) string {
	if err == nil {
		return "OK"
	}
	return strings.ReplaceAll(err.Error(), id(n), "{id}")
}
