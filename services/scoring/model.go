package scoring

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

const (
	defaultOutcomeWindow = 90 * 24 * time.Hour
	defaultEarly         = 7 * 24 * time.Hour
	// mostRunning is how many models may wait to be learnt.
	mostRunning = 10
)

func modelName(id string) string { return ident.Name("models", id) }

// TrainModel implements ScoringService.
func (s *Service) TrainModel(ctx context.Context, req *scoringv1.TrainModelRequest) (*scoringv1.Model, error) {
	now := s.cfg.Now()
	wanted := wantedModel(req.GetModel())
	for i, pattern := range wanted.GetExclude() {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fault.Field(fmt.Sprintf("model.exclude[%d]", i), "is no pattern")
		}
	}
	asked, err := proto.MarshalOptions{Deterministic: true}.Marshal(wanted)
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Model, error) {
		all, running, err := store.CountModels(ctx, tx)
		if err != nil {
			return nil, err
		}
		if running >= mostRunning {
			return nil, fault.New(fault.Exhausted, errorsv1.ErrorReason_ERROR_REASON_LIMIT_EXCEEDED, "%d models are being learnt already", running)
		}
		m := &store.Model{ID: s.cfg.IDs.New(now, "model", strconv.FormatInt(all, 10)), Wanted: asked, State: store.ModelRunning,
			Test: s.cfg.Test, CreatedAt: now, DueAt: now}
		out, err := toModel(m, false)
		if err != nil {
			return nil, err
		}
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: out.GetName(), Seq: &m.Events}, "TrainModel", nil, out); err != nil {
			return nil, err
		}
		tx.AfterCommit(s.asked.Ring)
		return out, store.AddModel(ctx, tx, m)
	})
}

// wantedModel is what was asked for, with its defaults.
func wantedModel(m *scoringv1.Model) *scoringv1.Model {
	wanted := &scoringv1.Model{Outcome: m.GetOutcome(), Window: m.GetWindow(), Early: m.GetEarly(), Exclude: m.GetExclude()}
	if wanted.GetOutcome() == scoringv1.Model_OUTCOME_UNSPECIFIED {
		wanted.Outcome = scoringv1.Model_OUTCOME_OPPORTUNITY
	}
	if wanted.GetWindow() == nil {
		wanted.Window = durationpb.New(defaultOutcomeWindow)
	}
	if wanted.GetEarly() == nil {
		wanted.Early = durationpb.New(defaultEarly)
	}
	return wanted
}

// GetModel implements ScoringService.
func (s *Service) GetModel(ctx context.Context, req *scoringv1.GetModelRequest) (*scoringv1.Model, error) {
	m, err := s.model(ctx, req.GetName())
	if err != nil {
		return nil, err
	}
	return toModel(m, true)
}

func (s *Service) model(ctx context.Context, name string) (*store.Model, error) {
	m, err := store.GetModel(ctx, s.cfg.DB, ident.ID(name, "models"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing(name)
	}
	return m, err
}

// ready is a model that can be used.
func (s *Service) ready(ctx context.Context, name string) (*learnt, error) {
	m, err := s.model(ctx, name)
	if err != nil {
		return nil, err
	}
	if m.State != store.ModelReady {
		return nil, fault.Refused(name, scoringv1.Model_State(m.State).String()[len("STATE_"):], "the model is not ready")
	}
	return readLearnt(m)
}

// ListModels implements ScoringService.
func (s *Service) ListModels(ctx context.Context, req *scoringv1.ListModelsRequest) (*scoringv1.ListModelsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.Models(ctx, s.cfg.DB, below(page), page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListModelsResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(m *store.Model) paging.Key { return paging.Key{Text: m.ID} })
	for _, row := range rows {
		m, err := toModel(row, false)
		if err != nil {
			return nil, err
		}
		resp.Models = append(resp.Models, m)
	}
	return resp, nil
}

// EvaluateModel implements ScoringService.
func (s *Service) EvaluateModel(ctx context.Context, req *scoringv1.EvaluateModelRequest) (*scoringv1.ModelFigures, error) {
	now := s.cfg.Now()
	m, err := s.ready(ctx, req.GetName())
	if err != nil {
		return nil, err
	}
	from, until := moment(req.GetStartTime()), moment(req.GetEndTime())
	if from.IsZero() && m.Model.Training.Cut != nil {
		from = *m.Model.Training.Cut
	}
	school := &school{wanted: m.wanted, now: now, most: mostMeasured, from: from, until: until, features: m.Model.Features}
	if err := school.gather(ctx, s.cfg.DB); err != nil {
		return nil, err
	}
	sample, err := school.sample()
	if err != nil {
		return nil, err
	}
	figures, err := m.Model.Measure(sample)
	if err != nil {
		return nil, err
	}
	return toFigures(&figures), nil
}
