package rpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/rpc"
)

func violations(t *testing.T, err error) []string {
	t.Helper()
	wantStatus(t, err, codes.InvalidArgument, "FIELD_INVALID")
	var all []string
	for _, d := range status.Convert(err).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				all = append(all, v.GetField()+": "+v.GetDescription())
			}
		}
	}
	return all
}

func TestABadRequestIsRefusedWithItsFields(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	called := false
	b.scoring.scoreLead = func(context.Context, *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
		called = true
		return &scoringv1.Score{}, nil
	}
	client, ctx := scoringv1.NewScoringServiceClient(b.connect(t)), b.as(t, accessv1.Role_ROLE_REVOPS)
	for name, tc := range map[string]struct {
		change func(*scoringv1.ScoreLeadRequest)
		want   []string
	}{
		"NUL": {func(r *scoringv1.ScoreLeadRequest) { r.Lead.GivenName = "A\x00" }, []string{"lead.given_name: holds a NUL"}},
		"an instant out of range": {func(r *scoringv1.ScoreLeadRequest) {
			r.Engagements[2].OccurTime = &timestamppb.Timestamp{Seconds: 1 << 62}
		}, []string{"engagements[2].occur_time: is not an instant from year 1 to year 9999"}},
		"10,001 items": {func(r *scoringv1.ScoreLeadRequest) { r.Engagements = make([]*scoringv1.Engagement, 10_001) },
			[]string{"engagements: has more than 10000 items"}},
		"more items than the rule allows": {func(r *scoringv1.ScoreLeadRequest) {
			for len(r.Engagements) <= 1000 {
				r.Engagements = append(r.Engagements, r.Engagements[0])
			}
		}, []string{"engagements: must contain no more than 1000 item(s)"}},
		"a missing message": {func(r *scoringv1.ScoreLeadRequest) { r.Lead = nil }, []string{"lead: value is required"}},
		"a pattern":         {func(r *scoringv1.ScoreLeadRequest) { r.Lead.Source = "Web site" }, []string{"lead.source: does not match regex pattern `^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$`"}},
		"a map's key": {func(r *scoringv1.ScoreLeadRequest) { r.Lead.Attributes["ann@example.com"] = "" },
			[]string{"lead.attributes[?]: does not match regex pattern `^[a-z][a-z0-9_]{0,62}$`"}},
		"a map's value": {func(r *scoringv1.ScoreLeadRequest) { r.Lead.Attributes["size"] = strings.Repeat("x", 1001) },
			[]string{`lead.attributes["size"]: must be at most 1000 characters`}},
	} {
		t.Run(name, func(t *testing.T) {
			request := whatIf()
			tc.change(request)
			_, err := client.ScoreLead(ctx, request)
			if diff := cmp.Diff(tc.want, violations(t, err)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
	if called {
		t.Error("the handler was reached")
	}
	if strings.Contains(b.log.String(), "call failed") {
		t.Errorf("a caller's mistake is logged as ours: %s", b.log)
	}
}

// raw sends bytes as they are.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	if wire, ok := v.([]byte); ok {
		return mem.BufferSlice{mem.SliceBuffer(wire)}, nil
	}
	return nil, fmt.Errorf("got %T", v)
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	return proto.Unmarshal(data.Materialize(), v.(proto.Message))
}

func TestBytesThatAreNotARequestAreTheCallersMistake(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	conn := b.connect(t)
	ctx := b.as(t, accessv1.Role_ROLE_EXEC)
	for wire, want := range map[string]string{
		"\xff\xff\xff":         "request: cannot be decoded",
		"\x0a\x02\xff\xfe":     "name: is not UTF-8",
		"\x0a\x03\xed\xa0\x80": "name: is not UTF-8",
	} {
		err := conn.Invoke(ctx, "/handoff.scoring.v1.ScoringService/GetLead", []byte(wire), &scoringv1.Lead{}, grpc.ForceCodecV2(raw{}))
		if diff := cmp.Diff([]string{want}, violations(t, err)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", wire, diff)
		}
	}
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/handoff.journey.v1.JourneyService/WatchEvents", grpc.ForceCodecV2(raw{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(stream.SendMsg([]byte("\x0a\x01\xff")), stream.CloseSend()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"resume_token: is not UTF-8"}, violations(t, stream.RecvMsg(&journeyv1.WatchEventsResponse{}))); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
}

func TestTheMessagesOfAStreamAreChecked(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	b.journey.watch = func(*journeyv1.WatchEventsRequest, grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
		t.Error("the handler was reached")
		return nil
	}
	stream, err := journeyv1.NewJourneyServiceClient(b.connect(t)).WatchEvents(b.as(t, accessv1.Role_ROLE_EXEC),
		&journeyv1.WatchEventsRequest{Types: []string{strings.Repeat("x", 101)}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	if diff := cmp.Diff([]string{"types[0]: must be at most 100 characters"}, violations(t, err)); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

const secretText = `insert lead: pq: "SELECT" failed for ann@example.com with token eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.sig`

func TestACauseOfOursIsLoggedOnceAndHidden(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"an error":         func() error { return errors.New(secretText) },
		"a wrapped error":  func() error { return fmt.Errorf("outer: %w", errors.New(secretText)) },
		"a status":         func() error { return status.Error(codes.NotFound, secretText) },
		"a panic":          func() error { panic(secretText) },
		"a nil map":        func() error { var m map[string]int; m["x"] = 1; return nil }, //nolint:staticcheck // that is the point
		"a runtime. error": func() error { var r *scoringv1.Lead; r.Name = "x"; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t, nil)
			b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) { return nil, fail() }
			ctx := b.as(t, accessv1.Role_ROLE_EXEC)
			_, err := scoringv1.NewScoringServiceClient(b.connect(t)).GetLead(ctx, &scoringv1.GetLeadRequest{Name: leadName})
			wantStatus(t, err, codes.Internal, "INTERNAL")
			if got := status.Convert(err).Message(); got != "internal error" {
				t.Errorf("the caller is told %q", got)
			}
			wantOneLine(t, b.log.String())
		})
	}
}

// wantOneLine checks that a failed call made one line, which names the method and the trace and no secret.
func wantOneLine(t *testing.T, log string) {
	t.Helper()
	if got := strings.Count(log, "call failed"); got != 1 {
		t.Fatalf("got %d lines of the failure, want 1: %s", got, log)
	}
	var line map[string]any
	for text := range strings.Lines(log) {
		if strings.Contains(text, "call failed") {
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				t.Fatal(err)
			}
		}
	}
	if line["level"] != "ERROR" || line["method"] != "/handoff.scoring.v1.ScoringService/GetLead" || line["handoff.lead.id"] != strings.TrimPrefix(leadName, "leads/") {
		t.Errorf("got line %v", line)
	}
	if id, _ := line["trace_id"].(string); len(id) != 32 {
		t.Errorf("got trace id %q", id)
	}
	for _, leak := range []string{"ann@example.com", "eyJ", "Bearer"} {
		if strings.Contains(log, leak) {
			t.Errorf("%q stands in the log: %s", leak, log)
		}
	}
}

func TestAPanicOfAStreamEndsTheStreamAlone(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	b.journey.watch = func(*journeyv1.WatchEventsRequest, grpc.ServerStreamingServer[journeyv1.WatchEventsResponse]) error {
		panic(secretText)
	}
	conn := b.connect(t)
	ctx := b.as(t, accessv1.Role_ROLE_EXEC)
	stream, err := journeyv1.NewJourneyServiceClient(conn).WatchEvents(ctx, &journeyv1.WatchEventsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	wantStatus(t, err, codes.Internal, "INTERNAL")
	if _, err := scoringv1.NewScoringServiceClient(conn).GetLead(ctx, &scoringv1.GetLeadRequest{Name: leadName}); err != nil {
		t.Errorf("the next call fails: %v", err)
	}
}

func TestAFaultReachesTheCallerAndNotTheLog(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	b.scoring.getLead = func(_ context.Context, r *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) {
		return nil, fmt.Errorf("get lead: %w", fault.Missing(r.GetName()))
	}
	_, err := scoringv1.NewScoringServiceClient(b.connect(t)).GetLead(b.as(t, accessv1.Role_ROLE_EXEC), &scoringv1.GetLeadRequest{Name: leadName})
	if info := wantStatus(t, err, codes.NotFound, "RESOURCE_NOT_FOUND"); info.GetMetadata()["resource"] != leadName {
		t.Errorf("got metadata %v", info.GetMetadata())
	}
	if log := b.log.String(); strings.Contains(log, "call failed") {
		t.Errorf("it is logged: %s", log)
	}
}

func TestAMethodOfANewerVersionIsUnimplemented(t *testing.T) {
	t.Parallel()
	b := newBundle(t, nil)
	_, err := scoringv1.NewScoringServiceClient(b.connect(t)).ExplainScore(b.as(t, accessv1.Role_ROLE_EXEC),
		&scoringv1.ExplainScoreRequest{Name: leadName + "/score", AsOfTime: timestamppb.New(time.Unix(0, 0))})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("got %v", err)
	}
}

func TestADatabaseThatIsAwayIsNotTheServicesFault(t *testing.T) {
	t.Parallel()
	away := errors.New("dial tcp 10.0.0.7:5432: connection refused")
	b := newBundle(t, func(c *rpc.Config) { c.Outage = func(err error) bool { return errors.Is(err, away) } })
	var gives error
	b.scoring.getLead = func(context.Context, *scoringv1.GetLeadRequest) (*scoringv1.Lead, error) { return nil, gives }
	conn, ctx := b.connect(t), b.as(t, accessv1.Role_ROLE_EXEC)
	for name, tc := range map[string]struct {
		gives error
		code  codes.Code
	}{
		"an outage":                        {fmt.Errorf("read lead: %w", away), codes.Unavailable},
		"a fault that an outage caused":    {&fault.Error{Kind: fault.Aborted, Message: "x", Cause: away}, codes.Aborted},
		"an outage as long as there was":   {errors.Join(context.DeadlineExceeded, away), codes.DeadlineExceeded},
		"something else that went wrong":   {errors.New("no such column"), codes.Internal},
		"a refusal that is nobody's fault": {fault.Missing(leadName), codes.NotFound},
	} {
		gives = tc.gives
		err := getLead(ctx, conn)
		if status.Code(err) != tc.code || strings.Contains(err.Error(), "10.0.0.7") {
			t.Errorf("%s: got %v, want %v", name, err, tc.code)
		}
	}
	if !strings.Contains(b.log.String(), "read lead: dial tcp") {
		t.Errorf("the cause of the outage is not in the log: %s", b.log)
	}
}
