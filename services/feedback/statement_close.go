package feedback

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// settling is how long after the end of a month its statements are archived: what happened in its last moments is on its way.
const settling = time.Minute

// closing is the duty that archives the statements of each month that is over.
type closing struct{ s *Service }

func (s *Service) stating() duty {
	return duty{Timed: closing{s}, alarm: alarm.New(), undone: "statements of partners are not archived"}
}

// NextDue implements alarm.Timed.
func (c closing) NextDue(ctx context.Context) (time.Time, bool, error) {
	m, ok, err := c.s.toClose(ctx, c.s.cfg.DB, c.s.cfg.Now())
	return m.end.Add(settling), ok, err
}

// Fire implements alarm.Timed: it archives the statements of the oldest month that is over, partner by partner. What was archived
// before it was interrupted stays.
func (c closing) Fire(ctx context.Context) error {
	now := c.s.cfg.Now()
	m, ok, err := c.s.toClose(ctx, c.s.cfg.DB, now)
	if err != nil || !ok || now.Before(m.end.Add(settling)) {
		return err
	}
	partners, err := store.Partners(ctx, c.s.cfg.DB)
	if err != nil {
		return err
	}
	for _, partner := range partners {
		if err := c.archive(ctx, m, partner, now); err != nil {
			return err
		}
	}
	return c.s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.CloseMonth(ctx, tx, store.Month{Name: m.name, End: m.end})
	})
}

// archive archives the statement of a partner, unless it is archived already or there is nothing to state.
func (c closing) archive(ctx context.Context, m month, partner string, now time.Time) error {
	return c.s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		told, lines, err := c.s.draft(ctx, tx, m, partner, now)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		told.Archived = true
		row := &store.Statement{Month: m.name, Partner: partner}
		if row.Summary, err = proto.Marshal(told); err != nil {
			return err
		}
		if row.Lines, err = proto.Marshal(&feedbackv1.StatementLines{Lines: lines}); err != nil {
			return err
		}
		if free, err := store.PutStatement(ctx, tx, row); err != nil || !free {
			return err
		}
		for _, l := range lines {
			store.State(tx, l.GetMeeting(), m.name, resultOf(l))
		}
		return nil
	})
}
