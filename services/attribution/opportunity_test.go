package attribution_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
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
			Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "1", SourcedBy: attributionv1.Opportunity_TEAM_SALES}})
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
			o.Leads, o.Handoff, o.Owner, o.Stage = []string{lead(2), lead(1)}, handoff(1), "reps/jane", "demo"
			o.RecordedTeam, o.LossReason, o.Competitor = attributionv1.Opportunity_TEAM_SALES, "price", "globex"
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
		o := b.open(t, "1", day(10), func(o *attributionv1.Opportunity) { o.Leads, o.Handoff = []string{lead(1)}, handoff(1) })
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
		first := b.open(t, "1", day(10), func(o *attributionv1.Opportunity) { o.Leads = []string{lead(1)} })
		b.Clock.Set(roomtest.Start.Add(time.Hour))
		second, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
			Source: "crm", SourceId: "1", Amount: usd(7), Leads: []string{lead(3), lead(2)}}})
		if err != nil {
			t.Fatalf("CreateOpportunity() error: %v", err)
		}
		want := proto.CloneOf(first)
		want.Amount, want.Leads, want.UpdateTime, want.Etag = usd(7), []string{lead(3), lead(2)}, ts(b.Clock.Now()), `"2"`
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
		{"a lead twice", func(o *attributionv1.Opportunity) { o.Leads = []string{lead(1), lead(1)} }, "opportunity.leads"},
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
		{"what the mask names and is not given is cleared", &attributionv1.Opportunity{Stage: "kept"}, []string{"amount", "leads", "account"},
			func(o *attributionv1.Opportunity) { o.Amount, o.Leads, o.Account = nil, nil, "" }, changed},
		{"won", &attributionv1.Opportunity{State: won, CloseTime: ts(day(20))}, []string{"state", "close_time"},
			func(o *attributionv1.Opportunity) { o.State, o.CloseTime = won, ts(day(20)) }, closed},
		{"a state that is cleared is open", &attributionv1.Opportunity{}, []string{"state"}, func(*attributionv1.Opportunity) {}, ""},
		{"what only we set is not theirs", &attributionv1.Opportunity{Name: "", SourcedBy: attributionv1.Opportunity_TEAM_SALES, Test: false},
			[]string{"sourced_by", "test", "create_time"}, func(*attributionv1.Opportunity) {}, ""},
		{"the whole of it", &attributionv1.Opportunity{Source: "crm", SourceId: "1", State: open, Stage: "new"}, []string{"*"},
			func(o *attributionv1.Opportunity) { o.Stage, o.Amount, o.Leads, o.Account = "new", nil, nil, "" }, changed},
	}
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(roomtest.Start.Add(time.Hour))
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				before := b.open(t, fmt.Sprint(i), day(10), func(o *attributionv1.Opportunity) {
					o.Amount, o.Stage, o.Leads = usd(10_50), "demo", []string{lead(1)}
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

// A replica that looks, finds nothing, and meets another replica's row when it writes must merge into that row.
func TestAReplicaThatComesSecondMerges(t *testing.T) {
	t.Parallel()
	url := sqldbtest.Postgres(t)
	open := func() *sqldb.DB {
		db, err := sqldb.Open(t.Context(), sqldb.Config{Service: "attribution", URL: url, Migrations: migrations(t)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	other, b := open(), newBundle(t, open())
	first := &store.Opportunity{ID: "019caed943007b01aefac744d669e937", CreatedAt: day(20), UpdatedAt: day(20), RowVersion: 1, Events: 1,
		Deal: deal.Deal{Source: "crm", SourceID: "1", State: deal.Open, OpenedAt: day(10), Owner: "ann"}}
	answer := make(chan *attributionv1.BatchCreateOpportunitiesResponse, 1)
	err := other.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := store.InsertOpportunities(ctx, tx, []*store.Opportunity{first}); err != nil {
			return err
		}
		go func() {
			resp, err := b.api.BatchCreateOpportunities(b.ctx, &attributionv1.BatchCreateOpportunitiesRequest{Requests: []*attributionv1.CreateOpportunityRequest{
				{Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "0"}},
				{Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "1", Stage: "demo"}}}})
			if err != nil {
				t.Errorf("BatchCreateOpportunities() error: %v", err)
			}
			answer <- resp
		}()
		for waiting := 0; waiting == 0; { // until the insert waits for this transaction
			err := b.Host.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := (<-answer).GetOpportunities()
	if len(got) != 2 || got[0].GetEtag() != `"1"` {
		t.Fatalf("answers: got %v, want a new opportunity and a known one", got)
	}
	want := &attributionv1.Opportunity{Name: "opportunities/" + first.ID, Source: "crm", SourceId: "1", State: attributionv1.Opportunity_STATE_OPEN,
		Owner: "reps/ann", Stage: "demo", OpenTime: ts(day(10)), CreateTime: ts(day(20)), UpdateTime: ts(roomtest.Start), Etag: `"2"`}
	wantProto(t, "merged into the other's", want, got[1])
	if diff := cmp.Diff([]string{opened, changed}, b.news(t)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
