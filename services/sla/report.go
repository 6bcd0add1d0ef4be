package sla

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// usualPeriod is the length of a report whose start is not given.
const usualPeriod = 30 * 24 * time.Hour

// GetComplianceReport implements SlaService. A rep's report counts their own clocks alone and has no commitments, which are
// those of whole teams.
func (s *Service) GetComplianceReport(ctx context.Context, req *slav1.GetComplianceReportRequest) (*slav1.ComplianceReport, error) {
	period, err := s.period(ctx, req)
	if err != nil {
		return nil, err
	}
	report := &slav1.ComplianceReport{StartTime: stamp(period.Start), EndTime: stamp(period.End)}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		whole, err := store.Tallies(ctx, tx, period, store.Whole)
		if err != nil {
			return err
		}
		report.Clocks = everyKind(whole)
		if report.Tiers, err = sliced(ctx, tx, period, store.ByTier); err != nil {
			return err
		}
		if report.Reps, err = sliced(ctx, tx, period, store.ByRep); err != nil || period.Rep != "" {
			return err
		}
		report.Commitments, err = s.commitments(ctx, tx, period, whole)
		return err
	})
	return report, err
}

// period is the stretch of time that a caller asks for, and whose clocks they may count.
func (s *Service) period(ctx context.Context, req *slav1.GetComplianceReportRequest) (store.Period, error) {
	now := s.cfg.Now()
	p := store.Period{Now: now, End: now}
	if req.GetEndTime() != nil {
		p.End = req.GetEndTime().AsTime().Truncate(time.Microsecond)
	}
	p.Start = p.End.Add(-usualPeriod)
	if req.GetStartTime() != nil {
		p.Start = req.GetStartTime().AsTime().Truncate(time.Microsecond)
	}
	if !p.Start.Before(p.End) {
		return p, fault.Field("start_time", "is not before the end of the period")
	}
	if !restricted(ctx) {
		return p, nil
	}
	var err error
	if p.Rep, err = s.ownRep(ctx); p.Rep == "" && err == nil {
		p.Rep = nobody
	}
	return p, err
}

// nobody is a rep that does not exist: a caller who is not a rep of Routing's has no clocks.
const nobody = "reps/-"

func sliced(ctx context.Context, tx *sqldb.Tx, p store.Period, by store.Slice) ([]*slav1.ClockCompliance, error) {
	tallies, err := store.Tallies(ctx, tx, p, by)
	rows := make([]*slav1.ClockCompliance, len(tallies))
	for i, t := range tallies {
		rows[i] = tallyToProto(t)
	}
	return rows, err
}

// everyKind gives a row for each kind of clock that every playbook knows, also where none fell due, and for the own kinds of
// playbooks of which one did.
func everyKind(tallies []store.Tally) []*slav1.ClockCompliance {
	rows := make([]*slav1.ClockCompliance, 0, len(deadline.Kinds()))
	for _, kind := range deadline.Kinds() {
		rows = append(rows, tallyToProto(of(kind, tallies)))
	}
	for _, t := range tallies {
		if t.Kind.Own() {
			rows = append(rows, tallyToProto(t))
		}
	}
	return rows
}

// of is the tally of a kind.
func of(kind deadline.Kind, tallies []store.Tally) store.Tally {
	for _, t := range tallies {
		if t.Kind == kind {
			return t
		}
	}
	return store.Tally{Kind: kind}
}

func tallyToProto(t store.Tally) *slav1.ClockCompliance {
	row := &slav1.ClockCompliance{Kind: t.Kind.String(), Slice: t.Slice, MetCount: t.Met, MissedCount: t.Missed, CancelledCount: t.Cancelled}
	if perMille, ok := (compliance.Share{Part: t.Met, Whole: t.Met + t.Missed}).PerMille(); ok {
		row.MetPerMille = new(int32(perMille))
	}
	if t.Answered > 0 {
		row.Median, row.P90 = durationpb.New(t.Median), durationpb.New(t.P90)
	}
	return row
}

// commitments judges both teams by the playbook in force at the end of the period; there are none before the first.
func (s *Service) commitments(ctx context.Context, tx *sqldb.Tx, p store.Period, whole []store.Tally) ([]*slav1.CommitmentResult, error) {
	policy, ok, err := s.active(ctx, tx, p.End)
	if err != nil || !ok {
		return nil, err
	}
	record, err := recordOf(ctx, tx, p, whole)
	if err != nil {
		return nil, err
	}
	var results []*slav1.CommitmentResult
	for _, r := range compliance.Judge(policy.promises, record) {
		results = append(results, &slav1.CommitmentResult{Team: playbookv1.Team(r.Team), Measure: r.Measure, Target: r.Target, Actual: r.Actual, Kept: r.Kept})
	}
	return results, nil
}

// recordOf is what happened in a period.
func recordOf(ctx context.Context, tx *sqldb.Tx, p store.Period, whole []store.Tally) (compliance.Record, error) {
	intake, err := store.TakenIn(ctx, tx, p.Start, p.End)
	if err != nil {
		return compliance.Record{}, err
	}
	last := p.End.Add(-time.Microsecond)
	month := time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC)
	next := month.AddDate(0, 1, 0)
	thisMonth, err := store.TakenIn(ctx, tx, month, p.End)
	if err != nil {
		return compliance.Record{}, err
	}
	touch, disposition := of(deadline.FirstTouch, whole), of(deadline.Disposition, whole)
	return compliance.Record{
		MonthMQLs:           thisMonth.MQLs,
		MonthOver:           !p.End.Before(next) && !p.Now.Before(next),
		CriteriaMet:         compliance.Share{Part: intake.MQLs - intake.Misfits, Whole: intake.MQLs},
		ContextComplete:     compliance.Share{Part: intake.Complete, Whole: intake.Opened},
		FirstTouchInTime:    compliance.Share{Part: touch.Met, Whole: touch.Met + touch.Missed},
		DispositionComplete: compliance.Share{Part: disposition.Answered, Whole: disposition.Met + disposition.Missed},
	}, nil
}
