package scoring

import (
	"context"
	"math"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// byScore is the order of the highest score first.
const byScore = "score desc"

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
		rows, err := store.ListAccounts(ctx, tx, wantedAccounts(req, page), page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(a *store.ListedAccount) paging.Key {
			return paging.Key{Text: a.Account.ID, Number: a.Score}
		})
		accounts := make([]*record.Account, len(rows))
		var parents store.Wanted
		for i, row := range rows {
			accounts[i] = row.Account
			parents.IDs = append(parents.IDs, row.Account.Parent)
		}
		above, err := store.Accounts(ctx, tx, parents)
		if err != nil {
			return err
		}
		directory := dossier.NewDirectory(append(above, accounts...)...)
		resp.Accounts, err = withScores(ctx, tx, accounts, func(id string) bool { return isTarget(rules, directory, id) })
		return err
	})
	return resp, err
}

// wantedAccounts is which accounts a request asks for, and where the page begins.
func wantedAccounts(req *scoringv1.ListAccountsRequest, page paging.Page) store.AccountFilter {
	f := store.AccountFilter{ByScore: req.GetOrderBy() == byScore, Surging: req.GetSurging(), Below: below(page), Score: page.Key.Number}
	if page.First {
		f.Score = math.MaxInt64
	}
	return f
}
