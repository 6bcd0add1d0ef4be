package scoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// mostTries is how often a model is tried that could not be learnt for want of its leads: for some hours.
const mostTries = 16

// impossible is the cause of a refusal when what was asked for cannot be done.
const impossible predict.Cause = "impossible"

// learn learns the model that is due first, if one is. It holds no transaction while it learns. Replicas may learn the same model at
// once, and what the first of them finds is written: they read the leads as they were known at their cuts, but the deals, the
// merges and which attributes came late as they stand when they read. One that cannot be learnt now lets the others go first.
func (s *Service) learn(ctx context.Context) error {
	m, err := store.NextModel(ctx, s.cfg.DB)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case m.DueAt.After(s.cfg.Now()):
		return nil
	}
	cause := s.teach(ctx, m)
	if cause == nil {
		return nil
	}
	cause = fmt.Errorf("learn model %s: %w", m.ID, cause)
	if ctx.Err() != nil { // the process ends
		return cause
	}
	return errors.Join(cause, s.postpone(ctx, m))
}

// teach learns a model, and writes what came of it.
func (s *Service) teach(ctx context.Context, m *store.Model) error {
	wanted := &scoringv1.Model{}
	if err := proto.Unmarshal(m.Wanted, wanted); err != nil {
		return err
	}
	school := &school{wanted: wanted, now: m.CreatedAt, most: mostPupils}
	if err := school.gather(ctx, s.cfg.DB); err != nil {
		return err
	}
	model, err := school.graduate(ctx)
	if err == nil {
		err = conclude(m, store.ModelReady, model.Hash, model)
	}
	if err == nil {
		return s.keep(ctx, m)
	}
	if ctx.Err() != nil {
		return err
	}
	return s.refuse(ctx, m, err)
}

// graduate learns a model from what was gathered. Nothing but the leads decides what comes of it: what fails would always fail.
func (s *school) graduate(ctx context.Context) (*predict.Model, error) {
	sample, err := s.sample()
	if err != nil {
		return nil, err
	}
	o := predict.Options{Outcome: outcomeWords(s.wanted), Progress: func(float64) error { return ctx.Err() }}
	o.Found, o.Cautions = s.suspicions()
	return predict.Train(sample, o)
}

// refuse writes why there is no model.
func (s *Service) refuse(ctx context.Context, m *store.Model, cause error) error {
	var refusal *predict.Refusal
	if !errors.As(cause, &refusal) {
		refusal = &predict.Refusal{Cause: impossible, Why: cause.Error()}
	}
	if err := conclude(m, store.ModelRefused, "", refusal); err != nil {
		return err
	}
	return s.keep(ctx, m)
}

// postpone has a model tried again later, the later the more often it failed, and at last gives it up.
func (s *Service) postpone(ctx context.Context, m *store.Model) error {
	if m.Tries++; m.Tries >= mostTries {
		err := s.refuse(ctx, m, fmt.Errorf("it could not be learnt in %d tries; the log says why", m.Tries))
		if err == nil {
			return nil
		}
	}
	m.DueAt = s.cfg.Now().Add(record.Pause(m.Tries - 1))
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.PostponeModel(ctx, tx, m) })
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

// keep writes what came of a model, unless another replica has.
func (s *Service) keep(ctx context.Context, m *store.Model) error {
	m.FinishedAt = s.cfg.Now()
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		stored, err := store.LockModel(ctx, tx, m.ID)
		if err != nil || stored.State != store.ModelRunning {
			return err
		}
		before, err := toModel(stored, false)
		if err != nil {
			return err
		}
		after, err := toModel(m, false)
		if err != nil {
			return err
		}
		m.Events = stored.Events
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: after.GetName(), Seq: &m.Events}, "TrainModel", before, after); err != nil {
			return err
		}
		return store.FinishModel(ctx, tx, m)
	})
}

// lessons are the models that are to be learnt, in time.
type lessons struct{ *Service }

// NextDue is when the first of them is to be learnt.
func (l lessons) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	m, err := store.NextModel(ctx, l.cfg.DB)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return m.DueAt, true, nil
}

// Fire learns it.
func (l lessons) Fire(ctx context.Context) error { return l.learn(ctx) }

// runLessons learns models as they are asked for, until the context ends.
func (s *Service) runLessons(ctx context.Context) error {
	return s.asked.Watch(ctx, alarm.Duty{Timed: lessons{s}, Now: s.cfg.Now, Logger: s.cfg.Logger,
		Undone: "a model is not learnt now"})
}
