package playbook

import (
	"context"
	"time"

	"google.golang.org/grpc"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/hindsight"
)

// What a simulation looks at by default, and at most.
const (
	day             = 24 * time.Hour
	usualPeriod     = 90 * day
	longestPeriod   = 731 * day
	usualMaturity   = 30 * day
	usualExamples   = 50
	mostExamples    = 1000
	afterAnother    = 2 * time.Second // when to come back while another version is simulated
	activePlaybooks = "playbooks/active"
)

// SimulatePlaybook implements PlaybookService. One version at a time is simulated in a process, so that many who try ideas
// leave the others their share.
func (s *Service) SimulatePlaybook(req *playbookv1.SimulatePlaybookRequest, stream grpc.ServerStreamingServer[playbookv1.SimulatePlaybookResponse]) error {
	select {
	case s.simulating <- struct{}{}:
		defer func() { <-s.simulating }()
	default:
		f := fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "another version is being simulated")
		f.RetryAfter = afterAnother
		return f
	}
	period, err := periodOf(req, s.cfg.Now())
	if err != nil {
		return err
	}
	ctx := auth.WithActor(stream.Context(), auth.Service(eventlog.Playbook)) // whoever may ask sees sums and the ids of leads
	sim, err := s.simulation(ctx, req, period, stream.Send)
	if err != nil {
		return err
	}
	result, err := sim.run(ctx)
	if err != nil {
		return err
	}
	return stream.Send(&playbookv1.SimulatePlaybookResponse{Part: &playbookv1.SimulatePlaybookResponse_Simulation{Simulation: result}})
}

// periodOf reads what a simulation is to look at.
func periodOf(req *playbookv1.SimulatePlaybookRequest, now time.Time) (hindsight.Period, error) {
	p := hindsight.Period{AsOf: now, End: now, Maturity: usualMaturity}
	if req.GetEndTime() != nil {
		p.End = req.GetEndTime().AsTime().Truncate(time.Microsecond)
	}
	p.Start = p.End.Add(-usualPeriod)
	if req.GetPeriod() != nil {
		p.Start = p.End.Add(-req.GetPeriod().AsDuration())
	}
	if req.GetStartTime() != nil {
		p.Start = req.GetStartTime().AsTime().Truncate(time.Microsecond)
	}
	if req.GetMaturity() != nil {
		p.Maturity = req.GetMaturity().AsDuration()
	}
	switch {
	case req.GetPeriod() != nil && req.GetStartTime() != nil:
		return p, fault.Field("period", "is given beside start_time")
	case p.End.After(now):
		return p, fault.Field("end_time", "is in the future")
	case !p.Start.Before(p.End):
		return p, fault.Field("start_time", "is not before the end of the period")
	case p.End.Sub(p.Start) > longestPeriod:
		return p, fault.Field("start_time", "is more than %d days before the end of the period", longestPeriod/day)
	}
	return p, nil
}

// candidate is a version that is simulated, or that it is held against.
type candidate struct {
	name, hash string
	document   *playbookv1.Document // nil: there is none
	routes     routes
}

// draftOf is the version to simulate.
func (s *Service) draftOf(ctx context.Context, req *playbookv1.SimulatePlaybookRequest) (candidate, error) {
	switch {
	case (req.GetName() == "") == (req.GetYaml() == ""):
		return candidate{}, fault.Field("name", "give either the name of a version or the YAML of a document")
	case req.GetName() != "":
		return s.stored(ctx, req.GetName())
	}
	var c candidate
	var err error
	if c.document, c.hash, err = unstored(req.GetYaml()); err != nil {
		return c, err
	}
	return c, s.checkModels(ctx, c.document)
}

// baselineOf is the version to hold it against; without a document if none is in force yet.
func (s *Service) baselineOf(ctx context.Context, req *playbookv1.SimulatePlaybookRequest) (candidate, error) {
	if req.GetBaseline() != "" {
		return s.stored(ctx, req.GetBaseline())
	}
	c, err := s.stored(ctx, activePlaybooks)
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return candidate{}, nil
	}
	return c, err
}

func (s *Service) stored(ctx context.Context, name string) (c candidate, err error) {
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c.document, c.name, c.hash, err = open(ctx, tx, name)
		return err
	})
	return c, err
}
