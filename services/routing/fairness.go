package routing

import (
	"context"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// GetFairnessLedger implements RoutingService.
func (s *Service) GetFairnessLedger(ctx context.Context, req *routingv1.GetFairnessLedgerRequest) (*routingv1.FairnessLedger, error) {
	var shown *routingv1.FairnessLedger
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		pool, err := store.GetPool(ctx, tx, ledgersPool(req.GetName()))
		if err != nil {
			return err
		}
		book, err := store.GetBook(ctx, tx, pool.Book)
		if err != nil {
			return err
		}
		accounts, err := store.Accounts(ctx, tx, []string{pool.Book})
		if err != nil {
			return err
		}
		shown, err = showLedger(ctx, tx, pool, book, fairness.Pool{Epoch: book.Epoch, Turn: book.Turn, Members: accounts[book.ID]})
		return err
	})
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return shown, nil
}

// ResetFairnessLedger implements RoutingService.
func (s *Service) ResetFairnessLedger(ctx context.Context, req *routingv1.ResetFairnessLedgerRequest) (*routingv1.FairnessLedger, error) {
	now := s.cfg.Now()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.FairnessLedger, error) {
		w := s.begin(tx, now)
		pool, err := w.lockPool(ctx, ledgersPool(req.GetName()), "")
		if err != nil {
			return nil, missing(err, req.GetName())
		}
		book := w.books[pool.Book]
		before, err := showLedger(ctx, tx, pool, book.row, book.Ledger)
		if err != nil {
			return nil, err
		}
		book.Ledger = book.Ledger.Reset()
		if err := w.save(ctx); err != nil {
			return nil, err
		}
		after, err := showLedger(ctx, tx, pool, book.row, book.Ledger)
		if err != nil {
			return nil, err
		}
		audited := proto.CloneOf(after)
		audited.ResetReason = req.GetReason()
		key := eventlog.Key{Name: poolName(pool.ID), Seq: &pool.Events}
		if err := s.log.EmitChange(ctx, tx, key, "ResetFairnessLedger", before, audited); err != nil {
			return nil, err
		}
		return after, store.PutPools(ctx, tx, pool)
	})
}

// ledgersPool is the id of the pool whose ledger has this name.
func ledgersPool(name string) string {
	const suffix = len("/ledger")
	return ident.ID(name[:len(name)-suffix], "pools")
}

// showLedger is a ledger as the API shows it.
func showLedger(ctx context.Context, q sqldb.Querier, pool *store.Pool, book *store.Book, ledger fairness.Pool) (*routingv1.FairnessLedger, error) {
	owned, err := store.OwnerCounts(ctx, q, book.ID)
	shown := &routingv1.FairnessLedger{Name: poolName(pool.ID) + "/ledger", DecisionCount: book.Decisions, Mode: routingv1.Pool_Mode(pool.Mode),
		FairnessGroup: pool.FairnessGroup, Epoch: ledger.Epoch, Turn: ledger.Turn}
	deficits := ledger.Deficits()
	for i, m := range ledger.Members {
		shown.Accounts = append(shown.Accounts, &routingv1.FairnessAccount{Rep: repName(m.ID), Weight: int32(m.Weight), AssignedCount: m.Credits,
			DeficitNanos: int64(deficits[i]), LastAssignTime: instant(store.Micros(m.LastAssigned)), OwnerCount: owned[m.ID]})
	}
	return shown, err
}
