package demo

import (
	"context"
	"fmt"

	"google.golang.org/genproto/googleapis/type/money"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// balance holds the services' books against each other.
func (p *player) balance(ctx context.Context, r *Report) ([]Check, error) {
	b := &books{player: p}
	for _, step := range []func(context.Context, *Report) error{b.leads, b.handoffs, b.fairness, b.credits} {
		if err := step(ctx, r); err != nil {
			return nil, fmt.Errorf("balance the books: %w", err)
		}
	}
	return b.checks, nil
}

type books struct {
	*player
	checks []Check
}

func (b *books) check(what string, want, got any) {
	b.checks = append(b.checks, Check{What: what, Want: fmt.Sprint(want), Got: fmt.Sprint(got)})
}

// leads: everybody who was created is in the funnel once; whoever crossed the line has a handoff.
func (b *books) leads(ctx context.Context, r *Report) error {
	known, mqls := map[string]bool{}, 0
	token := ""
	for {
		resp, err := scoringv1.NewScoringServiceClient(b.ops).ListLeads(ctx, &scoringv1.ListLeadsRequest{PageSize: 1000, PageToken: token})
		if err != nil {
			return err
		}
		for _, l := range resp.GetLeads() {
			if known[l.GetName()] {
				return fmt.Errorf("%s was listed twice", l.GetName())
			}
			known[l.GetName()] = true
			if l.GetHandoff() != "" {
				mqls++
			}
		}
		if token = resp.GetNextPageToken(); token == "" {
			break
		}
	}
	b.check("leads in the funnel = leads in scoring", len(known), r.Funnel.GetStages()[0].GetCount())
	b.check("MQLs in the funnel = leads with a handoff", mqls, r.Funnel.GetStages()[1].GetCount())
	qualified, err := b.count(ctx, "handoff.scoring.lead_qualified")
	if err != nil {
		return err
	}
	opened, err := b.count(ctx, "handoff.routing.handoff_opened")
	b.check("handoffs opened = leads qualified", qualified, opened)
	return err
}

// handoffs: every handoff is somewhere, and what routing says of answers is what feedback says.
func (b *books) handoffs(ctx context.Context, r *Report) error {
	states := map[routingv1.Handoff_State]int{}
	total, token := 0, ""
	for {
		resp, err := routingv1.NewRoutingServiceClient(b.ops).ListHandoffs(ctx, &routingv1.ListHandoffsRequest{PageSize: 1000, PageToken: token})
		if err != nil {
			return err
		}
		for _, h := range resp.GetHandoffs() {
			states[h.GetState()]++
			total++
		}
		if token = resp.GetNextPageToken(); token == "" {
			break
		}
	}
	opened, err := b.count(ctx, "handoff.routing.handoff_opened")
	if err != nil {
		return err
	}
	b.check("handoffs held, assigned, accepted or closed = handoffs opened", opened, total)
	closed, err := b.count(ctx, "handoff.routing.handoff_closed")
	if err != nil {
		return err
	}
	b.check("closed handoffs = closings told", closed, states[routingv1.Handoff_STATE_CLOSED])
	rejected, err := b.count(ctx, "handoff.routing.handoff_rejected")
	b.check("rejections reported = rejections routed", rejected, r.Rejections.GetRejectedCount())
	return err
}

// fairness: nobody's gain is nobody's loss.
func (b *books) fairness(_ context.Context, r *Report) error {
	for _, ledger := range r.Ledgers {
		var sum int64
		for _, a := range ledger.GetAccounts() {
			sum += a.GetDeficitNanos()
		}
		b.check("deficits of "+ledger.GetName()+" sum to zero", 0, sum)
	}
	return nil
}

// credits: whatever the model, the money is the pipeline's, to the cent.
func (b *books) credits(_ context.Context, r *Report) error {
	pipeline, exact := cents(r.Sourcing.GetPipeline().GetAmount()), 0
	for _, credit := range r.Credits {
		sums := map[int64]bool{}
		for _, slices := range [][]*attributionv1.CreditSlice{credit.GetChannels(), credit.GetCampaigns()} {
			sum := cents(credit.GetUntouched())
			for _, s := range slices {
				sum += cents(s.GetAmount())
			}
			sums[sum] = true
		}
		if len(sums) == 1 && sums[pipeline] {
			exact++
		}
	}
	b.check("models whose credits sum to the pipeline, to the cent", len(r.Credits), exact)
	classes := cents(r.Sourcing.GetSourced().GetAmount()) + cents(r.Sourcing.GetInfluenced().GetAmount()) + cents(r.Sourcing.GetUntouched().GetAmount())
	b.check("sourced + influenced + neither = pipeline, in cents", pipeline, classes)
	return nil
}

// count is how many events of a type the journal has.
func (b *books) count(ctx context.Context, kind string) (n int, err error) {
	after := int64(0)
	for {
		resp, err := journeyv1.NewJourneyServiceClient(b.ops).ListEvents(ctx, &journeyv1.ListEventsRequest{PageSize: 1000, Type: kind, After: after})
		if err != nil {
			return 0, err
		}
		n += len(resp.GetEntries())
		if resp.GetNextPageToken() == "" {
			return n, nil
		}
		after = resp.GetEntries()[len(resp.GetEntries())-1].GetNumber()
	}
}

func cents(m *money.Money) int64 { return m.GetUnits()*100 + int64(m.GetNanos())/10_000_000 }
