package sla

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/durationpb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/period"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// ListBreaches implements SlaService.
func (s *Service) ListBreaches(ctx context.Context, req *slav1.ListBreachesRequest) (*slav1.ListBreachesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rep, err := s.onlyRep(ctx)
	if err != nil {
		return nil, err
	}
	resp := &slav1.ListBreachesResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		name := req.GetPeriod()
		if name == "" {
			name = period.Latest
		}
		a, err := s.asks(ctx, tx, &slav1.GetComplianceReportRequest{Period: name})
		if err != nil {
			return err
		}
		a.rep = rep
		rows, err := store.MissedClocks(ctx, tx, a.counted(a.span), deadline.Kind(req.GetKind()), after(page), page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, breachKey)
		resp.Breaches, err = s.breaches(ctx, tx, a, rows)
		return err
	})
	return resp, err
}

// breachKey is where a missed clock stands in the list.
func breachKey(at store.Place) paging.Key {
	return paging.Key{Number: at.DueAt, Text: fmt.Sprintf("%s/%s-%d", at.Handoff, at.Kind, at.Run)}
}

// after is the place of a page's key.
func after(page paging.Page) store.Place {
	if page.First {
		return store.Place{DueAt: math.MinInt64}
	}
	handoff, clock, _ := strings.Cut(page.Key.Text, "/")
	cut := max(0, strings.LastIndex(clock, "-"))
	run, _ := strconv.Atoi(strings.TrimPrefix(clock[cut:], "-")) // the key is one that breachKey made
	return store.Place{DueAt: page.Key.Number, Handoff: handoff, ClockKey: store.ClockKey{Kind: deadline.Kind(clock[:cut]), Run: run}}
}

// breaches works missed clocks out, with what held them.
func (s *Service) breaches(ctx context.Context, tx *sqldb.Tx, a asked, rows []store.Place) ([]*slav1.Breach, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var ids []string
	for _, at := range rows {
		ids = append(ids, at.Handoff)
	}
	found, err := store.Get(ctx, tx, ids...)
	if err != nil {
		return nil, err
	}
	clocks, err := s.reckon(ctx, tx, found, a.now, store.Peruse)
	if err != nil {
		return nil, err
	}
	var all []*slav1.Breach
	for _, at := range rows {
		for _, c := range clocks[at.Handoff] {
			if c.Kind == at.Kind && c.Run == at.Run && len(c.Holdings) > 0 {
				all = append(all, breach(found[at.Handoff], c))
			}
		}
	}
	return all, nil
}

// breach is a missed clock as the API shows it.
func breach(h *store.Handoff, c deadline.Clock) *slav1.Breach {
	out := &slav1.Breach{Clock: clockName(h.ID, c.Kind, c.Run), Handoff: handoffName(h.ID), Kind: c.Kind.String(), Rep: c.Rep, Tier: c.Tier, Pool: c.Pool,
		DueTime: stamp(c.Due), StopTime: stamp(c.Stop)}
	out.Causes = causesOf(c.Shares())
	for _, turn := range c.Holdings {
		holding := &slav1.BreachHolding{StartTime: stamp(turn.From), EndTime: stamp(turn.Until), Elapsed: durationpb.New(turn.Used), Cause: cause(turn.Cause),
			HoldReason: routingv1.Hold_Reason(turn.Hold)}
		for _, assignment := range h.Facts.Assignments {
			if turn.Turn == assignment.Number {
				holding.Rep, holding.ReassignReason = assignment.Rep, routingv1.ReassignReason(assignment.Taken)
			}
		}
		out.Holdings = append(out.Holdings, holding)
	}
	return out
}

// diagnoses says why clocks were missed, by kind.
func diagnoses(l *compliance.Ledger) []*slav1.BreachDiagnosis {
	var all []*slav1.BreachDiagnosis
	for _, b := range l.Blames() {
		d := &slav1.BreachDiagnosis{Kind: b.Kind.String(), MissedCount: b.Missed}
		for _, c := range b.Causes {
			d.Causes = append(d.Causes, &slav1.BreachCauseShare{Cause: cause(c.Cause), PerMille: int32(c.PerMille), ClockCount: c.Most})
		}
		all = append(all, d)
	}
	return all
}

// causesOf are the shares of the causes in a missed clock as the API shows them.
func causesOf(shares deadline.Shares) []*slav1.BreachCauseShare {
	var l compliance.Ledger
	l.AddClock(compliance.Clock{Outcome: compliance.Missed, Causes: shares})
	return diagnoses(&l)[0].GetCauses()
}

// cause is a cause as the API numbers it.
func cause(c deadline.Cause) slav1.BreachCause { return slav1.BreachCause(c + 1) }
