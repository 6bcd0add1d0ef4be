package attribution

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/money"
)

// campaignProto is a campaign as the API shows it.
func campaignProto(c *store.Campaign) *attributionv1.Campaign {
	return &attributionv1.Campaign{
		Name:        ident.Name("campaigns", c.ID),
		DisplayName: c.DisplayName,
		Channel:     c.Channel,
		Category:    c.Category,
		CreateTime:  timestamp(c.CreatedAt),
		UpdateTime:  timestamp(c.UpdatedAt),
		Etag:        etag.Of(c.RowVersion),
	}
}

// spendProto is a figure of spend as the API shows it.
func spendProto(s *store.Spend) *attributionv1.Spend {
	return &attributionv1.Spend{
		Name:       ident.Name("spends", s.ID),
		Source:     s.Source,
		SourceId:   s.SourceID,
		Campaign:   ident.Name("campaigns", s.Campaign),
		Category:   s.Category,
		Amount:     s.Amount.Proto(),
		SpendTime:  timestamp(s.SpentAt),
		CreateTime: timestamp(s.CreatedAt),
	}
}

// opportunityProto is an opportunity as the API shows it. States and teams are numbered alike.
func opportunityProto(o *store.Opportunity) *attributionv1.Opportunity {
	p := &attributionv1.Opportunity{
		Name:         ident.Name("opportunities", o.ID),
		Source:       o.Source,
		SourceId:     o.SourceID,
		Account:      ident.Name("accounts", o.Account),
		Handoff:      ident.Name("handoffs", o.Handoff),
		State:        attributionv1.Opportunity_State(o.State),
		Stage:        o.Stage,
		Owner:        ident.Name("reps", o.Owner),
		RecordedTeam: playbookv1.Team(o.Recorded),
		OpenTime:     timestamp(o.OpenedAt),
		CloseTime:    timestamp(o.ClosedAt),
		LossReason:   o.LossReason,
		Competitor:   o.Competitor,
		SourcedBy:    playbookv1.Team(o.SourcedBy),
		Test:         o.Test,
		CreateTime:   timestamp(o.CreatedAt),
		UpdateTime:   timestamp(o.UpdatedAt),
		Etag:         etag.Of(o.RowVersion),
	}
	for _, c := range o.Contacts {
		p.Contacts = append(p.Contacts, &attributionv1.Contact{Lead: ident.Name("leads", c.Lead), Role: c.Role})
	}
	if o.Currency != "" {
		p.Amount = worth(o).Proto()
	}
	return p
}

// dealOf is what a caller says of an opportunity. The path is where the opportunity stands in the request.
func dealOf(p *attributionv1.Opportunity, path string) (deal.Deal, error) {
	d := deal.Deal{
		Source:     p.GetSource(),
		SourceID:   p.GetSourceId(),
		Account:    ident.ID(p.GetAccount(), "accounts"),
		Handoff:    ident.ID(p.GetHandoff(), "handoffs"),
		State:      deal.State(p.GetState()),
		Stage:      p.GetStage(),
		Owner:      ident.ID(p.GetOwner(), "reps"),
		Recorded:   credit.Team(p.GetRecordedTeam()),
		OpenedAt:   instant(p.GetOpenTime()),
		ClosedAt:   instant(p.GetCloseTime()),
		LossReason: p.GetLossReason(),
		Competitor: p.GetCompetitor(),
	}
	for _, c := range p.GetContacts() {
		d.Contacts = append(d.Contacts, deal.Contact{Lead: ident.ID(c.GetLead(), "leads"), Role: c.GetRole()})
	}
	if p.GetAmount() == nil {
		return d, nil
	}
	amount, err := money.Parse(p.GetAmount())
	if err != nil {
		return deal.Deal{}, fault.Field(path+".amount", "%v", err)
	}
	d.AmountMinor, d.Currency = amount.Minor, amount.Currency
	return d, nil
}

// worth is what an opportunity is worth; nothing of no currency when that is not known.
func worth(o *store.Opportunity) money.Amount {
	return money.Amount{Minor: o.AmountMinor, Currency: o.Currency}
}

// timestamp is an instant as the API shows it; missing for the zero instant.
func timestamp(at time.Time) *timestamppb.Timestamp {
	if at.IsZero() {
		return nil
	}
	return timestamppb.New(at)
}

// instant is an instant of the API, in microseconds; zero when it is missing.
func instant(at *timestamppb.Timestamp) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.AsTime().Truncate(time.Microsecond)
}
