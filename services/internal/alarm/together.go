package alarm

import (
	"context"
	"time"
)

// Together are several duties seen to as one, such as all those of a service on a clock that is moved by hand.
type Together struct {
	Duties []Timed // in the order in which they are done when they are due at one instant
	Now    func() time.Time
}

// NextDue implements Timed: it is the earliest of all.
func (t Together) NextDue(ctx context.Context) (earliest time.Time, ok bool, err error) {
	for _, duty := range t.Duties {
		at, due, err := duty.NextDue(ctx)
		if err != nil {
			return time.Time{}, false, err
		}
		if due && (!ok || at.Before(earliest)) {
			earliest, ok = at, true
		}
	}
	return earliest, ok, nil
}

// Fire implements Timed: it does each that is due by now.
func (t Together) Fire(ctx context.Context) error {
	now := t.Now()
	for _, duty := range t.Duties {
		at, due, err := duty.NextDue(ctx)
		if err != nil {
			return err
		}
		if !due || at.After(now) {
			continue
		}
		if err := duty.Fire(ctx); err != nil {
			return err
		}
	}
	return nil
}
