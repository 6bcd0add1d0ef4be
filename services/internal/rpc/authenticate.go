package rpc

import (
	"context"
	"log/slog"

	"google.golang.org/grpc/metadata"

	"github.com/handoffhq/handoff/services/internal/auth"
)

// authenticate finds out who calls.
func (k *call) authenticate() error {
	actor, err := k.chain.identify(k.ctx)
	if err != nil {
		return err
	}
	k.actor = actor
	k.ctx = auth.WithActor(k.ctx, actor)
	return nil
}

// byToken believes a bearer token and nothing else. A forwarded actor is not even read.
func byToken(verifier *auth.Verifier) func(context.Context) (*auth.Actor, error) {
	return func(ctx context.Context) (*auth.Actor, error) {
		return verifier.Authenticate(ctx, metadata.ValueFromIncomingContext(ctx, "authorization"))
	}
}

// byPeer believes the word of allow-listed services. Only they reach the listener, so a refusal is a mistake in the set-up
// that somebody must hear of.
func byPeer(peers auth.Peers, logger *slog.Logger) func(context.Context) (*auth.Actor, error) {
	return func(ctx context.Context) (*auth.Actor, error) {
		actor, err := peers.Actor(ctx)
		if err != nil {
			logger.WarnContext(ctx, "peer refused", "cause", err)
			return nil, auth.Refused()
		}
		return actor, nil
	}
}
