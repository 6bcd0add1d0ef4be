package sla

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// GetClock implements SlaService.
func (s *Service) GetClock(ctx context.Context, req *slav1.GetClockRequest) (*slav1.Clock, error) {
	ids := ident.Parse(req.GetName(), "handoffs", "clocks")
	if err := s.admit(ctx, handoffName(ids[0]), req.GetName()); err != nil {
		return nil, err
	}
	view, err := s.standing(ctx, ids[0])
	if err != nil {
		return nil, err
	}
	for _, c := range view.clocks {
		if clockID(c) == ids[1] {
			return view.clock(c), nil
		}
	}
	return nil, fault.Missing(req.GetName())
}

// ListClocks implements SlaService.
func (s *Service) ListClocks(ctx context.Context, req *slav1.ListClocksRequest) (*slav1.ListClocksResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	id := ident.ID(req.GetParent(), "handoffs")
	if _, err := s.known(ctx, id); err != nil {
		return nil, err
	}
	view, err := s.standing(ctx, id)
	if err != nil {
		return nil, err
	}
	clocks := view.clocks
	slices.SortStableFunc(clocks, byStart)
	if !page.First {
		clocks = slices.DeleteFunc(clocks, func(c deadline.Clock) bool { return compare(place(c), page.Key) <= 0 })
	}
	clocks, next := paging.Cut(page, clocks, place)
	resp := &slav1.ListClocksResponse{NextPageToken: next}
	for _, c := range clocks {
		resp.Clocks = append(resp.Clocks, view.clock(c))
	}
	return resp, nil
}

// view is a handoff with its clocks as they stand now.
type view struct {
	handoff *store.Handoff
	agreed  agreement
	clocks  []deadline.Clock
	now     time.Time
}

// standing works out how the clocks of a handoff stand now. One of which nothing is known has none.
func (s *Service) standing(ctx context.Context, id string) (v view, err error) {
	now := s.cfg.Now()
	v.now = now
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := store.Get(ctx, tx, id)
		if err != nil || found[id] == nil || found[id].Playbook == 0 {
			return err
		}
		v.handoff = found[id]
		if v.agreed, err = s.policy(ctx, tx, v.handoff.Playbook); err != nil {
			return err
		}
		all, err := s.reckon(ctx, tx, found, now, store.Peruse)
		v.clocks = all[id]
		return err
	})
	return v, err
}

// place is where a clock stands in the list: by its start, then by its id.
func place(c deadline.Clock) paging.Key {
	return paging.Key{Number: c.Start.UnixMicro(), Text: clockID(c)}
}

func byStart(a, b deadline.Clock) int { return compare(place(a), place(b)) }

func compare(a, b paging.Key) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text))
}

func clockID(c deadline.Clock) string { return fmt.Sprintf("%s-%d", c.Kind, c.Run) }
