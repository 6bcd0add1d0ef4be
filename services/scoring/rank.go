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
	"github.com/handoffhq/handoff/services/scoring/internal/resemblance"
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
	var rows []*candidate
	rows, resp.NextPageToken = paging.Cut(page, r.best, func(c *candidate) paging.Key { return paging.Key{Number: c.points, Text: c.account.ID} })
	for _, c := range rows {
		resp.Accounts = append(resp.Accounts, c.toProto(rate))
	}
	return resp, nil
}

// rating says how well companies fit.
type rating interface {
	points(c *candidate) int64 // in millionths of a point; asked of every account
	reasons(c *candidate) []string
}

// ratingBy is the rating that was asked for. What speaks against relying on it goes into the answer.
func (s *Service) ratingBy(ctx context.Context, basis scoringv1.RankBasis, rules dossier.Rules, resp *scoringv1.RankAccountsResponse) (rating, error) {
	if basis == scoringv1.RankBasis_RANK_BASIS_PLAYBOOK {
		if rules.Policy == nil {
			return nil, fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE, "no playbook is active yet")
		}
		return byPlaybook{rules, s.cfg.Now()}, nil
	}
	both, err := s.profiles(ctx)
	if err != nil {
		return nil, err
	}
	resp.Warnings = both.warnings()
	return byProfile{both.yardstick()}, nil
}

// byProfile rates by what customers have in common.
type byProfile struct{ yardstick resemblance.Yardstick }

func (r byProfile) points(c *candidate) int64 {
	return r.yardstick.Points(resembled(&c.account.Company))
}

func (r byProfile) reasons(c *candidate) []string {
	return r.yardstick.Reasons(resembled(&c.account.Company))
}

// byPlaybook rates by the fit rules of a playbook, as if nothing were known of any person.
type byPlaybook struct {
	rules dossier.Rules
	now   time.Time
}

func (r byPlaybook) subject(c *candidate) *qualify.Subject {
	return &qualify.Subject{Lists: r.rules.Lists.Facts, Account: &qualify.Account{Facts: c.account.Facts(), Domains: c.own, Above: c.above, Owner: c.account.Owner}}
}

func (r byPlaybook) points(c *candidate) int64 {
	return int64(r.rules.Policy.FitPoints(r.subject(c), r.now))
}

func (r byPlaybook) reasons(c *candidate) []string {
	var reasons []string
	result := r.rules.Policy.Evaluate(r.subject(c), r.now)
	for line := range result.Fit.Lines() {
		switch line.Truth {
		case scorecard.True:
			reasons = append(reasons, fmt.Sprintf("%s: %v points", line.Rule, line.Contribution))
		case scorecard.Unknown:
			reasons = append(reasons, line.Rule+" is not known")
		default:
			reasons = append(reasons, line.Rule+": no")
		}
	}
	return reasons
}

// candidate is an account in a ranking.
type candidate struct {
	account    *record.Account
	own, above []string // its domains, and those of the accounts that it belongs to
	points     int64
	target     bool
}

// order ranks the better one first, and of equals the one that came first.
func (c *candidate) order(other *candidate) int {
	return cmp.Or(cmp.Compare(other.points, c.points), cmp.Compare(c.account.ID, other.account.ID))
}

func (c *candidate) toProto(rate rating) *scoringv1.RankedAccount {
	return &scoringv1.RankedAccount{Account: accountName(c.account.ID), DisplayName: c.account.DisplayName, Domain: c.account.Domains()[0],
		Owner: repName(c.account.Owner), FitMicros: c.points, Reasons: rate.reasons(c), Target: c.target}
}

// ranking finds one page of all accounts in their order. It asks every account for its points alone, and holds no more than
// the page; why they fit is asked of those on the page.
type ranking struct {
	page  paging.Page
	rules dossier.Rules
	rate  rating
	best  []*candidate
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
	c := &candidate{account: a}
	c.own, c.above = directory.Domains(a.ID)
	c.points = r.rate.points(c)
	behind := &candidate{account: &record.Account{ID: r.page.Key.Text}, points: r.page.Key.Number}
	if !r.page.First && c.order(behind) <= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(r.best, c, (*candidate).order)
	if at >= int(r.page.Limit()) {
		return
	}
	c.target = isTarget(r.rules, directory, a.ID)
	r.best = slices.Insert(r.best, at, c)
	r.best = r.best[:min(len(r.best), int(r.page.Limit()))]
}
