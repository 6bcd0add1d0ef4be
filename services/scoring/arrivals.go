package scoring

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// arrival is a lead that a caller brings, and the answer that the caller waits for.
type arrival struct {
	*newcomer
	now    time.Time
	cause  context.Context //nolint:containedctx // it says who causes the events that are told later
	answer *scoringv1.Lead
}

// arrive leaves a lead to be taken in at the end of the transaction, in as few statements for all callers who share it as
// for one. The answer is complete then.
func (s *Service) arrive(ctx context.Context, tx *sqldb.Tx, now time.Time, n *newcomer) *scoringv1.Lead {
	arrivals, _ := s.arrivals.In(tx)
	if len(*arrivals) == 0 {
		tx.BeforeCommit(func(ctx context.Context) error {
			all := *arrivals
			*arrivals = nil
			return s.welcome(ctx, tx, all)
		})
	}
	a := arrival{newcomer: n, now: now, cause: ctx, answer: &scoringv1.Lead{}}
	*arrivals = append(*arrivals, a)
	return a.answer
}

// welcome takes in leads together. The instant is the latest at which one of them arrived.
func (s *Service) welcome(ctx context.Context, tx *sqldb.Tx, arrivals []arrival) error {
	newcomers, causes := make([]*newcomer, len(arrivals)), make([]context.Context, len(arrivals))
	now := arrivals[0].now
	for i, a := range arrivals {
		newcomers[i], causes[i] = a.newcomer, a.cause
		if a.now.After(now) {
			now = a.now
		}
	}
	leads, err := s.takeIn(ctx, tx, now, newcomers, causes)
	if err != nil {
		return err
	}
	for i, a := range arrivals {
		proto.Merge(a.answer, leads[i])
	}
	return nil
}
