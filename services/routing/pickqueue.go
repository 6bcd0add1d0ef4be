package routing

import (
	"context"
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// CreateQueue implements RoutingService.
func (s *Service) CreateQueue(ctx context.Context, req *routingv1.CreateQueueRequest) (*routingv1.Queue, error) {
	now := s.cfg.Now().UnixMicro()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Queue, error) {
		row := &store.PickQueue{ID: req.GetQueueId(), CreatedAt: now, UpdatedAt: now, RowVersion: 1}
		pools, err := setQueue(ctx, tx, row, req.GetQueue())
		if err != nil {
			return nil, err
		}
		if err := s.auditQueue(ctx, tx, row, "CreateQueue", nil, pools); err != nil {
			return nil, err
		}
		if err := store.InsertPickQueue(ctx, tx, row); errors.Is(err, store.ErrIDTaken) {
			return nil, fault.Taken(queueName(row.ID))
		} else if err != nil {
			return nil, err
		}
		if err := store.SetPools(ctx, tx, row.ID, pools); err != nil {
			return nil, err
		}
		return showQueue(ctx, tx, row)
	})
}

// GetQueue implements RoutingService.
func (s *Service) GetQueue(ctx context.Context, req *routingv1.GetQueueRequest) (*routingv1.Queue, error) {
	var found *routingv1.Queue
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		row, err := store.GetPickQueue(ctx, tx, ident.ID(req.GetName(), "queues"))
		if err != nil {
			return err
		}
		found, err = showQueue(ctx, tx, row)
		return err
	})
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return found, nil
}

// ListQueues implements RoutingService.
func (s *Service) ListQueues(ctx context.Context, req *routingv1.ListQueuesRequest) (*routingv1.ListQueuesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := &routingv1.ListQueuesResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		rows, err := store.ListPickQueues(ctx, tx, page.Key.Text, page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(q *store.PickQueue) paging.Key { return paging.Key{Text: q.ID} })
		resp.Queues, err = showQueues(ctx, tx, rows...)
		return err
	})
	return resp, err
}

// UpdateQueue implements RoutingService.
func (s *Service) UpdateQueue(ctx context.Context, req *routingv1.UpdateQueueRequest) (*routingv1.Queue, error) {
	now, name := s.cfg.Now(), req.GetQueue().GetName()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Queue, error) {
		row, err := store.LockPickQueue(ctx, tx, ident.ID(name, "queues"))
		if err != nil {
			return nil, missing(err, name)
		}
		if err := etag.Check(name, req.GetQueue().GetEtag(), row.RowVersion); err != nil {
			return nil, err
		}
		had, err := store.PoolsByQueue(ctx, tx, []string{row.ID})
		if err != nil {
			return nil, err
		}
		before := queueProto(row, had[row.ID])
		wanted, err := patch.Apply(req, before, req.GetQueue())
		if err != nil {
			return nil, err
		}
		return s.changeQueue(ctx, tx, row, before, wanted, now)
	})
}

// changeQueue stores what is wanted of a locked queue.
func (s *Service) changeQueue(ctx context.Context, tx *sqldb.Tx, row *store.PickQueue, before, wanted *routingv1.Queue, now time.Time) (*routingv1.Queue, error) {
	pools, err := setQueue(ctx, tx, row, wanted)
	if err != nil {
		return nil, err
	}
	if proto.Equal(before, queueProto(row, pools)) {
		return showQueue(ctx, tx, row)
	}
	row.UpdatedAt = now.UnixMicro()
	row.RowVersion++
	if err := s.auditQueue(ctx, tx, row, "UpdateQueue", before, pools); err != nil {
		return nil, err
	}
	if err := store.PutPickQueue(ctx, tx, row); err != nil {
		return nil, err
	}
	if err := store.SetPools(ctx, tx, row.ID, pools); err != nil {
		return nil, err
	}
	return showQueue(ctx, tx, row)
}

// setQueue writes what people say of a queue, and gives its pools in the order of their ids. Pools that do not exist are
// refused.
func setQueue(ctx context.Context, tx *sqldb.Tx, row *store.PickQueue, wanted *routingv1.Queue) ([]string, error) {
	if err := checkName("queue.display_name", wanted.GetDisplayName()); err != nil {
		return nil, err
	}
	row.DisplayName = wanted.GetDisplayName()
	pools := make([]string, len(wanted.GetPools()))
	for i, name := range wanted.GetPools() {
		pools[i] = ident.ID(name, "pools")
	}
	slices.Sort(pools)
	found, err := store.Pools(ctx, tx, pools)
	for _, id := range pools {
		if !slices.ContainsFunc(found, func(p *store.Pool) bool { return p.ID == id }) && err == nil {
			return nil, fault.Dangling("queue.pools", poolName(id))
		}
	}
	return pools, err
}

func (s *Service) auditQueue(ctx context.Context, tx *sqldb.Tx, row *store.PickQueue, method string, before *routingv1.Queue, pools []string) error {
	return s.log.EmitChange(ctx, tx, eventlog.Key{Name: queueName(row.ID), Seq: &row.Events}, method, before, queueProto(row, pools))
}

// queueProto is a queue as the API shows it, without what waits in it.
func queueProto(row *store.PickQueue, pools []string) *routingv1.Queue {
	q := &routingv1.Queue{Name: queueName(row.ID), DisplayName: row.DisplayName, CreateTime: instant(row.CreatedAt),
		UpdateTime: instant(row.UpdatedAt), Etag: etag.Of(row.RowVersion)}
	for _, id := range pools {
		q.Pools = append(q.Pools, poolName(id))
	}
	return q
}

func showQueue(ctx context.Context, q sqldb.Querier, row *store.PickQueue) (*routingv1.Queue, error) {
	shown, err := showQueues(ctx, q, row)
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// showQueues are queues with their pools and how many handoffs wait in them.
func showQueues(ctx context.Context, q sqldb.Querier, rows ...*store.PickQueue) ([]*routingv1.Queue, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	pools, err := store.PoolsByQueue(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	held, err := store.QueuedCounts(ctx, q, ids)
	shown := make([]*routingv1.Queue, len(rows))
	for i, row := range rows {
		shown[i] = queueProto(row, pools[row.ID])
		shown[i].HeldCount = int32(held[row.ID])
	}
	return shown, err
}
