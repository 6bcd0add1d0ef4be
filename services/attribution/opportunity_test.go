package attribution_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const (
	opened  = "handoff.attribution.opportunity_created"
	changed = "handoff.attribution.opportunity_changed"
	closed  = "handoff.attribution.opportunity_closed"
)

func (b *bundle) get(t *testing.T, name string) *attributionv1.Opportunity {
	t.Helper()
	o, err := b.api.GetOpportunity(b.ctx, &attributionv1.GetOpportunityRequest{Name: name})
	if err != nil {
		t.Fatalf("GetOpportunity(%s) error: %v", name, err)
	}
	return o
}

// update changes the fields of the mask.
func (b *bundle) update(o *attributionv1.Opportunity, mask ...string) (*attributionv1.Opportunity, error) {
	return b.api.UpdateOpportunity(b.ctx, &attributionv1.UpdateOpportunityRequest{Opportunity: o, UpdateMask: &fieldmaskpb.FieldMask{Paths: mask}})
}

func TestCreateOpportunityByARep(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		rep := roomtest.As(t.Context(), "jane", accessv1.Role_ROLE_SALES_REP)
		got, err := b.api.CreateOpportunity(rep, &attributionv1.CreateOpportunityRequest{
			Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "1", SourcedBy: playbookv1.Team_TEAM_SALES}})
		if err != nil {
			t.Fatalf("CreateOpportunity() error: %v", err)
		}
		want := &attributionv1.Opportunity{Name: got.GetName(), Source: "crm", SourceId: "1", State: attributionv1.Opportunity_STATE_OPEN,
			OpenTime: ts(roomtest.Start), CreateTime: ts(roomtest.Start), UpdateTime: ts(roomtest.Start), Test: true, Etag: `"1"`}
		wantProto(t, "defaults", want, got)
		wantProto(t, "GetOpportunity()", want, b.get(t, got.GetName()))
	})
}

func TestRepeatedImportChangesNothingAndTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		full := func(o *attributionv1.Opportunity) {
			o.State, o.CloseTime = attributionv1.Opportunity_STATE_LOST, ts(day(20))
			o.Contacts, o.Handoff, o.Owner, o.Stage = contacts(lead(2), lead(1)), handoff(1), "reps/jane", "demo"
			o.Contacts[0].Role = "champion"
			o.RecordedTeam, o.LossReason, o.Competitor = playbookv1.Team_TEAM_SALES, "price", "globex"
		}
		first := b.open(t, "1", day(10), full)
		wantProto(t, "GetOpportunity()", first, b.get(t, first.GetName()))
		b.Clock.Set(roomtest.Start.Add(time.Hour))
		wantProto(t, "all of it again", first, b.open(t, "1", day(10), full))
		partly, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{
			Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "1", Stage: "demo"}})
		if err != nil {
			t.Fatalf("CreateOpportunity() of a part error: %v", err)
		}
		wantProto(t, "a part of it again", first, partly)
		if diff := cmp.Diff([]string{opened, closed}, b.news(t)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestEventsTellTheDealAsItStandsWithoutFreeText(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		o := b.open(t, "1", day(10), func(o *attributionv1.Opportunity) { o.Contacts, o.Handoff = contacts(lead(1)), handoff(1) })
		b.Clock.Set(roomtest.Start.Add(time.Hour))
		last, err := b.update(&attributionv1.Opportunity{Name: o.GetName(), State: attributionv1.Opportunity_STATE_LOST, CloseTime: ts(day(11)),
			LossReason: "Ann left", Competitor: "Bob's"})
		if err != nil {
			t.Fatalf("UpdateOpportunity() error: %v", err)
		}
		told := b.Told(t)
		if len(told) != 2 {
			t.Fatalf("events: got %d, want 2", len(told))
		}
		wantProto(t, "told first", o, told[0].GetOpportunityCreated().GetOpportunity())
		bare := proto.CloneOf(last)
		bare.LossReason, bare.Competitor = "", ""
		wantProto(t, "told last", bare, told[1].GetOpportunityClosed().GetOpportunity())
		for i, e := range told {
			if e.GetKey() != o.GetName() || e.GetSeq() != int64(i+1) || e.GetLead() != lead(1) || e.GetHandoff() != handoff(1) {
				t.Errorf("envelope %d: got key %s, seq %d, lead %s, handoff %s", i, e.GetKey(), e.GetSeq(), e.GetLead(), e.GetHandoff())
			}
		}
	})
}

func TestCreateOpportunityMergesWhatIsGiven(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		first := b.open(t, "1", day(10), func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(1)) })
		b.Clock.Set(roomtest.Start.Add(time.Hour))
		second, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
			Source: "crm", SourceId: "1", Amount: usd(7), Contacts: contacts(lead(3), lead(2))}})
		if err != nil {
			t.Fatalf("CreateOpportunity() error: %v", err)
		}
		want := proto.CloneOf(first)
		want.Amount, want.Contacts, want.UpdateTime, want.Etag = usd(7), contacts(lead(3), lead(2)), ts(b.Clock.Now()), `"2"`
		wantProto(t, "merged", want, second)
		wantProto(t, "stored", want, b.get(t, first.GetName()))
		if diff := cmp.Diff([]string{opened, changed}, b.news(t)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestOpportunitiesThatAreRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*attributionv1.Opportunity)
		field  string
	}{
		{"no source", func(o *attributionv1.Opportunity) { o.Source = "" }, "opportunity.source"},
		{"no source id", func(o *attributionv1.Opportunity) { o.SourceId = "" }, "opportunity.source_id"},
		{"negative amount", func(o *attributionv1.Opportunity) { o.Amount = usd(-1) }, "opportunity.amount"},
		{"mixed signs", func(o *attributionv1.Opportunity) {
			o.Amount = &moneypb.Money{CurrencyCode: "USD", Units: 1, Nanos: -10_000_000}
		}, "opportunity.amount"},
		{"half a cent", func(o *attributionv1.Opportunity) {
			o.Amount = &moneypb.Money{CurrencyCode: "USD", Nanos: 5_000_000}
		}, "opportunity.amount"},
		{"a tenth of a yen", func(o *attributionv1.Opportunity) {
			o.Amount = &moneypb.Money{CurrencyCode: "JPY", Units: 1, Nanos: 100_000_000}
		}, "opportunity.amount"},
		{"too much", func(o *attributionv1.Opportunity) { o.Amount = &moneypb.Money{CurrencyCode: "USD", Units: 1 << 60} }, "opportunity.amount"},
		{"no currency", func(o *attributionv1.Opportunity) { o.Amount = &moneypb.Money{Units: 1} }, "opportunity.amount"},
		{"opened in the future", func(o *attributionv1.Opportunity) { o.OpenTime = ts(roomtest.Start.Add(time.Second)) }, "opportunity.open_time"},
		{"won, nobody knows when", func(o *attributionv1.Opportunity) { o.State = attributionv1.Opportunity_STATE_WON }, "opportunity.close_time"},
		{"open and closed", func(o *attributionv1.Opportunity) { o.CloseTime = ts(day(20)) }, "opportunity.close_time"},
		{"lost before it was opened", func(o *attributionv1.Opportunity) {
			o.State, o.CloseTime = attributionv1.Opportunity_STATE_LOST, ts(day(9))
		}, "opportunity.close_time"},
		{"a lead twice", func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(1), lead(1)) }, "opportunity.contacts"},
	}
	each(t, func(t *testing.T, b *bundle) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				o := &attributionv1.Opportunity{Source: "crm", SourceId: "1", Amount: usd(1), OpenTime: ts(day(10))}
				tt.change(o)
				_, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: o})
				wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", tt.field)
			})
		}
		if told := b.Told(t); len(told) != 0 {
			t.Errorf("events: got %v, want none", told)
		}
	})
}

func TestBatchIsMergedInOrderAllOrNone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		known := b.open(t, "known", day(10))
		request := func(id, stage string) *attributionv1.CreateOpportunityRequest {
			return &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: id, Stage: stage, OpenTime: ts(day(10))}}
		}
		batch := func(requests ...*attributionv1.CreateOpportunityRequest) ([]*attributionv1.Opportunity, error) {
			resp, err := b.api.BatchCreateOpportunities(b.ctx, &attributionv1.BatchCreateOpportunitiesRequest{Requests: requests})
			return resp.GetOpportunities(), err
		}
		bad := request("new", "")
		bad.Opportunity.CloseTime = ts(day(20))
		_, err := batch(request("new", ""), request("known", "demo"), bad)
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "requests[2].opportunity.close_time")
		own := request("new", "")
		own.RequestId = uuid
		_, err = batch(own)
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "requests[0].request_id")
		wantProto(t, "untouched by what was refused", known, b.get(t, known.GetName()))

		got, err := batch(request("new", "first"), request("known", "demo"), request("new", "second"))
		if err != nil {
			t.Fatalf("BatchCreateOpportunities() error: %v", err)
		}
		var stages []string
		for _, o := range got {
			stages = append(stages, o.GetSourceId()+" "+o.GetStage()+" "+o.GetEtag())
			wantProto(t, "stored", o, b.get(t, o.GetName()))
		}
		if diff := cmp.Diff([]string{`new second "1"`, `known demo "2"`, `new second "1"`}, stages); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{opened, opened, changed}, b.news(t)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}
