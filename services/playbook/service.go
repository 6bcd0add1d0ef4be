package playbook

import (
	"context"
	"io/fs"

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
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, requests: cfg.Requests()}
	var err error
	// The service hears of no events; the log refuses those that are sent to it by mistake.
	s.log, err = cfg.Log(ctx, eventlog.Playbook, nil)
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { playbookv1.RegisterPlaybookServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep until the context ends.
func (s *Service) Run(ctx context.Context) error { return s.requests.Run(ctx) }
