package playbook

import (
	"context"
	"io/fs"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// Config is what the service needs.
type Config struct {
	host.Host
	// Scoring is asked for the models that a document names. Without it a document that names one is refused.
	Scoring Models
}

// Models is what the service asks Scoring for.
type Models interface {
	GetModel(ctx context.Context, req *scoringv1.GetModelRequest, opts ...grpc.CallOption) (*scoringv1.Model, error)
}

// Service implements PlaybookService.
type Service struct {
	playbookv1.UnimplementedPlaybookServiceServer
	cfg      Config
	log      *eventlog.Log
	requests *idempotency.Keeper
	alarm    chan struct{} // a version came into force, whose review may be sooner than the timer knows
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), alarm: make(chan struct{}, 1)}
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
	group.Go(func() error { return s.watch(ctx) })
	return group.Wait()
}
