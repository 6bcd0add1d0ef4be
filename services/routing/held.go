package routing

import (
	"context"
	"strconv"
	"strings"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// ListHeldHandoffs implements RoutingService.
func (s *Service) ListHeldHandoffs(ctx context.Context, req *routingv1.ListHeldHandoffsRequest) (*routingv1.ListHeldHandoffsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	filter := store.HeldFilter{Pool: ident.ID(req.GetPool(), "pools"), Queue: ident.ID(req.GetQueue(), "queues"),
		Reason: dispatch.Reason(req.GetReason())}
	if !page.First {
		filter.After = inLine(page.Key)
	}
	var rows []*store.Handoff
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		caller, err := viewerOf(ctx, tx)
		if err != nil || caller.blind() {
			return err
		}
		filter.Partner, filter.OnlyQueues = caller.partner, caller.queues.sorted()
		if caller.rep != "" && len(filter.OnlyQueues) == 0 {
			return nil
		}
		rows, err = store.ListHeld(ctx, tx, filter, page.Limit())
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, placeInLine)
	resp := &routingv1.ListHeldHandoffsResponse{NextPageToken: next}
	resp.Handoffs, err = listed(ctx, rows)
	return resp, err
}

// placeInLine is where a handoff stands in the holding queue.
func placeInLine(h *store.Handoff) paging.Key {
	return paging.Key{Number: h.Rank, Text: strconv.FormatInt(h.MQLAt, 10) + "/" + h.ID}
}

// inLine is a handoff that stands there.
func inLine(place paging.Key) *store.Handoff {
	at, id, _ := strings.Cut(place.Text, "/")
	mql, _ := strconv.ParseInt(at, 10, 64) // the service wrote it
	return &store.Handoff{Rank: place.Number, MQLAt: mql, ID: id}
}
