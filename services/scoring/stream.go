package scoring

import (
	"context"
	"errors"
	"io"

	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// answerEach answers the messages of a stream one by one; first counts the items of the messages before. It holds one
// message and its answer at a time: while the caller does not take the answer, nothing more is read, and nothing piles up.
func answerEach[Item, Req, Resp any](stream grpc.BidiStreamingServer[Req, Resp], items func(*Req) []Item,
	answer func(ctx context.Context, items []Item, first int64) (*Resp, error),
) error {
	for first := int64(0); ; {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		resp, err := answer(stream.Context(), items(req), first)
		if err != nil {
			return err
		}
		if err := stream.Send(resp); err != nil {
			return err
		}
		first += int64(len(items(req)))
	}
}

// itemError is what a single call would say of an item of a stream. An error of ours is no item's: the others would meet it
// too, so it ends the stream.
func itemError(err error) (*rpcstatus.Status, error) {
	status, ours := fault.Status(err)
	if ours {
		return nil, err
	}
	return status.Proto(), nil
}
