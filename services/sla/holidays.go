package sla

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// The years for which public holidays are worked out: clocks of the past two are explained and restated, and no budget
// takes longer than the next five.
const yearsBack, yearsAhead = 2, 5

// resolved works out the public holidays of a calendar, and refuses one that makes no sense.
func resolved(doc *slav1.Calendar, now time.Time) error {
	doc.ResolvedHolidays = nil
	if err := readable(doc); err != nil {
		return err
	}
	if err := timetable.Resolve(doc, now.Year()-yearsBack, now.Year()+yearsAhead); err != nil {
		return byField(err)
	}
	return readable(doc)
}

// renewed works out the public holidays of a changed calendar afresh if they were changed, or if the change names them: a
// better release of the rules moves no deadline unless somebody asks for it.
func renewed(doc, stored *slav1.Calendar, mask *fieldmaskpb.FieldMask, now time.Time) error {
	same := slices.EqualFunc(doc.GetPublicHolidays(), stored.GetPublicHolidays(), func(a, b *slav1.PublicHolidays) bool { return proto.Equal(a, b) })
	if same && !slices.Contains(mask.GetPaths(), "public_holidays") {
		return readable(doc)
	}
	return resolved(doc, now)
}

// daily is how often the years that public holidays are known for are looked after.
const daily = 24 * time.Hour

// prolong keeps public holidays known for the years ahead until the context ends.
func (s *Service) prolong(ctx context.Context) error {
	tick := time.NewTicker(daily)
	defer tick.Stop()
	for {
		if err := s.Prolong(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Logger.ErrorContext(ctx, "public holidays of the years ahead are missing", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Prolong gives each calendar the public holidays of the years ahead that it does not have yet, as a new edition. Those of
// other years stay as they were worked out. A calendar whose rules nobody knows any more does not keep it from the others.
func (s *Service) Prolong(ctx context.Context) error {
	const batch = 100
	var problems []error
	for after := ""; ; {
		rows, err := store.ListCalendars(ctx, s.cfg.DB, after, batch)
		if err != nil || len(rows) == 0 {
			return errors.Join(append(problems, err)...)
		}
		for _, row := range rows {
			problems = append(problems, s.prolongOne(ctx, row))
		}
		after = rows[len(rows)-1].ID
	}
}

func (s *Service) prolongOne(ctx context.Context, row *store.Calendar) error {
	now := s.cfg.Now()
	if _, more, err := prolonged(row, now); err != nil || !more {
		return err
	}
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := store.LockCalendar(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		doc, more, err := prolonged(c, now)
		if err != nil || !more {
			return err
		}
		_, err = s.putCalendar(ctx, tx, c, doc, "ProlongPublicHolidays", now)
		return err
	})
}

// prolonged is a calendar with the years ahead, and whether any of them was missing.
func prolonged(c *store.Calendar, now time.Time) (doc *slav1.Calendar, more bool, err error) {
	doc = &slav1.Calendar{}
	if err := proto.Unmarshal(c.Document, doc); err != nil {
		return nil, false, fmt.Errorf("decode calendar %s: %w", c.ID, err)
	}
	if more, err = timetable.Extend(doc, now.Year()+yearsAhead); err != nil {
		return nil, false, fmt.Errorf("prolong calendar %s: %w", c.ID, err)
	}
	return doc, more, nil
}
