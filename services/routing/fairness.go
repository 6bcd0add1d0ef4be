package routing

import (
	"context"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// GetFairnessLedger implements RoutingService.
func (s *Service) GetFairnessLedger(ctx context.Context, req *routingv1.GetFairnessLedgerRequest) (*routingv1.FairnessLedger, error) {
	const suffix = len("/ledger")
	id := ident.ID(req.GetName()[:len(req.GetName())-suffix], "pools")
	ledger := &routingv1.FairnessLedger{Name: req.GetName()}
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		row, err := store.GetPool(ctx, tx, id)
		if err != nil {
			return err
		}
		members, err := store.Members(ctx, tx, []string{id})
		ledger.DecisionCount = row.Decisions
		ledger.Accounts = accounts(fairness.Pool{Epoch: row.Epoch, Turn: row.Turn, Members: members[id]})
		return err
	})
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return ledger, nil
}

// accounts are the members' accounts, in the order of their names.
func accounts(pool fairness.Pool) []*routingv1.FairnessAccount {
	deficits := pool.Deficits()
	shown := make([]*routingv1.FairnessAccount, len(pool.Members))
	for i, m := range pool.Members {
		shown[i] = &routingv1.FairnessAccount{Rep: repName(m.ID), Weight: int32(m.Weight), AssignedCount: m.Credits,
			DeficitNanos: int64(deficits[i]), LastAssignTime: instant(store.Micros(m.LastAssigned))}
	}
	return shown
}
