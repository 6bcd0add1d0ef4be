package scoring

import (
	"context"
	"slices"
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/sift"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ExplainScore implements ScoringService.
func (s *Service) ExplainScore(ctx context.Context, req *scoringv1.ExplainScoreRequest) (*scoringv1.Score, error) {
	now := s.cfg.Now()
	asOf := moment(req.GetAsOfTime())
	if asOf.IsZero() {
		asOf = now
	}
	lead, err := s.visible(ctx, ident.ID(strings.TrimSuffix(req.GetName(), "/score"), "leads"))
	if err != nil {
		return nil, err
	}
	if lead.CreatedAt.After(asOf) {
		return nil, fault.Field("as_of_time", "is before the lead was taken in")
	}
	rules, err := s.rulesAt(ctx, asOf, now)
	if err != nil {
		return nil, err
	}
	var subject *qualify.Subject
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		subject, err = recalled(ctx, tx, lead, rules, asOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	result := rules.Policy.Evaluate(subject, asOf)
	return toScore(&result, req.GetName(), rules.Playbook, asOf), nil
}

// rulesAt are the rules that were in force at an instant.
func (s *Service) rulesAt(ctx context.Context, asOf, now time.Time) (rules dossier.Rules, err error) {
	if !asOf.Before(now) {
		return s.active(ctx)
	}
	rules, err = s.rules.read(ctx, s.cfg.DB, asOf)
	if err == nil && rules.Policy == nil {
		err = notActive()
	}
	return rules, err
}

// personAt are the leads that were one person with a lead at an instant, and the one of them that stood for it. Who does not see
// everything sees those alone that GetLead shows of the lead now: others may be somebody else's since, or again.
func personAt(ctx context.Context, tx *sqldb.Tx, lead *record.Lead, asOf time.Time) (root string, groups map[string][]string, err error) {
	if root, err = store.RootAt(ctx, tx, lead.ID, asOf); err != nil {
		return "", nil, err
	}
	if groups, err = store.GroupsAt(ctx, tx, []string{root}, asOf); err != nil || scope.Wide(auth.ActorFrom(ctx)) {
		return root, groups, err
	}
	absorbed, err := absorbedBy(ctx, tx, []*record.Lead{lead})
	if err != nil {
		return "", nil, err
	}
	own := append(idsOf(absorbed[lead.ID]), lead.ID)
	mine, _ := sift.Split(groups[root], func(id string) bool { return slices.Contains(own, id) })
	if !slices.Contains(own, root) {
		root = lead.ID
	}
	return root, map[string][]string{root: mine}, nil
}

// recalled is the person behind a lead as it was known at an instant, with what had happened around it.
func recalled(ctx context.Context, tx *sqldb.Tx, lead *record.Lead, rules dossier.Rules, asOf time.Time) (*qualify.Subject, error) {
	p, directory, err := recalledPerson(ctx, tx, lead, rules, asOf)
	if err != nil {
		return nil, err
	}
	return p.Subject(rules, directory), nil
}

// recalledPerson is the same as a dossier, with the accounts that it names.
func recalledPerson(ctx context.Context, tx *sqldb.Tx, lead *record.Lead, rules dossier.Rules, asOf time.Time) (*dossier.Dossier, *dossier.Directory, error) {
	root, groups, err := personAt(ctx, tx, lead, asOf)
	if err != nil {
		return nil, nil, err
	}
	people, err := recall(ctx, tx, []string{root}, groups, asOf, maxHistory)
	if err != nil {
		return nil, nil, err
	}
	p := people[0]
	if p.Lead.Match.Account, err = store.AccountAt(ctx, tx, root, asOf); err != nil {
		return nil, nil, err
	}
	directory, err := companiesAt(ctx, tx, p.Lead.Match.Account, asOf)
	if err != nil {
		return nil, nil, err
	}
	if account := p.Lead.Match.Account; account != "" && p.Lead.Partner == "" && rules.Policy.LooksAround() {
		around, err := aroundAt(ctx, tx, account, rules, asOf, directory)
		if err != nil {
			return nil, nil, err
		}
		directory.Surround(account, around)
	}
	return p, directory, nil
}
