package scoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/protobuf/proto"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// impossible is the cause of a refusal when what was asked for cannot be done.
const impossible predict.Cause = "impossible"

// learn learns the model that has waited longest; did is false when none waits. It holds no transaction while it learns.
// Replicas that learn the same model find the same, and one of them writes it.
func (s *Service) learn(ctx context.Context) (did bool, err error) {
	m, err := store.NextModel(ctx, s.cfg.DB)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	model, err := s.lesson(ctx, m)
	var refusal *predict.Refusal
	switch {
	case err == nil:
		err = conclude(m, store.ModelReady, model.Hash, model)
	case errors.As(err, &refusal):
		err = conclude(m, store.ModelRefused, "", refusal)
	case errors.Is(err, predict.ErrTable), errors.Is(err, predict.ErrOptions):
		err = conclude(m, store.ModelRefused, "", &predict.Refusal{Cause: impossible, Why: err.Error()})
	}
	if err != nil {
		return false, fmt.Errorf("learn model %s: %w", m.ID, err)
	}
	return true, s.graduate(ctx, m)
}

// lesson gathers the leads that a model is learnt from, and learns it.
func (s *Service) lesson(ctx context.Context, m *store.Model) (*predict.Model, error) {
	wanted := &scoringv1.Model{}
	if err := proto.Unmarshal(m.Wanted, wanted); err != nil {
		return nil, err
	}
	school := &school{wanted: wanted, now: m.CreatedAt}
	if err := school.gather(ctx, s.cfg.DB); err != nil {
		return nil, err
	}
	sample, err := school.sample()
	if err != nil {
		return nil, err
	}
	o := predict.Options{Outcome: outcomeWords(wanted), Progress: func(float64) error { return ctx.Err() }}
	o.Found, o.Cautions = school.suspicions()
	return predict.Train(sample, o)
}

func outcomeWords(wanted *scoringv1.Model) string {
	what := "an opportunity opened"
	if wanted.GetOutcome() == scoringv1.Model_OUTCOME_WON {
		what = "an opportunity won"
	}
	return fmt.Sprintf("%s within %d days of first contact", what, int(wanted.GetWindow().AsDuration().Hours()/24))
}

// conclude notes what came of a model.
func conclude(m *store.Model, state store.ModelState, hash string, result any) error {
	text, err := json.Marshal(result)
	m.State, m.Hash, m.Result = state, hash, string(text)
	return err
}

// graduate writes what came of a model.
func (s *Service) graduate(ctx context.Context, m *store.Model) error {
	m.FinishedAt = s.cfg.Now()
	events := m.Events
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		m.Events = events
		after, err := toModel(m, false)
		if err != nil {
			return err
		}
		if running, err := store.LockModel(ctx, tx, m.ID); err != nil || !running {
			return err
		}
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: after.GetName(), Seq: &m.Events}, "TrainModel", nil, after); err != nil {
			return err
		}
		return store.FinishModel(ctx, tx, m)
	})
}

// runLessons learns models as they are asked for, until the context ends.
func (s *Service) runLessons(ctx context.Context) error {
	for ctx.Err() == nil {
		did, err := s.learn(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "a model is not learnt now", slog.String("cause", err.Error()))
		}
		if !did {
			s.sleep(ctx, s.asked, aWhile())
		}
	}
	return nil
}

// nextLesson is when the first model that waits was asked for.
func (s *Service) nextLesson(ctx context.Context) (at time.Time, ok bool, err error) {
	m, err := store.NextModel(ctx, s.cfg.DB)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return m.CreatedAt, true, nil
}
