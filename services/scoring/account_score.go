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

// maxPeople is how many of an account's people are explained, the newest.
const maxPeople = 500

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
	people, err := peopleAt(ctx, tx, account, rules, asOf)
	if err != nil {
		return nil, err
	}
	own, err := ownAt(ctx, tx, account, nil, asOf)
	if err != nil {
		return nil, err
	}
	state, err := store.SurgeAt(ctx, tx, account, asOf)
	if err != nil {
		return nil, err
	}
	result := rules.Policy.Account(people, own, asOf)
	score := toAccountScore(&result, accountName(account)+"/score", rules.Playbook, asOf)
	warm := own
	for i := range people {
		warm = slices.Concat(warm, people[i].Engagements)
	}
	score.Surge = toSurge(rules.Policy.Surge, state, warm, asOf)
	return score, nil
}

// peopleAt are the people of an account as they were known at an instant, those of partners left out, in the order in which
// they came.
func peopleAt(ctx context.Context, tx *sqldb.Tx, account string, rules dossier.Rules, asOf time.Time) ([]qualify.Person, error) {
	leads, err := store.MatchedBy(ctx, tx, account, asOf, maxPeople)
	if err != nil {
		return nil, err
	}
	var people []qualify.Person
	for _, lead := range slices.Backward(leads) {
		ids, err := store.GroupAt(ctx, tx, lead, asOf)
		if err != nil {
			return nil, err
		}
		if ids[0] != lead {
			continue // it was part of another person then
		}
		p, directory, err := remembered(ctx, tx, ids, asOf)
		if err != nil {
			return nil, err
		}
		if p.Lead.Match.Account == account && p.Lead.Partner == "" {
			people = append(people, qualify.Person{Lead: lead, Subject: *p.Subject(rules, directory)})
		}
	}
	return people, nil
}

// ownAt is what had happened at an account and nobody in particular did, as recorded by an instant; of some types or of all.
func ownAt(ctx context.Context, tx *sqldb.Tx, account string, types []string, asOf time.Time) ([]qualify.Engagement, error) {
	events, err := store.OwnEvents(ctx, tx, []string{account}, store.Stretch{Types: types, RecordedBy: asOf, Newest: maxOwn})
	return record.Human(events[account]), err
}

// aroundAt is what happened at an account as it was known at an instant, as far as the playbook asks for it.
func aroundAt(ctx context.Context, tx *sqldb.Tx, account string, rules dossier.Rules, asOf time.Time) (*qualify.Around, error) {
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
	people, err := peopleAt(ctx, tx, account, rules, asOf)
	if err != nil {
		return nil, err
	}
	around.Members = criteria.Known(rules.Policy.Members(people, asOf))
	return around, nil
}
