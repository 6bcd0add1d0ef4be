package playbook

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Peers
}

// Peers are asked when a version is simulated.
type Peers struct {
	Scoring     scoringv1.ScoringServiceClient         // judges the leads again, and knows the models that a document names
	Routing     routingv1.RoutingServiceClient         // gives them to reps
	SLA         slav1.SlaServiceClient                 // counts their clocks
	Attribution attributionv1.AttributionServiceClient // knows what became of them
}

func (p Peers) complete() bool {
	return p.Scoring != nil && p.Routing != nil && p.SLA != nil && p.Attribution != nil
}

// Service implements PlaybookService.
type Service struct {
	playbookv1.UnimplementedPlaybookServiceServer
	cfg        Config
	log        *eventlog.Log
	requests   *idempotency.Keeper
	alarm      alarm.Alarm   // a version came into force, whose review may be sooner than the timer knows
	simulating chan struct{} // holds one item while a version is simulated
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if !cfg.complete() {
		return nil, errors.New("playbook needs clients of scoring, routing, sla and attribution")
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), alarm: alarm.New(), simulating: make(chan struct{}, 1)}
	var err error
	s.log, err = cfg.Log(ctx, eventlog.Playbook, eventlog.Each(s.apply))
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { playbookv1.RegisterPlaybookServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep, and asks for reviews in time, until the context ends. In a rehearsal the test clock asks
// for them, by NextDue and Fire.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.requests.Run(ctx) })
	group.Go(func() error {
		return s.alarm.Watch(ctx, alarm.Duty{Timed: s, Now: s.cfg.Now, Logger: s.cfg.Logger,
			Undone: "reviews are not asked for"})
	})
	return group.Wait()
}
