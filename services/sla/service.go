package sla

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/alarm"
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
	watch    *watch
	sweeps   alarm.Alarm // a calendar has changed
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), shelf: shelf.New(cfg.Playbook, compile),
		sweeps: alarm.New()}
	s.watch = newWatch(s)
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
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.requests.Run(ctx) })
	if !s.cfg.Test {
		group.Go(func() error { return s.watch.scout.run(ctx) })
		group.Go(func() error {
			clocks := s.duty(s.watch, "timers cannot fire now")
			clocks.Stopped = func(ctx context.Context) { s.meters.stops.Add(ctx, 1) }
			return s.watch.due.Watch(ctx, clocks)
		})
		group.Go(func() error {
			return s.sweeps.Watch(ctx, s.duty(&sweeper{s: s}, "clocks are not moved to a changed calendar"))
		})
		group.Go(func() error { return s.prolong(ctx) })
	}
	return group.Wait()
}

// duty is something that is done in time.
func (s *Service) duty(what alarm.Timed, undone string) alarm.Duty {
	return alarm.Duty{Timed: what, Now: s.cfg.Now, Logger: s.cfg.Logger, Undone: undone, Readings: s.cfg.Readings}
}
