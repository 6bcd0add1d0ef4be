package scoring

import (
	"context"
	"slices"
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ExplainAccountScore implements ScoringService.
func (s *Service) ExplainAccountScore(ctx context.Context, req *scoringv1.ExplainAccountScoreRequest) (*scoringv1.AccountScore, error) {
	now := s.cfg.Now()
	asOf := moment(req.GetAsOfTime())
	if asOf.IsZero() {
		asOf = now
	}
	name := strings.TrimSuffix(req.GetName(), "/score")
	found, err := store.Accounts(ctx, s.cfg.DB, store.Wanted{IDs: []string{ident.ID(name, "accounts")}})
	if err != nil {
		return nil, err
	}
	account := dossier.NewDirectory(found...).Account(ident.ID(name, "accounts"))
	if account == nil {
		return nil, fault.Missing(name)
	}
	if account.CreatedAt.After(asOf) {
		return nil, fault.Field("as_of_time", "is before the account was taken in")
	}
	rules, err := s.rulesAt(ctx, asOf, now)
	if err != nil {
		return nil, err
	}
	var score *scoringv1.AccountScore
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		score, err = explained(ctx, tx, account.ID, rules, asOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !scope.Wide(auth.ActorFrom(ctx)) {
		nameNobody(score)
	}
	return score, nil
}

// nameNobody leaves out who did what: a rep sees what an account comes to, and people only through handoffs of its own.
func nameNobody(score *scoringv1.AccountScore) {
	for _, line := range score.GetLines() {
		if line.GetLead() != "" {
			line.Lead, line.Engagements = "", nil
		}
	}
}

// explained is an account's score at an instant, with every line.
func explained(ctx context.Context, tx *sqldb.Tx, account string, rules dossier.Rules, asOf time.Time) (*scoringv1.AccountScore, error) {
	directory, err := companiesAt(ctx, tx, account, asOf)
	if err != nil {
		return nil, err
	}
	tally := rules.Policy.Tally(asOf)
	err = recallPeople(ctx, tx, account, asOf, maxHistory, func(p *dossier.Dossier) { tally.Add(p.Lead.ID, p.Subject(rules, directory)) })
	if err != nil {
		return nil, err
	}
	own, err := ownAt(ctx, tx, account, nil, asOf)
	if err != nil {
		return nil, err
	}
	result := tally.Result(own)
	score := toAccountScore(&result, accountName(account)+"/score", rules.Playbook, asOf)
	if rules.Policy.Surge == nil {
		return score, nil
	}
	state, err := store.SurgeAt(ctx, tx, account, asOf)
	if err != nil {
		return nil, err
	}
	stretch := warming(rules.Policy.Surge, asOf)
	stretch.KnownBy = asOf
	people, err := store.PeopleEvents(ctx, tx, []string{account}, stretch)
	score.Surge = toSurge(rules.Policy.Surge, state, slices.Concat(own, record.Human(people[account])), asOf)
	return score, err
}

// ownAt is what had happened at an account and nobody in particular did, as it was known at an instant; of some types or of all.
func ownAt(ctx context.Context, tx *sqldb.Tx, account string, types []string, asOf time.Time) ([]qualify.Engagement, error) {
	events, err := store.OwnEvents(ctx, tx, []string{account}, store.Stretch{Types: types, KnownBy: asOf, Newest: maxOwn})
	return record.Human(events[account]), err
}

// aroundAt is what happened at an account as it was known at an instant, as far as the playbook asks for it.
func aroundAt(ctx context.Context, tx *sqldb.Tx, account string, rules dossier.Rules, asOf time.Time, directory *dossier.Directory) (*qualify.Around, error) {
	around := &qualify.Around{}
	types, _ := rules.Policy.Happens()
	var err error
	if around.Events, err = ownAt(ctx, tx, account, types, asOf); err != nil {
		return nil, err
	}
	if rules.Policy.Surge != nil {
		state, err := store.SurgeAt(ctx, tx, account, asOf)
		if err != nil {
			return nil, err
		}
		around.Surging = criteria.Known(state.Surging)
	}
	if !rules.Policy.HasCommittee() {
		return around, nil
	}
	engaged, err := store.EngagedAt(ctx, tx, account, asOf)
	if err != nil {
		return nil, err
	}
	var members []qualify.Member
	err = recallPeople(ctx, tx, account, asOf, 0, func(p *dossier.Dossier) {
		one := p.CommitteeMember(rules, directory, asOf)
		one.EngagedAt = engaged[one.Lead]
		if members = append(members, one); len(members) >= 2*qualify.MostMembers {
			members = qualify.Foremost(members)
		}
	})
	around.Members = criteria.Known(qualify.Foremost(members))
	return around, err
}
