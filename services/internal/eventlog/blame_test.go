package eventlog_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

func TestOfAKeyOnlyTheEventsFromTheOneThatFailsAreParked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, func(e *eventv1.Event) bool { return e.GetSeq() == 2 })
		sender.emit(t, "leads/a", 0, 3)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if diff := cmp.Diff(ids("leads/a", 1, 1), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		got := map[int64]string{}
		for _, e := range receiver.parked(t) {
			got[e.GetPosition()] = e.GetError()
		}
		want := map[int64]string{2: errBad.Error(), 3: "waits behind a parked event of its key"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("errors (-want +got):\n%s", diff)
		}
	})
}

func TestAnEarlierEventOfAKeyMayFailOnceTheLaterOneIsLeftOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		receiver.apply = func(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
			last := batch.Events[len(batch.Events)-1] // it looks at the newest first, as one may that works on all at once
			if last.GetLead() == "leads/bad" {
				return eventlog.Blame(last, errBad)
			}
			return eventlog.Each(receiver.one)(ctx, tx, batch)
		}
		receiver.log = receiver.open(t, eventlog.Routing)
		sender.emit(t, "leads/good", 0, 1)
		sender.emit(t, "leads/bad", 0, 3)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if diff := cmp.Diff([]string{"2 RETRYING", "3 QUEUED", "4 QUEUED"}, states(receiver.parked(t))); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(ids("leads/good", 1, 1), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}

func TestAFaultThatNobodyIsBlamedForFindsItsEvent(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"error": func() error { return errBad },
		"panic": func() error { panic("out of range") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, sender, receiver *end) {
				receiver.apply = func(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
					for _, e := range batch.Events { // all at once, as far as anybody can tell
						if err := receiver.one(ctx, tx, batch, e); err != nil {
							return err
						}
					}
					return nil
				}
				receiver.log = receiver.open(t, eventlog.Routing)
				receiver.failing(func(e *eventv1.Event) error {
					if e.GetLead() == "leads/bad" {
						return fail()
					}
					return nil
				})
				sender.emit(t, "leads/good", 0, 1)
				sender.emit(t, "leads/bad", 0, 1)
				sender.emit(t, "leads/good", 1, 1)
				drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
				if diff := cmp.Diff(ids("leads/good", 1, 2), receiver.applied(t)); diff != "" {
					t.Errorf("applied (-want +got):\n%s", diff)
				}
				receiver.replay(t, 2) // it must not take the process down when it is tried again, either
				if got := receiver.parked(t); len(got) != 1 || got[0].GetAttemptCount() != 1 {
					t.Errorf("parked: got %v", got)
				}
			})
		})
	}
}

func TestAnEventThatMustWaitKeepsNoOtherParkedOneFromBeingTried(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		poison(receiver, func(*eventv1.Event) bool { return true })
		sender.emit(t, "leads/a", 0, 1)
		sender.emit(t, "leads/b", 0, 1)
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		receiver.failing(func(e *eventv1.Event) error {
			if e.GetLead() == "leads/a" {
				return errors.Join(errBad, eventlog.ErrLater)
			}
			return nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = receiver.log.Run(ctx) }() // ends with the context
		eventually(t, "the other is applied", func() bool { return len(receiver.applied(t)) == 1 })
		if diff := cmp.Diff([]string{"1 RETRYING"}, states(receiver.parked(t))); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
	})
}
