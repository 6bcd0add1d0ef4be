package apisuite

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

type grpcConn = grpc.ClientConnInterface

// grpcDoor calls over gRPC.
type grpcDoor struct {
	conn func(service string) grpcConn
}

// call takes the first message of a stream as its answer.
func (d grpcDoor) call(ctx context.Context, c call) (answer, error) {
	if c.token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+c.token)
	}
	request, response := c.request, c.method.response()
	if c.text != nil {
		request = c.method.request()
		if err := prototext.Unmarshal([]byte(*c.text), request); err != nil {
			return answer{}, fmt.Errorf("read the protobuf text: %w", err)
		}
	}
	invoke := d.unary
	if c.method.desc.IsStreamingServer() {
		invoke = d.first
	}
	if err := invoke(ctx, c.method, request, response); err != nil {
		st, ok := status.FromError(err)
		if !ok {
			return answer{}, err
		}
		return refused(st), nil
	}
	return responded(response)
}

func (d grpcDoor) unary(ctx context.Context, m *method, request, response proto.Message) error {
	return d.conn(m.service()).Invoke(ctx, m.full(), request, response)
}

// first reads the first message of a stream, and leaves.
func (d grpcDoor) first(ctx context.Context, m *method, request, response proto.Message) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	stream, err := d.conn(m.service()).NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, m.full())
	if err != nil {
		return err
	}
	if err := stream.SendMsg(request); err != nil {
		return stream.RecvMsg(response) // which says why
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(response)
}
