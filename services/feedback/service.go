package feedback

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/shelf"
)

// Config is what the service needs.
type Config struct {
	host.Host
	Playbooks playbookv1.PlaybookServiceClient // is asked for versions that have not arrived yet, and takes drafts
	Routing   routingv1.RoutingServiceClient   // reads handoffs, and decides whether an answer counts
	Scoring   scoringv1.ScoringServiceClient   // compares evidence with the record, and says who would have qualified
}

// Validate reports everything that is missing.
func (c Config) Validate() error {
	problems := []error{c.Host.Validate()}
	if c.Playbooks == nil {
		problems = append(problems, errors.New("feedback has no client of playbook"))
	}
	if c.Routing == nil {
		problems = append(problems, errors.New("feedback has no client of routing"))
	}
	if c.Scoring == nil {
		problems = append(problems, errors.New("feedback has no client of scoring"))
	}
	return errors.Join(problems...)
}

// Service implements FeedbackService.
type Service struct {
	feedbackv1.UnimplementedFeedbackServiceServer
	cfg      Config
	log      *eventlog.Log
	requests *idempotency.Keeper
	policies *shelf.Shelf[agreed]
	payTerms *shelf.Shelf[payTerms]
	duties   []duty      // in the order in which they are done at one instant
	terms    alarm.Alarm // rings when a dispute was opened
	news     alarm.Alarm // rings when a playbook came into force, whose reports may come out sooner

	recalibrating alarm.Alarm // rings when a recalibration was asked for
}

// Migrations makes the service's tables.
func Migrations() (fs.FS, error) { return host.Migrations(store.Migrations()) }

// New makes the service on a migrated database.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, requests: cfg.Requests(), policies: shelf.New(cfg.Playbooks, compile), terms: alarm.New(), news: alarm.New(), recalibrating: alarm.New()}
	s.payTerms = shelf.New(cfg.Playbooks, compilePayTerms)
	s.duties = []duty{s.stating(), s.lapsing(), s.recalibrations(),
		{Timed: patternLook{s}, alarm: alarm.New(), undone: "patterns are not looked for"},
		{Timed: press{s}, alarm: s.news, undone: "rejection reports do not come out"}}
	var err error
	s.log, err = cfg.Log(ctx, eventlog.Feedback, eventlog.Each(s.apply))
	return s, err
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { feedbackv1.RegisterFeedbackServiceServer(r, s) }

// Log is the service's event log.
func (s *Service) Log() *eventlog.Log { return s.log }

// Run does the service's upkeep, and its duties in time, until the context ends. In a rehearsal the test clock sees to the
// duties, by NextDue and Fire.
func (s *Service) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.requests.Run(ctx) })
	group.Go(func() error { return s.forget(ctx) })
	for _, d := range s.duties {
		group.Go(func() error { return s.watch(ctx, d) })
	}
	return group.Wait()
}
