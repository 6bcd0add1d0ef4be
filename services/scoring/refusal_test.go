package scoring_test

import (
	"math"
	"strings"
	"testing"
	"time"

	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func TestBadInputIsRefusedByItsFieldAndLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := func(change func(*scoringv1.Lead)) func() error {
			return func() error {
				l := &scoringv1.Lead{Source: "website", SourceId: "1", Email: "ann@initech.example"}
				change(l)
				_, err := b.CreateLead(b.ctx, &scoringv1.CreateLeadRequest{Lead: l})
				return err
			}
		}
		engagement := func(change func(*scoringv1.Engagement)) func() error {
			return func() error {
				e := byEmail("ann@initech.example", b.engagement("1", "page_view"))
				change(e)
				_, err := b.BatchRecordEngagements(b.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{e}})
				return err
			}
		}
		account := func(change func(*scoringv1.Account)) func() error {
			return func() error {
				a := &scoringv1.Account{Source: "crm", SourceId: "1", DisplayName: "X"}
				change(a)
				_, err := b.CreateAccount(b.ctx, &scoringv1.CreateAccountRequest{Account: a})
				return err
			}
		}
		crowded := map[string]string{}
		for i := range 101 {
			crowded["a"+strings.Repeat("x", i%60)+string(rune('a'+i%26))+strings.Repeat("y", i/26)] = ""
		}
		for name, c := range map[string]struct {
			call  func() error
			field string
		}{
			"no source":            {lead(func(l *scoringv1.Lead) { l.Source = "" }), "lead.source"},
			"source in capitals":   {lead(func(l *scoringv1.Lead) { l.Source = "Website" }), "lead.source"},
			"source id too long":   {lead(func(l *scoringv1.Lead) { l.SourceId = strings.Repeat("é", 201) }), "lead.source_id"},
			"NUL":                  {lead(func(l *scoringv1.Lead) { l.GivenName = "a\x00" }), "lead.given_name"},
			"no address":           {lead(func(l *scoringv1.Lead) { l.Email = "ann" }), "lead.email"},
			"two addresses":        {lead(func(l *scoringv1.Lead) { l.Email = "ann@a.example, bob@a.example" }), "lead.email"},
			"future":               {lead(func(l *scoringv1.Lead) { l.OccurTime = timestamppb.New(b.Clock.Now().Add(time.Second)) }), "lead.occur_time"},
			"time out of range":    {lead(func(l *scoringv1.Lead) { l.OccurTime = &timestamppb.Timestamp{Seconds: 1 << 62} }), "lead.occur_time"},
			"attribute's name":     {lead(func(l *scoringv1.Lead) { l.Attributes = map[string]string{"Seats!": "5"} }), "lead.attributes[?]"},
			"too many attributes":  {lead(func(l *scoringv1.Lead) { l.Attributes = crowded }), "lead.attributes"},
			"campaign's name":      {lead(func(l *scoringv1.Lead) { l.Campaign = "abm" }), "lead.campaign"},
			"nobody":               {engagement(func(e *scoringv1.Engagement) { e.Who = nil }), "engagements[0].who"},
			"engagement's address": {engagement(func(e *scoringv1.Engagement) { byEmail("ann@", e) }), "engagements[0].email"},
			"missing lead": {engagement(func(e *scoringv1.Engagement) {
				by(&scoringv1.Lead{Name: "leads/0123456789abcdef0123456789abcdef"}, e)
			}), "engagements[0].lead"},
			"far future": {engagement(func(e *scoringv1.Engagement) {
				e.OccurTime = timestamppb.New(b.Clock.Now().Add(day + time.Microsecond))
			}), "engagements[0].occur_time"},
			"no time":            {engagement(func(e *scoringv1.Engagement) { e.OccurTime = nil }), "engagements[0].occur_time"},
			"query of a page":    {engagement(func(e *scoringv1.Engagement) { e.Page = "/a?email=ann" }), "engagements[0].page"},
			"type":               {engagement(func(e *scoringv1.Engagement) { e.Type = "Page View" }), "engagements[0].type"},
			"nameless account":   {account(func(a *scoringv1.Account) { a.DisplayName = "" }), "account.display_name"},
			"account without id": {account(func(a *scoringv1.Account) { a.SourceId = "" }), "account.source_id"},
			"domain":             {account(func(a *scoringv1.Account) { a.Domains = []string{"a.example", "no domain"} }), "account.domains[1]"},
			"negative revenue": {account(func(a *scoringv1.Account) {
				a.AnnualRevenue = &moneypb.Money{CurrencyCode: "USD", Units: -1}
			}), "account.annual_revenue"},
			"overflowing revenue": {account(func(a *scoringv1.Account) {
				a.AnnualRevenue = &moneypb.Money{CurrencyCode: "USD", Units: math.MaxInt64}
			}), "account.annual_revenue"},
			"employees": {account(func(a *scoringv1.Account) { n := int64(-1); a.Employees = &n }), "account.employees"},
			"who inside a lead": {func() error {
				_, err := b.CreateLead(b.ctx, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website"},
					Engagements: []*scoringv1.Engagement{byEmail("ann@initech.example", b.engagement("1", "page_view"))}})
				return err
			}, "engagements[0].who"},
			"request inside a batch": {func() error {
				_, err := b.BatchCreateLeads(b.ctx, &scoringv1.BatchCreateLeadsRequest{Requests: []*scoringv1.CreateLeadRequest{
					{Lead: &scoringv1.Lead{Source: "website"}, RequestId: requestID}}})
				return err
			}, "requests[0].request_id"},
			"accounts in another list": {func() error {
				_, err := b.UpdateReferenceList(b.ctx, &scoringv1.UpdateReferenceListRequest{ReferenceList: &scoringv1.ReferenceList{Name: "referenceLists/competitors",
					Accounts: map[string]string{"a.example": "accounts/0123456789abcdef0123456789abcdef"}}})
				return err
			}, "reference_list.accounts"},
			"no domain in a list of domains": {func() error {
				_, err := b.UpdateReferenceList(b.ctx, &scoringv1.UpdateReferenceListRequest{ReferenceList: &scoringv1.ReferenceList{Name: "referenceLists/shared_domains",
					Values: []string{"not a domain"}}})
				return err
			}, "reference_list.values[0]"},
		} {
			t.Run(name, func(t *testing.T) {
				reason := "FIELD_INVALID"
				if name == "missing lead" {
					reason = "REFERENCE_NOT_FOUND"
				}
				wantFault(t, c.call(), codes.InvalidArgument, reason, c.field)
			})
		}
		if n := len(b.Told(t)); n != 0 {
			t.Errorf("refused requests told %d events", n)
		}
		resp, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{})
		if err != nil || len(resp.GetLeads()) != 0 {
			t.Errorf("refused requests left %v, %v", resp, err)
		}
		if got := b.record(t, byEmail("ann@initech.example", b.engagement("1", "page_view"))); got.GetWaitingCount() != 1 {
			t.Errorf("a refused engagement was recorded: %v", got)
		}
	})
}

func TestWhatCannotBeReadIsKeptAsTyped(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := b.create(t, &scoringv1.Lead{Source: "website", Phone: "n/a", Country: "Atlantis", Title: "\r\n\x1b[31mNinja", Company: "{\"a\":1}", GivenName: "=cmd|' /C calc'!A0"})
		if lead.GetPhone() != "n/a" || lead.GetCountry() != "Atlantis" || lead.GetTitle() != "\r\n\x1b[31mNinja" || lead.GetGivenName() != "=cmd|' /C calc'!A0" {
			t.Errorf("got %v", lead)
		}
	})
}
