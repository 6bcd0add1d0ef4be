package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// PoisonError says that an event fails whatever is done: those of its key must wait behind it, and the others are fine.
type PoisonError struct {
	Key string
	Seq int64 // of the event
	Err error
}

func (e *PoisonError) Error() string { return fmt.Sprintf("event %d of %s: %v", e.Seq, e.Key, e.Err) }

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

// apply has the service apply a batch. Whatever goes wrong with a single event is that event's fault, unless it will pass.
func (l *Log) apply(ctx context.Context, tx *sqldb.Tx, batch Batch) (err error) {
	defer func() {
		if value := recover(); value != nil {
			l.cfg.Logger.ErrorContext(ctx, "events cannot be applied", slog.String("source", batch.Source),
				slog.Any("panic", value), slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("panic: %v", value)
		}
		if err != nil && len(batch.Events) == 1 {
			err = Blame(batch.Events[0], err)
		}
	}()
	return l.cfg.Apply(ctx, tx, batch)
}

// Blame says whose fault an error is: the event's own, or that of the circumstances, which will pass.
func Blame(e *eventv1.Event, err error) error {
	if passing(err) {
		return err
	}
	return &PoisonError{Key: e.GetKey(), Seq: e.GetSeq(), Err: err}
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
	if f := fault.As(err); f != nil && (f.Kind == fault.Unavailable || f.Kind == fault.Deadline) {
		return true // said by another service
	}
	return sqldb.IsUnavailable(err) || sqldb.IsSerialization(err)
}

// ErrLater says that an event cannot be applied yet, because another service that is needed cannot answer: the delivery
// is repeated.
var ErrLater = errors.New("not yet")
