package rpc_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

func TestWhatStandsAroundAHandlerSeesOnlyWhatPassedTheChain(t *testing.T) {
	t.Parallel()
	var seen []string
	refused := false
	b := newBundle(t, func(c *rpc.Config) {
		c.Around = func(ctx context.Context, method string, handle func(context.Context) error) error {
			seen = append(seen, method+" by "+auth.ActorFrom(ctx).GetSubject())
			if refused {
				return errors.New("not now")
			}
			return handle(ctx)
		}
	})
	b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		if refused {
			t.Error("the handler was reached")
		}
		return &scoringv1.Lead{Name: leadName}, nil
	}
	conn := b.connect(t)
	client, ctx := scoringv1.NewScoringServiceClient(conn), b.as(t, accessv1.Role_ROLE_EXEC)
	request := &scoringv1.GetLeadRequest{Name: leadName}

	if lead, err := client.GetLead(ctx, request); err != nil || lead.GetName() != leadName {
		t.Errorf("got %v, %v", lead, err)
	}
	_, _ = client.GetLead(t.Context(), request)                             // nobody
	_, _ = client.GetLead(ctx, &scoringv1.GetLeadRequest{Name: "nonsense"}) // invalid
	_, _ = grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if diff := cmp.Diff([]string{"/handoff.scoring.v1.ScoringService/GetLead by ann"}, seen); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
	refused = true
	_, err := client.GetLead(ctx, request)
	wantStatus(t, err, codes.Internal, "INTERNAL")
}

// events is the service that only other services call.
type events struct {
	eventv1.UnimplementedEventServiceServer
}

func (events) Deliver(context.Context, *eventv1.DeliverRequest) (*eventv1.DeliverResponse, error) {
	return &eventv1.DeliverResponse{Mark: 1}, nil
}

func TestAMethodForServicesAloneDoesNotExistInPublic(t *testing.T) {
	t.Parallel()
	for door, want := range map[rpc.Door]codes.Code{rpc.Public: codes.Unimplemented, rpc.Internal: codes.OK} {
		b := newBundle(t, nil)
		if door == rpc.Internal {
			b = newBundle(t, internal("routing"))
		}
		var err error
		if b.cfg.Policy, err = auth.Methods(eventv1.File_handoff_event_v1_event_service_proto.Services().Get(0)); err != nil {
			t.Fatal(err)
		}
		server, err := rpc.NewServer(b.cfg)
		if err != nil {
			t.Fatal(err)
		}
		eventv1.RegisterEventServiceServer(server, events{})
		ctx, cancel := context.WithCancel(t.Context())
		memory, stopped := rpc.NewMemory(), make(chan error, 1)
		go func() { stopped <- server.Serve(ctx, memory) }()

		call := auth.WithActor(b.as(t, accessv1.Role_ROLE_SERVICE), auth.Service("routing"))
		_, err = eventv1.NewEventServiceClient(dialAs(t, memory, "routing")).Deliver(call, &eventv1.DeliverRequest{Source: "routing"})
		if status.Code(err) != want {
			t.Errorf("door %d: got %v, want %v", door, err, want)
		}
		cancel()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	}
}

// No stream of the suite is internal yet, so the test registers an internal method as one.
func TestAStreamForServicesAloneDoesNotExistInPublic(t *testing.T) {
	t.Parallel()
	const service = "handoff.event.v1.EventService"
	desc := &grpc.ServiceDesc{ServiceName: service, Streams: []grpc.StreamDesc{{StreamName: "Deliver", ServerStreams: true,
		Handler: func(any, grpc.ServerStream) error { return nil }}}}
	for door, want := range map[rpc.Door]int{rpc.Public: 0, rpc.Internal: 1} {
		b := newBundle(t, internal("routing"))
		if door == rpc.Public {
			b = newBundle(t, nil)
		}
		var err error
		if b.cfg.Policy, err = auth.Methods(eventv1.File_handoff_event_v1_event_service_proto.Services().Get(0)); err != nil {
			t.Fatal(err)
		}
		server, err := rpc.NewServer(b.cfg)
		if err != nil {
			t.Fatal(err)
		}
		server.RegisterService(desc, nil)
		if got := len(server.GetServiceInfo()[service].Methods); got != want {
			t.Errorf("door %d: got %d methods, want %d", door, got, want)
		}
	}
}
