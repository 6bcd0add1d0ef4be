package sla

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/proto"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// books count everybody's clocks, and each rep's by themselves.
type books struct {
	whole compliance.Ledger
	reps  map[string]*compliance.Ledger
}

func (b *books) add(c compliance.Clock) {
	b.whole.AddClock(c)
	if c.Rep != "" {
		b.of(c.Rep).AddClock(c)
	}
}

// of is the ledger of a rep.
func (b *books) of(rep string) *compliance.Ledger {
	if b.reps == nil {
		b.reps = map[string]*compliance.Ledger{}
	}
	if b.reps[rep] == nil {
		b.reps[rep] = &compliance.Ledger{}
	}
	return b.reps[rep]
}

// freeze keeps the clocks of a period and the reports of everybody and of each rep as they are now. The clocks are kept first and
// counted as they were kept, so that the figures are those of the clocks whatever happens meanwhile.
func (s *Service) freeze(ctx context.Context, tx *sqldb.Tx, c *store.Closed) error {
	a, err := reopen(c, c.At)
	if err != nil {
		return err
	}
	if c.Clocks, err = store.CloseClocks(ctx, tx, c.Name, a.counted(a.span)); err != nil {
		return err
	}
	now, before := &books{}, &books{}
	if err := store.ClosedClocks(ctx, tx, c.Name, now.add); err != nil {
		return err
	}
	if err := store.FellDue(ctx, tx, a.counted(a.before), before.add); err != nil {
		return err
	}
	for of, into := range map[span]*books{a.span: now, a.before: before} {
		if err := store.Qualified(ctx, tx, a.counted(of), &into.whole); err != nil {
			return err
		}
	}
	late, err := store.OverdueNow(ctx, tx, "", math.MaxInt32)
	if err != nil {
		return err
	}
	whole, err := s.write(ctx, tx, a, &now.whole, &before.whole)
	if err != nil {
		return err
	}
	c.Playbook, whole.Overdue = whole.GetPlaybook(), overdueToProto(late)
	if err := keepReport(tx, c.Name, "", whole); err != nil {
		return err
	}
	return s.freezeReps(ctx, tx, a, now, before, late)
}

// freezeReps keeps the report of each rep of whom there is anything to say.
func (s *Service) freezeReps(ctx context.Context, tx *sqldb.Tx, a asked, now, before *books, late []store.Overdue) error {
	owed := map[string][]store.Overdue{}
	for _, o := range late {
		if o.Rep != "" {
			owed[o.Rep] = append(owed[o.Rep], o)
		}
	}
	reps := slices.Concat(slices.Collect(maps.Keys(now.reps)), slices.Collect(maps.Keys(before.reps)), slices.Collect(maps.Keys(owed)))
	slices.Sort(reps)
	for _, rep := range slices.Compact(reps) {
		a.rep = rep
		report, err := s.write(ctx, tx, a, now.of(rep), before.of(rep))
		if err != nil {
			return err
		}
		report.Overdue = overdueToProto(owed[rep])
		if err := keepReport(tx, a.name, rep, report); err != nil {
			return err
		}
	}
	return nil
}

func keepReport(tx *sqldb.Tx, period, rep string, report *slav1.ComplianceReport) error {
	document, err := proto.Marshal(report)
	if err != nil {
		return fmt.Errorf("store closed report: %w", err)
	}
	store.PutClosedReport(tx, period, rep, document)
	return nil
}

// settled is the report of a closed period: as it was then, and how much of it counts otherwise today.
func (s *Service) settled(ctx context.Context, tx *sqldb.Tx, a asked) (*slav1.ComplianceReport, error) {
	report, err := s.frozen(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	restated, err := store.Restatements(ctx, tx, a.closed, a.rep)
	if err != nil {
		return nil, err
	}
	report.CloseTime, report.ClosedBy, report.RestatementCount = stamp(a.closed.At), a.closed.Role, int32(len(restated))
	return report, nil
}

// frozen is the report that was kept of a closed period. There is none of a rep of whom there was nothing to say.
func (s *Service) frozen(ctx context.Context, tx *sqldb.Tx, a asked) (*slav1.ComplianceReport, error) {
	document, err := store.ClosedReport(ctx, tx, a.closed.Name, a.rep)
	if errors.Is(err, store.ErrNotFound) && a.rep != "" {
		a.now = a.closed.At
		return s.write(ctx, tx, a, &compliance.Ledger{}, &compliance.Ledger{})
	}
	if err != nil {
		return nil, err
	}
	report := &slav1.ComplianceReport{}
	if err := proto.Unmarshal(document, report); err != nil {
		return nil, fmt.Errorf("read closed report: %w", err)
	}
	return report, nil
}
