package routing

import (
	"context"
	"errors"
	"io/fs"

	"go.opentelemetry.io/otel/metric"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Playbook playbookv1.PlaybookServiceClient // is asked for versions that have not arrived yet
	Scoring  scoringv1.ScoringServiceClient   // is asked by what to decide about leads that have not qualified
}

// Service implements RoutingService.
type Service struct {
	routingv1.UnimplementedRoutingServiceServer
	cfg         Config
	log         *eventlog.Log
	requests    *idempotency.Keeper
	playbooks   *shelf.Shelf[terms]
	calendars   *almanac
	stuck       metric.Int64Counter
	latency     latency
	escalations metric.Int64Counter
	alarm       alarm.Alarm // somebody began to wait, perhaps for sooner than the timer knows
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Playbook == nil || cfg.Scoring == nil {
		return nil, errors.New("routing needs clients of playbook and scoring")
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), playbooks: shelf.New(cfg.Playbook, readTerms), calendars: newAlmanac(),
		alarm: alarm.New()}
	var err error
	if s.log, err = cfg.Log(ctx, eventlog.Routing, s.apply); err != nil {
		return nil, err
	}
	return s, s.observe(ctx)
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { routingv1.RegisterRoutingServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep and looks at the holding queue in time, until the context ends. In a rehearsal the test
// clock looks at the queue, by NextDue and Fire.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.requests.Run(ctx) })
	if !s.cfg.Test {
		group.Go(func() error {
			return s.alarm.Watch(ctx, alarm.Duty{Timed: s, Now: s.cfg.Now, Logger: s.cfg.Logger,
				Undone: "holding queue is not looked at"})
		})
	}
	return group.Wait()
}
