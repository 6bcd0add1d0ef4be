package sla

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/steady"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Playbook playbookv1.PlaybookServiceClient // for versions that have not arrived yet
	Routing  routingv1.RoutingServiceClient   // says who may see a handoff
	// Readings looks at the machine's clocks. Default: the real ones.
	Readings func() steady.Reading
}

// Validate reports everything that is missing.
func (c Config) Validate() error {
	problems := []error{c.Host.Validate()}
	if c.Playbook == nil {
		problems = append(problems, errors.New("sla has no client to playbook"))
	}
	if c.Routing == nil {
		problems = append(problems, errors.New("sla has no client to routing"))
	}
	return errors.Join(problems...)
}

// Service implements SlaService.
type Service struct {
	slav1.UnimplementedSlaServiceServer
	cfg      Config
	log      *eventlog.Log
	requests *idempotency.Keeper
	shelf    *shelf.Shelf[agreement]
	library  library
	meters   meters
	plan     planner
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Readings == nil {
		cfg.Readings = steady.Real()
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), shelf: shelf.New(cfg.Playbook, compile),
		plan: planner{wake: make(chan struct{}, 1)}}
	var err error
	if s.meters, err = newMeters(cfg.Meter); err != nil {
		return nil, err
	}
	s.meters.stuck.Add(ctx, 0) // so that the first one shows as a rise
	s.log, err = cfg.Log(ctx, eventlog.SLA, s.apply)
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { slav1.RegisterSlaServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep until the context ends, and fires its timers unless a test clock does.
func (s *Service) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	if !s.cfg.Test {
		loops.Go(func() { s.watch(ctx) })
	}
	err := s.requests.Run(ctx)
	loops.Wait()
	return err
}
