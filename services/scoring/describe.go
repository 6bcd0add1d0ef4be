package scoring

import (
	"cmp"
	"context"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// DescribeLeads implements ScoringService.
func (s *Service) DescribeLeads(ctx context.Context, req *scoringv1.DescribeLeadsRequest) (*scoringv1.DescribeLeadsResponse, error) {
	now := s.cfg.Now()
	rules, err := s.active(ctx)
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.DescribeLeadsResponse{Playbook: playbookName(rules.Playbook)}
	for _, lead := range req.GetLeads() {
		described, err := s.described(ctx, lead, rules, now)
		if err != nil {
			refused, err := itemError(err)
			if err != nil {
				return nil, err
			}
			described = &scoringv1.DescribeLeadsResponse_Description{Error: refused}
		}
		resp.Descriptions = append(resp.Descriptions, described)
	}
	return resp, nil
}

func (s *Service) described(ctx context.Context, lead *scoringv1.DescribedLead, rules dossier.Rules, now time.Time) (*scoringv1.DescribeLeadsResponse_Description, error) {
	if err := s.fields.Check(lead); err != nil {
		return nil, err
	}
	if lead.GetSupposed() != nil {
		return s.describeSupposed(lead.GetSupposed(), rules, now)
	}
	return s.describeKnown(ctx, ident.ID(lead.GetName(), "leads"), rules, now)
}

// describeSupposed describes a what-if.
func (s *Service) describeSupposed(req *scoringv1.ScoreLeadRequest, rules dossier.Rules, now time.Time) (*scoringv1.DescribeLeadsResponse_Description, error) {
	if asOf := moment(req.GetAsOfTime()); !asOf.IsZero() {
		now = asOf
	}
	subject, err := supposed(req)
	if err != nil {
		return nil, err
	}
	subject.Lists = rules.Lists.Facts
	result := rules.Policy.Evaluate(subject, now)
	out := describe(&result)
	out.Context.Source, out.Context.SourceId = req.GetLead().GetSource(), req.GetLead().GetSourceId()
	if subject.Account != nil {
		given := req.GetAccount()
		out.Context.Account = &scoringv1.AccountContext{Target: result.Target, OpenOpportunity: given.GetOpenOpportunity(),
			Owner: repName(cmp.Or(subject.Account.Owner, result.TargetOwner))}
	}
	return out, nil
}

// describeKnown describes a lead that is known, with all of its person.
func (s *Service) describeKnown(ctx context.Context, id string, rules dossier.Rules, now time.Time) (*scoringv1.DescribeLeadsResponse_Description, error) {
	lead, err := s.visible(ctx, id)
	if err != nil {
		return nil, err
	}
	var out *scoringv1.DescribeLeadsResponse_Description
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, directory, err := recalledPerson(ctx, tx, lead, rules, now)
		if err != nil {
			return err
		}
		result := rules.Policy.Evaluate(p.Subject(rules, directory), now)
		p.Change.Result = &result
		out = describe(&result)
		out.Lead = leadName(p.Lead.ID)
		out.Context.Source, out.Context.SourceId = p.Lead.Source, p.Lead.SourceID
		c := p.Context(rules, directory, now)
		if account := directory.Account(c.Account); account != nil {
			out.Context.Account = &scoringv1.AccountContext{Account: accountName(account.ID), Target: result.Target, Customer: account.IsCustomer(),
				OpenOpportunity: account.Deals.Open, Owner: repName(c.Owner), OpportunityOwner: repName(c.Dealer)}
		}
		return nil
	})
	return out, err
}

// describe is what a result says of a lead to routing.
func describe(result *qualify.Result) *scoringv1.DescribeLeadsResponse_Description {
	return &scoringv1.DescribeLeadsResponse_Description{OverLine: result.OverLine, Disqualifier: result.Disqualifier,
		Context: &scoringv1.LeadContext{Intent: playbookv1.IntentLevel(result.Intent), FirstMatch: places(result.FirstMatch),
			Requirements: places(result.Requirements)}}
}
