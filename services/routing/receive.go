package routing

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// apply takes in what other services tell. A delivery is of one sender; what is not known here is passed over.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	switch batch.Source {
	case eventlog.Playbook:
		return eventlog.Each(s.activated)(ctx, tx, batch)
	case eventlog.SLA:
		if slices.ContainsFunc(batch.Events, func(e *eventv1.Event) bool { return e.GetCalendarChanged() != nil }) {
			if err := s.calendarsChanged(ctx, tx, batch); err != nil {
				return err
			}
		}
		return s.escalated(ctx, tx, batch)
	case eventlog.Scoring:
		return s.takeIn(ctx, tx, batch)
	case eventlog.Feedback:
		return eventlog.Each(s.ruled)(ctx, tx, batch)
	default:
		return nil
	}
}

// activated keeps a playbook version. Handoffs stay with the version that qualified them.
func (s *Service) activated(ctx context.Context, tx *sqldb.Tx, _ eventlog.Batch, e *eventv1.Event) error {
	if e.GetPlaybookActivated() == nil {
		return nil
	}
	_, err := s.playbooks.Put(ctx, tx, e)
	return err
}

// calendarsChanged keeps the newest copies of calendars, and looks at the whole holding queue again: anybody could have
// come on shift. All ledgers are locked first, so that nothing is decided by the old hours meanwhile.
func (s *Service) calendarsChanged(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	if err := store.LockAllBooks(ctx, tx); err != nil {
		return err
	}
	if err := store.PassGate(ctx, tx); err != nil {
		return err
	}
	if err := eventlog.Each(s.keepCalendar)(ctx, tx, batch); err != nil {
		return err
	}
	if err := store.WakeAll(ctx, tx, batch.Now.UnixMicro()); err != nil {
		return err
	}
	tx.AfterCommit(s.alarm.Ring)
	w := s.begin(tx, batch.Now)
	if _, err := w.lookAtDue(ctx); err != nil {
		return err
	}
	return w.save(ctx)
}

// keepCalendar stores a copy of a calendar that can be read.
func (s *Service) keepCalendar(ctx context.Context, tx *sqldb.Tx, _ eventlog.Batch, e *eventv1.Event) error {
	doc := e.GetCalendarChanged().GetCalendar()
	if doc == nil {
		return nil
	}
	if _, err := timetable.Compile(doc); err != nil {
		return fmt.Errorf("keep %s: %w", doc.GetName(), err)
	}
	body, err := proto.Marshal(doc)
	if err != nil {
		return fmt.Errorf("keep %s: %w", doc.GetName(), err)
	}
	return store.PutCalendar(ctx, tx, ident.ID(doc.GetName(), "calendars"), body)
}
