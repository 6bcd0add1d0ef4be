package feedback

import (
	"context"
	"errors"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// GetRejectionReport implements FeedbackService. A rep gets the report of their own answers, as they are now.
func (s *Service) GetRejectionReport(ctx context.Context, req *feedbackv1.GetRejectionReportRequest) (report *feedbackv1.RejectionReport, err error) {
	rep, err := s.onlyRep(ctx)
	if err != nil {
		return nil, err
	}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := s.asks(ctx, tx, req)
		if err != nil {
			return err
		}
		a.rep = rep
		if a.name != "" && rep == nil && !req.GetLive() {
			if report, err = cameOut(ctx, tx, a.name); !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		if req.GetName() != "" {
			return fault.Missing(req.GetName())
		}
		report, err = s.drawUp(ctx, tx, a)
		return err
	})
	return report, err
}

// onlyRep is the rep, by id, whose answers alone the caller may count; nil for who may count everybody's.
func (s *Service) onlyRep(ctx context.Context) (*string, error) {
	name, kept, err := scope.Rep(ctx, s.cfg.Routing)
	if err != nil || !kept {
		return nil, err
	}
	id := ident.ID(name, "reps")
	return &id, nil
}

// inForce is the playbook in force as of an instant; that of no number, which has no schedule, before the first.
func (s *Service) inForce(ctx context.Context, q sqldb.Querier, asOf time.Time) (shelf.Version[agreed], error) {
	v, err := s.policies.Active(auth.WithActor(ctx, auth.Service(eventlog.Feedback)), q, asOf)
	if f := fault.As(err); f != nil && f.Reason == errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE {
		return shelf.Version[agreed]{Policy: agreed{disposition: usualDisposition}}, nil
	}
	return v, err
}

// drawUp makes a report of what is known now.
func (s *Service) drawUp(ctx context.Context, q sqldb.Querier, a outlook) (*feedbackv1.RejectionReport, error) {
	periods := make([][]rejection.Cell, len(a.spans))
	for i, span := range a.spans {
		var err error
		if periods[i], err = store.Cells(ctx, q, span.from, span.to, a.rep); err != nil {
			return nil, err
		}
	}
	report := toReport(rejection.Of(periods...), a)
	if err := a.followUp(ctx, q, report); err != nil {
		return nil, err
	}
	matches, err := store.Matches(ctx, q, a.last().from, a.last().to, a.rep)
	report.MessageMatches = toMatches(matches)
	return report, err
}

// followUp says how soon a lead was found to be no fit, and whether sales said what became of the leads it took.
func (a outlook) followUp(ctx context.Context, q sqldb.Querier, report *feedbackv1.RejectionReport) error {
	for _, side := range []struct {
		span
		early, complete **playbookv1.Proportion
	}{{a.last(), &report.EarlyWrongFit, &report.DispositionComplete}, {a.before(), &report.PreviousEarlyWrongFit, &report.PreviousDispositionComplete}} {
		early, err := store.EarlyWrongFit(ctx, q, side.from, earlier(side.to, a.now.Add(-store.Early)), a.rep)
		if err != nil {
			return err
		}
		complete, err := store.Dispositions(ctx, q, side.from.Add(-a.disposition), earlier(side.to, a.now).Add(-a.disposition), a.rep)
		if err != nil {
			return err
		}
		*side.early, *side.complete = toProportion(early), toProportion(complete)
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
