package sla_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
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
	*testing.T
	room    *roomtest.Room
	service *sla.Service
	api     slav1.SlaServiceClient
	routing *routing
}

func newBench(t *testing.T, db *sqldb.DB) *bench {
	t.Helper()
	b := &bench{T: t, room: roomtest.New(t, db), routing: &routing{handoffs: map[string]*routingv1.Handoff{}, reps: map[string]*routingv1.Rep{}}}
	for _, rep := range []string{"ann", "bob"} {
		b.routing.reps["reps/"+rep] = &routingv1.Rep{Name: "reps/" + rep, Subject: rep}
	}
	b.service = b.serve(t, b.room)
	b.api = slav1.NewSlaServiceClient(b.room.Conn)
	return b
}

// serve makes the service and serves it in a room.
func (b *bench) serve(t *testing.T, room *roomtest.Room) *sla.Service {
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

// playbooks is a playbook service that always has version 1.
type playbooks struct {
	playbookv1.UnimplementedPlaybookServiceServer
}

func (playbooks) GetPlaybook(_ context.Context, req *playbookv1.GetPlaybookRequest) (*playbookv1.Playbook, error) {
	return &playbookv1.Playbook{Name: req.GetName(), Document: document()}, nil
}

// routing is a routing service with a few reps. A rep sees the handoffs that they have.
type routing struct {
	routingv1.UnimplementedRoutingServiceServer
	handoffs map[string]*routingv1.Handoff
	reps     map[string]*routingv1.Rep
}

func (r *routing) GetHandoff(ctx context.Context, req *routingv1.GetHandoffRequest) (*routingv1.Handoff, error) {
	h, ok := r.handoffs[req.GetName()]
	caller := auth.ActorFrom(ctx)
	rep := auth.Has(caller, accessv1.Role_ROLE_SALES_REP) && len(caller.GetRoles()) == 1
	if !ok || rep && h.GetRep() != "reps/"+caller.GetSubject() {
		return nil, fault.Missing(req.GetName())
	}
	return h, nil
}

func (r *routing) GetRep(_ context.Context, req *routingv1.GetRepRequest) (*routingv1.Rep, error) {
	if rep, ok := r.reps[req.GetName()]; ok {
		return rep, nil
	}
	return nil, fault.Missing(req.GetName())
}

// ListReps gives one rep a page.
func (r *routing) ListReps(_ context.Context, req *routingv1.ListRepsRequest) (*routingv1.ListRepsResponse, error) {
	names := slices.Sorted(maps.Keys(r.reps))
	i := len(req.GetPageToken())
	resp := &routingv1.ListRepsResponse{Reps: []*routingv1.Rep{r.reps[names[i]]}}
	if i+1 < len(names) {
		resp.NextPageToken = strings.Repeat("x", i+1)
	}
	return resp, nil
}

// document is a playbook: five minutes to assign, four working hours to accept, four hours to touch in T1 and a day
// otherwise, five working days to dispose, thirty days to a demo in T2.
func document() *playbookv1.Document {
	return &playbookv1.Document{Playbook: "acme", Sla: &playbookv1.SlaPolicy{
		Calendar: "us",
		Clocks: map[string]*playbookv1.ClockPolicy{
			"assign": {Within: hours(5 * time.Minute)},
			"accept": {Within: hours(4 * time.Hour), Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS},
			"first_touch": {Within: hours(24 * time.Hour), From: playbookv1.ClockAnchor_CLOCK_ANCHOR_MQL,
				Tiers: map[string]*playbookv1.TierClock{"T1": {Within: hours(4 * time.Hour)}}},
			"disposition": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 5}}, Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS},
			"demo_booked": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 30}}, Only: []string{"T2"}},
		},
		Commitments: &playbookv1.Commitments{
			Marketing: &playbookv1.MarketingCommitments{MqlVolume: new(int32(3)), CriteriaMet: new(0.95), ContextComplete: new(0.98)},
			Sales:     &playbookv1.SalesCommitments{FirstTouchInTime: new(0.9), DispositionComplete: new(0.98)},
		},
	}}
}

func hours(d time.Duration) *playbookv1.Budget {
	return &playbookv1.Budget{Amount: &playbookv1.Budget_Time{Time: durationpb.New(d)}}
}

// office is nine to five on weekdays.
func office(zone string) *slav1.Calendar {
	day := &slav1.DayHours{Intervals: []*slav1.Interval{{Open: "09:00", Close: "17:00"}}}
	return &slav1.Calendar{TimeZone: zone, Hours: map[string]*slav1.DayHours{"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}}
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

// about makes an event about the n-th handoff.
func about(n int, when time.Duration, e *eventv1.Event) *eventv1.Event {
	e.Handoff, e.Lead, e.Playbook, e.Time = handoff(n), lead(n), "playbooks/1", stamp(at(when))
	return e
}

func qualified(n int, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{
		Handoff: handoff(n), Lead: lead(n), MqlTime: stamp(at(when))}}})
}

func merged(n int, when time.Duration) *eventv1.Event {
	e := &eventv1.Event{Lead: lead(n), Time: stamp(at(when))}
	e.Payload = &eventv1.Event_LeadMerged{LeadMerged: &eventv1.LeadMerged{Survivor: lead(999), Merged: lead(n)}}
	return e
}

func opened(n int, tier string, mql time.Duration, missing ...playbookv1.ContextField) *eventv1.Event {
	return about(n, mql, &eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{
		Handoff: handoff(n), Lead: lead(n), Tier: tier, MqlTime: stamp(at(mql)), MissingContext: missing}}})
}

func assigned(n int, number int32, rep, calendar string, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{
		Handoff: handoff(n), Assignment: number, Rep: "reps/" + rep, Calendar: calendar, AssignTime: stamp(at(when))}}})
}

func held(n int, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffHeld{HandoffHeld: &eventv1.HandoffHeld{Handoff: handoff(n)}}})
}

func raised(n int, to string, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffTierChanged{HandoffTierChanged: &eventv1.HandoffTierChanged{
		Handoff: handoff(n), ToTier: to, ChangeTime: stamp(at(when))}}})
}

func accepted(n int, number int32, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{
		Handoff: handoff(n), Assignment: number, AcceptTime: stamp(at(when))}}})
}

func declined(n int, number int32, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffDeclined{HandoffDeclined: &eventv1.HandoffDeclined{
		Handoff: handoff(n), Assignment: number, DeclineTime: stamp(at(when))}}})
}

func rejected(n int, number int32, when time.Duration) *eventv1.Event {
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{
		Handoff: handoff(n), Assignment: number, RejectTime: stamp(at(when)),
		Reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET}}})
}

func closed(n int, step routingv1.Step, outcome routingv1.Handoff_Outcome, number int32, when time.Duration) *eventv1.Event {
	c := &eventv1.HandoffClosed{Handoff: handoff(n), Lead: lead(n), Step: step, Outcome: outcome, Assignment: number, CloseTime: stamp(at(when))}
	if step == routingv1.Step_STEP_REJECT {
		c.Reason = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET
	}
	return about(n, when, &eventv1.Event{Payload: &eventv1.Event_HandoffClosed{HandoffClosed: c}})
}

// intake tells of a lead that qualifies, is opened in a tier and given to ann at once.
func (b *bench) intake(n int, tier string, when time.Duration) {
	b.Helper()
	b.room.Tell(b, eventlog.Scoring, qualified(n, when))
	b.room.Tell(b, eventlog.Routing, opened(n, tier, when), assigned(n, 1, "ann", "", when))
	b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n), Rep: "reps/ann"}
}

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
		if c.GetCancelReason() != "" {
			all[fmt.Sprintf("%s-%d", c.GetKind(), c.GetRun())] = c.GetCancelReason()
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
