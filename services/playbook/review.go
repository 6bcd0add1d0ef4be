package playbook

import (
	"context"
	"errors"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// NextDue is when the version in force is to be reviewed.
func (s *Service) NextDue(ctx context.Context) (time.Time, bool, error) {
	at, err := store.NextReview(ctx, s.cfg.DB)
	return time.UnixMicro(at).UTC(), at > 0, err
}

// Fire asks for the review whose time has come.
func (s *Service) Fire(ctx context.Context) error {
	ctx, now := auth.WithActor(ctx, auth.Service(eventlog.Playbook)), s.cfg.Now()
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		at, err := store.NextReview(ctx, tx)
		if err != nil || at == 0 || at > now.UnixMicro() {
			return err
		}
		active, err := store.Active(ctx, tx)
		if err != nil {
			return err
		}
		return s.raise(ctx, tx, active.Version, store.Review{Cause: int64(playbookv1.Review_CAUSE_SCHEDULE), DueAt: active.ReviewDueAt})
	})
}

// apply takes in what other services tell. What was found under a version that is in force no more asks for nothing: both
// teams have signed another one since.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch, e *eventv1.Event) error {
	review, ok := asked(e)
	if !ok {
		return nil
	}
	review.DueAt = batch.Now.UnixMicro()
	return s.raise(ctx, tx, shelf.Number(e.GetPlaybook()), review)
}

// asked is the review that an event asks for; not ok if it asks for none. A reason that is given again and again does when
// it cannot well be luck, and is not a matter of who answers.
func asked(e *eventv1.Event) (review store.Review, ok bool) {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_FunnelSlipped:
		recent, baseline := p.FunnelSlipped.GetRecent(), p.FunnelSlipped.GetBaseline()
		cause := causeOf(p.FunnelSlipped.GetMeasure())
		return store.Review{Cause: int64(cause), Recent: &recent, Baseline: &baseline}, cause != playbookv1.Review_CAUSE_UNSPECIFIED
	case *eventv1.Event_PatternFound:
		found := p.PatternFound.GetPattern()
		share := float64(found.GetCaseCount()) / float64(max(1, found.GetAnsweredCount()))
		return store.Review{Cause: int64(playbookv1.Review_CAUSE_PATTERN), Recent: &share}, found.GetKind() == feedbackv1.Pattern_KIND_REASON &&
			found.GetStrong() && found.GetLabel() != feedbackv1.Pattern_LABEL_PROCESS
	case *eventv1.Event_QualityDropped:
		recent, baseline := p.QualityDropped.GetPattern().GetRating().GetRecent(), p.QualityDropped.GetPattern().GetRating().GetBaseline()
		return store.Review{Cause: int64(playbookv1.Review_CAUSE_QUALITY), Recent: &recent, Baseline: &baseline}, true
	default:
		return store.Review{}, false
	}
}

// causeOf is the reason for a review that a figure gives when it falls.
func causeOf(measure eventv1.FunnelSlipped_Measure) playbookv1.Review_Cause {
	switch measure {
	case eventv1.FunnelSlipped_MEASURE_WIN_RATE:
		return playbookv1.Review_CAUSE_WIN_RATE
	case eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL:
		return playbookv1.Review_CAUSE_MQL_TO_SQL
	default:
		return playbookv1.Review_CAUSE_UNSPECIFIED
	}
}

// raise asks for a review of a version in force, once a cause, and tells it.
func (s *Service) raise(ctx context.Context, tx *sqldb.Tx, version int64, review store.Review) error {
	p, err := store.Lock(ctx, tx, version)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || p.Agreement.State != agreement.Active {
		return err
	}
	isNew, err := store.AddReview(ctx, tx, version, review)
	if err != nil || !isNew {
		return err
	}
	p.RowVersion++
	err = s.log.Emit(ctx, tx, eventlog.Key{Name: p.Name(), Seq: &p.Events}, &eventv1.Event{Playbook: p.Name(),
		Payload: &eventv1.Event_ReviewDue{ReviewDue: &eventv1.ReviewDue{Playbook: p.Name(), Review: toReview(review)}}})
	if err != nil {
		return err
	}
	return store.Update(ctx, tx, p)
}
