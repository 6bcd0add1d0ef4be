package scoring

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// competitors is the list of those who are nobody's target.
const competitors = "competitors"

// readAtOnce is how many accounts are read together while all are ranked.
const readAtOnce = 1000

// RankAccounts implements ScoringService.
func (s *Service) RankAccounts(ctx context.Context, req *scoringv1.RankAccountsRequest) (*scoringv1.RankAccountsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rules, err := s.rules.now(ctx)
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.RankAccountsResponse{}
	rate, err := s.ratingBy(ctx, req.GetBasis(), rules, resp)
	if err != nil {
		return nil, err
	}
	r := ranking{page: page, rules: rules, rate: rate}
	if err := s.cfg.DB.Read(ctx, r.read); err != nil {
		return nil, err
	}
	var rows []candidate
	rows, resp.NextPageToken = paging.Cut(page, r.best, func(c candidate) paging.Key { return paging.Key{Number: c.points, Text: c.account.ID} })
	for _, c := range rows {
		resp.Accounts = append(resp.Accounts, c.toProto())
	}
	return resp, nil
}

// rating says how well an account fits, in millionths of a point, and why.
type rating func(a *record.Account, directory *dossier.Directory) (points int64, reasons []string)

// ratingBy is the rating that was asked for. What speaks against relying on it goes into the answer.
func (s *Service) ratingBy(ctx context.Context, basis scoringv1.RankBasis, rules dossier.Rules, resp *scoringv1.RankAccountsResponse) (rating, error) {
	if basis == scoringv1.RankBasis_RANK_BASIS_PLAYBOOK {
		if rules.Policy == nil {
			return nil, fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE, "no playbook is active yet")
		}
		return fitRating(rules, s.cfg.Now()), nil
	}
	both, err := s.profiles(ctx)
	if err != nil {
		return nil, err
	}
	resp.Warnings = both.warnings()
	yardstick := both.yardstick()
	return func(a *record.Account, _ *dossier.Directory) (int64, []string) {
		return yardstick.Rate(resembled(&a.Company))
	}, nil
}

// fitRating rates by the fit rules of a playbook, as if nothing were known of any person.
func fitRating(rules dossier.Rules, now time.Time) rating {
	return func(a *record.Account, directory *dossier.Directory) (int64, []string) {
		own, above := directory.Domains(a.ID)
		result := rules.Policy.Evaluate(&qualify.Subject{Lists: rules.Lists.Facts,
			Account: &qualify.Account{Facts: a.Facts(), Domains: own, Above: above, Owner: a.Owner}}, now)
		var reasons []string
		for line := range result.Fit.Lines() {
			switch line.Truth {
			case scorecard.True:
				reasons = append(reasons, fmt.Sprintf("%s: %g points", line.Rule, inPoints(int64(line.Contribution))))
			case scorecard.Unknown:
				reasons = append(reasons, line.Rule+" is not known")
			default:
				reasons = append(reasons, line.Rule+": no")
			}
		}
		return int64(result.Fit.Total), reasons
	}
}

// inPoints are millionths of a point as points.
func inPoints(millionths int64) float64 { return float64(millionths) / 1_000_000 }

// candidate is an account in a ranking.
type candidate struct {
	account *record.Account
	points  int64
	reasons []string
	target  bool
}

// order ranks the better one first, and of equals the one that came first.
func (c candidate) order(other candidate) int {
	return cmp.Or(cmp.Compare(other.points, c.points), cmp.Compare(c.account.ID, other.account.ID))
}

func (c candidate) toProto() *scoringv1.RankedAccount {
	return &scoringv1.RankedAccount{Account: accountName(c.account.ID), DisplayName: c.account.DisplayName, Domain: c.account.Domains()[0],
		Owner: repName(c.account.Owner), Fit: inPoints(c.points), Reasons: c.reasons, Target: c.target}
}

// ranking finds one page of all accounts in their order. It looks at every account and holds no more than the page.
type ranking struct {
	page  paging.Page
	rules dossier.Rules
	rate  rating
	best  []candidate
}

func (r *ranking) read(ctx context.Context, tx *sqldb.Tx) error {
	rivals, err := store.GetList(ctx, tx, competitors)
	if errors.Is(err, store.ErrNotFound) {
		rivals, err = &store.List{}, nil
	}
	if err != nil {
		return err
	}
	isRival := func(domain string) bool { _, found := slices.BinarySearch(rivals.Entries.Values, domain); return found } // they are in order
	next := store.AccountFilter{Below: "~"}                                                                              // above every id
	for {
		rows, err := store.ListAccounts(ctx, tx, next, readAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		next.Below = rows[len(rows)-1].Account.ID
		var parents store.Wanted
		accounts := make([]*record.Account, len(rows))
		for i, row := range rows {
			accounts[i] = row.Account
			parents.IDs = append(parents.IDs, row.Account.Parent)
		}
		above, err := store.Accounts(ctx, tx, parents)
		if err != nil {
			return err
		}
		directory := dossier.NewDirectory(append(above, accounts...)...)
		for _, a := range accounts {
			if domains := a.Domains(); len(domains) > 0 && !a.IsCustomer() && !slices.ContainsFunc(domains, isRival) {
				r.consider(a, directory)
			}
		}
	}
}

// consider puts an account in its place, if that is on the page.
func (r *ranking) consider(a *record.Account, directory *dossier.Directory) {
	c := candidate{account: a}
	c.points, c.reasons = r.rate(a, directory)
	behind := candidate{account: &record.Account{ID: r.page.Key.Text}, points: r.page.Key.Number}
	if !r.page.First && c.order(behind) <= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(r.best, c, candidate.order)
	if at >= int(r.page.Limit()) {
		return
	}
	c.target = isTarget(r.rules, directory, a.ID)
	r.best = slices.Insert(r.best, at, c)
	r.best = r.best[:min(len(r.best), int(r.page.Limit()))]
}
