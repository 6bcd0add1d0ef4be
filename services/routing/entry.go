package routing

import (
	"context"
	"strconv"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// ListFairnessEntries implements RoutingService.
func (s *Service) ListFairnessEntries(ctx context.Context, req *routingv1.ListFairnessEntriesRequest) (*routingv1.ListFairnessEntriesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	after, _ := strconv.ParseInt(page.Key.Text, 10, 64) // the service wrote it; nothing on the first page
	resp := &routingv1.ListFairnessEntriesResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		pool, err := store.GetPool(ctx, tx, ledgersPool(req.GetParent()))
		if err != nil {
			return missing(err, req.GetParent())
		}
		filter := store.TurnFilter{Book: pool.Book, Rep: ident.ID(req.GetRep(), "reps"), Epoch: page.Key.Number, Turn: after}
		turns, err := store.ListTurns(ctx, tx, filter, page.Limit())
		if err != nil {
			return err
		}
		turns, resp.NextPageToken = paging.Cut(page, turns, func(t *store.Turn) paging.Key {
			return paging.Key{Number: t.Epoch, Text: strconv.FormatInt(t.Turn, 10)}
		})
		resp.FairnessEntries, err = showTurns(ctx, tx, req.GetParent(), turns)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// CreditTurn implements RoutingService.
func (s *Service) CreditTurn(ctx context.Context, req *routingv1.CreditTurnRequest) (*routingv1.FairnessEntry, error) {
	now, name := s.cfg.Now(), req.GetName()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.FairnessEntry, error) {
		p, err := s.peek(ctx, tx, ident.ID(name, "handoffs"))
		if err != nil {
			return nil, missing(err, name)
		}
		if int(req.GetAssignment()) > len(p.assignments) {
			return nil, fault.Field("assignment", "%s has had %d", name, len(p.assignments))
		}
		a := p.assignments[req.GetAssignment()-1]
		if a.Book == "" {
			return nil, fault.Refused(name, p.life.State.String(), "assignment %d of %s took nobody's turn", a.Number, name)
		}
		w := s.begin(tx, now)
		if err := w.turnBack(ctx, a, req.GetReason()); err != nil {
			return nil, err
		}
		if err := w.save(ctx); err != nil {
			return nil, err
		}
		turn, err := store.GetTurn(ctx, tx, a.Book, a.Epoch, a.Turn)
		if err != nil {
			return nil, err
		}
		shown, err := showTurns(ctx, tx, poolName(turn.Pool)+"/ledger", []*store.Turn{turn})
		if err != nil {
			return nil, err
		}
		return shown[0], nil
	})
}

// showTurns are decisions of one book as the API shows them to the caller: whose a handoff is not does not learn of it.
func showTurns(ctx context.Context, q sqldb.Querier, ledger string, turns []*store.Turn) ([]*routingv1.FairnessEntry, error) {
	if len(turns) == 0 {
		return nil, nil
	}
	caller, err := viewerOf(ctx, q)
	if err != nil {
		return nil, err
	}
	epochs := make([]int64, len(turns))
	for i, t := range turns {
		epochs[i] = t.Epoch
	}
	rosters, err := store.Rosters(ctx, q, turns[0].Book, epochs)
	if err != nil {
		return nil, err
	}
	acts, err := store.Acts(ctx, q, turns[0].Book, epochs)
	if err != nil {
		return nil, err
	}
	shown := make([]*routingv1.FairnessEntry, len(turns))
	for i, t := range turns {
		moved, err := t.Moved()
		if err != nil {
			return nil, err
		}
		shown[i] = &routingv1.FairnessEntry{Name: ident.Name(ledger, "entries", strconv.FormatInt(t.Epoch, 10)+"-"+strconv.FormatInt(t.Turn, 10)),
			Pool: poolName(t.Pool), Rep: repName(t.Rep), Assignment: int32(t.Assignment), Rule: routingv1.FairnessEntry_Rule(t.Rule),
			Tie: routingv1.FairnessEntry_Tie(t.Tie), DecideTime: instant(t.DecidedAt), Shares: shares(rosters[t.Epoch].Entry(t.Turn, t.Rep).Shares),
			Clamped: shares(moved), Acts: showActs(acts[[2]int64{t.Epoch, t.Turn}])}
		if caller.wide || caller.rep == t.Rep {
			shown[i].Handoff = handoffName(t.Handoff)
		}
		if t.CreditedAt > 0 {
			shown[i].Credit = &routingv1.TurnCredit{Reason: routingv1.CreditReason(t.CreditReason), Actor: t.CreditedBy, CreditTime: instant(t.CreditedAt)}
		}
	}
	return shown, nil
}

// showActs are what was done to a turn as the API shows it.
func showActs(acts []*store.Act) []*routingv1.TurnAct {
	var shown []*routingv1.TurnAct
	for _, a := range acts {
		kind := routingv1.TurnAct_KIND_TAKEN_BACK
		if a.Restored {
			kind = routingv1.TurnAct_KIND_GIVEN_AGAIN
		}
		shown = append(shown, &routingv1.TurnAct{Kind: kind, Reason: routingv1.CreditReason(a.Reason), Actor: a.By, ActTime: instant(a.At)})
	}
	return shown
}

func shares(of []fairness.Share) []*routingv1.FairnessShare {
	var shown []*routingv1.FairnessShare
	for _, s := range of {
		shown = append(shown, &routingv1.FairnessShare{Rep: repName(s.Member), Nanos: int64(s.Units)})
	}
	return shown
}
