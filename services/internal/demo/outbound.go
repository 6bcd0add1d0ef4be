package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// outbound is something that happens to a deal which sales opened by itself, without a handoff.
type outbound struct {
	at      time.Time
	account string // its id in the CRM
	deal    *attributionv1.Opportunity
}

func (o outbound) key() string { return o.deal.GetSourceId() + " " + o.deal.GetState().String() }

// hunted are the deals that sales opens by itself, and how some of them end.
func hunted(seed string, c *company) []outbound {
	var all []outbound
	for _, a := range c.accounts {
		if a.pitch.IsZero() {
			continue
		}
		l := luck(seed, "deal", a.id)
		deal := &attributionv1.Opportunity{Source: "crm", SourceId: "OUT-" + a.id, RecordedTeam: playbookv1.Team_TEAM_SALES,
			Owner: "reps/" + cmp.Or(a.owner, c.hunter(l)), Amount: worth(l, 9_000, 19_000)}
		all = append(all, outbound{a.pitch, a.id, deal})
		if closed := a.pitch.Add(time.Duration(24+l.about(10*24)) * time.Hour); closed.Before(End.Add(-slot)) && l.happens(0.6) {
			all = append(all, outbound{closed, a.id, closing(deal, closed, l.happens(0.35))})
		}
	}
	return all
}

// hunter is a rep who goes after accounts that nobody owns.
func (c *company) hunter(l chance) string {
	for {
		if r := pick(l, c.reps); r.team == enterprise {
			return r.id
		}
	}
}

// worth is an amount of at least so much, in dollars and cents.
func worth(l chance, least int64, beyond float64) *money.Money {
	return &money.Money{CurrencyCode: "USD", Units: least + int64(l.about(beyond)), Nanos: int32(l.IntN(100)) * 10_000_000}
}

// closing is the end of a deal.
func closing(deal *attributionv1.Opportunity, at time.Time, won bool) *attributionv1.Opportunity {
	end := &attributionv1.Opportunity{Source: deal.GetSource(), SourceId: deal.GetSourceId(), State: attributionv1.Opportunity_STATE_LOST,
		CloseTime: timestamppb.New(at)}
	if won {
		end.State = attributionv1.Opportunity_STATE_WON
	}
	return end
}

// sendDeals sends what became of sales' own deals.
func (p *player) sendDeals(ctx context.Context, deals []outbound) error {
	for _, d := range deals {
		if d.deal.GetState() == attributionv1.Opportunity_STATE_UNSPECIFIED {
			d.deal.Account = p.accounts[d.account]
		}
		_, err := attributionv1.NewAttributionServiceClient(p.crm).CreateOpportunity(ctx, &attributionv1.CreateOpportunityRequest{
			Opportunity: d.deal, RequestId: requestID("outbound", d.key())})
		if err != nil {
			return fmt.Errorf("send deal %s: %w", d.key(), err)
		}
	}
	return nil
}

// knowAccounts learns the names of the accounts in the books, by their ids in the CRM.
func (p *player) knowAccounts(ctx context.Context) error {
	p.accounts = map[string]string{}
	token := ""
	for {
		resp, err := scoringv1.NewScoringServiceClient(p.ops).ListAccounts(ctx, &scoringv1.ListAccountsRequest{PageSize: 1000, PageToken: token})
		if err != nil {
			return fmt.Errorf("list accounts: %w", err)
		}
		for _, a := range resp.GetAccounts() {
			p.accounts[a.GetSourceId()] = a.GetName()
		}
		if token = resp.GetNextPageToken(); token == "" {
			return nil
		}
	}
}
