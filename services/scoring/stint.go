package scoring

import (
	"context"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// errMoved says that somebody else went on with a job meanwhile. What was done of it is undone, for it was done already.
var errMoved = errors.New("the job has moved")

// stint is what was done of a job.
type stint struct {
	job  *store.Job // as it was read, without keeping anybody off it
	done []string   // whose turn it was, in order; none if the job is not about people, accounts or names
	over bool       // whether nothing was left in this round
}

// inTurn runs a function in a transaction while no other replica does what is due, so that none does it in vain.
func (s *Service) inTurn(ctx context.Context, do func(ctx context.Context, tx *sqldb.Tx) error) error {
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := store.TakeTurn(ctx, tx); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// note writes how far a job has come, or that all of it is done. Who asked for it again meanwhile may have changed what the
// people of this stint were judged by; so they have another turn.
func (st *stint) note(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	held, err := store.LockJob(ctx, tx, st.job.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && held.Moved(st.job):
		return errMoved
	case err != nil:
		return err
	}
	to, done := st.job.Course.Next(st.done, st.over)
	switch {
	case held.Asked != st.job.Asked:
		to = to.Again()
	case done:
		return store.Finish(ctx, tx, held.ID)
	}
	return store.Proceed(ctx, tx, held.ID, to, now)
}
