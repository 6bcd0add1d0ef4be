package routing

import (
	"context"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// CreatePool implements RoutingService.
func (s *Service) CreatePool(ctx context.Context, req *routingv1.CreatePoolRequest) (*routingv1.Pool, error) {
	now := s.cfg.Now()
	members, err := readPool(req.GetPool())
	if err != nil {
		return nil, err
	}
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Pool, error) {
		if err := store.PassGate(ctx, tx); err != nil {
			return nil, err
		}
		w := s.begin(tx, now)
		row := &store.Pool{ID: req.GetPoolId(), CreatedAt: now.UnixMicro(), UpdatedAt: now.UnixMicro(), RowVersion: 1}
		setPool(row, req.GetPool())
		if err := checkPool(ctx, tx, row, members); err != nil {
			return nil, err
		}
		if err := w.auditPool(ctx, row, "CreatePool", nil, members); err != nil {
			return nil, err
		}
		if err := store.InsertPool(ctx, tx, row); err != nil {
			return nil, poolTaken(err, row.ID)
		}
		return w.changeMembers(ctx, row, row.Book, nil, members)
	})
}

// GetPool implements RoutingService.
func (s *Service) GetPool(ctx context.Context, req *routingv1.GetPoolRequest) (*routingv1.Pool, error) {
	var found *routingv1.Pool
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		found, err = showPool(ctx, tx, ident.ID(req.GetName(), "pools"))
		return err
	})
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return found, nil
}

// ListPools implements RoutingService.
func (s *Service) ListPools(ctx context.Context, req *routingv1.ListPoolsRequest) (*routingv1.ListPoolsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := &routingv1.ListPoolsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		rows, err := store.ListPools(ctx, tx, page.Key.Text, page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(p *store.Pool) paging.Key { return paging.Key{Text: p.ID} })
		resp.Pools, err = showPools(ctx, tx, rows)
		return err
	})
	return resp, err
}

// UpdatePool implements RoutingService.
func (s *Service) UpdatePool(ctx context.Context, req *routingv1.UpdatePoolRequest) (*routingv1.Pool, error) {
	now, name := s.cfg.Now(), req.GetPool().GetName()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Pool, error) {
		w := s.begin(tx, now)
		row, err := w.lockPool(ctx, ident.ID(name, "pools"), req.GetPool().GetEtag())
		if err != nil {
			return nil, missing(err, name)
		}
		before := poolProto(row, w.members(row))
		wanted, err := patch.Apply(req, before, req.GetPool())
		if err != nil {
			return nil, err
		}
		return w.changePool(ctx, row, before, wanted)
	})
}

// lockPool locks a pool with its members. A stale etag is refused before that, and again under the lock.
func (w *work) lockPool(ctx context.Context, id, given string) (*store.Pool, error) {
	seen, err := store.GetPool(ctx, w.tx, id)
	if err != nil {
		return nil, err
	}
	if err := etag.Check(poolName(id), given, seen.RowVersion); err != nil {
		return nil, err
	}
	if err := w.lockLine(ctx, store.Line{Pools: []string{id}}); err != nil {
		return nil, err
	}
	return w.pools[id], etag.Check(poolName(id), given, w.pools[id].RowVersion)
}

// members are the accounts of a locked pool's members.
func (w *work) members(row *store.Pool) []fairness.Member {
	return membersOf(w.desk.Pool(row.ID).Members, w.books[row.Book].Ledger.Members)
}

// changePool stores what is wanted of a locked pool.
func (w *work) changePool(ctx context.Context, row *store.Pool, before, wanted *routingv1.Pool) (*routingv1.Pool, error) {
	members, err := readPool(wanted)
	if err != nil {
		return nil, err
	}
	from, had := row.Book, w.desk.Pool(row.ID).Members
	setPool(row, wanted)
	if proto.Equal(before, poolProto(row, members)) {
		return showPool(ctx, w.tx, row.ID)
	}
	if wanted.GetOverflow() != before.GetOverflow() {
		if err := store.PassGate(ctx, w.tx); err != nil {
			return nil, err
		}
	}
	if err := checkPool(ctx, w.tx, row, members); err != nil {
		return nil, err
	}
	row.UpdatedAt = w.now.UnixMicro()
	row.RowVersion++
	if err := w.auditPool(ctx, row, "UpdatePool", before, members); err != nil {
		return nil, err
	}
	w.overflows = nil
	if err := store.PutPools(ctx, w.tx, row); err != nil {
		return nil, err
	}
	return w.changeMembers(ctx, row, from, had, members)
}

func (w *work) auditPool(ctx context.Context, row *store.Pool, method string, before *routingv1.Pool, members []fairness.Member) error {
	return w.s.log.EmitChange(ctx, w.tx, eventlog.Key{Name: poolName(row.ID), Seq: &row.Events}, method, before, poolProto(row, members))
}

// changeMembers brings the members that a pool had to those that are wanted, and looks again at whoever waits for them.
func (w *work) changeMembers(ctx context.Context, row *store.Pool, from string, had []string, wanted []fairness.Member) (*routingv1.Pool, error) {
	if err := w.regroup(ctx, row, from, had, wanted); err != nil {
		return nil, err
	}
	line := names{row.ID: true}
	if err := w.addUpstream(ctx, line); err != nil {
		return nil, err
	}
	if err := w.wake(ctx, store.Line{Pools: line.sorted()}); err != nil {
		return nil, err
	}
	if err := w.save(ctx); err != nil {
		return nil, err
	}
	return showPool(ctx, w.tx, row.ID)
}
