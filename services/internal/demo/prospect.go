package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// Who would buy is the truth of this world. The playbook does not know it; the answers of sales tell.
const (
	buys = 0.92 // how likely somebody has a use for the product, unless there is something against it

	small      = 400  // people at a company, below which the product rarely fits
	ofSmall    = 0.2  // how much is left of the likelihood at a small company
	ofCurious  = 0.65 // for somebody who only watched the webinar
	ofSocial   = 0.4  // for somebody whom the ads on social networks brought
	tooFew     = 200  // people at a company, below which it is no customer by the playbook
	noCustomer = 0.9  // how often such a company is rejected at once
)

// prospect is a person on a rep's desk, as the rep finds them.
type prospect struct {
	*person
	ready bool // asked for a demo or a price
	good  bool // would buy
}

// prospect finds out whom a handoff is about.
func (p *player) prospect(ctx context.Context, lead string, at time.Time) (prospect, error) {
	l, err := scoringv1.NewScoringServiceClient(p.ops).GetLead(ctx, &scoringv1.GetLeadRequest{Name: lead})
	if err != nil {
		return prospect{}, fmt.Errorf("look at %s: %w", lead, err)
	}
	who, known := p.people[strings.ToLower(l.GetEmail())]
	if !known {
		return prospect{}, fmt.Errorf("look at %s: nobody of the script", lead)
	}
	found := prospect{person: who, ready: !who.asked.IsZero() && !who.asked.After(at)}
	found.good = luck(p.cfg.Seed, "use", fmt.Sprint(who.number)).happens(found.likelihood())
	return found, nil
}

// likelihood is how likely the person would buy.
func (p prospect) likelihood() float64 {
	likely := buys
	if p.size() < small {
		likely *= ofSmall
	}
	if !p.ready {
		likely *= ofCurious
	}
	if p.campaign.id == "social" {
		likely *= ofSocial
	}
	return likely
}

// size is how many people really work at the person's company; that of somebody without one in the books is large enough.
func (p prospect) size() int64 {
	if p.account == nil {
		return small
	}
	return p.account.size
}

// end is how it ends once sales has worked the lead, with the rating of it.
func (t task) end() (outcome routingv1.Handoff_Outcome, rating int32) {
	switch {
	case t.good && t.luck.happens(0.9):
		return routingv1.Handoff_OUTCOME_SQL, 4 + int32(t.luck.IntN(2))
	case t.good || t.size() >= small && t.luck.happens(0.6):
		return routingv1.Handoff_OUTCOME_NURTURE, 2 + int32(t.luck.IntN(2))
	default:
		return routingv1.Handoff_OUTCOME_DISQUALIFIED, 1 + int32(t.luck.IntN(2))
	}
}
