package scoring_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func known(name string) *scoringv1.DescribedLead {
	return &scoringv1.DescribedLead{Lead: &scoringv1.DescribedLead_Name{Name: name}}
}

func supposed(req *scoringv1.ScoreLeadRequest) *scoringv1.DescribedLead {
	return &scoringv1.DescribedLead{Lead: &scoringv1.DescribedLead_Supposed{Supposed: req}}
}

// decides is what routing decides by, of a whole context.
func decides(c *scoringv1.LeadContext) *scoringv1.LeadContext {
	part := &scoringv1.LeadContext{Source: c.GetSource(), SourceId: c.GetSourceId(), Intent: c.GetIntent(), FirstMatch: c.GetFirstMatch(),
		Requirements: c.GetRequirements()}
	if a := c.GetAccount(); a != nil {
		part.Account = &scoringv1.AccountContext{Account: a.GetAccount(), Target: a.GetTarget(), Customer: a.GetCustomer(), OpenOpportunity: a.GetOpenOpportunity(),
			Owner: a.GetOwner(), OpportunityOwner: a.GetOpportunityOwner()}
	}
	return part
}

// TestALeadIsDescribedAsRoutingWouldBeTold: what is told of leads that qualified, of people who are known and of the same people
// when they are only supposed.
func TestALeadIsDescribedAsRoutingWouldBeTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		b.account(t, "2", func(a *scoringv1.Account) {
			a.Domains, a.Owner, a.Customer = []string{"owned.example"}, "reps/olga", true
		})
		first := b.lead(t, "ann@initech.example", b.demo("1"))
		second := b.lead(t, "bob@owned.example", b.demo("2"))
		below := b.lead(t, "cem@initech.example")
		before := len(b.Told(t))
		what := &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Source: "website", SourceId: "9", Email: "dot@initech.example", Title: "VP Sales"},
			Account: &scoringv1.Account{DisplayName: "Initech", Domains: []string{"initech.example"}, Industry: "software", Employees: proto.Int64(900),
				Country: "US", Technologies: []string{"hubspot"}}, Engagements: []*scoringv1.Engagement{b.demo("3")}}
		wrong := proto.CloneOf(what)
		wrong.Lead.Email = "nobody"
		resp, err := b.DescribeLeads(b.ctx, &scoringv1.DescribeLeadsRequest{Leads: []*scoringv1.DescribedLead{known(first.GetName()), known(second.GetName()),
			known(below.GetName()), supposed(what), supposed(wrong), known("leads/ffffffffffffffffffffffffffffffff"), {}}})
		if err != nil {
			t.Fatal(err)
		}
		got := resp.GetDescriptions()
		for i, q := range b.qualified(t) {
			if diff := cmp.Diff(decides(q.GetContext()), got[i].GetContext(), protocmp.Transform()); diff != "" || !got[i].GetOverLine() || got[i].GetLead() != q.GetLead() {
				t.Errorf("%s (-told +described):\n%s", q.GetLead(), diff)
			}
		}
		if got[2].GetOverLine() || got[2].GetContext().GetAccount().GetOwner() != "reps/jane-doe" {
			t.Errorf("below the line: %v", got[2])
		}
		want := decides(b.qualified(t)[0].GetContext())
		want.SourceId, want.Account.Account = "9", ""
		if diff := cmp.Diff(want, got[3].GetContext(), protocmp.Transform()); diff != "" || !got[3].GetOverLine() {
			t.Errorf("supposed (-want +got):\n%s", diff)
		}
		for i, code := range []codes.Code{codes.InvalidArgument, codes.NotFound, codes.InvalidArgument} {
			if d := got[4+i]; d.GetError().GetCode() != int32(code) || d.GetContext() != nil {
				t.Errorf("number %d: got %v, want %v", 4+i, d, code)
			}
		}
		if n := len(b.Told(t)); n != before || resp.GetPlaybook() != "playbooks/1" {
			t.Errorf("%d events were told; by %s", n-before, resp.GetPlaybook())
		}
	})
}
