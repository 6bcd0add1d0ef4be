package sla

import (
	"context"
	"errors"
	"fmt"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/period"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// usualSpan is the length of a report whose start is not given.
const usualSpan = 30 * 24 * time.Hour

// span is the stretch of time that a report is about.
type span struct {
	name       string // empty if it is no period of the calendar
	start, end time.Time
	months     int // that it is; 0 for none
}

// asked is what a caller asks a report of.
type asked struct {
	span
	before span // with which it is compared
	zone   *time.Location
	now    time.Time
	rep    string        // whose clocks alone are counted; everybody's if empty
	closed *store.Closed // the period, if it is closed
}

// asks reads which stretch of time a caller asks for, in the zone of the playbook.
func (s *Service) asks(ctx context.Context, tx *sqldb.Tx, req *slav1.GetComplianceReportRequest) (a asked, err error) {
	a.now = s.cfg.Now()
	if a.zone, err = s.zone(ctx, tx, a.now); err != nil {
		return a, err
	}
	if req.GetPeriod() == "" {
		a.span, err = between(req, a.now)
		a.before = span{start: a.start.Add(-a.end.Sub(a.start)), end: a.start}
		return a, err
	}
	if req.GetStartTime() != nil || req.GetEndTime() != nil {
		return a, fault.Field("period", "is given by name or by its ends, not both")
	}
	p, err := period.Parse(req.GetPeriod(), a.now, a.zone)
	if err != nil {
		return a, fault.Field("period", "%v", err)
	}
	switch closed, err := store.GetClosed(ctx, tx, p.Name()); {
	case err == nil:
		return reopen(closed, a.now)
	case !errors.Is(err, store.ErrNotFound):
		return a, err
	}
	a.span, a.before = spanOf(p), spanOf(p.Before())
	return a, nil
}

// reopen asks for a closed period, as it was when it was closed: the zone may have changed since.
func reopen(closed *store.Closed, now time.Time) (asked, error) {
	zone, err := time.LoadLocation(closed.Zone)
	if err != nil {
		return asked{}, fmt.Errorf("read closed period: %w", err)
	}
	p, err := period.Parse(closed.Name, now, zone)
	if err != nil {
		return asked{}, fmt.Errorf("read closed period: %w", err)
	}
	a := asked{span: spanOf(p), before: spanOf(p.Before()), zone: zone, now: now, closed: closed}
	a.start, a.end = closed.Start, closed.End
	a.before.end = a.start
	return a, nil
}

func spanOf(p period.Period) span {
	return span{name: p.Name(), start: p.Start(), end: p.End(), months: p.Months()}
}

// between is the stretch between two instants.
func between(req *slav1.GetComplianceReportRequest, now time.Time) (span, error) {
	p := span{end: now}
	if req.GetEndTime() != nil {
		p.end = req.GetEndTime().AsTime().Truncate(time.Microsecond)
	}
	p.start = p.end.Add(-usualSpan)
	if req.GetStartTime() != nil {
		p.start = req.GetStartTime().AsTime().Truncate(time.Microsecond)
	}
	if !p.start.Before(p.end) {
		return p, fault.Field("start_time", "is not before the end of the period")
	}
	return p, nil
}

// zone is the zone of the calendar of the playbook in force; UTC while there is none, or while its calendar is not known.
func (s *Service) zone(ctx context.Context, tx *sqldb.Tx, now time.Time) (*time.Location, error) {
	agreed, _, ok, err := s.active(ctx, tx, now)
	if err != nil || !ok {
		return time.UTC, err
	}
	editions, err := store.Peruse(ctx, tx, []string{agreed.clocks.Calendar})
	if err != nil || len(editions) == 0 {
		return time.UTC, err
	}
	calendar, err := s.library.calendar(ctx, tx, editions[len(editions)-1])
	if err != nil {
		return nil, err
	}
	return calendar.Location(), nil
}

// volumeMonths are the calendar months whose volume is judged: those that a span is, or else the one in which it ends, up to
// that end.
func (a asked) volumeMonths(p span) (start, over time.Time, months int) {
	if p.months > 0 {
		return p.start, p.end, p.months
	}
	last := p.end.Add(-time.Microsecond).In(a.zone)
	first := time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, a.zone)
	return first.UTC(), first.AddDate(0, 1, 0).UTC(), 1
}

// counted is the period whose clocks and leads are counted.
func (a asked) counted(p span) store.Period {
	return store.Period{Start: p.start, End: p.end, Now: a.now, Rep: a.rep}
}
