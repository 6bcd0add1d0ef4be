package feedback

import (
	"context"
	"time"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
)

// usualPeriod is how long the period of a report is when its start is not given.
const usualPeriod = 7 * 24 * time.Hour

// GetRejectionReport implements FeedbackService. A rep gets the report of their own answers.
func (s *Service) GetRejectionReport(ctx context.Context, req *feedbackv1.GetRejectionReportRequest) (*feedbackv1.RejectionReport, error) {
	from, to, err := period(req, s.cfg.Now())
	if err != nil {
		return nil, err
	}
	name, kept, err := scope.Rep(ctx, s.cfg.Routing)
	if err != nil {
		return nil, err
	}
	var rep *string
	if kept {
		id := ident.ID(name, "reps")
		rep = &id
	}
	cells, err := store.Cells(ctx, s.cfg.DB, from, to, rep)
	if err != nil {
		return nil, err
	}
	return toReport(rejection.Of(cells), from, to), nil
}

// period is the period [from, to) that a report is asked for, in whole microseconds.
func period(req *feedbackv1.GetRejectionReportRequest, now time.Time) (from, to time.Time, err error) {
	to = now
	if req.GetEndTime() != nil {
		to = req.GetEndTime().AsTime().Truncate(time.Microsecond)
	}
	from = to.Add(-usualPeriod)
	if req.GetStartTime() != nil {
		from = req.GetStartTime().AsTime().Truncate(time.Microsecond)
	}
	if !from.Before(to) {
		return from, to, fault.Field("start_time", "must be before end_time")
	}
	return from, to, nil
}
