package attribution

import (
	"context"
	"io/fs"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/shelf"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Playbooks playbookv1.PlaybookServiceClient // is asked for a version that has not arrived yet
}

// Service implements AttributionService.
type Service struct {
	attributionv1.UnimplementedAttributionServiceServer
	cfg      Config
	log      *eventlog.Log
	requests *idempotency.Keeper
	shelf    *shelf.Shelf[agreement]
	usual    agreement   // what holds before any playbook is in force
	alarm    alarm.Alarm // the first look at the funnel was planned
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	usual, err := agree(nil)
	if err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), shelf: shelf.New(cfg.Playbooks, agree), usual: usual,
		alarm: alarm.New()}
	s.log, err = cfg.Log(ctx, eventlog.Attribution, s.apply)
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	attributionv1.RegisterAttributionServiceServer(r, s)
}

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep, and looks at the funnel once a day, until the context ends. In a rehearsal the test clock
// has it looked at, by NextDue and Fire.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.requests.Run(ctx) })
	group.Go(func() error {
		return s.alarm.Watch(ctx, alarm.Duty{Timed: s, Now: s.cfg.Now, Logger: s.cfg.Logger,
			Undone: "the funnel is not looked at"})
	})
	return group.Wait()
}
