package scoring_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestARepReadsTheLeadsOfTheirOwnHandoffsAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		mine, theirs := b.lead(t, "ann@initech.example", b.demo("1")), b.lead(t, "bob@initech.example", b.demo("2"))
		unqualified := b.lead(t, "eve@gmail.com")
		b.routing.mine[mine.GetHandoff()] = true
		rep := roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP)
		for name, readable := range map[string]bool{mine.GetName(): true, theirs.GetName(): false, unqualified.GetName(): false,
			"leads/0123456789abcdef0123456789abcdef": false} {
			reads := map[string]func() error{
				"GetLead": func() error {
					_, err := b.GetLead(rep, &scoringv1.GetLeadRequest{Name: name})
					return err
				},
				"ListEngagements": func() error {
					_, err := b.ListEngagements(rep, &scoringv1.ListEngagementsRequest{Parent: name})
					return err
				},
				"ExplainScore": func() error {
					_, err := b.ExplainScore(rep, &scoringv1.ExplainScoreRequest{Name: name + "/score"})
					return err
				},
			}
			for method, read := range reads {
				err := read()
				if readable && err != nil {
					t.Errorf("%s of %s: %v", method, name, err)
				}
				if !readable {
					wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
				}
			}
		}
		_, err := b.ListLeads(rep, &scoringv1.ListLeadsRequest{})
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
	})
}

// TestARepSeesOfThePastWhoseLeadItIsNow merges two reps' leads for a while: what one of them did is not the other rep's to know, at
// any instant, though they were one person then.
func TestARepSeesOfThePastWhoseLeadItIsNow(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		mine := b.lead(t, "ann@initech.example", b.demo("1"))
		b.pass(time.Minute)
		theirs := b.lead(t, "bob@initech.example", b.demo("2"))
		b.pass(time.Minute)
		b.merge(t, mine, theirs)
		b.pass(time.Minute)
		together := b.Clock.Now()
		b.pass(time.Minute)
		b.unmerge(t, theirs)
		b.pass(time.Minute)
		for _, lead := range []*scoringv1.Lead{mine, theirs} {
			b.routing.mine = map[string]bool{b.get(t, lead.GetName()).GetHandoff(): true}
			for who, want := range map[context.Context]int{b.ctx: 2, roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP): 1} {
				score, err := b.ExplainScore(who, &scoringv1.ExplainScoreRequest{Name: lead.GetName() + "/score", AsOfTime: timestamppb.New(together)})
				if err != nil {
					t.Fatal(err)
				}
				got := 0
				for _, line := range score.GetLines() {
					got += int(line.GetEngagementCount())
				}
				if got != want {
					t.Errorf("as of when they were one %s is explained by %d engagements, want %d", lead.GetEmail(), got, want)
				}
			}
		}
	})
}

func TestAnAccountsScoreNamesNobodyToARep(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		b.lead(t, "ann@initech.example", b.demo("1"))
		rep := roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP)
		for who, named := range map[context.Context]bool{b.ctx: true, rep: false} {
			score, err := b.ExplainAccountScore(who, &scoringv1.ExplainAccountScoreRequest{Name: account.GetName() + "/score"})
			if err != nil {
				t.Fatal(err)
			}
			if len(score.GetLines()) == 0 {
				t.Error("the score has no lines")
			}
			for _, line := range score.GetLines() {
				if (line.GetLead() != "") != named || (len(line.GetEngagements()) > 0) != named {
					t.Errorf("named %t, want %t: %v", !named, named, line)
				}
			}
		}
	})
}

func TestLeadsAreListedInPagesByTheirFilters(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		mql := b.lead(t, "ann@initech.example", b.demo("1"))
		b.lead(t, "bob@initech.example")
		b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1"})
		for name, c := range map[string]struct {
			req  *scoringv1.ListLeadsRequest
			want int
		}{
			"all":              {&scoringv1.ListLeadsRequest{}, 3},
			"by source":        {&scoringv1.ListLeadsRequest{Source: "crm"}, 1},
			"by account":       {&scoringv1.ListLeadsRequest{Account: account.GetName()}, 2},
			"by qualification": {&scoringv1.ListLeadsRequest{Qualification: scoringv1.Lead_QUALIFICATION_MQL}, 1},
			"by several":       {&scoringv1.ListLeadsRequest{Source: "crm", Qualification: scoringv1.Lead_QUALIFICATION_MQL}, 0},
		} {
			resp, err := b.ListLeads(b.ctx, c.req)
			if err != nil || len(resp.GetLeads()) != c.want {
				t.Errorf("%s: %d leads, %v; want %d", name, len(resp.GetLeads()), err, c.want)
			}
		}
		seen, token := map[string]bool{}, ""
		for range 4 {
			resp, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{PageSize: 1, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, lead := range resp.GetLeads() {
				seen[lead.GetName()] = true
			}
			if token = resp.GetNextPageToken(); token == "" {
				break
			}
			_, err = b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{Source: "crm", PageSize: 1, PageToken: token})
			wantFault(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID")
		}
		if len(seen) != 3 || !seen[mql.GetName()] {
			t.Errorf("pages of one held %d leads", len(seen))
		}
	})
}
