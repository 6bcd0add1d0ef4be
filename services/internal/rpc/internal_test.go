package rpc_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

func TestAServerDoesNotStartWithAMethodWithoutRoles(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(c *rpc.Config) {
		p, err := auth.Methods(scoringDescriptor())
		if err != nil {
			t.Fatal(err)
		}
		c.Policy = p
	})
	b.serve(t, rpc.NewMemory())
	b.stop()
	err := <-b.stopped
	if err == nil || !strings.Contains(err.Error(), "/handoff.journey.v1.JourneyService/") {
		t.Errorf("got %v", err)
	}
}

func TestAnInternalServerDoesNotListenInPlainText(t *testing.T) {
	t.Parallel()
	b := newBundle(t, internal("routing"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(listener) })
	b.serve(t, listener)
	b.stop()
	if err := <-b.stopped; err == nil {
		t.Error("it served")
	}
}

func TestAllProblemsOfAConfigurationAreNamed(t *testing.T) {
	t.Parallel()
	for door, missing := range map[rpc.Door]string{rpc.Public: "verifier", rpc.Internal: "peers"} {
		_, err := rpc.NewServer(rpc.Config{Name: "Not a name", Door: door})
		for _, want := range []string{"name", "policy", missing} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not named in: %v", want, err)
			}
		}
	}
}

// internal makes a server for the peers.
func internal(peers ...string) func(*rpc.Config) {
	return func(c *rpc.Config) { c.Name, c.Door, c.Verifier, c.Peers = "scoring", rpc.Internal, nil, peers }
}

// dialAs connects to b in memory as a service.
func dialAs(t testing.TB, memory *rpc.Memory, name string) *grpc.ClientConn {
	t.Helper()
	conn, err := rpc.DialInMemory(memory, rpc.ClientConfig{Name: name, Services: descriptors()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQuietly(conn) })
	return conn
}

func TestAnInternalServerBelievesItsPeersAlone(t *testing.T) {
	t.Parallel()
	b := newBundle(t, internal("routing"))
	var got string
	b.scoring.getLead = func(ctx context.Context, _ *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		got = auth.Principal(auth.ActorFrom(ctx))
		return &scoringv1.Lead{}, nil
	}
	memory := rpc.NewMemory()
	b.serve(t, memory)
	friend := scoringv1.NewScoringServiceClient(dialAs(t, memory, "routing"))
	stranger := scoringv1.NewScoringServiceClient(dialAs(t, memory, "gateway"))
	request := &scoringv1.GetLeadRequest{Name: leadName}

	person := &auth.Actor{Issuer: "https://id.example", Subject: "ann", Kind: accessv1.ActorKind_ACTOR_KIND_PERSON,
		Roles: []accessv1.Role{accessv1.Role_ROLE_EXEC}}
	for want, actor := range map[string]*auth.Actor{"https://id.example|ann": person, "handoff|routing": auth.Service("routing")} {
		if _, err := friend.GetLead(auth.WithActor(t.Context(), actor), request); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	for name, call := range map[string]func() error{
		"a peer not on the list": func() error {
			_, err := stranger.GetLead(auth.WithActor(t.Context(), person), request)
			return err
		},
		"a peer that forwards nobody": func() error { _, err := friend.GetLead(t.Context(), request); return err },
		"a bearer token":              func() error { _, err := friend.GetLead(b.as(t, accessv1.Role_ROLE_EXEC), request); return err },
	} {
		if err := call(); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if got := strings.Count(b.log.String(), "peer refused"); got != 3 {
		t.Errorf("the log has %d refusals, want 3: %s", got, b.log)
	}
}
