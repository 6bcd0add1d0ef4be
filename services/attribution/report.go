package attribution

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// usualPeriod is the length of a report's period when its start is not given.
const usualPeriod = 90 * 24 * time.Hour

// reportRequest asks for a report over a period.
type reportRequest interface {
	GetStartTime() *timestamppb.Timestamp
	GetEndTime() *timestamppb.Timestamp
	GetAsOfTime() *timestamppb.Timestamp
}

// periodOf is the period that a report covers.
func periodOf(req reportRequest, now time.Time) (pipeline.Period, error) {
	period := pipeline.Period{Start: instant(req.GetStartTime()), End: now}
	if req.GetEndTime() != nil {
		period.End = instant(req.GetEndTime())
	}
	if req.GetStartTime() == nil {
		period.Start = period.End.Add(-usualPeriod)
	}
	if !period.Start.Before(period.End) {
		return pipeline.Period{}, fault.Field("start_time", "is not before the end of the period")
	}
	return period, nil
}

// survey is a report in the making: one snapshot, one playbook, one period.
type survey struct {
	tx     *sqldb.Tx
	agreed agreement
	period pipeline.Period
	view   store.View
	asOf   time.Time
}

// survey runs fn on a snapshot, over the period that the request asks for.
func (s *Service) survey(ctx context.Context, req reportRequest, fn func(ctx context.Context, v *survey) error) error {
	view, asOf, err := viewOf(req.GetAsOfTime(), s.cfg.Now())
	if err != nil {
		return err
	}
	period, err := periodOf(req, asOf)
	if err != nil {
		return err
	}
	return s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		playbook, err := s.inForce(ctx, tx, asOf)
		if err != nil {
			return err
		}
		return unsummable(fn(ctx, &survey{tx: tx, agreed: playbook.Policy, period: period, view: view, asOf: asOf}))
	})
}

// viewOf is the state of knowledge that somebody asks for, and the instant of its figures: now unless another is given.
func viewOf(given *timestamppb.Timestamp, now time.Time) (store.View, time.Time, error) {
	asOf := instant(given)
	switch {
	case given == nil:
		return store.View{}, now, nil
	case asOf.After(now):
		return store.View{}, now, fault.Field("as_of_time", "lies in the future: nothing is known of it")
	}
	return store.View{AsOf: asOf}, asOf, nil
}

// each calls visit with the dossier of every opportunity that was opened in the period, and gives what they are worth
// together. It holds few of them in memory at a time.
func (v *survey) each(ctx context.Context, visit func(d dossier.Dossier) error) (money.Amount, error) {
	var total money.Amount
	behind := store.First()
	for {
		part, err := store.OpenedIn(ctx, v.tx, v.view, v.period, behind, gathered)
		if err != nil || len(part) == 0 {
			return total, err
		}
		dossiers, err := gather(ctx, v.tx, v.agreed, v.view, part, v.asOf)
		if err != nil {
			return money.Amount{}, err
		}
		for i, o := range part {
			if total, err = total.Add(worth(o)); err != nil {
				return money.Amount{}, err
			}
			if err := visit(dossiers[i]); err != nil {
				return money.Amount{}, err
			}
		}
		last := part[len(part)-1]
		behind = store.Place{Micros: last.OpenedAt.UnixMicro(), ID: last.ID}
	}
}

// opportunities are the opportunities of the period as the pipeline's figures count them, and their currency.
func (v *survey) opportunities(ctx context.Context, also func(d dossier.Dossier)) ([]pipeline.Opportunity, string, error) {
	var all []pipeline.Opportunity
	total, err := v.each(ctx, func(d dossier.Dossier) error {
		all = append(all, v.agreed.terms.Opportunity(d, v.asOf))
		also(d)
		return nil
	})
	return all, total.Currency, err
}
