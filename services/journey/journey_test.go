package journey_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/journey"
)

const (
	handoff = "handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69"
	lead    = "leads/019cadc69afb7c1e9a0f3c1d2e4b5a00"
)

// bench is a journey service on a test's own database, with a collector that can be away.
type bench struct {
	*roomtest.Room
	client    journeyv1.JourneyServiceClient
	service   *journey.Service
	collector *collector
}

func each(t *testing.T, test func(t *testing.T, b bench)) {
	t.Helper()
	migrations, err := journey.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		room, c := roomtest.New(t, db), &collector{}
		routing := roomtest.Connect(t, func(r grpc.ServiceRegistrar) { routingv1.RegisterRoutingServiceServer(r, owner{}) })
		service, err := journey.New(t.Context(), journey.Config{Host: room.Host, Routing: routingv1.NewRoutingServiceClient(routing),
			Exporter: c, TraceURI: "https://traces.example/{trace}"})
		if err != nil {
			t.Fatal(err)
		}
		room.Serve(t, service)
		test(t, bench{room, journeyv1.NewJourneyServiceClient(room.Conn), service, c})
	})
}

// owner is a routing service in which the handoff belongs to Ann, and was brought by acme.
type owner struct {
	routingv1.UnimplementedRoutingServiceServer
}

func (owner) GetHandoff(ctx context.Context, _ *routingv1.GetHandoffRequest) (*routingv1.Handoff, error) {
	if auth.ActorFrom(ctx).GetPartner() == "acme" {
		return &routingv1.Handoff{Name: handoff}, nil
	}
	return nil, fault.Missing(handoff) // the caller is never Ann
}

// collector is a tracing system that can be away.
type collector struct {
	mu    sync.Mutex
	away  bool
	spans []string
}

func (c *collector) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away {
		return context.DeadlineExceeded
	}
	for _, s := range spans {
		c.spans = append(c.spans, s.SpanContext().TraceID().String()+" "+s.Name())
	}
	return nil
}

func (c *collector) Shutdown(context.Context) error { return nil }

func (c *collector) got() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.spans...)
}

func (b bench) ops(t *testing.T) context.Context {
	return roomtest.As(t.Context(), "ops", accessv1.Role_ROLE_REVOPS)
}

// tell delivers the beginning of a passage.
func (b bench) tell(t *testing.T) {
	t.Helper()
	start := roomtest.Start
	minutes := func(n int) *timestamppb.Timestamp { return timestamppb.New(start.Add(time.Duration(n) * time.Minute)) }
	b.Tell(t, eventlog.Scoring,
		&eventv1.Event{Lead: lead, Type: "handoff.scoring.lead_created", Time: minutes(-60), Payload: &eventv1.Event_LeadCreated{LeadCreated: &eventv1.LeadCreated{Lead: lead, Source: "website"}}},
		&eventv1.Event{Lead: lead, Handoff: handoff, Type: "handoff.scoring.lead_qualified", Time: minutes(0), Playbook: "playbooks/1",
			Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{Lead: lead, Handoff: handoff}}})
	b.Tell(t, eventlog.Routing,
		&eventv1.Event{Lead: lead, Handoff: handoff, Type: "handoff.routing.handoff_assigned", Time: minutes(1),
			Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{Handoff: handoff, Assignment: 1, Rep: "reps/ann", Tier: "T1"}}})
}

func TestATimelineHasTheStagesAndEverythingThatHappened(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		b.tell(t)
		got, err := b.client.GetHandoffTimeline(b.ops(t), &journeyv1.GetHandoffTimelineRequest{Name: handoff + "/timeline"})
		if err != nil {
			t.Fatal(err)
		}
		var stages, entries []string
		for _, s := range got.GetStages() {
			stages = append(stages, s.GetKey())
		}
		for _, e := range got.GetEntries() {
			entries = append(entries, e.GetSummary())
		}
		if diff := cmp.Diff([]string{"qualify", "assign/1", "await acceptance/1", "await first touch"}, stages); diff != "" {
			t.Errorf("stages (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"lead came in from website", "qualified as MQL under playbooks/1", "assigned to reps/ann"}, entries); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		if want := strings.TrimPrefix(handoff, "handoffs/"); got.GetTraceId() != want || got.GetTraceUri() != "https://traces.example/"+want {
			t.Errorf("got trace %s at %s", got.GetTraceId(), got.GetTraceUri())
		}
	})
}

// TestAPartnerIsNotToldWhatIsInItsMeetingsWay: everything else of the passage is its own.
func TestAPartnerIsNotToldWhatIsInItsMeetingsWay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		const rival = "handoffs/019cadc69afb7c1e9a0f3c1d2e4b5aff"
		checks := &scoringv1.Rubric{Checks: []*scoringv1.RubricCheck{{Kind: scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION,
			Result: scoringv1.RubricCheck_RESULT_FAILED, Because: rival}}}
		b.Tell(t, eventlog.Scoring,
			&eventv1.Event{Lead: lead, Handoff: handoff, Time: timestamppb.New(roomtest.Start), Payload: &eventv1.Event_LeadQualified{
				LeadQualified: &eventv1.LeadQualified{Lead: lead, Handoff: handoff, Meeting: lead + "/meetings/1", Rubric: checks}}},
			&eventv1.Event{Lead: lead, Handoff: handoff, Time: timestamppb.New(roomtest.Start), Payload: &eventv1.Event_MeetingAdded{
				MeetingAdded: &eventv1.MeetingAdded{Lead: lead, Handoff: handoff, Rubric: checks}}})
		b.Tell(t, eventlog.Routing, &eventv1.Event{Lead: lead, Handoff: handoff, Time: timestamppb.New(roomtest.Start),
			Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Handoff: handoff, Rubric: checks}}})
		for who, ctx := range map[string]context.Context{"sales": b.ops(t), "the partner": roomtest.AsPartner(t.Context(), "pat", "acme")} {
			got, err := b.client.GetHandoffTimeline(ctx, &journeyv1.GetHandoffTimelineRequest{Name: handoff + "/timeline"})
			if err != nil {
				t.Fatal(err)
			}
			want := 3
			if who == "the partner" {
				want = 0
			}
			if told := strings.Count(got.String(), rival); told != want || len(got.GetEntries()) != 3 {
				t.Errorf("%s is told of it %d times in %d entries", who, told, len(got.GetEntries()))
			}
		}
	})
}

func TestAForeignTimelineAnswersLikeAMissingOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		b.tell(t)
		rep := roomtest.As(t.Context(), "bob", accessv1.Role_ROLE_SALES_REP)
		_, foreign := b.client.GetHandoffTimeline(rep, &journeyv1.GetHandoffTimelineRequest{Name: handoff + "/timeline"})
		_, missing := b.client.GetHandoffTimeline(b.ops(t), &journeyv1.GetHandoffTimelineRequest{Name: "handoffs/" + strings.Repeat("0", 32) + "/timeline"})
		for name, err := range map[string]error{"foreign": foreign, "missing": missing} {
			if f := fault.As(err); f == nil || f.Kind != fault.NotFound {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func TestTheJournalIsDenseAndTheFeedGoesOnFromAToken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		b.tell(t)
		resp, err := b.client.ListEvents(b.ops(t), &journeyv1.ListEventsRequest{})
		if err != nil || len(resp.GetEntries()) != 3 {
			t.Fatalf("got %v, %v", resp, err)
		}
		for i, e := range resp.GetEntries() {
			if e.GetNumber() != int64(i)+1 {
				t.Errorf("entry %d has number %d", i, e.GetNumber())
			}
		}
		ctx, cancel := context.WithCancel(b.ops(t))
		defer cancel()
		feed, err := b.client.WatchEvents(ctx, &journeyv1.WatchEventsRequest{ResumeToken: "start", Types: []string{"handoff.scoring.lead_qualified", "handoff.routing.handoff_accepted"}})
		if err != nil {
			t.Fatal(err)
		}
		first, err := feed.Recv()
		if err != nil || first.GetEntry().GetEvent().GetType() != "handoff.scoring.lead_qualified" {
			t.Fatalf("got %v, %v", first, err)
		}
		b.Tell(t, eventlog.Routing, &eventv1.Event{Lead: lead, Handoff: handoff, Type: "handoff.routing.handoff_accepted",
			Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Handoff: handoff, Assignment: 1}}})
		again, err := b.client.WatchEvents(ctx, &journeyv1.WatchEventsRequest{ResumeToken: first.GetResumeToken(), Types: []string{"handoff.routing.handoff_accepted"}})
		if err != nil {
			t.Fatal(err)
		}
		for name, stream := range map[string]journeyv1.JourneyService_WatchEventsClient{"live": feed, "resumed": again} {
			next, err := stream.Recv()
			if err != nil || next.GetEntry().GetNumber() != 4 {
				t.Errorf("%s: got %v, %v", name, next, err)
			}
		}
		forged, err := b.client.WatchEvents(ctx, &journeyv1.WatchEventsRequest{ResumeToken: "Zm9yZ2Vk"})
		if err == nil {
			_, err = forged.Recv()
		}
		if f := fault.As(err); f == nil || f.Kind != fault.Internal { // a peer's INVALID_ARGUMENT is our own mistake
			t.Errorf("a forged token: got %v", err)
		}
	})
}

func TestFinishedStagesAreWrittenOnceTheCollectorIsBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		b.tell(t)
		if at, ok, err := b.service.NextDue(t.Context()); err != nil || !ok || !at.Equal(roomtest.Start.Add(2*time.Second)) {
			t.Fatalf("next due: got %v, %v, %v", at, ok, err)
		}
		b.collector.away = true
		b.Clock.Set(roomtest.Start.Add(10 * time.Minute))
		if err := b.service.Fire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.collector.got(); len(got) != 0 {
			t.Fatalf("got %v", got)
		}
		b.collector.away = false
		b.Clock.Set(roomtest.Start.Add(20 * time.Minute))
		for range 2 { // the second time there is nothing left to write
			if err := b.service.Fire(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		trace := strings.TrimPrefix(handoff, "handoffs/")
		if diff := cmp.Diff([]string{trace + " handoff", trace + " qualify", trace + " assign"}, b.collector.got()); diff != "" {
			t.Errorf("spans (-want +got):\n%s", diff)
		}
		if _, ok, err := b.service.NextDue(t.Context()); ok || err != nil {
			t.Errorf("something is still due: %v", err)
		}
	})
}
