package sla

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// ListRestatements implements SlaService.
func (s *Service) ListRestatements(ctx context.Context, req *slav1.ListRestatementsRequest) (*slav1.ListRestatementsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rep, err := s.onlyRep(ctx)
	if err != nil {
		return nil, err
	}
	resp := &slav1.ListRestatementsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		closed, err := store.GetClosed(ctx, tx, ident.ID(req.GetParent(), "slaPeriods"))
		if err != nil {
			return missing(err, req.GetParent())
		}
		a, err := reopen(closed, s.cfg.Now())
		if err != nil {
			return err
		}
		a.rep = rep
		return s.restate(ctx, tx, a, page, resp)
	})
	return resp, err
}

// restate fills in what has changed since a period was closed.
func (s *Service) restate(ctx context.Context, tx *sqldb.Tx, a asked, page paging.Page, resp *slav1.ListRestatementsResponse) error {
	rows, err := store.Restatements(ctx, tx, a.closed, a.rep)
	if err != nil {
		return err
	}
	closed, err := s.frozen(ctx, tx, a)
	if err != nil {
		return err
	}
	live, err := s.drawUp(ctx, tx, a)
	if err != nil {
		return err
	}
	resp.Clocks, resp.Commitments = restatedClocks(rows, closed, live), restatedCommitments(closed, live)
	if !page.First {
		rows = slices.DeleteFunc(rows, func(r store.Restated) bool { return strings.Compare(restatedKey(r), page.Key.Text) <= 0 })
	}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(r store.Restated) paging.Key { return paging.Key{Text: restatedKey(r)} })
	for _, r := range rows {
		resp.Restatements = append(resp.Restatements, restatementToProto(r))
	}
	return nil
}

// restatedKey is where a restatement stands in the list.
func restatedKey(r store.Restated) string { return fmt.Sprintf("%s/%s-%09d", r.Handoff, r.Kind, r.Run) }

// restatedClocks are the figures of each kind of which a clock counts otherwise.
func restatedClocks(rows []store.Restated, closed, live *slav1.ComplianceReport) []*slav1.RestatedClocks {
	count := map[deadline.Kind]int64{}
	var kinds []deadline.Kind
	for _, r := range rows {
		if count[r.Kind]++; count[r.Kind] == 1 {
			kinds = append(kinds, r.Kind)
		}
	}
	slices.SortFunc(kinds, deadline.Kind.Compare)
	var all []*slav1.RestatedClocks
	for _, kind := range kinds {
		all = append(all, &slav1.RestatedClocks{Kind: kind.String(), RestatementCount: count[kind], Closed: figuresOf(closed, kind), Live: figuresOf(live, kind)})
	}
	return all
}

// figuresOf are the figures of a kind as a whole, without those of the period before.
func figuresOf(r *slav1.ComplianceReport, kind deadline.Kind) *slav1.ClockCompliance {
	for _, c := range r.GetClocks() {
		if c.GetKind() == kind.String() {
			c.PreviousMetPerMille = nil
			return c
		}
	}
	return &slav1.ClockCompliance{Kind: kind.String()}
}

// restatedCommitments are the promises of which something else is known today.
func restatedCommitments(closed, live *slav1.ComplianceReport) []*slav1.RestatedCommitment {
	var all []*slav1.RestatedCommitment
	for _, was := range closed.GetCommitments() {
		was.PreviousActual = nil
		for _, is := range live.GetCommitments() {
			if is.PreviousActual = nil; was.GetMeasure() == is.GetMeasure() && !proto.Equal(was, is) {
				all = append(all, &slav1.RestatedCommitment{Closed: was, Live: is})
			}
		}
	}
	return all
}

// restatementToProto is a restatement as the API shows it. The source is that of the lead: when it alone differs, the clock says
// nothing of when and why.
func restatementToProto(r store.Restated) *slav1.Restatement {
	out := &slav1.Restatement{Clock: clockName(r.Handoff, r.Kind, r.Run), Handoff: handoffName(r.Handoff), Kind: r.Kind.String(),
		Closed: countedToProto(r.Closed), Live: countedToProto(r.Live)}
	if out.GetClosed() != nil && out.GetLive() != nil {
		out.Changes = changes(r.Closed, r.Live)
	}
	if !slices.Equal(out.GetChanges(), []string{"source"}) {
		out.ChangeTime, out.ChangedBy = stamp(r.ChangedAt), r.ChangedBy
	}
	return out
}

// countedToProto is what is counted of a clock as the API shows it; nothing if it is not counted.
func countedToProto(c store.Counted) *slav1.CountedClock {
	if c.Outcome == compliance.Pending {
		return nil
	}
	out := &slav1.CountedClock{Outcome: slav1.CountedClock_Outcome(c.Outcome), Answered: c.Answered, DueTime: stamp(c.Due), // numbered alike
		Elapsed: durationpb.New(c.Elapsed), Tier: c.Tier, Rep: c.Rep, Pool: c.Team, Source: c.Source}
	if c.Causes != (deadline.Shares{}) {
		out.Causes = causesOf(c.Causes)
	}
	return out
}

// changes are the fields in which a clock counts otherwise, as the API names them, in its order.
func changes(was, is store.Counted) []string {
	var names []string
	for _, field := range []struct {
		name    string
		differs bool
	}{
		{"outcome", was.Outcome != is.Outcome}, {"answered", was.Answered != is.Answered}, {"due_time", !was.Due.Equal(is.Due)},
		{"elapsed", was.Elapsed != is.Elapsed}, {"tier", was.Tier != is.Tier}, {"rep", was.Rep != is.Rep}, {"pool", was.Team != is.Team},
		{"source", was.Source != is.Source}, {"causes", was.Causes != is.Causes},
	} {
		if field.differs {
			names = append(names, field.name)
		}
	}
	return names
}
