package scoring

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
)

// context is what sales gets with a person who was just judged. It holds nothing personal.
func (d *desk) context(p *dossier.Dossier) *scoringv1.LeadContext {
	c, result, lead := p.Context(d.rules, d.directory, d.now), p.Change.Result, p.Lead
	out := &scoringv1.LeadContext{Source: lead.Source, SourceId: lead.SourceID, Campaign: campaignName(c.Campaign), Channel: c.Channel,
		ContentConsumed: c.Content, LeadMagnet: c.Magnet, Score: toScore(result, leadName(lead.ID)+"/score", d.rules.Playbook, d.now),
		Intent: playbookv1.IntentLevel(result.Intent), Account: d.accountContext(p, c), FirstMatch: places(result.FirstMatch),
		Seniority: p.Who().Seniority(), Function: p.Who().Function(), Country: p.Who().CountryCode(), Missing: c.Missing, Personas: lead.Score.Personas,
		Requirements: places(result.Requirements)}
	for _, count := range c.Counts {
		out.EngagementCounts = append(out.EngagementCounts, &scoringv1.EngagementCount{Type: count.Type, Count: int32(count.Times)})
	}
	for i := range c.Recent {
		e := &c.Recent[i]
		out.RecentEngagements = append(out.RecentEngagements, &scoringv1.EngagementFact{Type: e.Type, OccurTime: timestamppb.New(e.OccurredAt),
			Subject: e.Subject(), Campaign: campaignName(e.Campaign)})
	}
	return out
}

func (d *desk) accountContext(p *dossier.Dossier, c *dossier.Context) *scoringv1.AccountContext {
	account := d.directory.Account(p.Lead.Match.Account)
	if account == nil {
		return nil
	}
	out := &scoringv1.AccountContext{Account: accountName(account.ID), MatchRule: string(p.Lead.Match.Rule), Target: p.Change.Result.Target,
		Customer: account.IsCustomer(), OpenOpportunity: account.Deals.Open, Owner: repName(c.Owner), OpportunityOwner: repName(c.Dealer),
		Industry: account.Industry, Country: account.Keys.Country, Committee: toCommittee(c.Committee), Triggers: c.Triggers}
	if p.Lead.Partner == "" {
		out.Score = toMomentum(d.momenta[account.ID])
	}
	return out
}

func places(of []int) []int32 {
	var out []int32
	for _, i := range of {
		out = append(out, int32(i))
	}
	return out
}
