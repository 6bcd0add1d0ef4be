package scoring

import (
	"context"
	"errors"
	"fmt"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/resemblance"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// usualCustomers is how many customers a profile is made of when nobody says.
const usualCustomers = 20

// ProposeProfile implements ScoringService.
func (s *Service) ProposeProfile(ctx context.Context, req *scoringv1.ProposeProfileRequest) (*scoringv1.AccountProfile, error) {
	now := s.cfg.Now()
	if err := speaksFor(ctx, req.GetTeam()); err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.AccountProfile, error) {
		customers, err := customers(ctx, tx, req)
		if err != nil {
			return nil, err
		}
		before, err := store.LockProfile(ctx, tx, int64(req.GetTeam()))
		if err != nil {
			return nil, err
		}
		if err := etag.Check(profileName(before.Team), req.GetEtag(), before.Version); err != nil {
			return nil, err
		}
		after := propose(before, customers, req.GetAttributes(), now)
		var was *scoringv1.AccountProfile
		if before.Version > 0 {
			was = toProfile(before)
		}
		key := eventlog.Key{Name: profileName(after.Team), Seq: &after.Events}
		if err := s.log.EmitChange(ctx, tx, key, "ProposeProfile", was, toProfile(after)); err != nil {
			return nil, err
		}
		return toProfile(after), store.PutProfile(ctx, tx, after)
	})
}

// speaksFor refuses a profile for a team that is not the caller's.
func speaksFor(ctx context.Context, team playbookv1.Team) error {
	roles := []accessv1.Role{accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_MARKETING_LEAD}
	if team == playbookv1.Team_TEAM_SALES {
		roles = []accessv1.Role{accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_SALES_MANAGER}
	}
	if auth.Has(auth.ActorFrom(ctx), roles...) {
		return nil
	}
	return fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING, "each team proposes its own profile").
		With("method", "/handoff.scoring.v1.ScoringService/ProposeProfile")
}

// customers are the accounts that a profile is to be made of.
func customers(ctx context.Context, tx *sqldb.Tx, req *scoringv1.ProposeProfileRequest) ([]*record.Account, error) {
	var ids []string
	for _, name := range req.GetAccounts() {
		ids = append(ids, ident.ID(name, "accounts"))
	}
	if len(ids) == 0 {
		last := int64(req.GetLast())
		if last == 0 {
			last = usualCustomers
		}
		var err error
		if ids, err = store.WonLast(ctx, tx, last); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, fault.Field("accounts", "no account has been won yet: name the customers")
	}
	found, err := store.Accounts(ctx, tx, store.Wanted{IDs: ids})
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*record.Account, len(found))
	for _, a := range found {
		byID[a.ID] = a
	}
	return inOrder(ids, byID, len(req.GetAccounts()) > 0)
}

// inOrder are the accounts of ids. One that was named must exist; of others those that exist are taken, for a deal may name
// an account that is not here.
func inOrder(ids []string, byID map[string]*record.Account, named bool) ([]*record.Account, error) {
	var all []*record.Account
	for i, id := range ids {
		switch a := byID[id]; {
		case a != nil:
			all = append(all, a)
		case named:
			return nil, fault.Dangling(fmt.Sprintf("accounts[%d]", i), accountName(id))
		}
	}
	return all, nil
}

// propose is the profile that comes after another one.
func propose(before *store.Profile, customers []*record.Account, extra []string, now time.Time) *store.Profile {
	after := &store.Profile{Team: before.Team, UpdatedAt: now, Version: before.Version + 1, Events: before.Events}
	companies := make([]resemblance.Company, len(customers))
	for i, a := range customers {
		companies[i] = resembled(&a.Company)
		after.Accounts = append(after.Accounts, a.ID)
	}
	after.Profile = resemblance.Make(companies, extra...)
	return after
}

// resembled is a company as profiles see it.
func resembled(c *record.Company) resemblance.Company {
	return resemblance.Company{Industry: c.Industry, Employees: c.Employees, Country: c.Keys.Country, Technologies: c.Technologies, Attributes: c.Attributes}
}

// GetAccountProfile implements ScoringService.
func (s *Service) GetAccountProfile(ctx context.Context, req *scoringv1.GetAccountProfileRequest) (*scoringv1.AccountProfile, error) {
	team := playbookv1.Team_TEAM_MARKETING
	if req.GetName() == profileName(int64(playbookv1.Team_TEAM_SALES)) {
		team = playbookv1.Team_TEAM_SALES
	}
	p, err := store.GetProfile(ctx, s.cfg.DB, int64(team))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing(req.GetName())
	}
	if err != nil {
		return nil, err
	}
	return toProfile(p), nil
}

// ListAccountProfiles implements ScoringService.
func (s *Service) ListAccountProfiles(ctx context.Context, req *scoringv1.ListAccountProfilesRequest) (*scoringv1.ListAccountProfilesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListProfiles(ctx, s.cfg.DB, page.Key.Number, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListAccountProfilesResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(p *store.Profile) paging.Key { return paging.Key{Number: p.Team} })
	for _, p := range rows {
		resp.AccountProfiles = append(resp.AccountProfiles, toProfile(p))
	}
	return resp, nil
}

// CompareProfiles implements ScoringService.
func (s *Service) CompareProfiles(ctx context.Context, _ *scoringv1.CompareProfilesRequest) (*scoringv1.ProfileComparison, error) {
	both, err := s.profiles(ctx)
	if err != nil {
		return nil, err
	}
	return toComparison(resemblance.Compare(both.marketing.Profile, both.sales.Profile), both.warnings()), nil
}

// profilePair is the profiles of both teams; one that nobody proposed is of version 0.
type profilePair struct{ marketing, sales *store.Profile }

func (s *Service) profiles(ctx context.Context) (both profilePair, err error) {
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for team, into := range map[playbookv1.Team]**store.Profile{playbookv1.Team_TEAM_MARKETING: &both.marketing, playbookv1.Team_TEAM_SALES: &both.sales} {
			p, err := store.GetProfile(ctx, tx, int64(team))
			if errors.Is(err, store.ErrNotFound) {
				p, err = &store.Profile{Team: int64(team)}, nil
			}
			if err != nil {
				return err
			}
			*into = p
		}
		return nil
	})
	return both, err
}

// warnings are what speaks against relying on the profiles.
func (p profilePair) warnings() []string {
	const source = "(Abmatic, on sales and marketing alignment)"
	switch {
	case p.marketing.Version == 0 && p.sales.Version == 0:
		return []string{"neither team has proposed a profile"}
	case p.sales.Version == 0:
		return []string{"sales has proposed no profile: marketing's by itself overfits to the top of the funnel " + source}
	case p.marketing.Version == 0:
		return []string{"marketing has proposed no profile: that of sales by itself reflects recent deals " + source}
	case p.yardstick().Empty():
		return []string{"the two profiles have no value in common: nothing can be ranked by what they agree on"}
	default:
		return nil
	}
}

// yardstick is what both teams see, or what the one sees that has looked.
func (p profilePair) yardstick() resemblance.Yardstick {
	switch {
	case p.sales.Version == 0:
		return resemblance.Of(p.marketing.Profile)
	case p.marketing.Version == 0:
		return resemblance.Of(p.sales.Profile)
	default:
		return resemblance.Agreed(p.marketing.Profile, p.sales.Profile)
	}
}
