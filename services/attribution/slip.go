package attribution

import (
	"context"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

const (
	// lookEvery is how often the funnel is looked at.
	lookEvery = 24 * time.Hour
	// maturity is how long an MQL may take to become an SQL. Younger ones are not counted: they would look like a fall.
	maturity = 30 * 24 * time.Hour
)

// watched is what a playbook says about falls that ask for a review.
type watched struct {
	drops  map[eventv1.FunnelSlipped_Measure]float64
	window time.Duration
	least  int64
}

// NextDue is when the funnel is looked at next.
func (s *Service) NextDue(ctx context.Context) (time.Time, bool, error) {
	next, err := store.NextSlipWatch(ctx, s.cfg.DB)
	return next, err == nil && !next.IsZero(), err
}

// Fire looks at the funnel if that is due, and tells of the figures that fell further than the playbook in force tolerates.
func (s *Service) Fire(ctx context.Context) error {
	ctx, now := auth.WithActor(ctx, auth.Service(eventlog.Attribution)), s.cfg.Now()
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		told, due, err := store.TakeSlipWatch(ctx, tx, now, now.Add(lookEvery))
		if err != nil || !due {
			return err
		}
		playbook, err := s.inForce(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, measure := range []eventv1.FunnelSlipped_Measure{eventv1.FunnelSlipped_MEASURE_WIN_RATE, eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL} {
			if err := s.look(ctx, tx, playbook, measure, now, &told); err != nil {
				return err
			}
		}
		return store.CountSlips(ctx, tx, told)
	})
}

// look looks at one figure, and tells of it if it fell and that was not told within the window.
func (s *Service) look(ctx context.Context, tx *sqldb.Tx, playbook shelf.Version[agreement], measure eventv1.FunnelSlipped_Measure, now time.Time, told *int64) error {
	terms := playbook.Policy.watched
	span, slip, err := gauge(ctx, tx, measure, terms.window, now)
	if err != nil || !slip.Fell(terms.drops[measure], terms.least) {
		return err
	}
	isNews, err := store.TellSlip(ctx, tx, int64(measure), now, now.Add(-terms.window))
	if err != nil || !isNews {
		return err
	}
	return s.log.Emit(ctx, tx, eventlog.Key{Name: "funnel", Seq: told}, &eventv1.Event{
		Subject: playbook.Name(), Playbook: playbook.Name(), Time: timestamp(now),
		Payload: &eventv1.Event_FunnelSlipped{FunnelSlipped: &eventv1.FunnelSlipped{
			Measure: measure, StartTime: timestamp(span.Recent.Start), EndTime: timestamp(span.Recent.End),
			Recent: slip.Recent.Float(), RecentCases: slip.Recent.Denominator,
			Baseline: slip.Baseline.Float(), BaselineCases: slip.Baseline.Denominator}},
	})
}

// gauge reads a figure in the windows of a span that ends now, or for MQLs, when those before now had time to become SQLs.
func gauge(ctx context.Context, tx *sqldb.Tx, measure eventv1.FunnelSlipped_Measure, window time.Duration, now time.Time) (pipeline.Span, pipeline.Slip, error) {
	span := pipeline.NewSpan(now, window)
	read := store.Wins
	if measure == eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL {
		span = pipeline.NewSpan(now.Add(-maturity), window)
		read = func(ctx context.Context, q sqldb.Querier, period pipeline.Period) (pipeline.Ratio, error) {
			return store.Qualified(ctx, q, period, maturity)
		}
	}
	recent, err := read(ctx, tx, span.Recent)
	if err != nil {
		return span, pipeline.Slip{}, err
	}
	baseline, err := read(ctx, tx, span.Baseline)
	return span, pipeline.Slip{Recent: recent, Baseline: baseline}, err
}
