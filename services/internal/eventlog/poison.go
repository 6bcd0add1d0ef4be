package eventlog

import (
	"context"
	"errors"
	"fmt"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// PoisonError says that the events of one key fail whatever is done, and the others are fine.
type PoisonError struct {
	Key string
	Err error
}

func (e *PoisonError) Error() string { return fmt.Sprintf("events of %s: %v", e.Key, e.Err) }

// Unwrap gives the cause.
func (e *PoisonError) Unwrap() error { return e.Err }

// Each makes an Applier of a function for single events. An error of the function is the event's own, and parks its key,
// unless it is the database's or the clock's: then the whole delivery is tried again.
func Each(apply func(ctx context.Context, tx *sqldb.Tx, batch Batch, e *eventv1.Event) error) Applier {
	return func(ctx context.Context, tx *sqldb.Tx, batch Batch) error {
		for _, e := range batch.Events {
			if err := apply(ctx, tx, batch, e); err != nil {
				return Blame(e, err)
			}
		}
		return nil
	}
}

// Blame says whose fault an error is: the event's own, or that of the circumstances, which will pass.
func Blame(e *eventv1.Event, err error) error {
	if passing(err) {
		return err
	}
	return &PoisonError{Key: e.GetKey(), Err: err}
}

// passing reports whether an error has nothing to do with the event at hand.
func passing(err error) bool {
	var poison *PoisonError
	switch {
	case errors.As(err, &poison):
		return true // blamed already
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, sqldb.ErrCommitUnknown),
		errors.Is(err, ErrLater):
		return true
	}
	return sqldb.IsUnavailable(err) || sqldb.IsSerialization(err)
}

// ErrLater says that an event cannot be applied yet, because another service that is needed cannot answer: the delivery
// is repeated.
var ErrLater = errors.New("not yet")
