package rpc

import (
	"google.golang.org/grpc/encoding"
	encodingproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/rpc/wellformed"
)

// frame takes in a message, or what keeps it from being taken in. gRPC would answer a message that cannot be decoded with
// INTERNAL before anybody else sees it; the chain answers INVALID_ARGUMENT.
type frame struct {
	message    proto.Message
	violations []fault.Violation
	err        error // of ours
}

// codec is protobuf's, and fills frames: with what is well-formed, and with nothing else.
type codec struct {
	encoding.CodecV2
	shape *wellformed.Checker
}

func newCodec() codec {
	return codec{encoding.GetCodecV2(encodingproto.Name), &wellformed.Checker{}}
}

func (c codec) Unmarshal(data mem.BufferSlice, into any) error {
	f, ok := into.(*frame)
	if !ok {
		return c.CodecV2.Unmarshal(data, into)
	}
	whole := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer whole.Free()
	f.fill(c.shape, whole.ReadOnlyData())
	return nil
}

func (f *frame) fill(shape *wellformed.Checker, wire []byte) {
	f.violations, f.err = shape.Check(f.message.ProtoReflect().Descriptor(), wire)
	if f.err != nil || f.violations != nil {
		return
	}
	if proto.Unmarshal(wire, f.message) != nil {
		f.violations = []fault.Violation{{Message: "cannot be decoded"}}
	}
}
