package alarm_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/alarm"
)

var errBroken = errors.New("broken")

// task is due at an instant, if it is not zero, and writes down that it was done.
type task struct {
	name string
	at   time.Time
	err  error
	done *[]string
}

func (k task) NextDue(context.Context) (time.Time, bool, error) { return k.at, !k.at.IsZero(), k.err }

func (k task) Fire(context.Context) error {
	*k.done = append(*k.done, k.name)
	return nil
}

func TestSeveralDutiesAreDueWhenTheFirstOneIs(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var done []string
	late, none, early, alike := task{"late", noon.Add(time.Hour), nil, &done}, task{"none", time.Time{}, nil, &done},
		task{"early", noon, nil, &done}, task{"alike", noon, nil, &done}
	all := alarm.Together{Duties: []alarm.Timed{late, none, alike, early}, Now: func() time.Time { return noon }}
	if at, ok, err := all.NextDue(t.Context()); !ok || err != nil || !at.Equal(noon) {
		t.Errorf("due at %v, %v, %v; want %v", at, ok, err, noon)
	}
	if err := all.Fire(t.Context()); err != nil || !slices.Equal(done, []string{"alike", "early"}) {
		t.Errorf("done: %v, %v; want what is due, in the order of the list", done, err)
	}
	if at, ok, err := (alarm.Together{Duties: []alarm.Timed{none}}).NextDue(t.Context()); ok || err != nil {
		t.Errorf("due at %v, %v; want never", at, err)
	}
}

func TestOneOfSeveralDutiesThatCannotTellIsAFault(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var done []string
	all := alarm.Together{Duties: []alarm.Timed{task{"broken", noon, errBroken, &done}, task{"whole", noon, nil, &done}},
		Now: func() time.Time { return noon }}
	if _, _, err := all.NextDue(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
	if err := all.Fire(t.Context()); !errors.Is(err, errBroken) || len(done) != 0 {
		t.Errorf("done: %v, %v; want nothing, and the fault", done, err)
	}
}
