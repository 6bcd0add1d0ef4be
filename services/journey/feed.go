package journey

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/journey/internal/store"
)

// How the feed is read. Polling finds what other replicas wrote; within the process a wake-up comes first.
const (
	feedBatch = 500
	feedPoll  = 250 * time.Millisecond
	fromStart = "start"
	tokenMark = "journal:"
)

// ListEvents implements JourneyService.
func (s *Service) ListEvents(ctx context.Context, req *journeyv1.ListEventsRequest) (*journeyv1.ListEventsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	entries, err := store.After(ctx, s.cfg.DB, max(page.Key.Number, req.GetAfter()), req.GetType(), page.Limit())
	if err != nil {
		return nil, err
	}
	entries, next := paging.Cut(page, entries, func(e store.Entry) paging.Key { return paging.Key{Number: e.Number} })
	resp := &journeyv1.ListEventsResponse{NextPageToken: next}
	for _, e := range entries {
		resp.Entries = append(resp.Entries, toJournalEntry(e))
	}
	return resp, nil
}

// WatchEvents implements JourneyService.
func (s *Service) WatchEvents(req *journeyv1.WatchEventsRequest, stream grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
	ctx := stream.Context()
	last, err := s.resume(ctx, req.GetResumeToken())
	if err != nil {
		return err
	}
	for {
		grown := s.growth() // before the reading, so that nothing falls between
		entries, err := store.After(ctx, s.cfg.DB, last, "", feedBatch)
		if err != nil {
			return err
		}
		for _, e := range entries {
			last = e.Number
			if len(req.GetTypes()) > 0 && !slices.Contains(req.GetTypes(), e.Event.GetType()) {
				continue
			}
			if err := stream.Send(&journeyv1.WatchEventsResponse{Entry: toJournalEntry(e), ResumeToken: token(e.Number)}); err != nil {
				return err
			}
		}
		if len(entries) == feedBatch {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-grown:
		case <-time.After(feedPoll):
		}
	}
}

// resume is the number after which a feed goes on.
func (s *Service) resume(ctx context.Context, resumeToken string) (int64, error) {
	switch resumeToken {
	case fromStart:
		return 0, nil
	case "":
		return store.Head(ctx, s.cfg.DB)
	}
	raw, err := base64.RawURLEncoding.DecodeString(resumeToken)
	text, ok := strings.CutPrefix(string(raw), tokenMark)
	number, bad := strconv.ParseInt(text, 10, 64)
	if err != nil || !ok || bad != nil || number < 0 {
		return 0, fault.Field("resume_token", "is not a token of this feed")
	}
	head, err := store.Head(ctx, s.cfg.DB)
	if err == nil && number > head {
		return 0, fault.Field("resume_token", "lies beyond the end of the journal")
	}
	return number, err
}

func token(number int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenMark + strconv.FormatInt(number, 10)))
}

func toJournalEntry(e store.Entry) *journeyv1.JournalEntry {
	return &journeyv1.JournalEntry{Number: e.Number, Event: e.Event, RecordTime: timestamppb.New(e.RecordedAt)}
}
