package routing_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/routing"
)

// bundle is a routing service in a room of its own, with revops at the keyboard.
type bundle struct {
	*roomtest.Room
	service *routing.Service
	client  routingv1.RoutingServiceClient
	leads   int // told so far
}

// each runs a test on both databases.
func each(t *testing.T, f func(t *testing.T, b *bundle)) {
	t.Helper()
	eachDB(t, func(t *testing.T, db *sqldb.DB) { f(t, setup(t, db)) })
}

func eachDB(t *testing.T, f func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Parallel()
	migrations, err := routing.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, f)
}

// setup serves the service with the example playbook, and a calendar that is open from nine to five in New York.
func setup(t testing.TB, db *sqldb.DB) *bundle {
	t.Helper()
	b := bare(t, db, archive{})
	b.activate(t, 1, example())
	b.calendar(t, office())
	return b
}

// bare serves the service without a playbook and a calendar.
func bare(t testing.TB, db *sqldb.DB, playbooks archive) *bundle {
	t.Helper()
	room := roomtest.New(t, db)
	service, err := routing.New(t.Context(), routing.Config{Host: room.Host, Playbook: playbooks, Scoring: seer{}})
	if err != nil {
		t.Fatal(err)
	}
	room.Serve(t, service)
	return &bundle{Room: room, service: service, client: routingv1.NewRoutingServiceClient(room.Conn)}
}

// archive is a playbook service that has one version to fetch, or is away.
type archive struct {
	playbookv1.PlaybookServiceClient
	doc *playbookv1.Document
}

func (a archive) GetPlaybook(context.Context, *playbookv1.GetPlaybookRequest, ...grpc.CallOption) (*playbookv1.Playbook, error) {
	if a.doc == nil {
		return nil, fmt.Errorf("the playbook service is away")
	}
	return &playbookv1.Playbook{Document: a.doc}, nil
}

func (b *bundle) activate(t testing.TB, version int, doc *playbookv1.Document) {
	t.Helper()
	name := fmt.Sprintf("playbooks/%d", version)
	b.Tell(t, eventlog.Playbook, &eventv1.Event{Key: "playbooks", Subject: name, Playbook: name, Payload: &eventv1.Event_PlaybookActivated{
		PlaybookActivated: &eventv1.PlaybookActivated{Playbook: name, Hash: "hash", Document: doc}}})
}

// hours is a calendar with the same hours on the given weekdays.
func hours(id, zone, opens, closes string, days ...string) *slav1.Calendar {
	c := &slav1.Calendar{Name: "calendars/" + id, TimeZone: zone, Hours: map[string]*slav1.DayHours{}}
	for _, day := range days {
		c.Hours[day] = &slav1.DayHours{Intervals: []*slav1.Interval{{Open: opens, Close: closes}}}
	}
	return c
}

var (
	workweek  = []string{"mon", "tue", "wed", "thu", "fri"}
	wholeWeek = append(append([]string{}, workweek...), "sat", "sun")
)

func office() *slav1.Calendar {
	return hours("office", "America/New_York", "09:00", "17:00", workweek...)
}

func (b *bundle) calendar(t testing.TB, c *slav1.Calendar) {
	t.Helper()
	b.Tell(t, eventlog.SLA, &eventv1.Event{Key: c.GetName(), Subject: c.GetName(),
		Payload: &eventv1.Event_CalendarChanged{CalendarChanged: &eventv1.CalendarChanged{Calendar: c}}})
}

// revops is a context of somebody who administers.
func revops(t testing.TB) context.Context {
	t.Helper()
	return roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
}

// as is a context of a rep, whose subject is their id.
func as(t testing.TB, rep string) context.Context {
	t.Helper()
	return roomtest.As(t.Context(), rep, accessv1.Role_ROLE_SALES_REP)
}

// rep enters a rep whose subject is their id.
func (b *bundle) rep(t testing.TB, id string, changes ...func(*routingv1.Rep)) {
	t.Helper()
	r := &routingv1.Rep{DisplayName: id, Issuer: auth.LocalIssuer, Subject: id}
	for _, change := range changes {
		change(r)
	}
	if _, err := b.client.CreateRep(revops(t), &routingv1.CreateRepRequest{RepId: id, Rep: r}); err != nil {
		t.Fatalf("create rep %s: %v", id, err)
	}
}

func maxOpen(n int32) func(*routingv1.Rep) { return func(r *routingv1.Rep) { r.MaxOpen = &n } }

func maxPerDay(n int32) func(*routingv1.Rep) { return func(r *routingv1.Rep) { r.MaxPerDay = &n } }

func worksBy(calendar string) func(*routingv1.Rep) {
	return func(r *routingv1.Rep) { r.Calendar = "calendars/" + calendar }
}

func inactive(r *routingv1.Rep) { r.Active = proto.Bool(false) }

// pool makes a pool of equal members.
func (b *bundle) pool(t testing.TB, id string, members ...string) {
	t.Helper()
	b.overflowing(t, id, "", members...)
}

func (b *bundle) overflowing(t testing.TB, id, overflow string, members ...string) {
	t.Helper()
	p := &routingv1.Pool{DisplayName: id}
	if overflow != "" {
		p.Overflow = "pools/" + overflow
	}
	for _, m := range members {
		p.Members = append(p.Members, &routingv1.PoolMember{Rep: "reps/" + m})
	}
	if _, err := b.client.CreatePool(revops(t), &routingv1.CreatePoolRequest{PoolId: id, Pool: p}); err != nil {
		t.Fatalf("create pool %s: %v", id, err)
	}
}

// qualify tells of one lead and gives its handoff's name.
func (b *bundle) qualify(t testing.TB, changes ...func(*eventv1.LeadQualified)) string {
	t.Helper()
	e := b.lead(changes...)
	b.Tell(t, eventlog.Scoring, e)
	return e.GetHandoff()
}

func (b *bundle) handoff(t testing.TB, name string) *routingv1.Handoff {
	t.Helper()
	h, err := b.client.GetHandoff(revops(t), &routingv1.GetHandoffRequest{Name: name})
	if err != nil {
		t.Fatalf("get %s: %v", name, err)
	}
	return h
}

// heldFor makes sure that a handoff is held for a reason, and gives the instant of the next try.
func (b *bundle) heldFor(t testing.TB, name string, want routingv1.Hold_Reason) *timestamppb.Timestamp {
	t.Helper()
	h := b.handoff(t, name)
	if h.GetState() != routingv1.Handoff_STATE_HELD || h.GetHold().GetReason() != want || h.GetRep() != "" {
		t.Fatalf("%s: got %v of %q, %v; want held for %v", name, h.GetState(), h.GetRep(), h.GetHold(), want)
	}
	return h.GetHold().GetNextAvailableTime()
}

// assignedTo makes sure that a rep has a handoff, and gives the number of the assignment.
func (b *bundle) assignedTo(t testing.TB, name, rep string) int32 {
	t.Helper()
	h := b.handoff(t, name)
	if h.GetState() != routingv1.Handoff_STATE_ASSIGNED || h.GetRep() != "reps/"+rep {
		t.Fatalf("%s: got %v of %q, %v; want assigned to %s", name, h.GetState(), h.GetRep(), h.GetHold(), rep)
	}
	return h.GetAssignment()
}

func (b *bundle) answer(ctx context.Context, name string, assignment int32, step routingv1.Step) (*routingv1.Handoff, error) {
	req := &routingv1.AdvanceHandoffRequest{Name: name, Assignment: assignment, Step: step}
	switch step {
	case routingv1.Step_STEP_REJECT:
		req.Reason = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET
	case routingv1.Step_STEP_DISPOSE:
		req.Outcome = routingv1.Handoff_OUTCOME_SQL
	}
	return b.client.AdvanceHandoff(ctx, req)
}

// advanced is answer, when it must succeed.
func (b *bundle) advanced(t testing.TB, rep, name string, assignment int32, step routingv1.Step) *routingv1.Handoff {
	t.Helper()
	h, err := b.answer(as(t, rep), name, assignment, step)
	if err != nil {
		t.Fatalf("%v of %s by %s: %v", step, name, rep, err)
	}
	return h
}

// advanceTo moves the test clock as the suite does: it stops at every instant for which the service has planned something.
func (b *bundle) advanceTo(t testing.TB, to time.Time) {
	t.Helper()
	for {
		at, due, err := b.service.NextDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !due || at.After(to) {
			b.Clock.Set(to)
			return
		}
		if at.After(b.Clock.Now()) {
			b.Clock.Set(at)
		}
		if err := b.service.Fire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func at(text string) time.Time {
	instant, err := time.Parse("2006-01-02T15:04Z07:00", text)
	if err != nil {
		panic(err)
	}
	return instant.UTC()
}
