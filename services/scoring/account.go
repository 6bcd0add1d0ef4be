package scoring

import (
	"context"
	"fmt"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// CreateAccount implements ScoringService.
func (s *Service) CreateAccount(ctx context.Context, req *scoringv1.CreateAccountRequest) (*scoringv1.Account, error) {
	accounts, err := s.putAccounts(ctx, req, []*scoringv1.CreateAccountRequest{req}, func(int) string { return "account." })
	if err != nil {
		return nil, err
	}
	return accounts.GetAccounts()[0], nil
}

// BatchCreateAccounts implements ScoringService.
func (s *Service) BatchCreateAccounts(ctx context.Context, req *scoringv1.BatchCreateAccountsRequest) (*scoringv1.BatchCreateAccountsResponse, error) {
	return s.putAccounts(ctx, req, req.GetRequests(), func(i int) string { return fmt.Sprintf("requests[%d].account.", i) })
}

// putAccounts creates accounts, or adds what is given to those that are known.
func (s *Service) putAccounts(ctx context.Context, req idempotency.Request, requests []*scoringv1.CreateAccountRequest, path func(int) string,
) (*scoringv1.BatchCreateAccountsResponse, error) {
	now := s.cfg.Now()
	for i, one := range requests {
		if err := sameRequest(one, req, i); err != nil {
			return nil, err
		}
		if err := complete(one.GetAccount(), path(i)); err != nil {
			return nil, err
		}
	}
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.BatchCreateAccountsResponse, error) {
		l, err := s.ledger(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		l.method = "CreateAccount"
		if err := l.openGiven(ctx, requests); err != nil {
			return nil, err
		}
		accounts := make([]*record.Account, len(requests))
		for i, one := range requests {
			if accounts[i], err = l.put(ctx, one.GetAccount(), path(i)); err != nil {
				return nil, err
			}
		}
		if err := l.save(ctx); err != nil {
			return nil, err
		}
		resp := &scoringv1.BatchCreateAccountsResponse{}
		resp.Accounts, err = withScores(ctx, tx, accounts, l.target)
		return resp, err
	})
}

// complete refuses an account that does not say what it is called.
func complete(a *scoringv1.Account, path string) error {
	for _, required := range []struct{ field, value string }{{"source", a.GetSource()}, {"source_id", a.GetSourceId()}} {
		if required.value == "" {
			return fault.Field(path+required.field, "is required")
		}
	}
	return nil
}

// UpdateAccount implements ScoringService.
func (s *Service) UpdateAccount(ctx context.Context, req *scoringv1.UpdateAccountRequest) (*scoringv1.Account, error) {
	now := s.cfg.Now()
	changes, err := patch.Read(req, req.GetAccount())
	if err != nil {
		return nil, err
	}
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Account, error) {
		l, err := s.ledger(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		l.method = "UpdateAccount"
		id := ident.ID(req.GetAccount().GetName(), "accounts")
		if err := l.open(ctx, store.Wanted{IDs: []string{id}}); err != nil {
			return nil, err
		}
		a := l.accounts[id]
		if a == nil {
			return nil, fault.Missing(req.GetAccount().GetName())
		}
		if err := etag.Check(req.GetAccount().GetName(), req.GetAccount().GetEtag(), a.Version); err != nil {
			return nil, err
		}
		if err := l.update(ctx, a, changes, "account."); err != nil {
			return nil, err
		}
		if err := l.save(ctx); err != nil {
			return nil, err
		}
		shown, err := withScores(ctx, tx, []*record.Account{a}, l.target)
		if err != nil {
			return nil, err
		}
		return shown[0], nil
	})
}

// withScores are accounts as the API shows them, each with what is kept of its score.
func withScores(ctx context.Context, q sqldb.Querier, accounts []*record.Account, target func(id string) bool) ([]*scoringv1.Account, error) {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	momenta, err := store.Momenta(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]*scoringv1.Account, len(accounts))
	for i, a := range accounts {
		shown[i] = toAccount(a, target(a.ID))
		shown[i].Score = toMomentum(momenta[a.ID])
	}
	return shown, nil
}

// GetAccount implements ScoringService.
func (s *Service) GetAccount(ctx context.Context, req *scoringv1.GetAccountRequest) (*scoringv1.Account, error) {
	rules, err := s.rules.now(ctx)
	if err != nil {
		return nil, err
	}
	id := ident.ID(req.GetName(), "accounts")
	found, err := store.Accounts(ctx, s.cfg.DB, store.Wanted{IDs: []string{id}})
	if err != nil {
		return nil, err
	}
	directory := dossier.NewDirectory(found...)
	if directory.Account(id) == nil {
		return nil, fault.Missing(req.GetName())
	}
	shown, err := withScores(ctx, s.cfg.DB, []*record.Account{directory.Account(id)}, func(id string) bool { return isTarget(rules, directory, id) })
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// isTarget reports whether an account, or one above it, is on the target account list.
func isTarget(rules dossier.Rules, directory *dossier.Directory, id string) bool {
	if rules.Policy == nil {
		return false
	}
	_, listed := rules.Policy.Target(directory.Domains(id))
	return listed
}

// refOf names an account in its source's terms.
func refOf(a *scoringv1.Account) string { return person.Ref(a.GetSource(), a.GetSourceId()) }
