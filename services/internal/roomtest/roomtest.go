// Package roomtest gives tests one service in a room of its own: on a real database, behind the real chain of
// interceptors, with a clock that stands still, and with the test in the place of every other service.
//
//	room := roomtest.New(t, db)
//	service, err := routing.New(ctx, routing.Config{Host: room.Host, …})
//	room.Serve(t, service)
//	client := routingv1.NewRoutingServiceClient(room.Conn)
//	room.Tell(t, eventlog.Scoring, event)              // as if scoring had told it
//	events := room.Told(t)                             // what the service told
package roomtest

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/rpc"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Start is where the clock of a room stands at first: a Monday, nine in the morning in New York.
var Start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

// Service is what can be served in a room.
type Service interface {
	Register(r grpc.ServiceRegistrar)
	Log() *eventlog.Log
}

// Room is a place for one service.
type Room struct {
	Host  host.Host
	Clock *clock.Test
	Conn  grpc.ClientConnInterface // to the service; calls carry the actor of their context, see As, and are patient

	positions map[string]int64  // of what was told, by sender
	seqs      map[string]*int64 // by sender and key
}

// New makes a room on a migrated database.
func New(t testing.TB, db *sqldb.DB) *Room {
	t.Helper()
	c := clock.NewTest(Start)
	return &Room{
		Host: host.Host{DB: db, Now: c.Now, IDs: ident.Seeded("test"), Logger: slog.New(slog.DiscardHandler),
			Meter: noop.Meter{}, Test: true},
		Clock: c, positions: map[string]int64{}, seqs: map[string]*int64{},
	}
}

// Serve serves the service until the test ends.
func (r *Room) Serve(t testing.TB, s Service) {
	t.Helper()
	r.Conn = patient{Connect(t, func(registrar grpc.ServiceRegistrar) {
		s.Register(registrar)
		s.Log().Register(registrar)
	})}
}

// patience is the longest deadline that a server grants. Machines that run tests have much else to do.
const patience = time.Minute

// patient is a connection whose calls wait for that long, unless they say otherwise.
type patient struct{ *grpc.ClientConn }

// Invoke implements grpc.ClientConnInterface.
func (p patient) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return p.ClientConn.Invoke(ctx, method, args, reply, opts...)
}

// Connect serves anything that registers gRPC services, such as a fake of another service, and gives a connection to it.
func Connect(t testing.TB, register func(grpc.ServiceRegistrar)) *grpc.ClientConn {
	t.Helper()
	var found described
	register(&found)
	policy, err := auth.Methods(found.services...)
	if err != nil {
		t.Fatal(err)
	}
	server, err := rpc.NewServer(rpc.Config{Name: "room", Door: rpc.Internal, Policy: policy, Peers: []string{"test"},
		Limits: rpc.Limits{ReceiveBytes: 16 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	register(server)
	memory := rpc.NewMemory()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, memory) }()
	conn, err := rpc.DialInMemory(memory, rpc.ClientConfig{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn
}

// described collects the descriptors of the services that are registered with it.
type described struct {
	services []protoreflect.ServiceDescriptor
}

// RegisterService implements grpc.ServiceRegistrar.
func (d *described) RegisterService(desc *grpc.ServiceDesc, _ any) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(desc.ServiceName))
	if err != nil {
		return
	}
	if service, ok := found.(protoreflect.ServiceDescriptor); ok {
		d.services = append(d.services, service)
	}
}

// As is a person with roles, as the caller of what is called with the context.
func As(ctx context.Context, subject string, roles ...accessv1.Role) context.Context {
	return auth.WithActor(ctx, &auth.Actor{Issuer: auth.LocalIssuer, Subject: subject,
		Kind: accessv1.ActorKind_ACTOR_KIND_PERSON, Roles: roles})
}

// AsAI is an AI agent with roles.
func AsAI(ctx context.Context, subject string, roles ...accessv1.Role) context.Context {
	return auth.WithActor(ctx, &auth.Actor{Issuer: auth.LocalIssuer, Subject: subject,
		Kind: accessv1.ActorKind_ACTOR_KIND_AI, Roles: roles})
}

// AsPartner is somebody of a partner.
func AsPartner(ctx context.Context, subject, partner string) context.Context {
	return auth.WithActor(ctx, &auth.Actor{Issuer: auth.LocalIssuer, Subject: subject, Partner: partner,
		Kind: accessv1.ActorKind_ACTOR_KIND_PERSON, Roles: []accessv1.Role{accessv1.Role_ROLE_PARTNER}})
}

// AsService is another service, acting by itself.
func AsService(ctx context.Context, name string) context.Context {
	return auth.WithActor(ctx, auth.Service(name))
}

// Tell delivers events as if another service had told them, in one delivery. It fills in the envelope; the key is the
// handoff or else the lead or else the subject, unless the event has one.
func (r *Room) Tell(t testing.TB, source string, events ...*eventv1.Event) {
	t.Helper()
	req := &eventv1.DeliverRequest{Source: source, After: r.positions[source]}
	for _, e := range events {
		req.Entries = append(req.Entries, r.entry(t, source, e))
	}
	req.Upto = r.positions[source]
	last := req.GetEntries()[len(req.GetEntries())-1]
	req.Fingerprint = fmt.Sprintf("%s|%d|0", last.GetKey(), last.GetSeq())
	resp, err := eventv1.NewEventServiceClient(r.Conn).Deliver(AsService(t.Context(), source), req)
	if err != nil {
		t.Fatalf("deliver from %s: %v", source, err)
	}
	if resp.GetMark() != req.GetUpto() {
		t.Fatalf("deliver from %s: the service stands at %d, want %d", source, resp.GetMark(), req.GetUpto())
	}
	r.refuseParked(t)
}

func (r *Room) entry(t testing.TB, source string, e *eventv1.Event) *eventv1.LogEntry {
	t.Helper()
	e = proto.CloneOf(e)
	for _, key := range []string{e.GetHandoff(), e.GetLead(), e.GetSubject(), source} {
		if e.GetKey() == "" {
			e.Key = key
		}
	}
	seq := r.seqs[source+"/"+e.GetKey()]
	if seq == nil {
		seq = new(int64)
		r.seqs[source+"/"+e.GetKey()] = seq
	}
	*seq++
	r.positions[source]++
	e.Source, e.Seq, e.Id = source, *seq, fmt.Sprintf("%s/%s/%d", source, e.GetKey(), *seq)
	if e.GetTime() == nil {
		e.Time = timestamppb.New(r.Clock.Now())
	}
	body, err := proto.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return &eventv1.LogEntry{Position: r.positions[source], Key: e.GetKey(), Seq: e.GetSeq(), Event: body}
}

// refuseParked fails the test when an event could not be applied.
func (r *Room) refuseParked(t testing.TB) {
	t.Helper()
	for row, err := range r.Host.DB.Query(t.Context(), `SELECT source, key, error FROM parked`) {
		if err != nil {
			t.Fatal(err)
		}
		var source, key, cause string
		if err := row.Scan(&source, &key, &cause); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("event of %s about %s was parked: %s", source, key, cause)
	}
}

// Told are the events that the service has told so far, in order.
func (r *Room) Told(t testing.TB) []*eventv1.Event {
	t.Helper()
	var events []*eventv1.Event
	for row, err := range r.Host.DB.Query(t.Context(), `SELECT body FROM log ORDER BY pos`) {
		if err != nil {
			t.Fatal(err)
		}
		var body []byte
		if err := row.Scan(&body); err != nil {
			t.Fatal(err)
		}
		e := &eventv1.Event{}
		if err := proto.Unmarshal(body, e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}
