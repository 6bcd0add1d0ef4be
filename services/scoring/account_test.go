package scoring_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestAnAccountIsKeptInItsStoredForm(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		created := b.account(t, "1", func(a *scoringv1.Account) {
			a.Domains, a.Country, a.Phone = []string{"https://www.Initech.Example/about", "eu.initech.example", "initech.example"}, "Germany", "030 901820"
			a.Industry, a.Technologies = "Software", []string{"HubSpot", "hubspot"}
			a.AnnualRevenue = &moneypb.Money{CurrencyCode: "USD", Units: 20_000_000}
		})
		want := &scoringv1.Account{Name: created.GetName(), Source: "crm", SourceId: "1", DisplayName: "Initech",
			Domains: []string{"initech.example", "eu.initech.example"}, Industry: "software", Employees: proto.Int64(900), Country: "DE",
			Phone: "+4930901820", Technologies: []string{"hubspot"}, AnnualRevenue: &moneypb.Money{CurrencyCode: "USD", Units: 20_000_000},
			Test: true, CreateTime: created.GetCreateTime(), UpdateTime: created.GetUpdateTime(), Etag: `"1"`}
		if diff := cmp.Diff(want, created, protocmp.Transform()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		got, err := b.GetAccount(roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP), &scoringv1.GetAccountRequest{Name: created.GetName()})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(created, got, protocmp.Transform()); diff != "" {
			t.Errorf("-created +read:\n%s", diff)
		}
	})
}

func TestAKnownAccountGetsWhatIsGiven(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		first := b.account(t, "1", func(a *scoringv1.Account) { a.Attributes = map[string]string{"a": "1", "b": "1"} })
		b.pass(day)
		again, err := b.CreateAccount(b.ctx, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: "1", Industry: "fintech",
			Attributes: map[string]string{"b": "2"}}})
		if err != nil {
			t.Fatal(err)
		}
		want := proto.CloneOf(first)
		want.Industry, want.Attributes, want.Etag, want.UpdateTime = "fintech", map[string]string{"a": "1", "b": "2"}, `"2"`, again.GetUpdateTime()
		if diff := cmp.Diff(want, again, protocmp.Transform()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if same := b.account(t, "1", func(a *scoringv1.Account) { a.Industry = "fintech" }); same.GetEtag() != `"2"` {
			t.Errorf("the same again is version %s", same.GetEtag())
		}
	})
}

func TestAnAccountChangesByItsMaskAndEtag(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		account := b.account(t, "1", func(a *scoringv1.Account) { a.Owner = "reps/joe" })
		update := func(a *scoringv1.Account, paths ...string) (*scoringv1.Account, error) {
			a.Name = account.GetName()
			req := &scoringv1.UpdateAccountRequest{Account: a}
			if len(paths) > 0 {
				req.UpdateMask = &fieldmaskpb.FieldMask{Paths: paths}
			}
			return b.UpdateAccount(b.ctx, req)
		}
		got, err := update(&scoringv1.Account{Industry: "ignored", Etag: account.GetEtag()}, "owner", "employees")
		if err != nil || got.GetOwner() != "" || got.Employees != nil || got.GetIndustry() != "software" || got.GetDisplayName() != "Initech" {
			t.Fatalf("got %v, %v; want owner and employees unknown and the rest as it was", got, err)
		}
		_, err = update(&scoringv1.Account{Industry: "retail", Etag: account.GetEtag()})
		wantFault(t, err, codes.Aborted, "ETAG_MISMATCH")
		_, err = update(&scoringv1.Account{}, "nonsense")
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "update_mask")
		_, err = update(&scoringv1.Account{SourceId: "2"})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "account.source_id")
		_, err = update(&scoringv1.Account{}, "display_name")
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "account.display_name")
		_, err = b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: "accounts/0123456789abcdef0123456789abcdef", Industry: "x"}})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		_, err = b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: "accounts/0123456789abcdef0123456789abcdef"})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		if got, err := update(&scoringv1.Account{Target: true, OpenOpportunity: true, Test: false}, "target", "open_opportunity", "test"); err != nil || got.GetTarget() || got.GetOpenOpportunity() || !got.GetTest() {
			t.Errorf("output was taken as input: %v, %v", got, err)
		}
	})
}

func TestAHierarchyHasNoCycle(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		top := b.account(t, "top", nil)
		middle := b.account(t, "middle", func(a *scoringv1.Account) { a.Parent = top.GetName() })
		bottom := b.account(t, "bottom", func(a *scoringv1.Account) { a.Parent = middle.GetName() })
		for _, child := range []*scoringv1.Account{top, middle} {
			_, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: child.GetName(), Parent: bottom.GetName()}})
			wantFault(t, err, codes.InvalidArgument, "CYCLE", "account.parent")
		}
		_, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: top.GetName(), Parent: top.GetName()}})
		wantFault(t, err, codes.InvalidArgument, "CYCLE", "account.parent")
		_, err = b.CreateAccount(b.ctx, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: "x", DisplayName: "X",
			Parent: "accounts/0123456789abcdef0123456789abcdef"}})
		wantFault(t, err, codes.InvalidArgument, "REFERENCE_NOT_FOUND", "account.parent")
		parent := bottom
		for i := range 40 {
			next, err := b.CreateAccount(b.ctx, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: fmt.Sprint(i), DisplayName: "X", Parent: parent.GetName()}})
			if err != nil {
				wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "account.parent")
				return
			}
			parent = next
		}
		t.Error("a hierarchy of 43 accounts was taken")
	})
}

func TestManyAccountsAreAllOrNone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		req := &scoringv1.BatchCreateAccountsRequest{}
		for i := range 300 {
			req.Requests = append(req.Requests, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: fmt.Sprint(i), DisplayName: "X",
				Domains: []string{fmt.Sprintf("d%d.example", i)}}})
		}
		req.Requests[299].Account.Domains = []string{"not a domain"}
		_, err := b.BatchCreateAccounts(b.ctx, req)
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "requests[299].account.domains[0]")
		list := func(token string) *scoringv1.ListAccountsResponse {
			resp, err := b.ListAccounts(b.ctx, &scoringv1.ListAccountsRequest{PageSize: 200, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			return resp
		}
		if n := len(list("").GetAccounts()); n != 0 {
			t.Fatalf("%d accounts of a refused batch are there", n)
		}
		req.Requests[299].Account.Domains = nil
		resp, err := b.BatchCreateAccounts(b.ctx, req)
		if err != nil || len(resp.GetAccounts()) != 300 || resp.GetAccounts()[7].GetSourceId() != "7" {
			t.Fatalf("%d accounts, %v", len(resp.GetAccounts()), err)
		}
		first := list("")
		second := list(first.GetNextPageToken())
		if len(first.GetAccounts()) != 200 || len(second.GetAccounts()) != 100 || second.GetNextPageToken() != "" {
			t.Errorf("pages of %d and %d", len(first.GetAccounts()), len(second.GetAccounts()))
		}
	})
}

func TestDealsSayWhatAnAccountIsToUs(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		other := b.account(t, "2", func(a *scoringv1.Account) { a.Domains = nil })
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		read := func(name string) *scoringv1.Account {
			a, err := b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		b.deal(t, "1", account.GetName(), "reps/joe", attributionv1.Opportunity_STATE_OPEN)
		if !read(account.GetName()).GetOpenOpportunity() {
			t.Error("an open deal is not shown")
		}
		if told := b.contextChanges(t); len(told) != 1 || told[0].GetHandoff() != lead.GetHandoff() || told[0].GetContext().GetAccount().GetOpportunityOwner() != "reps/joe" {
			t.Errorf("told %v", told)
		}
		b.deal(t, "1", other.GetName(), "reps/joe", attributionv1.Opportunity_STATE_OPEN)
		if read(account.GetName()).GetOpenOpportunity() || !read(other.GetName()).GetOpenOpportunity() {
			t.Error("a deal that moved to another account stayed")
		}
		b.deal(t, "1", other.GetName(), "reps/joe", attributionv1.Opportunity_STATE_WON)
		b.deal(t, "2", account.GetName(), "", attributionv1.Opportunity_STATE_LOST)
		if a := read(other.GetName()); a.GetOpenOpportunity() || !a.GetCustomer() {
			t.Errorf("the winner is %v", a)
		}
		if a := read(account.GetName()); a.GetOpenOpportunity() || a.GetCustomer() {
			t.Errorf("the loser is %v", a)
		}
		if a, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: other.GetName(), Industry: "retail"}}); err != nil || !a.GetCustomer() {
			t.Errorf("%v, %v", a, err)
		}
		b.deal(t, "1", other.GetName(), "reps/joe", attributionv1.Opportunity_STATE_LOST) // it was closed by mistake
		if a := read(other.GetName()); a.GetCustomer() {
			t.Error("an account is a customer by a deal that was lost")
		}
	})
}
