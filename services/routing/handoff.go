package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// GetHandoff implements RoutingService.
func (s *Service) GetHandoff(ctx context.Context, req *routingv1.GetHandoffRequest) (*routingv1.Handoff, error) {
	now := s.cfg.Now()
	var found *routingv1.Handoff
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		row, _, err := visible(ctx, tx, ident.ID(req.GetName(), "handoffs"), now)
		if err != nil {
			return err
		}
		found, err = s.show(ctx, tx, row)
		return err
	})
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return found, nil
}

// visible reads a handoff for the caller. One that they may not see does not exist.
func visible(ctx context.Context, q sqldb.Querier, id string, now time.Time) (*store.Handoff, viewer, error) {
	caller, err := viewerAt(ctx, q, now)
	if err != nil {
		return nil, caller, err
	}
	row, err := store.GetHandoff(ctx, q, id)
	if err == nil && !caller.sees(row) {
		return nil, caller, store.ErrNotFound
	}
	return row, caller, err
}

// ListHandoffs implements RoutingService.
func (s *Service) ListHandoffs(ctx context.Context, req *routingv1.ListHandoffsRequest) (*routingv1.ListHandoffsResponse, error) {
	now := s.cfg.Now()
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	filter := store.Filter{State: lifecycle.State(req.GetState()), Rep: ident.ID(req.GetRep(), "reps"),
		Lead: ident.ID(req.GetLead(), "leads"), Kind: int64(req.GetKind()), Before: page.Key.Text}
	var rows []*store.Handoff
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		caller, err := viewerAt(ctx, tx, now)
		if err != nil || caller.blind() {
			return err
		}
		filter.OnlyRep, filter.Covered, filter.Partner = caller.rep, caller.covered, caller.partner
		rows, err = store.ListHandoffs(ctx, tx, filter, page.Limit())
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(h *store.Handoff) paging.Key { return paging.Key{Text: h.ID} })
	resp := &routingv1.ListHandoffsResponse{NextPageToken: next}
	resp.Handoffs, err = listed(ctx, rows)
	return resp, err
}

// listed are handoffs as lists show them.
func listed(ctx context.Context, rows []*store.Handoff) ([]*routingv1.Handoff, error) {
	shown := make([]*routingv1.Handoff, len(rows))
	for i, row := range rows {
		var err error
		if shown[i], err = handoffProto(ctx, row); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// show is a handoff with its context.
func (s *Service) show(ctx context.Context, q sqldb.Querier, row *store.Handoff) (*routingv1.Handoff, error) {
	shown, err := handoffProto(ctx, row)
	if err != nil {
		return nil, err
	}
	body, err := store.GetContext(ctx, q, row.ID)
	if errors.Is(err, store.ErrNotFound) {
		return shown, nil
	}
	if err != nil {
		return nil, err
	}
	shown.Context = &scoringv1.LeadContext{}
	if err := proto.Unmarshal(body, shown.GetContext()); err != nil {
		return nil, fmt.Errorf("read context of handoff %s: %w", row.ID, err)
	}
	return shown, nil
}

// viewer is what a caller may see: everything, or what one rep has, stands in for or may pick, or what one partner brought.
type viewer struct {
	wide         bool
	rep, partner string
	queues       names    // that the rep may pick from
	covered      []string // the reps for whom the rep stands in
}

// viewerAt is what the caller may see at an instant, with what they stand in for.
func viewerAt(ctx context.Context, q sqldb.Querier, now time.Time) (viewer, error) {
	v, err := viewerOf(ctx, q)
	if err != nil || v.rep == "" {
		return v, err
	}
	v.covered, err = covered(ctx, q, v.rep, now)
	return v, err
}

// viewerOf is what the caller may see by themselves.
func viewerOf(ctx context.Context, q sqldb.Querier) (viewer, error) {
	actor := auth.ActorFrom(ctx)
	if scope.Wide(actor) {
		return viewer{wide: true}, nil
	}
	if partner := scope.Partner(actor); partner != "" {
		return viewer{partner: partner}, nil
	}
	rep, err := store.RepOf(ctx, q, actor.GetIssuer(), actor.GetSubject())
	if errors.Is(err, store.ErrNotFound) {
		return viewer{}, nil
	}
	if err != nil {
		return viewer{}, err
	}
	queues, err := queuesOf(ctx, q, rep.ID)
	return viewer{rep: rep.ID, queues: queues}, err
}

// blind says that the caller sees nothing, such as a rep whom nobody has entered yet.
func (v viewer) blind() bool { return !v.wide && v.rep == "" && v.partner == "" }

func (v viewer) sees(h *store.Handoff) bool {
	return v.wide || v.rep != "" && (v.rep == h.Rep || v.covers(h)) || v.partner != "" && v.partner == h.Partner ||
		h.State == lifecycle.StateHeld && v.queues[h.Queue]
}

// covers says whether the rep stands in for whoever has the handoff: while it is open, and once it closed while they did.
func (v viewer) covers(h *store.Handoff) bool {
	return slices.Contains(v.covered, h.Rep) && (h.State != lifecycle.StateClosed || h.Cover == v.rep)
}

// missing turns a row that is not there into its fault.
func missing(err error, name string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing(name)
	}
	return err
}
