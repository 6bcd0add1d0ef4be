package auth

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// ActorHeader is the metadata key of a forwarded Actor, serialised. Only [Peers.Actor] reads it.
const ActorHeader = "handoff-actor-bin"

// Forward hands the Actor of ctx on to the service that is called with the returned context. Without an Actor it hands on
// none, and the call is refused: a service that acts by itself says so with [Service].
func Forward(ctx context.Context) context.Context {
	actor := ActorFrom(ctx)
	if actor == nil {
		return ctx
	}
	serialised, err := proto.Marshal(actor)
	if err != nil { // not UTF-8: no door lets such an Actor in, and the peer refuses a call without one
		return ctx
	}
	md, ok := metadata.FromOutgoingContext(ctx)
	if !ok {
		md = metadata.MD{}
	}
	md.Set(ActorHeader, string(serialised))
	return metadata.NewOutgoingContext(ctx, md)
}

// Peers are the services whose word counts on an internal listener.
type Peers map[string]struct{}

// NewPeers is the allow list of the given services.
func NewPeers(services ...string) Peers {
	peers := make(Peers, len(services))
	for _, name := range services {
		peers[name] = struct{}{}
	}
	return peers
}

// Known says whether an allow-listed service is at the other end.
func (p Peers) Known(ctx context.Context) bool {
	name, ok := PeerFrom(ctx)
	if !ok {
		return false
	}
	_, ok = p[name]
	return ok
}

// Actor is the Actor that an allow-listed peer hands on. It belongs on internal listeners alone. The error is for the log:
// the caller gets [Refused].
func (p Peers) Actor(ctx context.Context) (*Actor, error) {
	if !p.Known(ctx) {
		name, _ := PeerFrom(ctx)
		return nil, fmt.Errorf("peer %q is not on the allow list", name)
	}
	values := metadata.ValueFromIncomingContext(ctx, ActorHeader)
	if len(values) != 1 {
		return nil, fmt.Errorf("got %d forwarded actors, want 1", len(values))
	}
	actor := &Actor{}
	if err := proto.Unmarshal([]byte(values[0]), actor); err != nil {
		return nil, errors.New("the forwarded actor cannot be read")
	}
	if err := check(actor); err != nil {
		return nil, fmt.Errorf("the forwarded actor: %w", err)
	}
	return actor, nil
}
