package scoring_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// company makes an account of an industry in a country, with a domain of its own, a second after the one before.
func (b *bundle) company(t testing.TB, id, industry, country string, change func(*scoringv1.Account)) *scoringv1.Account {
	t.Helper()
	b.Clock.Set(b.Clock.Now().Add(time.Second)) // so that it comes behind those before
	return b.account(t, id, func(a *scoringv1.Account) {
		a.DisplayName, a.Domains, a.Industry, a.Country = "Company "+id, []string{id + ".example"}, industry, country
		if change != nil {
			change(a)
		}
	})
}

// win closes a deal with an account, so many days after the start.
func (b *bundle) win(t testing.TB, id int, account string, days int) {
	t.Helper()
	o := &attributionv1.Opportunity{Name: fmt.Sprintf("opportunities/%032x", id), Account: account, State: attributionv1.Opportunity_STATE_WON,
		OpenTime: timestamppb.New(roomtest.Start), CloseTime: timestamppb.New(roomtest.Start.Add(time.Duration(days) * day))}
	b.Tell(t, eventlog.Attribution, &eventv1.Event{Subject: o.GetName(), Payload: &eventv1.Event_OpportunityClosed{
		OpportunityClosed: &eventv1.OpportunityClosed{Opportunity: o}}})
}

func (b *bundle) propose(t testing.TB, req *scoringv1.ProposeProfileRequest) *scoringv1.AccountProfile {
	t.Helper()
	p, err := b.ProposeProfile(roomtest.As(t.Context(), "ops", accessv1.Role_ROLE_REVOPS), req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProfileIsMadeOfTheCustomersWonLast(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		_, err := b.ProposeProfile(b.ctx, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_MARKETING})
		if f := fault.As(err); f == nil || status.Code(f.Cause) != codes.InvalidArgument {
			t.Errorf("without customers: got %v", err)
		}
		var names []string
		for i, industry := range []string{"software", "software", "banking"} {
			a := b.company(t, fmt.Sprintf("c%d", i), industry, "US", func(a *scoringv1.Account) { a.Attributes = map[string]string{"use_case": "routing"} })
			names = append(names, a.GetName())
			b.win(t, i+1, a.GetName(), 10-i)
		}
		b.win(t, 9, "accounts/"+strings.Repeat("f", 32), 99) // of an account that is not here

		got := b.propose(t, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_SALES, Last: 3, Attributes: []string{"use_case"}})
		if diff := cmp.Diff(names[:2], got.GetAccounts()); diff != "" {
			t.Errorf("customers (-want +got):\n%s", diff)
		}
		want := &scoringv1.ProfileAttribute{Attribute: "industry", KnownCount: 2, Values: []*scoringv1.ProfileValue{{Value: "software", AccountCount: 2, SharePerMille: 1000}}}
		if diff := cmp.Diff(want, got.GetAttributes()[0], protocmp.Transform()); diff != "" {
			t.Errorf("industry (-want +got):\n%s", diff)
		}
		if last := got.GetAttributes()[len(got.GetAttributes())-1]; last.GetAttribute() != "use_case" || last.GetKnownCount() != 2 {
			t.Errorf("use case: got %v", last)
		}
		read, err := b.GetAccountProfile(b.ctx, &scoringv1.GetAccountProfileRequest{Name: "accountProfiles/sales"})
		if err != nil || !proto.Equal(read, got) {
			t.Errorf("read %v, %v", read, err)
		}
		again := b.propose(t, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_SALES, Accounts: names[2:], Etag: got.GetEtag()})
		_, err = b.ProposeProfile(roomtest.As(t.Context(), "ops", accessv1.Role_ROLE_REVOPS), &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_SALES, Etag: got.GetEtag()})
		if f := fault.As(err); f == nil || f.Kind != fault.Aborted {
			t.Errorf("with an etag of before: got %v", err)
		}
		if diff := cmp.Diff(names[2:], again.GetAccounts()); diff != "" || again.GetEtag() == got.GetEtag() {
			t.Errorf("the profile before was not replaced: %v", again)
		}
		_, err = b.GetAccountProfile(b.ctx, &scoringv1.GetAccountProfileRequest{Name: "accountProfiles/marketing"})
		if f := fault.As(err); f == nil || f.Kind != fault.NotFound {
			t.Errorf("marketing's: got %v", err)
		}
		_, err = b.ProposeProfile(b.ctx, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_MARKETING, Accounts: []string{"accounts/" + strings.Repeat("e", 32)}})
		if f := fault.As(err); f == nil || status.Code(f.Cause) != codes.InvalidArgument {
			t.Errorf("of an account that is not here: got %v", err)
		}
	})
}

func TestProfilesAreListed(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.win(t, 1, b.company(t, "c", "software", "US", nil).GetName(), 1)
		var want []string
		for _, team := range []playbookv1.Team{playbookv1.Team_TEAM_SALES, playbookv1.Team_TEAM_MARKETING} {
			want = append([]string{b.propose(t, &scoringv1.ProposeProfileRequest{Team: team}).GetName()}, want...)
		}
		var got []string
		req := &scoringv1.ListAccountProfilesRequest{PageSize: 1}
		for {
			resp, err := b.ListAccountProfiles(b.ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range resp.GetAccountProfiles() {
				got = append(got, p.GetName())
			}
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("profiles (-want +got):\n%s", diff)
		}
	})
}

func TestEachTeamProposesItsOwnProfile(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.win(t, 1, b.company(t, "c", "software", "US", nil).GetName(), 1)
		for role, allowed := range map[accessv1.Role]playbookv1.Team{
			accessv1.Role_ROLE_MARKETING: playbookv1.Team_TEAM_MARKETING, accessv1.Role_ROLE_SALES_MANAGER: playbookv1.Team_TEAM_SALES,
		} {
			for _, team := range []playbookv1.Team{playbookv1.Team_TEAM_MARKETING, playbookv1.Team_TEAM_SALES} {
				_, err := b.ProposeProfile(roomtest.As(t.Context(), "ann", role), &scoringv1.ProposeProfileRequest{Team: team})
				f := fault.As(err)
				if refused := f != nil && f.Kind == fault.PermissionDenied; refused != (team != allowed) || err != nil && !refused {
					t.Errorf("%v for %v: got %v", role, team, err)
				}
			}
		}
	})
}

func TestWithOneProfileTheComparisonWarns(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		compare := func() *scoringv1.ProfileComparison {
			t.Helper()
			c, err := b.CompareProfiles(b.ctx, &scoringv1.CompareProfilesRequest{})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if got := compare().GetWarnings(); len(got) != 1 || got[0] != "neither team has proposed a profile" {
			t.Errorf("got %q", got)
		}
		us, de := b.company(t, "us", "software", "US", nil).GetName(), b.company(t, "de", "software", "DE", nil).GetName()
		b.propose(t, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_MARKETING, Accounts: []string{us}})
		if got := compare(); len(got.GetWarnings()) != 1 || !strings.Contains(got.GetWarnings()[0], "overfits to the top of the funnel") || got.OverlapPerMille != nil {
			t.Errorf("got %v", got)
		}
		b.propose(t, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_SALES, Accounts: []string{us, de}})
		got := compare()
		want := &scoringv1.AttributeComparison{Attribute: "country", Agree: []string{"US"}, SalesOnly: []string{"DE"}, OverlapPerMille: proto.Int32(333)}
		if diff := cmp.Diff(want, got.GetAttributes()[2], protocmp.Transform()); diff != "" || len(got.GetWarnings()) != 0 {
			t.Errorf("country (-want +got):\n%s\n%v", diff, got.GetWarnings())
		}
		if got.GetOverlapPerMille() != 833 { // the mean of three that are one and of a third
			t.Errorf("overlap %d ‰, want 833", got.GetOverlapPerMille())
		}
	})
}

// rank spells a ranking as the companies' ids with their fit, page by page.
func (b *bundle) rank(t testing.TB, basis scoringv1.RankBasis) (got []string) {
	t.Helper()
	req := &scoringv1.RankAccountsRequest{Basis: basis, PageSize: 2}
	for {
		resp, err := b.RankAccounts(b.ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range resp.GetAccounts() {
			got = append(got, fmt.Sprintf("%s %d", strings.TrimSuffix(a.GetDomain(), ".example"), a.GetFitMicros()/1_000_000))
		}
		if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
			return got
		}
	}
}

func TestAccountsAreRankedByWhatBothTeamsSee(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.activate(t, "1", document())
		us, de := b.company(t, "us", "software", "US", nil), b.company(t, "de", "software", "DE", nil)
		b.win(t, 1, us.GetName(), 1)
		b.win(t, 2, de.GetName(), 1)
		b.propose(t, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_MARKETING, Accounts: []string{us.GetName()}})
		b.propose(t, &scoringv1.ProposeProfileRequest{Team: playbookv1.Team_TEAM_SALES, Accounts: []string{us.GetName(), de.GetName()}})

		b.company(t, "far", "mining", "FR", func(a *scoringv1.Account) { a.Employees, a.Technologies = nil, nil })
		b.company(t, "twin", "software", "US", func(a *scoringv1.Account) { a.Owner = "reps/jane-doe" })
		b.company(t, "near", "software", "DE", nil)
		b.company(t, "same", "software", "DE", nil)
		b.company(t, "customer", "software", "US", func(a *scoringv1.Account) { a.Customer = true })
		b.company(t, "rival", "software", "US", nil)
		b.company(t, "nowhere", "software", "US", func(a *scoringv1.Account) { a.Domains = nil })
		if _, err := b.UpdateReferenceList(b.ctx, &scoringv1.UpdateReferenceListRequest{ReferenceList: &scoringv1.ReferenceList{
			Name: "referenceLists/competitors", Values: []string{"rival.example", "a.example", "z.example"}}}); err != nil {
			t.Fatal(err)
		}

		if diff := cmp.Diff([]string{"twin 100", "near 75", "same 75", "far 0"}, b.rank(t, scoringv1.RankBasis_RANK_BASIS_UNSPECIFIED)); diff != "" {
			t.Errorf("by profile (-want +got):\n%s", diff)
		}
		// Size, industry and technology; the geography of all but one; nobody's role is known.
		if diff := cmp.Diff([]string{"twin 85", "near 85", "same 85", "far 0"}, b.rank(t, scoringv1.RankBasis_RANK_BASIS_PLAYBOOK)); diff != "" {
			t.Errorf("by playbook (-want +got):\n%s", diff)
		}
		resp, err := b.RankAccounts(b.ctx, &scoringv1.RankAccountsRequest{PageSize: 1})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"industry software: 100% of both teams' customers", "employees 200-999: 100% of both teams' customers",
			"country US: 50% of both teams' customers", "technology hubspot: 100% of both teams' customers"}
		if diff := cmp.Diff(want, resp.GetAccounts()[0].GetReasons()); diff != "" {
			t.Errorf("reasons (-want +got):\n%s", diff)
		}
		if a := resp.GetAccounts()[0]; a.GetOwner() != "reps/jane-doe" || a.GetDisplayName() != "Company twin" || a.GetTarget() {
			t.Errorf("got %v", a)
		}
	})
}

func TestWithoutAPlaybookNothingIsRankedByIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		_, err := b.RankAccounts(b.ctx, &scoringv1.RankAccountsRequest{Basis: scoringv1.RankBasis_RANK_BASIS_PLAYBOOK})
		if f := fault.As(err); f == nil || status.Code(f.Cause) != codes.FailedPrecondition {
			t.Errorf("got %v", err)
		}
		resp, err := b.RankAccounts(b.ctx, &scoringv1.RankAccountsRequest{})
		if err != nil || len(resp.GetWarnings()) != 1 || len(resp.GetAccounts()) != 0 {
			t.Errorf("got %v, %v", resp, err)
		}
	})
}
