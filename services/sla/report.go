package sla

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// overdueRows is how many rows of overdue clocks a report shows at most.
const overdueRows = 100

// GetComplianceReport implements SlaService. A rep's report counts their own clocks alone and has no commitments, which are
// those of whole teams.
func (s *Service) GetComplianceReport(ctx context.Context, req *slav1.GetComplianceReportRequest) (report *slav1.ComplianceReport, err error) {
	rep, err := s.onlyRep(ctx)
	if err != nil {
		return nil, err
	}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		a, err := s.asks(ctx, tx, req)
		if err != nil {
			return err
		}
		a.rep = rep
		if a.closed != nil && !req.GetLive() {
			report, err = s.settled(ctx, tx, a)
			return err
		}
		if report, err = s.drawUp(ctx, tx, a); err != nil {
			return err
		}
		report.Overdue, err = overdue(ctx, tx, rep)
		return err
	})
	return report, err
}

// onlyRep is the rep whose clocks alone the caller may count; empty for who may count everybody's.
func (s *Service) onlyRep(ctx context.Context) (string, error) {
	if !restricted(ctx) {
		return "", nil
	}
	rep, err := s.ownRep(ctx)
	if rep == "" && err == nil {
		rep = nobody
	}
	return rep, err
}

// nobody is a rep that does not exist: a caller who is not a rep of Routing's has no clocks.
const nobody = "reps/-"

// drawUp makes the report of a span as it stands now, but for what does not belong to it: what is overdue now.
func (s *Service) drawUp(ctx context.Context, tx *sqldb.Tx, a asked) (*slav1.ComplianceReport, error) {
	now, before := &compliance.Ledger{}, &compliance.Ledger{}
	for _, book := range []struct {
		of   span
		into *compliance.Ledger
	}{{a.span, now}, {a.before, before}} {
		if err := store.FellDue(ctx, tx, a.counted(book.of), book.into.AddClock); err != nil {
			return nil, err
		}
		if err := store.Qualified(ctx, tx, a.counted(book.of), book.into); err != nil {
			return nil, err
		}
	}
	return s.write(ctx, tx, a, now, before)
}

// write makes a report out of what was counted in a span, and in the one before. That of a rep needs no database.
func (s *Service) write(ctx context.Context, tx *sqldb.Tx, a asked, now, before *compliance.Ledger) (*slav1.ComplianceReport, error) {
	r := &slav1.ComplianceReport{StartTime: stamp(a.start), EndTime: stamp(a.end), Period: a.name, TimeZone: a.zone.String(),
		PreviousStartTime: stamp(a.before.start), AsOfTime: stamp(a.now), Clocks: everyKind(now, before), Diagnoses: diagnoses(now),
		Tiers: sliced(now, before, compliance.ByTier), Reps: sliced(now, before, compliance.ByRep),
		Teams: sliced(now, before, compliance.ByTeam), Sources: sliced(now, before, compliance.BySource)}
	if a.rep != "" {
		return r, nil
	}
	r.ResponseTimes = []*slav1.ResponseTimes{response(now, compliance.FromMQL), response(now, compliance.FromAssigned)}
	var err error
	r.Commitments, r.Playbook, err = s.commitments(ctx, tx, a, now, before)
	return r, err
}

// everyKind gives a row for each kind of clock that every playbook knows, also where none fell due, and for other kinds of which
// one did.
func everyKind(now, before *compliance.Ledger) []*slav1.ClockCompliance {
	kinds := deadline.Kinds()
	for _, t := range now.Tallies(compliance.Whole) {
		if !slices.Contains(deadline.Kinds(), t.Kind) {
			kinds = append(kinds, t.Kind)
		}
	}
	var rows []*slav1.ClockCompliance
	for _, kind := range kinds {
		rows = append(rows, tallyToProto(now.Of(kind), before.Of(kind)))
	}
	return rows
}

// sliced gives a row for each kind and slice in which a clock fell due.
func sliced(now, before *compliance.Ledger, by compliance.Slice) []*slav1.ClockCompliance {
	type row struct {
		kind  deadline.Kind
		slice string
	}
	past := map[row]compliance.Tally{}
	for _, t := range before.Tallies(by) {
		past[row{t.Kind, t.Slice}] = t
	}
	var rows []*slav1.ClockCompliance
	for _, t := range now.Tallies(by) {
		rows = append(rows, tallyToProto(t, past[row{t.Kind, t.Slice}]))
	}
	return rows
}

func tallyToProto(t, before compliance.Tally) *slav1.ClockCompliance {
	row := &slav1.ClockCompliance{Kind: t.Kind.String(), Slice: t.Slice, MetCount: t.Met, MissedCount: t.Missed, CancelledCount: t.Cancelled,
		MetPerMille: perMille(t.InTime()), PreviousMetPerMille: perMille(before.InTime())}
	if t.Answered > 0 {
		row.Median, row.P90 = durationpb.New(t.Spread.Median), durationpb.New(t.Spread.P90)
	}
	return row
}

// perMille is a share as the API shows it; missing of nothing.
func perMille(s compliance.Share) *int32 {
	if n, ok := s.PerMille(); ok {
		return new(int32(n))
	}
	return nil
}

// response is how soon leads were touched.
func response(l *compliance.Ledger, from compliance.From) *slav1.ResponseTimes {
	r := l.Response(from)
	out := &slav1.ResponseTimes{From: slav1.ResponseTimes_From(from + 1), LeadCount: r.Leads, ContactedCount: r.Contacted.Part,
		ContactedPerMille: perMille(r.Contacted)}
	if r.Touched > 0 {
		out.Median, out.P90, out.Mean = durationpb.New(r.Spread.Median), durationpb.New(r.Spread.P90), durationpb.New(r.Spread.Mean)
	}
	for _, b := range r.Buckets {
		row := &slav1.ResponseBucket{LeadCount: b.Leads, AcceptedCount: b.Accepted, SqlCount: b.SQLs,
			SqlPerMille: perMille(compliance.Share{Part: b.SQLs, Whole: b.Leads})}
		if !b.Never() {
			row.AtLeast = durationpb.New(b.AtLeast)
		}
		if b.Below > 0 {
			row.Below = durationpb.New(b.Below)
		}
		out.Buckets = append(out.Buckets, row)
	}
	return out
}

// commitments judges both teams by the playbook in force at the end of the span, which it names; there are none before the
// first.
func (s *Service) commitments(ctx context.Context, tx *sqldb.Tx, a asked, now, before *compliance.Ledger) ([]*slav1.CommitmentResult, string, error) {
	agreed, playbook, ok, err := s.active(ctx, tx, a.end)
	if err != nil || !ok {
		return nil, "", err
	}
	record, err := recordOf(ctx, tx, a, a.span, now)
	if err != nil {
		return nil, "", err
	}
	recordBefore, err := recordOf(ctx, tx, a, a.before, before)
	if err != nil {
		return nil, "", err
	}
	var results []*slav1.CommitmentResult
	past := compliance.Judge(agreed.promises, recordBefore)
	for i, r := range compliance.Judge(agreed.promises, record) {
		results = append(results, &slav1.CommitmentResult{Team: playbookv1.Team(r.Team), Measure: r.Measure, Target: r.Target, Strict: r.Strict,
			Actual: r.Actual, Kept: r.Kept, PartCount: r.Of.Part, WholeCount: r.Of.Whole, PreviousActual: past[i].Actual})
	}
	return results, playbook, nil
}

// recordOf is what happened in a span.
func recordOf(ctx context.Context, tx *sqldb.Tx, a asked, p span, l *compliance.Ledger) (compliance.Record, error) {
	record := l.Record()
	start, over, months := a.volumeMonths(p)
	mqls, err := store.MQLs(ctx, tx, start, p.end)
	record.Volume = compliance.Volume{MQLs: mqls, Months: int32(months), Over: !p.end.Before(over) && !a.now.Before(over)}
	return record, err
}

// overdue is what is overdue now.
func overdue(ctx context.Context, tx *sqldb.Tx, rep string) ([]*slav1.OverdueClocks, error) {
	rows, err := store.OverdueNow(ctx, tx, rep, overdueRows)
	return overdueToProto(rows), err
}

// overdueToProto is what is overdue as the API shows it: as many rows as a report has.
func overdueToProto(rows []store.Overdue) []*slav1.OverdueClocks {
	all := make([]*slav1.OverdueClocks, min(len(rows), overdueRows))
	for i := range all {
		o := rows[i]
		all[i] = &slav1.OverdueClocks{Kind: o.Kind.String(), Rep: o.Rep, ClockCount: o.Count, OldestDueTime: stamp(o.Oldest)}
	}
	return all
}
