package auth_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// certified is the context of a call over a connection whose certificate was verified.
func certified(t *testing.T, leaf *x509.Certificate) context.Context {
	info := credentials.TLSInfo{State: tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{leaf}}}}
	return peer.NewContext(t.Context(), &peer.Peer{AuthInfo: info})
}

func uri(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAPeerIsWhomItsCertificateNames(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		leaf x509.Certificate
		want string
	}{
		"URI":                   {x509.Certificate{URIs: []*url.URL{auth.ServiceURI("routing")}, DNSNames: []string{"sla"}}, "routing"},
		"DNS name":              {x509.Certificate{DNSNames: []string{"localhost", "routing", "routing.handoff.svc"}}, "routing"},
		"another URI":           {x509.Certificate{URIs: []*url.URL{uri(t, "spiffe://other/x")}, DNSNames: []string{"routing"}}, "routing"},
		"two URIs":              {x509.Certificate{URIs: []*url.URL{auth.ServiceURI("routing"), auth.ServiceURI("sla")}}, ""},
		"two DNS names":         {x509.Certificate{DNSNames: []string{"routing", "sla"}}, ""},
		"path in the URI":       {x509.Certificate{URIs: []*url.URL{uri(t, "handoff://service/a/routing")}}, ""},
		"URI of nothing":        {x509.Certificate{URIs: []*url.URL{uri(t, "handoff://service")}, DNSNames: []string{"routing"}}, ""},
		"host only":             {x509.Certificate{DNSNames: []string{"routing.example.com"}}, ""},
		"common name only":      {x509.Certificate{}, ""},
		"capitals in the name":  {x509.Certificate{DNSNames: []string{"Routing"}}, ""},
		"wildcard for any name": {x509.Certificate{DNSNames: []string{"*"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := auth.PeerFrom(certified(t, &tc.leaf))
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, tc.want)
			}
		})
	}
}

func TestAConnectionWithoutProofHasNoPeer(t *testing.T) {
	t.Parallel()
	unverified := credentials.TLSInfo{State: tls.ConnectionState{
		PeerCertificates: []*x509.Certificate{{URIs: []*url.URL{auth.ServiceURI("routing")}}}}}
	for name, ctx := range map[string]context.Context{
		"no peer":                t.Context(),
		"plain text":             peer.NewContext(t.Context(), &peer.Peer{}),
		"unverified certificate": peer.NewContext(t.Context(), &peer.Peer{AuthInfo: unverified}),
	} {
		if got, ok := auth.PeerFrom(ctx); ok {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// shake connects two ends in memory.
func shake(t *testing.T, client, server credentials.TransportCredentials) (atClient, atServer credentials.AuthInfo, failed bool) {
	t.Helper()
	near, far := net.Pipe()
	defer func() { _, _ = near.Close(), far.Close() }()
	type end struct {
		info credentials.AuthInfo
		err  error
	}
	done := make(chan end, 1)
	go func() {
		_, info, err := server.ServerHandshake(duplex{far})
		done <- end{info, err}
	}()
	_, atClient, err := client.ClientHandshake(t.Context(), "", duplex{near})
	if err != nil {
		_ = near.Close()
	}
	other := <-done
	return atClient, other.info, err != nil || other.err != nil
}

// duplex lets a write go on before it is read, as the connections in use do; a pipe alone waits.
type duplex struct{ net.Conn }

func (d duplex) Write(p []byte) (int, error) {
	go func() { _, _ = d.Conn.Write(p) }()
	return len(p), nil
}

func TestEndsInMemoryTellEachOtherTheirNames(t *testing.T) {
	t.Parallel()
	atClient, atServer, failed := shake(t, auth.InMemory("routing"), auth.InMemory("scoring"))
	if failed {
		t.Fatal("the handshake failed")
	}
	for want, info := range map[string]credentials.AuthInfo{"scoring": atClient, "routing": atServer} {
		if got, ok := auth.PeerFrom(peer.NewContext(t.Context(), &peer.Peer{AuthInfo: info})); !ok || got != want {
			t.Errorf("got %q, %v, want %q", got, ok, want)
		}
	}
	if _, _, failed := shake(t, auth.InMemory("Not a name"), auth.InMemory("scoring")); !failed {
		t.Error("a name that no service has is believed")
	}
}

// inMemoryFrom is the context of a call from a service in memory, with metadata.
func inMemoryFrom(t *testing.T, name string, md metadata.MD) context.Context {
	t.Helper()
	_, atServer, failed := shake(t, auth.InMemory(name), auth.InMemory("scoring"))
	if failed {
		t.Fatal("the handshake failed")
	}
	return metadata.NewIncomingContext(peer.NewContext(t.Context(), &peer.Peer{AuthInfo: atServer}), md)
}

// forwarded is the metadata that Forward makes.
func forwarded(t *testing.T, actor *auth.Actor) metadata.MD {
	t.Helper()
	ctx := auth.WithActor(t.Context(), actor)
	md, _ := metadata.FromOutgoingContext(auth.Forward(auth.Forward(ctx)))
	return md
}

func TestAForwardedActorArrivesWhole(t *testing.T) {
	t.Parallel()
	want := &auth.Actor{Issuer: "https://id.example", Subject: "ünal|1", Kind: accessv1.ActorKind_ACTOR_KIND_AI,
		Roles: []accessv1.Role{accessv1.Role_ROLE_PARTNER, accessv1.Role_ROLE_EXEC}, Partner: "acme"}
	got, err := auth.NewPeers("routing").Actor(inMemoryFrom(t, "routing", forwarded(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
}

func TestOnlyAllowListedPeersForward(t *testing.T) {
	t.Parallel()
	good := &auth.Actor{Issuer: "https://id.example", Subject: "ann", Kind: accessv1.ActorKind_ACTOR_KIND_PERSON,
		Roles: []accessv1.Role{accessv1.Role_ROLE_EXEC}}
	header := func(change func(*auth.Actor)) metadata.MD {
		actor := proto.CloneOf(good)
		change(actor)
		text, err := proto.Marshal(actor)
		if err != nil {
			t.Fatal(err)
		}
		return metadata.Pairs(auth.ActorHeader, string(text))
	}
	two := forwarded(t, good)
	two.Append(auth.ActorHeader, two.Get(auth.ActorHeader)...)
	for name, ctx := range map[string]context.Context{
		"a peer not on the list": inMemoryFrom(t, "gateway", forwarded(t, good)),
		"a plain connection":     metadata.NewIncomingContext(peer.NewContext(t.Context(), &peer.Peer{}), forwarded(t, good)),
		"nobody forwarded":       inMemoryFrom(t, "routing", forwarded(t, nil)),
		"two actors":             inMemoryFrom(t, "routing", two),
		"not an actor":           inMemoryFrom(t, "routing", metadata.Pairs(auth.ActorHeader, "\xff\xff")),
		"an empty actor":         inMemoryFrom(t, "routing", metadata.Pairs(auth.ActorHeader, "")),
		"no issuer":              inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Issuer = "" })),
		"no subject":             inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Subject = "" })),
		"no kind":                inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Kind = 0 })),
		"unknown kind":           inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Kind = 9 })),
		"no roles":               inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Roles = nil })),
		"unknown role":           inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Roles = append(a.Roles, 99) })),
		"a partner of nobody":    inMemoryFrom(t, "routing", header(func(a *auth.Actor) { a.Roles = []accessv1.Role{accessv1.Role_ROLE_PARTNER} })),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if actor, err := auth.NewPeers("routing").Actor(ctx); err == nil {
				t.Errorf("got %v", actor)
			}
		})
	}
}
