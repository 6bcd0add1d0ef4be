package journey_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/journey"
)

// ward is a journey service among services that cannot apply events for as long as they are ill.
type ward struct {
	client       journeyv1.JourneyServiceClient
	scoring, sla *patient
	events       map[string]eventv1.EventServiceClient
}

func eachWard(t *testing.T, test func(t *testing.T, w ward)) {
	t.Helper()
	migrations, err := journey.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		room, w := roomtest.New(t, db), ward{events: map[string]eventv1.EventServiceClient{}}
		service, err := journey.New(t.Context(), journey.Config{Host: room.Host, Events: w.events})
		if err != nil {
			t.Fatal(err)
		}
		room.Serve(t, service)
		w.client = journeyv1.NewJourneyServiceClient(room.Conn)
		for _, name := range eventlog.Services() {
			w.events[name] = eventv1.NewEventServiceClient(room.Conn) // has nothing to show
		}
		w.scoring, w.sla = admit(t, eventlog.Scoring, db.Dialect(), migrations), admit(t, eventlog.SLA, db.Dialect(), migrations)
		w.events[eventlog.Scoring], w.events[eventlog.SLA] = w.scoring.client, w.sla.client
		test(t, w)
	})
}

// patient is the event log of a service that applies an event by remembering its id.
type patient struct {
	client eventv1.EventServiceClient
	room   *roomtest.Room
	told   int64

	mu      sync.Mutex
	ill     bool
	applied []string
}

func admit(t *testing.T, name string, dialect sqldb.Dialect, migrations fs.FS) *patient {
	t.Helper()
	open := map[sqldb.Dialect]func(testing.TB, fs.FS) *sqldb.DB{sqldb.SQLite: sqldbtest.SQLite, sqldb.PostgreSQL: sqldbtest.PostgresDB}[dialect]
	p := &patient{ill: true, room: roomtest.New(t, open(t, migrations))}
	log, err := p.room.Host.Log(t.Context(), name, eventlog.Each(p.apply))
	if err != nil {
		t.Fatal(err)
	}
	p.client = eventv1.NewEventServiceClient(roomtest.Connect(t, log.Register))
	return p
}

func (p *patient) apply(_ context.Context, tx *sqldb.Tx, _ eventlog.Batch, e *eventv1.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ill {
		return errors.New("is ill")
	}
	tx.AfterCommit(func() { p.applied = append(p.applied, e.GetId()) })
	return nil
}

// recover ends the illness.
func (p *patient) recover() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ill = false
}

// hear tells the patient of n more events of a lead, as routing would.
func (p *patient) hear(t *testing.T, lead string, n int) {
	t.Helper()
	req := &eventv1.DeliverRequest{Source: eventlog.Routing, After: p.told, Fingerprint: "f"}
	for i := range n {
		p.told++
		body, err := proto.Marshal(&eventv1.Event{Id: fmt.Sprintf("%s/%d", lead, i+1), Lead: lead, Key: lead, Seq: int64(i) + 1, Type: "handoff.routing.handoff_opened"})
		if err != nil {
			t.Fatal(err)
		}
		req.Entries = append(req.Entries, &eventv1.LogEntry{Position: p.told, Key: lead, Seq: int64(i) + 1, Event: body})
	}
	req.Upto = p.told
	ctx := roomtest.AsService(t.Context(), eventlog.Routing)
	for _, r := range []*eventv1.DeliverRequest{{Source: eventlog.Routing}, req} { // a sender asks first where the receiver stands
		if _, err := p.client.Deliver(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
}

func sre(t *testing.T) context.Context {
	return roomtest.As(t.Context(), "sue", accessv1.Role_ROLE_SRE)
}

// names are the last parts of the names of the parked events of a parent, page by page.
func (w ward) names(t *testing.T, parent string, size int32) []string {
	t.Helper()
	var all []string
	for req := (&journeyv1.ListParkedEventsRequest{Parent: parent, PageSize: size}); ; {
		resp, err := w.client.ListParkedEvents(sre(t), req)
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.GetParkedEvents()) > int(size) || len(resp.GetUnreachable()) > 0 {
			t.Errorf("got %d events, %v unreachable", len(resp.GetParkedEvents()), resp.GetUnreachable())
		}
		for _, e := range resp.GetParkedEvents() {
			all = append(all, strings.TrimPrefix(e.GetName(), "services/"))
		}
		if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
			return all
		}
	}
}

func TestParkedEventsAreFoundInEveryServicePageByPage(t *testing.T) {
	t.Parallel()
	eachWard(t, func(t *testing.T, w ward) {
		if got := w.names(t, "services/-", 1); len(got) != 0 {
			t.Errorf("before anything happened: got %v", got)
		}
		w.scoring.hear(t, "leads/a", 3)
		w.sla.hear(t, "leads/b", 2)
		scoring := []string{"scoring/parkedEvents/routing-1", "scoring/parkedEvents/routing-2", "scoring/parkedEvents/routing-3"}
		sla := []string{"sla/parkedEvents/routing-1", "sla/parkedEvents/routing-2"}
		for size := int32(1); size <= 6; size++ {
			for parent, want := range map[string][]string{"services/-": append(scoring[:3:3], sla...), "services/scoring": scoring, "services/sla": sla, "services/journey": nil} {
				if diff := cmp.Diff(want, w.names(t, parent, size)); diff != "" {
					t.Errorf("%s, %d a page (-want +got):\n%s", parent, size, diff)
				}
			}
		}
	})
}

// down is a service that does not answer.
type down struct{ eventv1.EventServiceClient }

func (down) ListParkedEvents(context.Context, *eventv1.ListParkedEventsRequest, ...grpc.CallOption) (*eventv1.ListParkedEventsResponse, error) {
	return nil, fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "is down")
}

func TestAServiceThatIsDownIsNamedAndHidesNoOther(t *testing.T) {
	t.Parallel()
	eachWard(t, func(t *testing.T, w ward) {
		w.scoring.hear(t, "leads/a", 1)
		w.events[eventlog.SLA], w.events[eventlog.Playbook] = down{}, down{}
		resp, err := w.client.ListParkedEvents(sre(t), &journeyv1.ListParkedEventsRequest{Parent: "services/-"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"services/playbook", "services/sla"}, resp.GetUnreachable()); diff != "" || len(resp.GetParkedEvents()) != 1 {
			t.Errorf("got %v; unreachable (-want +got):\n%s", resp.GetParkedEvents(), diff)
		}
		_, err = w.client.ListParkedEvents(sre(t), &journeyv1.ListParkedEventsRequest{Parent: "services/sla"})
		if f := fault.As(err); f == nil || f.Kind != fault.Unavailable {
			t.Errorf("by itself: got %v", err)
		}
	})
}

func TestAParkedEventIsReplayedOnceItsCauseIsGone(t *testing.T) {
	t.Parallel()
	eachWard(t, func(t *testing.T, w ward) {
		w.scoring.hear(t, "leads/a", 3)
		const first = "services/scoring/parkedEvents/routing-1"
		get := func() (*eventv1.ParkedEvent, error) {
			return w.client.GetParkedEvent(sre(t), &eventv1.GetParkedEventRequest{Name: first})
		}
		replay := func() {
			t.Helper()
			if _, err := w.client.ReplayParkedEvent(sre(t), &eventv1.ReplayParkedEventRequest{Name: first}); err != nil {
				t.Fatal(err)
			}
		}
		replay()
		if e, err := get(); err != nil || e.GetState() != eventv1.ParkedEvent_STATE_STUCK || e.GetError() != "is ill" || e.GetAttemptCount() != 1 {
			t.Fatalf("the cause is still there: got %v, %v", e, err)
		}
		w.scoring.recover()
		replay()
		if f := fault.As(func() error { _, err := get(); return err }()); f == nil || f.Kind != fault.NotFound {
			t.Errorf("the cause is gone: got %v", f)
		}
		if diff := cmp.Diff([]string{"leads/a/1", "leads/a/2", "leads/a/3"}, w.scoring.applied); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestWhoSkipsAParkedEventIsInTheAuditOfItsService(t *testing.T) {
	t.Parallel()
	eachWard(t, func(t *testing.T, w ward) {
		w.scoring.hear(t, "leads/a", 3)
		w.scoring.recover()
		req := &eventv1.SkipParkedEventRequest{Name: "services/scoring/parkedEvents/routing-2", Reason: "told twice", RequestId: "7b1c4f0e-6d0a-4b56-9a37-2f1e8f2a9c11"}
		for range 2 { // a retry changes nothing
			if e, err := w.client.SkipParkedEvent(sre(t), req); err != nil || e.GetState() != eventv1.ParkedEvent_STATE_SKIPPED {
				t.Fatalf("got %v, %v", e, err)
			}
		}
		if diff := cmp.Diff([]string{"leads/a/1", "leads/a/3"}, w.scoring.applied); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		audit := w.scoring.room.Told(t)
		if len(audit) != 1 || audit[0].GetActor() != "handoff.local|sue" || audit[0].GetRequestId() != req.GetRequestId() || audit[0].GetSubject() != req.GetName() {
			t.Errorf("got %v", audit)
		}
	})
}

func TestParkedEventsAreForWhoeverOperatesTheSuite(t *testing.T) {
	t.Parallel()
	eachWard(t, func(t *testing.T, w ward) {
		w.scoring.hear(t, "leads/a", 1)
		const name = "services/scoring/parkedEvents/routing-1"
		for number := range accessv1.Role_name {
			role := accessv1.Role(number)
			if role == accessv1.Role_ROLE_UNSPECIFIED {
				continue
			}
			ctx := roomtest.As(t.Context(), "somebody", role)
			if role == accessv1.Role_ROLE_PARTNER {
				ctx = roomtest.AsPartner(t.Context(), "somebody", "acme")
			}
			_, listed := w.client.ListParkedEvents(ctx, &journeyv1.ListParkedEventsRequest{Parent: "services/-"})
			_, got := w.client.GetParkedEvent(ctx, &eventv1.GetParkedEventRequest{Name: name})
			_, replayed := w.client.ReplayParkedEvent(ctx, &eventv1.ReplayParkedEventRequest{Name: name})
			_, skipped := w.client.SkipParkedEvent(ctx, &eventv1.SkipParkedEventRequest{Name: "services/scoring/parkedEvents/routing-9", Reason: "r"})
			may := role == accessv1.Role_ROLE_SRE || role == accessv1.Role_ROLE_REVOPS
			for method, err := range map[string]error{"list": listed, "get": got, "replay": replayed, "skip": skipped} {
				if f := fault.As(err); (f != nil && f.Kind == fault.PermissionDenied) == may {
					t.Errorf("%s: %s got %v", role, method, err)
				}
			}
		}
	})
}

func TestAServiceThatDoesNotExistHasNoParkedEvents(t *testing.T) {
	t.Parallel()
	eachWard(t, func(t *testing.T, w ward) {
		_, listed := w.client.ListParkedEvents(sre(t), &journeyv1.ListParkedEventsRequest{Parent: "services/billing"})
		_, got := w.client.GetParkedEvent(sre(t), &eventv1.GetParkedEventRequest{Name: "services/billing/parkedEvents/routing-1"})
		for method, err := range map[string]error{"list": listed, "get": got} {
			if f := fault.As(err); f == nil || f.Kind != fault.NotFound || !strings.HasPrefix(f.Metadata["resource"], "services/billing") {
				t.Errorf("%s: got %v", method, err)
			}
		}
	})
}
