package rpc

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// call is one call on its way through the chain.
type call struct {
	chain  *chain
	method *method
	ctx    context.Context // as the steps so far have made it
	actor  *auth.Actor
	read   func(any) error
	frame  frame

	cancel   context.CancelFunc // of a context that a step has made
	admitted *gate              // that the call must leave
	shared   bool               // whether it is counted as a stream of its caller
}

// enter runs the steps that need nothing but the headers.
func (k *call) enter() error {
	if err := k.limitTime(); err != nil {
		return err
	}
	if err := k.admit(); err != nil {
		return err
	}
	if k.method.access == open {
		return nil
	}
	if err := k.authenticate(); err != nil {
		return err
	}
	if err := k.authorise(); err != nil {
		return err
	}
	return k.share()
}

// leave gives back what the steps have taken.
func (k *call) leave() {
	if k.cancel != nil {
		k.cancel()
	}
	if k.admitted != nil {
		k.admitted.leave()
	}
	if k.shared {
		k.chain.shares.giveBack(auth.Principal(k.actor))
	}
}

// receive reads the next message. It stays unchecked until [call.inspect]. At the end of a stream it gives io.EOF.
func (k *call) receive(into any) error {
	message, ok := into.(proto.Message)
	if !ok {
		return k.read(into)
	}
	k.frame = frame{message: message}
	switch err := k.read(&k.frame); {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case status.Code(err) == codes.ResourceExhausted:
		return fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "the message is too large")
	case k.ctx.Err() != nil:
		return k.ctx.Err()
	default: // the caller has broken off or does not speak gRPC
		return fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "the request did not arrive in full")
	}
}

// inspect runs the steps that need the message.
func (k *call) inspect(message proto.Message) error {
	if err := k.wellFormed(); err != nil {
		return err
	}
	if !k.method.own {
		return nil
	}
	k.attribute(message)
	return k.chain.rules.Check(message)
}

// handle inspects the request of a unary call and hands it to the method, within [Config.Around] if there is one. The steps
// have made the call's own context; the one that gRPC's code passes through is older.
func (k *call) handle(_ context.Context, request any, _ *grpc.UnaryServerInfo, method grpc.UnaryHandler) (any, error) {
	if message, ok := request.(proto.Message); ok {
		if err := k.inspect(message); err != nil {
			return nil, err
		}
	}
	if k.chain.around == nil || !k.method.own {
		return method(k.ctx, request)
	}
	var answer any
	err := k.chain.around(k.ctx, k.method.name, func(ctx context.Context) (err error) {
		answer, err = method(ctx, request)
		return err
	})
	return answer, err
}

// inspected is a stream whose messages are inspected as they come in.
type inspected struct {
	grpc.ServerStream
	call *call
}

func (s *inspected) Context() context.Context { return s.call.ctx }

func (s *inspected) RecvMsg(into any) error {
	if err := s.call.receive(into); err != nil {
		return err
	}
	if message, ok := into.(proto.Message); ok {
		return s.call.inspect(message)
	}
	return nil
}
