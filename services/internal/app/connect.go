package app

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

// ErrNoKey says that an issuer makes the tokens of this suite, not the suite itself.
var ErrNoKey = errors.New("tokens come from the issuer; there is no local key")

// Connect gives a connection to the public door of this process, on behalf of somebody. It does not leave the process.
func (a *App) Connect(grant auth.Grant) (grpc.ClientConnInterface, error) {
	if a.key == nil {
		return nil, ErrNoKey
	}
	token, err := a.key.Mint(grant)
	if err != nil {
		return nil, err
	}
	conn, err := a.board.keep(rpc.DialInMemory(a.board.public, rpc.ClientConfig{Name: "client"}))
	if err != nil {
		return nil, err
	}
	return WithToken(conn, token), nil
}

// WithToken adds a bearer token to every call of a connection.
func WithToken(conn grpc.ClientConnInterface, token string) grpc.ClientConnInterface {
	return bearer{conn, "Bearer " + token}
}

type bearer struct {
	grpc.ClientConnInterface
	authorization string
}

func (b bearer) with(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", b.authorization)
}

// Invoke implements grpc.ClientConnInterface.
func (b bearer) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	return b.ClientConnInterface.Invoke(b.with(ctx), method, args, reply, opts...)
}

// NewStream implements grpc.ClientConnInterface.
func (b bearer) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return b.ClientConnInterface.NewStream(b.with(ctx), desc, method, opts...)
}
