package scoring

import (
	"context"
	"fmt"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
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
		for _, a := range accounts {
			resp.Accounts = append(resp.Accounts, toAccount(a, l.target(a.ID)))
		}
		return resp, nil
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
		return toAccount(a, l.target(a.ID)), nil
	})
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
	return toAccount(directory.Account(id), isTarget(rules, directory, id)), nil
}

// ListAccounts implements ScoringService.
func (s *Service) ListAccounts(ctx context.Context, req *scoringv1.ListAccountsRequest) (*scoringv1.ListAccountsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rules, err := s.rules.now(ctx)
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListAccountsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		rows, err := store.ListAccounts(ctx, tx, below(page), page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(a *record.Account) paging.Key { return paging.Key{Text: a.ID} })
		var parents store.Wanted
		for _, a := range rows {
			parents.IDs = append(parents.IDs, a.Parent)
		}
		above, err := store.Accounts(ctx, tx, parents)
		if err != nil {
			return err
		}
		directory := dossier.NewDirectory(append(above, rows...)...)
		for _, a := range rows {
			resp.Accounts = append(resp.Accounts, toAccount(a, isTarget(rules, directory, a.ID)))
		}
		return nil
	})
	return resp, err
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
