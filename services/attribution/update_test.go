package attribution_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestUpdateOpportunity(t *testing.T) {
	won, open := attributionv1.Opportunity_STATE_WON, attributionv1.Opportunity_STATE_OPEN
	tests := []struct {
		name   string
		change *attributionv1.Opportunity
		mask   []string
		want   func(*attributionv1.Opportunity)
		news   string
	}{
		{"nothing new", &attributionv1.Opportunity{Stage: "demo"}, nil, func(*attributionv1.Opportunity) {}, ""},
		{"an amount changes as a whole", &attributionv1.Opportunity{Amount: usd(11_00)}, nil, func(o *attributionv1.Opportunity) { o.Amount = usd(11_00) }, changed},
		{"also by a path into it", &attributionv1.Opportunity{Amount: usd(11_00)}, []string{"amount.units", "amount.currency_code"},
			func(o *attributionv1.Opportunity) { o.Amount = usd(11_00) }, changed},
		{"what the mask names and is not given is cleared", &attributionv1.Opportunity{Stage: "kept"}, []string{"amount", "contacts", "account"},
			func(o *attributionv1.Opportunity) { o.Amount, o.Contacts, o.Account = nil, nil, "" }, changed},
		{"won", &attributionv1.Opportunity{State: won, CloseTime: ts(day(20))}, []string{"state", "close_time"},
			func(o *attributionv1.Opportunity) { o.State, o.CloseTime = won, ts(day(20)) }, closed},
		{"a state that is cleared is open", &attributionv1.Opportunity{}, []string{"state"}, func(*attributionv1.Opportunity) {}, ""},
		{"what only we set is not theirs", &attributionv1.Opportunity{Name: "", SourcedBy: playbookv1.Team_TEAM_SALES, Test: false},
			[]string{"sourced_by", "test", "create_time"}, func(*attributionv1.Opportunity) {}, ""},
		{"the whole of it", &attributionv1.Opportunity{Source: "crm", SourceId: "1", State: open, Stage: "new"}, []string{"*"},
			func(o *attributionv1.Opportunity) { o.Stage, o.Amount, o.Contacts, o.Account = "new", nil, nil, "" }, changed},
	}
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(roomtest.Start.Add(time.Hour))
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				before := b.open(t, fmt.Sprint(i), day(10), func(o *attributionv1.Opportunity) {
					o.Amount, o.Stage, o.Contacts = usd(10_50), "demo", contacts(lead(1))
				})
				told := len(b.news(t))
				tt.change.Name, tt.change.Etag = before.GetName(), before.GetEtag()
				if tt.change.GetSourceId() != "" {
					tt.change.SourceId = before.GetSourceId()
				}
				got, err := b.update(tt.change, tt.mask...)
				if err != nil {
					t.Fatalf("UpdateOpportunity() error: %v", err)
				}
				want := proto.CloneOf(before)
				tt.want(want)
				var news []string
				if tt.news != "" {
					news, want.Etag = []string{tt.news}, `"2"`
				}
				wantProto(t, "changed", want, got)
				wantProto(t, "stored", want, b.get(t, before.GetName()))
				if diff := cmp.Diff(news, append([]string(nil), b.news(t)[told:]...)); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
			})
		}
	})
}

func TestAWonDealMayBeOpenedAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		o := b.open(t, "1", day(10), func(o *attributionv1.Opportunity) {
			o.State, o.CloseTime = attributionv1.Opportunity_STATE_WON, ts(day(20))
		})
		got, err := b.update(&attributionv1.Opportunity{Name: o.GetName(), State: attributionv1.Opportunity_STATE_OPEN}, "state")
		if err != nil {
			t.Fatalf("UpdateOpportunity() error: %v", err)
		}
		if got.GetState() != attributionv1.Opportunity_STATE_OPEN || got.GetCloseTime() != nil {
			t.Errorf("got %v closed at %v, want OPEN and no such time", got.GetState(), got.GetCloseTime())
		}
		if diff := cmp.Diff([]string{opened, closed, changed}, b.news(t)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestUpdatesThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		o := b.open(t, "1", day(10))
		_, err := b.update(&attributionv1.Opportunity{Name: o.GetName(), Stage: "x", Etag: `"9"`})
		wantRefused(t, err, codes.Aborted, "ETAG_MISMATCH")
		_, err = b.update(&attributionv1.Opportunity{Name: o.GetName(), Source: "erp"})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "opportunity.source")
		_, err = b.update(&attributionv1.Opportunity{Name: o.GetName()}, "source_id")
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "opportunity.source_id")
		_, err = b.update(&attributionv1.Opportunity{Name: o.GetName()}, "price")
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "update_mask")
		_, err = b.update(&attributionv1.Opportunity{Name: o.GetName(), State: attributionv1.Opportunity_STATE_WON}, "state")
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "opportunity.close_time")
		_, err = b.update(&attributionv1.Opportunity{Name: "opportunities/" + lead(1)[len("leads/"):]})
		wantRefused(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		_, err = b.api.GetOpportunity(b.ctx, &attributionv1.GetOpportunityRequest{Name: "opportunities/" + lead(1)[len("leads/"):]})
		wantRefused(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		wantProto(t, "after all that", o, b.get(t, o.GetName()))
	})
}

func TestListOpportunitiesOpenedLastFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for i, n := range []int{4, 2, 5, 1, 3} {
			b.open(t, fmt.Sprint(n), day(n), func(o *attributionv1.Opportunity) {
				o.Account = account(i % 2)
				if n == 2 {
					o.State, o.CloseTime = attributionv1.Opportunity_STATE_WON, ts(day(9))
				}
			})
		}
		tests := []struct {
			name string
			req  *attributionv1.ListOpportunitiesRequest
			want string
		}{
			{"all", &attributionv1.ListOpportunitiesRequest{}, "[5 4 3 2 1]"},
			{"of an account", &attributionv1.ListOpportunitiesRequest{Account: account(0)}, "[5 4 3]"},
			{"of a state", &attributionv1.ListOpportunitiesRequest{State: attributionv1.Opportunity_STATE_OPEN}, "[5 4 3 1]"},
			{"of both", &attributionv1.ListOpportunitiesRequest{Account: account(1), State: attributionv1.Opportunity_STATE_WON}, "[2]"},
			{"of nobody", &attributionv1.ListOpportunitiesRequest{Account: account(7)}, "[]"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got := []string{}
				tt.req.PageSize = 2
				for {
					page, err := b.api.ListOpportunities(b.ctx, tt.req)
					if err != nil {
						t.Fatalf("ListOpportunities() error: %v", err)
					}
					for _, o := range page.GetOpportunities() {
						got = append(got, o.GetSourceId())
					}
					if tt.req.PageToken = page.GetNextPageToken(); tt.req.GetPageToken() == "" {
						break
					}
				}
				if fmt.Sprint(got) != tt.want {
					t.Errorf("got %v, want %s", got, tt.want)
				}
			})
		}
	})
}

func TestRacingImportsMakeOneOpportunity(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const racers = 8
		names := make([]string, racers)
		var wait sync.WaitGroup
		for i := range racers {
			wait.Go(func() {
				o, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
					Source: "crm", SourceId: "1", OpenTime: ts(day(10)), Stage: fmt.Sprint(i)}})
				if err != nil {
					t.Errorf("CreateOpportunity() error: %v", err)
				}
				names[i] = o.GetName()
			})
		}
		wait.Wait()
		for _, name := range names {
			if name != names[0] {
				t.Errorf("names: got %v, want one", names)
			}
		}
		news := b.news(t)
		if len(news) != racers || news[0] != opened || news[1] != changed {
			t.Errorf("events: got %v, want one creation and %d changes", news, racers-1)
		}
		if got, want := b.get(t, names[0]).GetEtag(), fmt.Sprintf("%q", fmt.Sprint(racers)); got != want {
			t.Errorf("etag: got %s, want %s", got, want)
		}
	})
}
