package journey

import (
	"context"
	"io/fs"
	"sync"

	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/journey/internal/spans"
	"github.com/handoffhq/handoff/services/journey/internal/store"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Routing routingv1.RoutingServiceClient // is asked whether a rep or partner may see a handoff
	// Events lead to the internal doors of all services, this one's own too, by name; for what waits there.
	Events map[string]eventv1.EventServiceClient
	// Exporter takes the spans of the journey traces; nil: none are written.
	Exporter sdktrace.SpanExporter
	// TraceURI is where a trace can be seen, with `{trace}` for its id; empty: nowhere.
	TraceURI string
}

// Service implements JourneyService.
type Service struct {
	journeyv1.UnimplementedJourneyServiceServer
	cfg    Config
	log    *eventlog.Log
	writer *spans.Writer
	// latency is how long after it was given to a rep a handoff is in the feed.
	latency metric.Float64Histogram

	mu    sync.Mutex
	grown chan struct{} // closed when the journal has grown
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, grown: make(chan struct{})}
	if cfg.Exporter != nil {
		s.writer = spans.NewWriter(cfg.Exporter)
	}
	var err error
	if s.latency, err = newNotice(cfg.Meter); err != nil {
		return nil, err
	}
	s.log, err = cfg.Log(ctx, eventlog.Journey, s.apply)
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { journeyv1.RegisterJourneyServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// apply writes events into the journal, and plans the traces that they add to.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	store.Append(tx, batch.Now, batch.Events)
	tx.AfterCommit(s.wake)
	s.notice(ctx, tx, batch.Events)
	if s.writer == nil {
		return nil
	}
	return s.planTraces(ctx, tx, batch.Now, batch.Events)
}

// wake tells those who watch that the journal has grown.
func (s *Service) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
}

// growth is closed when the journal grows.
func (s *Service) growth() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}

// handoffOf is the id of the handoff that an event belongs to; empty if none.
func handoffOf(e *eventv1.Event) string {
	const prefix = "handoffs/"
	if len(e.GetHandoff()) <= len(prefix) {
		return ""
	}
	return e.GetHandoff()[len(prefix):]
}
