package rpc

import (
	"context"

	"google.golang.org/grpc"
)

// Lanes are two connections to one service. A connection has places for so many calls at once, and a stream keeps its place
// for as long as it is listened to: with a connection of their own, streams never keep a call waiting.
type Lanes struct{ Calls, Streams grpc.ClientConnInterface }

// Invoke implements [grpc.ClientConnInterface].
func (l Lanes) Invoke(ctx context.Context, method string, request, reply any, options ...grpc.CallOption) error {
	return l.Calls.Invoke(ctx, method, request, reply, options...)
}

// NewStream implements [grpc.ClientConnInterface].
func (l Lanes) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	return l.Streams.NewStream(ctx, desc, method, options...)
}
