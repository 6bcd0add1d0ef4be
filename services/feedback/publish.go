package feedback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/weekly"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/period"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// mostLate is how many weeks come out late, after the service was away for longer than one. Those before are not made up for.
const mostLate = 12

// press brings out the rejection report of each week, when the playbook in force says so.
type press struct{ *Service }

// NextDue implements alarm.Timed.
func (p press) NextDue(ctx context.Context) (time.Time, bool, error) {
	week, schedule, err := p.next(ctx, p.cfg.DB)
	if err != nil || !schedule.Given() {
		return time.Time{}, false, err
	}
	return schedule.Of(week), true, nil
}

// Fire implements alarm.Timed. Each week comes out in a transaction of its own.
func (p press) Fire(ctx context.Context) error {
	for {
		if more, err := p.fireOne(ctx, p.cfg.Now()); err != nil || !more {
			return err
		}
	}
}

func (p press) fireOne(ctx context.Context, now time.Time) (more bool, err error) {
	err = p.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		week, schedule, err := p.next(ctx, tx)
		if err != nil || !schedule.Given() || schedule.Of(week).After(now) {
			return err
		}
		more = true
		return p.publish(ctx, tx, p.notTooLate(ctx, week, schedule.Latest(now)), now)
	})
	return more, err
}

// notTooLate passes over weeks of long ago.
func (p press) notTooLate(ctx context.Context, week, latest period.Period) period.Period {
	first := latest
	for range mostLate - 1 {
		first = first.Before()
	}
	if !week.Start().Before(first.Start()) {
		return week
	}
	p.cfg.Logger.WarnContext(ctx, "weeks of long ago have no rejection report", slog.String("from", week.Name()), slog.String("until", first.Before().Name()))
	return first
}

// next is the week that comes out next, and when by which schedule: the week after the last that came out, or else the first that
// comes out after the playbook came into force.
func (p press) next(ctx context.Context, q sqldb.Querier) (week period.Period, _ weekly.Schedule, err error) {
	playbook, err := p.inForce(ctx, q, p.cfg.Now())
	schedule := playbook.Policy.report
	if err != nil || !schedule.Given() {
		return week, schedule, err
	}
	switch last, err := store.LastReport(ctx, q, store.Rejections); {
	case errors.Is(err, store.ErrNotFound):
		since, err := p.policies.Since(ctx, q, playbook.Number)
		return schedule.Latest(since).After(), schedule, err
	case err != nil:
		return week, schedule, err
	default:
		week, err = period.Parse(last.Period, p.cfg.Now(), schedule.Zone())
		return week.After(), schedule, err
	}
}

// publish brings out the report of a week, unless another replica has, and tells of it. The week begins where the one before it
// ended, also if the zone has changed since: no answer counts twice, or never.
func (p press) publish(ctx context.Context, tx *sqldb.Tx, week period.Period, now time.Time) error {
	playbook, err := p.inForce(ctx, tx, now)
	if err != nil {
		return err
	}
	a := outlook{now: now, zone: playbook.Policy.report.Zone(), playbook: playbook.Name(), disposition: playbook.Policy.disposition}
	a.of(week)
	if err := a.join(ctx, tx, week); err != nil {
		return err
	}
	report, err := p.drawUp(ctx, tx, a)
	if err != nil {
		return err
	}
	report.Name = reportName(week.Name())
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	published, err := store.Publish(ctx, tx, &store.Report{Kind: store.Rejections, Period: week.Name(), Start: a.last().from, End: a.last().to, PublishedAt: now, Body: body})
	if err != nil || !published {
		return err
	}
	var events int64 // nothing else is ever told of it
	return p.log.Emit(ctx, tx, eventlog.Key{Name: report.GetName(), Seq: &events}, &eventv1.Event{Playbook: report.GetPlaybook(), Time: timestamppb.New(now),
		Payload: &eventv1.Event_ReportPublished{ReportPublished: &eventv1.ReportPublished{Report: report.GetName(), Period: week.Name(),
			StartTime: report.GetStartTime(), EndTime: report.GetEndTime(), PublishTime: timestamppb.New(now)}}})
}

// join lets a week begin where the one before it ended.
func (a *outlook) join(ctx context.Context, q sqldb.Querier, week period.Period) error {
	before, err := store.GetReport(ctx, q, store.Rejections, week.Before().Name())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a.spans[len(a.spans)-1].from, a.spans[len(a.spans)-2] = before.End, span{before.Start, before.End}
	return nil
}
