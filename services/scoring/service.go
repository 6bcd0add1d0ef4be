package scoring

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/rpc/fieldrule"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Playbooks playbookv1.PlaybookServiceClient // is asked for a version that has not arrived yet
	Routing   routingv1.RoutingServiceClient   // is asked whether a rep may see a handoff
}

// Service implements ScoringService.
type Service struct {
	scoringv1.UnimplementedScoringServiceServer
	cfg      Config
	log      *eventlog.Log
	requests *idempotency.Keeper
	shelf    *shelf.Shelf[*qualify.Policy]
	rules    *rulebook
	fields   *fieldrule.Checker
	names    *directoryOfNames
	arrivals sqldb.Local[[]arrival]
	ripples  sqldb.Local[ripple]
	planned  alarm.Alarm // a job was planned, or an account is to be looked at
	asked    alarm.Alarm // a model was asked for
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Playbooks == nil || cfg.Routing == nil {
		return nil, errors.New("scoring needs clients of playbook and routing")
	}
	fields, err := fieldrule.New()
	if err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, fields: fields, requests: cfg.Requests(), shelf: shelf.New(cfg.Playbooks, qualify.Compile),
		planned: alarm.New(), asked: alarm.New()}
	s.rules = &rulebook{db: cfg.DB, shelf: s.shelf}
	if s.names, err = newDirectoryOfNames(cfg.Meter); err != nil {
		return nil, err
	}
	s.log, err = cfg.Log(ctx, eventlog.Scoring, eventlog.Each(s.apply))
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { scoringv1.RegisterScoringServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep and its planned jobs until the context ends.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.requests.Run(ctx) })
	group.Go(func() error { return s.runJobs(ctx) })
	group.Go(func() error { return s.runLessons(ctx) })
	return group.Wait()
}
