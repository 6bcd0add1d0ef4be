package attribution

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// apply adds what a stretch of events tells to the facts, in few statements however many they are.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	if err := store.ShareFreezing(ctx, tx); err != nil {
		return err
	}
	told := newTelling()
	for _, e := range batch.Events {
		if err := s.hear(ctx, tx, told, e, batch.Now); err != nil {
			return eventlog.Blame(e, err)
		}
	}
	if err := store.Save(ctx, tx, told.facts()); err != nil {
		return err
	}
	return s.refreeze(ctx, tx, told, batch.Now)
}

// hear takes in one event.
func (s *Service) hear(ctx context.Context, tx *sqldb.Tx, told *telling, e *eventv1.Event, now time.Time) error {
	if e.GetPlaybookActivated() != nil {
		if _, err := s.shelf.Put(ctx, tx, e); err != nil {
			return err
		}
		told.known(e)
		told.activated = true
		tx.AfterCommit(s.alarm.Ring)
		return store.PlanSlipWatch(ctx, tx, now.Add(lookEvery))
	}
	if err := storable(e); err != nil {
		return fmt.Errorf("event %s: %w", e.GetId(), err)
	}
	return told.add(e)
}

// Why an event is refused.
var (
	errNameless = errors.New("it does not name what it is about")
	errNUL      = errors.New("a text holds a NUL")
	errInstant  = errors.New("an instant is out of range")
)

// storable refuses what the tables could not bear. It is found here because an error of a statement for many events could
// be the fault of any of them, and would hold up all.
func storable(e *eventv1.Event) error {
	m := e.ProtoReflect()
	payload := m.WhichOneof(m.Descriptor().Oneofs().ByName("payload"))
	if payload == nil {
		return nil // of a later version of the sender: it is passed over
	}
	if strings.IndexByte(e.GetPartner()+e.GetLead(), 0) >= 0 {
		return errNUL
	}
	var err error
	m.Get(payload).Message().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Kind() == protoreflect.StringKind && !f.IsList() && strings.IndexByte(v.String(), 0) >= 0 {
			err = errNUL
		}
		if f.Kind() == protoreflect.MessageKind && !f.IsList() {
			if at, ok := v.Message().Interface().(*timestamppb.Timestamp); ok && !at.IsValid() {
				err = errInstant
			}
		}
		return err == nil
	})
	return err
}
