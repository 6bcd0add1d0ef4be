package feedback

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// What a recalibration looks at by default.
const (
	usualWeeks     = 12
	usualChanges   = 3
	usualLeastKept = 50 // per cent
	// mostRecalibrations is how many may wait to be worked out.
	mostRecalibrations = 3
)

func recalibrationName(id string) string { return ident.Name("recalibrations", id) }

// ProposeRecalibration implements FeedbackService.
func (s *Service) ProposeRecalibration(ctx context.Context, req *feedbackv1.ProposeRecalibrationRequest) (*feedbackv1.Recalibration, error) {
	now := s.cfg.Now()
	wanted, err := wantedRecalibration(req.GetRecalibration())
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*feedbackv1.Recalibration, error) {
		all, running, err := store.CountRecalibrations(ctx, tx)
		if err != nil {
			return nil, err
		}
		if running >= mostRecalibrations {
			return nil, fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "%d recalibrations are being worked out already", running)
		}
		r := *wanted // the function may run again
		r.ID, r.CreatedAt, r.DueAt = s.cfg.IDs.New(now, "recalibration", strconv.FormatInt(all, 10)), now.UnixMicro(), now.UnixMicro()
		r.State, r.Phase, r.Test = store.Recalibrating, int32(feedbackv1.Recalibration_PHASE_WAITING), s.cfg.Test
		out, err := toRecalibration(&r, false)
		if err != nil {
			return nil, err
		}
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: out.GetName(), Seq: &r.Events}, "ProposeRecalibration", nil, out); err != nil {
			return nil, err
		}
		tx.AfterCommit(s.recalibrating.Ring)
		return out, store.AddRecalibration(ctx, tx, &r)
	})
}

// wantedRecalibration is what was asked for, with its defaults.
func wantedRecalibration(asked *feedbackv1.Recalibration) (*store.Recalibration, error) {
	r := &store.Recalibration{Weeks: int64(asked.GetWeeks()), Held: int64(asked.GetHeldOutWeeks()), MostChanges: int64(asked.GetMaxChanges()),
		LeastKept: int64(asked.GetMinKeptPercent()), CountNotReady: asked.GetCountNotReady()}
	for field, usual := range map[*int64]int64{&r.Weeks: usualWeeks, &r.MostChanges: usualChanges, &r.LeastKept: usualLeastKept} {
		if *field == 0 {
			*field = usual
		}
	}
	if r.Held == 0 {
		r.Held = (r.Weeks + 2) / 3
	}
	if r.Held >= r.Weeks {
		return nil, fault.Field("recalibration.held_out_weeks", "leaves no week to look for changes in: weeks is %d", r.Weeks)
	}
	return r, nil
}

// periodOf is the time that a recalibration looks at.
func periodOf(r *store.Recalibration) recalibrate.Period {
	return recalibrate.Period{End: time.UnixMicro(r.CreatedAt).UTC(), Weeks: int(r.Weeks), Held: int(r.Held)}
}

// GetRecalibration implements FeedbackService.
func (s *Service) GetRecalibration(ctx context.Context, req *feedbackv1.GetRecalibrationRequest) (*feedbackv1.Recalibration, error) {
	r, err := store.GetRecalibration(ctx, s.cfg.DB, ident.ID(req.GetName(), "recalibrations"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing(req.GetName())
	}
	if err != nil {
		return nil, err
	}
	return toRecalibration(r, true)
}

// ListRecalibrations implements FeedbackService.
func (s *Service) ListRecalibrations(ctx context.Context, req *feedbackv1.ListRecalibrationsRequest) (*feedbackv1.ListRecalibrationsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	before, id := int64(math.MaxInt64), ""
	if !page.First {
		before, id = page.Key.Number, page.Key.Text
	}
	rows, err := store.Recalibrations(ctx, s.cfg.DB, before, id, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &feedbackv1.ListRecalibrationsResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(r *store.Recalibration) paging.Key { return paging.Key{Number: r.CreatedAt, Text: r.ID} })
	for _, r := range rows {
		out, err := toRecalibration(r, false)
		if err != nil {
			return nil, err
		}
		resp.Recalibrations = append(resp.Recalibrations, out)
	}
	return resp, nil
}
