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
	almanac deadline.Almanac
	now     time.Time
	clocks  []deadline.Clock
}

// standing works out how the clocks of a handoff stand now. One of which nothing is known has none.
func (s *Service) standing(ctx context.Context, id string) (v view, err error) {
	now := s.cfg.Now()
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := store.Get(ctx, tx, id)
		if err != nil || found[id] == nil {
			return err
		}
		v, err = s.view(ctx, tx, found[id], now, store.Peruse)
		return err
	})
	return v, err
}

// view works out how the clocks of a handoff stand at an instant; consult gives the editions of calendars.
func (s *Service) view(ctx context.Context, q *sqldb.Tx, h *store.Handoff, now time.Time, consult consult) (view, error) {
	v := view{handoff: h, now: now}
	if h.Playbook == 0 {
		return v, nil
	}
	var err error
	if v.agreed, err = s.policy(ctx, q, h.Playbook); err != nil {
		return view{}, err
	}
	if v.almanac, err = s.almanac(ctx, q, v.agreed.clocks.Calendars(h.Facts), consult); err != nil {
		return view{}, err
	}
	v.clocks = deadline.Clocks(h.Facts, v.agreed.clocks, v.almanac, now)
	return v, nil
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
