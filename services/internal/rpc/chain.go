package rpc

import (
	"context"
	"log/slog"
	"sync"

	"google.golang.org/grpc"

	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/rpc/fieldrule"
)

// chain is what stands in front of every handler of a server. Each step is a method of [call] in a file of its own.
type chain struct {
	logger   *slog.Logger
	identify func(context.Context) (*auth.Actor, error)
	policy   auth.Policy
	around   func(ctx context.Context, method string, handle func(ctx context.Context) error) error // nil: just the handler

	outage func(error) bool // nil: no error is one

	calls, watches, probes *gate
	shares                 *shares
	draining               context.Context // ends when the server begins to stop

	subjects sync.Map // protoreflect.FullName -> []reference
	rules    *fieldrule.Checker
}

// method is what the chain knows of a method before any call.
type method struct {
	name   string // `/package.Service/Method`
	access access
	gate   *gate // nil lets everybody in
	stream bool
	watch  bool // it only sends, for as long as it is listened to
	own    bool // it answers in faults; gRPC's own services answer in statuses
}

// access says what a method asks of its caller.
type access int

const (
	byRole   access = iota // one of the roles of the policy
	byAnyone               // any credentials
	open                   // nothing
)

// unary puts the chain in front of a unary method.
func (c *chain) unary(m *method, next grpc.MethodHandler) grpc.MethodHandler {
	return func(srv any, ctx context.Context, read func(any) error, _ grpc.UnaryServerInterceptor) (_ any, err error) {
		k := &call{chain: c, method: m, ctx: ctx, read: read}
		defer k.finish(&err)
		if err := k.enter(); err != nil {
			return nil, err
		}
		return next(srv, k.ctx, k.receive, k.handle)
	}
}

// streaming puts the chain in front of a streaming method.
func (c *chain) streaming(m *method, next grpc.StreamHandler) grpc.StreamHandler {
	return func(srv any, stream grpc.ServerStream) (err error) {
		k := &call{chain: c, method: m, ctx: stream.Context(), read: stream.RecvMsg}
		defer k.finish(&err)
		if err := k.enter(); err != nil {
			return err
		}
		return next(srv, &inspected{stream, k})
	}
}
