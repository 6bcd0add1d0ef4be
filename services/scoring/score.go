package scoring

import (
	"context"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// ScoreLead implements ScoringService. It reads nothing but memory, unless the rules were not looked up for a second.
func (s *Service) ScoreLead(ctx context.Context, req *scoringv1.ScoreLeadRequest) (*scoringv1.Score, error) {
	rules, err := s.active(ctx)
	if err != nil {
		return nil, err
	}
	return s.suppose(req, rules)
}

// active gives the rules of about now; without a playbook there are none.
func (s *Service) active(ctx context.Context) (dossier.Rules, error) {
	rules, err := s.rules.now(ctx)
	if err == nil && rules.Policy == nil {
		err = notActive()
	}
	return rules, err
}

// suppose scores a what-if.
func (s *Service) suppose(req *scoringv1.ScoreLeadRequest, rules dossier.Rules) (*scoringv1.Score, error) {
	asOf := moment(req.GetAsOfTime())
	if asOf.IsZero() {
		asOf = s.cfg.Now()
	}
	subject, err := supposed(req)
	if err != nil {
		return nil, err
	}
	subject.Lists = rules.Lists.Facts
	result := rules.Policy.Evaluate(subject, asOf)
	return toScore(&result, "", rules.Playbook, asOf), nil
}

// supposed is the lead of a what-if.
func supposed(req *scoringv1.ScoreLeadRequest) (*qualify.Subject, error) {
	who, err := person.Read(profile(req.GetLead()))
	if err != nil {
		return nil, fault.Field("lead.email", "is not an e-mail address")
	}
	subject := &qualify.Subject{Lead: who.Facts(req.GetLead().GetSource(), req.GetLead().GetPartner())}
	if req.GetAccount() != nil {
		company, err := company(req.GetAccount(), "account.")
		if err != nil {
			return nil, err
		}
		company.Deals.Open = req.GetAccount().GetOpenOpportunity()
		subject.Account = &qualify.Account{Facts: company.Facts(), Domains: company.Domains(), Owner: company.Owner, Around: &qualify.Around{}}
	}
	return subject, engage(subject, req.GetEngagements())
}

// engage adds what is said to have been done.
func engage(subject *qualify.Subject, given []*scoringv1.Engagement) error {
	ids := slashed(len(given), func(i int) (source, id string) { return given[i].GetSource(), given[i].GetSourceEventId() })
	subject.Engagements = make([]qualify.Engagement, 0, len(given))
	for i, e := range given {
		switch {
		case e.GetAutomated():
		case !aboutAccount(e):
			subject.Engagements = append(subject.Engagements, supposedEngagement(ids[i], e))
		case subject.Account == nil:
			return fault.Field("account", "is required: engagements[%d] is about it", i)
		default:
			subject.Account.Around.Events = append(subject.Account.Around.Events, supposedEngagement(ids[i], e))
		}
	}
	return nil
}

// aboutAccount reports whether an engagement is of nobody in particular.
func aboutAccount(e *scoringv1.Engagement) bool {
	switch e.GetWho().(type) {
	case *scoringv1.Engagement_Account, *scoringv1.Engagement_AccountDomain, *scoringv1.Engagement_AccountSourceId:
		return true
	default:
		return false
	}
}

func supposedEngagement(id string, e *scoringv1.Engagement) qualify.Engagement {
	return qualify.Engagement{ID: id, Event: criteria.Event{
		Type: e.GetType(), OccurredAt: moment(e.GetOccurTime()), Page: e.GetPage(), Form: e.GetForm(), Asset: e.GetAsset(),
		Campaign: ident.ID(e.GetCampaign(), "campaigns"), Channel: e.GetChannel(), Source: e.GetSource()}}
}

func notActive() error {
	return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE, "no playbook is active yet")
}
