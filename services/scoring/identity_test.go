package scoring_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestASecondRecordOfAPersonJoinsTheLead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		first := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "w1", Email: "Ann@Initech.example", Title: "Analyst", Company: "Initech"})
		b.pass(day)
		second := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "c1", Email: "ann+webinar@initech.example", Title: "Director of Sales"})
		if second.GetName() != first.GetName() {
			t.Fatalf("one person became %s and %s", first.GetName(), second.GetName())
		}
		if second.GetTitle() != "Director of Sales" || second.GetCompany() != "Initech" || second.GetSource() != "website" || second.GetSourceId() != "w1" {
			t.Errorf("the lead says %v: want the newer title, the only company, and the source that it came from", second)
		}
		if third := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "c1", Phone: "+1 415 555 2671"}); third.GetName() != first.GetName() {
			t.Errorf("the id in the second source is not known: %s", third.GetName())
		}
		if n := len(told(t, b, (*eventv1.Event).GetLeadCreated, func(c *eventv1.LeadCreated) bool { return c != nil })); n != 1 {
			t.Errorf("the lead was told to be new %d times, want once", n)
		}
	})
}

func TestTheSameAgainChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		first := b.lead(t, "ann@initech.example", b.demo("1"))
		b.pass(day)
		demo := b.demo("1")
		if diff := cmp.Diff(first, b.lead(t, "ann@initech.example", demo), protocmp.Transform()); diff != "" {
			t.Errorf("-first +again:\n%s", diff)
		}
	})
}

func TestIdentifiersAreComparedByteByByte(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		names := map[string]string{}
		for _, id := range []string{"a", "A", "é", "e\u0301", "\u202eabc", "ab\u200bc", "abc", " abc", "=cmd()", "\u00df", "ss"} {
			lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: id, GivenName: id})
			if other, taken := names[lead.GetName()]; taken {
				t.Errorf("%q and %q are one lead", id, other)
			}
			names[lead.GetName()] = id
			if lead.GetSourceId() != id || lead.GetGivenName() != id {
				t.Errorf("%q came back as %q and %q", id, lead.GetSourceId(), lead.GetGivenName())
			}
			if again := b.create(t, &scoringv1.Lead{Source: "website", SourceId: id}); again.GetName() != lead.GetName() {
				t.Errorf("%q is two leads", id)
			}
			b.record(t, by(lead, b.engagement(id, "page_view")))
		}
		resp, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{})
		if err != nil || len(resp.GetLeads()) != len(names) {
			t.Errorf("listed %d leads, %v; want %d", len(resp.GetLeads()), err, len(names))
		}
	})
}

func TestALeadWithTheKeysOfTwoMakesThemOne(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		older := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "c1", Company: "Initech", Title: "Analyst"})
		b.pass(day)
		younger := b.lead(t, "ann@initech.example", b.demo("1"))
		b.pass(day)
		both := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "c1", Email: "ann@initech.example"})
		if both.GetName() != older.GetName() || both.GetTitle() != "VP Sales" || both.GetHandoff() != younger.GetHandoff() {
			t.Errorf("the person is %v: want the older lead with the newer title and the open handoff", both)
		}
		merged := b.get(t, younger.GetName())
		if merged.GetMergedInto() != older.GetName() || merged.GetTitle() != "VP Sales" {
			t.Errorf("the younger lead says %v: want its own fields, and where it went", merged)
		}
		if diff := cmp.Diff([]*eventv1.LeadMerged{{Survivor: older.GetName(), Merged: younger.GetName()}}, b.merges(t), protocmp.Transform()); diff != "" {
			t.Errorf("-want +told:\n%s", diff)
		}
		if n := len(b.qualified(t)); n != 1 {
			t.Errorf("one person qualified %d times", n)
		}
		resp, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: older.GetName()})
		if err != nil || len(resp.GetEngagements()) != 1 {
			t.Errorf("the person did %v, %v; want what the merged lead did", resp, err)
		}
		for _, name := range []string{older.GetName(), younger.GetName()} {
			score := b.explain(t, &scoringv1.Lead{Name: name}, b.Clock.Now())
			if diff := cmp.Diff(both.GetScore(), score.GetSummary(), protocmp.Transform()); diff != "" {
				t.Errorf("the score of %s is explained otherwise (-stored +explained):\n%s", name, diff)
			}
		}
		// What is known of the merged lead is known of the person.
		b.record(t, by(younger, b.engagement("2", "webinar_attend")), byEmail("ann@initech.example", b.engagement("3", "webinar_attend")))
		if got := b.get(t, older.GetName()); got.GetScore().GetEngagementMicros() <= both.GetScore().GetEngagementMicros()-40_000000 || got.GetEtag() == both.GetEtag() {
			t.Errorf("what the merged lead did is not scored: %v", got.GetScore())
		}
		_, err = b.UpdateLead(b.ctx, &scoringv1.UpdateLeadRequest{Lead: &scoringv1.Lead{Name: younger.GetName(), Title: "CEO"}})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
	})
}

func TestAMergeKeepsTheOpenHandoffAndLosesNobody(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		older := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "c1"})
		b.pass(day)
		younger := b.lead(t, "ann@initech.example", b.demo("1"))
		b.pass(day)
		b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "c1", Email: "ann@initech.example"})
		// Routing takes the merged lead's handoff for a duplicate, though the person has no other.
		b.close(t, younger, routingv1.Handoff_OUTCOME_DUPLICATE, routingv1.Step_STEP_UNSPECIFIED)
		if got := b.get(t, older.GetName()); got.GetCycle() != 2 || got.GetHandoff() == younger.GetHandoff() || len(b.qualified(t)) != 2 {
			t.Errorf("the person has cycle %d and qualified %d times; want a second handoff", got.GetCycle(), len(b.qualified(t)))
		}
	})
}

func TestThreeLeadsBecomeOneInOneBatch(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		resp, err := b.BatchCreateLeads(b.ctx, &scoringv1.BatchCreateLeadsRequest{Requests: []*scoringv1.CreateLeadRequest{
			{Lead: &scoringv1.Lead{Source: "crm", SourceId: "1"}},
			{Lead: &scoringv1.Lead{Source: "website", Email: "ann@initech.example"}},
			{Lead: &scoringv1.Lead{Source: "website", SourceId: "w", Email: "ann@initech.example"}},
			{Lead: &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "ann@initech.example", Title: "CFO"}},
			{Lead: &scoringv1.Lead{Source: "crm", SourceId: "2"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		first, other := resp.GetLeads()[0].GetName(), resp.GetLeads()[4].GetName()
		for i, lead := range resp.GetLeads()[:4] {
			if lead.GetName() != first || lead.GetTitle() != "CFO" {
				t.Errorf("request %d is %s, %q; want %s as it stands at the end", i, lead.GetName(), lead.GetTitle(), first)
			}
		}
		if other == first {
			t.Error("another person was drawn in")
		}
		list, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{})
		if err != nil || len(list.GetLeads()) != 2 || len(b.merges(t)) != 0 {
			t.Errorf("%d leads and %d merges, %v; want two and none", len(list.GetLeads()), len(b.merges(t)), err)
		}
	})
}

func TestOfManyWhoBringOnePersonAtOnceOneCreatesIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		const callers = 12
		names := make([]string, callers)
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				req := &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: fmt.Sprintf("source%d", i%4), SourceId: fmt.Sprint(i % 3), Email: "ann@initech.example"},
					Engagements: []*scoringv1.Engagement{b.engagement(fmt.Sprint(i%5), "page_view")}}
				lead, err := b.CreateLead(b.ctx, req)
				if err != nil {
					t.Error(err)
				}
				names[i] = lead.GetName()
			})
		}
		wg.Wait()
		for _, name := range names {
			if name != names[0] {
				t.Errorf("one person became %s and %s", names[0], name)
			}
		}
		resp, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: names[0]})
		if err != nil || len(resp.GetEngagements()) != 5 {
			t.Errorf("the person did %d things, %v; want 5", len(resp.GetEngagements()), err)
		}
		created := told(t, b, (*eventv1.Event).GetLeadCreated, func(c *eventv1.LeadCreated) bool { return c != nil })
		recorded := told(t, b, (*eventv1.Event).GetEngagementRecorded, func(c *eventv1.EngagementRecorded) bool { return c != nil })
		if len(created) != 1 || len(recorded) != 5 {
			t.Errorf("told of %d new leads and %d engagements, want 1 and 5", len(created), len(recorded))
		}
	})
}

func TestEngagementsWaitForThePersonWhoDidThem(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		mine := b.engagement("2", "webinar_attend")
		mine.Who = &scoringv1.Engagement_LeadSourceId{LeadSourceId: "w1"}
		want := &scoringv1.BatchRecordEngagementsResponse{WaitingCount: 2, DuplicateCount: 1}
		got := b.record(t, byEmail("Ann@Initech.example", b.demo("1")), mine, byEmail("ann@initech.example", b.demo("1")))
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		b.pass(day)
		lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "w1", Email: "ann@initech.example", Title: "VP"})
		if lead.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
			t.Errorf("the lead is %v, want an MQL by what waited for it", lead.GetQualification())
		}
		recorded := told(t, b, (*eventv1.Event).GetEngagementRecorded, func(c *eventv1.EngagementRecorded) bool { return c != nil })
		if len(recorded) != 2 || recorded[0].GetLead() != lead.GetName() {
			t.Errorf("told %v, want both engagements of the lead", recorded)
		}
		if got := b.record(t, byEmail("ann@initech.example", b.demo("1")), byEmail("ann@initech.example", b.demo("4"))); got.GetDuplicateCount() != 1 || got.GetRecordedCount() != 1 {
			t.Errorf("then %v, want one duplicate and one recorded", got)
		}
	})
}

func TestMoreThanATransactionTakesWaitsForAJob(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const waiting = 1100
		for part := range 2 {
			var engagements []*scoringv1.Engagement
			for i := range waiting / 2 {
				engagements = append(engagements, byEmail("ann@initech.example", b.engagement(fmt.Sprintf("%d/%d", part, i), "page_view")))
			}
			b.record(t, engagements...)
		}
		lead := b.lead(t, "ann@initech.example")
		b.drain(t)
		resp, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: lead.GetName(), PageSize: 1000})
		if err != nil || resp.GetNextPageToken() == "" {
			t.Fatalf("%v, want more than a page", err)
		}
		recorded := told(t, b, (*eventv1.Event).GetEngagementRecorded, func(c *eventv1.EngagementRecorded) bool { return c != nil })
		if len(recorded) != waiting {
			t.Errorf("told of %d engagements, want %d", len(recorded), waiting)
		}
	})
}

func TestAPartnerReadsAndChangesItsOwnLeadsAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		fypion, rival := roomtest.AsPartner(t.Context(), "pat", "fypion"), roomtest.AsPartner(t.Context(), "rob", "rival")
		ours := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "1", Email: "ann@initech.example", Phone: "+14155552671"})
		bring := func(ctx context.Context, title string) *scoringv1.Lead {
			lead, err := b.CreateLead(ctx, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", SourceId: "1", Email: "ann@initech.example", Title: title}})
			if err != nil {
				t.Fatal(err)
			}
			return lead
		}
		brought := bring(fypion, "VP")
		if brought.GetName() == ours.GetName() || brought.GetPhone() != "" || brought.GetPartner() != "fypion" {
			t.Errorf("the partner was answered %v", brought)
		}
		if diff := cmp.Diff(ours, b.get(t, ours.GetName()), protocmp.Transform()); diff != "" {
			t.Errorf("the partner changed a foreign lead:\n%s", diff)
		}
		if again := bring(fypion, "CEO"); again.GetName() != brought.GetName() || again.GetTitle() != "CEO" {
			t.Errorf("the partner's own lead is not known to it: %v", again)
		}
		if other := bring(rival, "CTO"); other.GetName() == brought.GetName() {
			t.Error("one partner got the lead of another")
		}
		for _, name := range []string{ours.GetName(), "leads/0123456789abcdef0123456789abcdef"} {
			_, err := b.GetLead(fypion, &scoringv1.GetLeadRequest{Name: name})
			wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		}
		resp, err := b.ListLeads(fypion, &scoringv1.ListLeadsRequest{})
		if err != nil || len(resp.GetLeads()) != 1 || resp.GetLeads()[0].GetName() != brought.GetName() {
			t.Errorf("the partner sees %v, %v", resp, err)
		}
		if got, err := b.GetLead(fypion, &scoringv1.GetLeadRequest{Name: brought.GetName()}); err != nil || got.GetTitle() != "CEO" {
			t.Errorf("the partner reads %v, %v", got, err)
		}
	})
}

func TestMarketingJoinsWhatAPartnerBrought(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		lead, err := b.CreateLead(roomtest.AsPartner(t.Context(), "pat", "fypion"), &scoringv1.CreateLeadRequest{
			Lead: &scoringv1.Lead{Source: "outbound", Email: "ann@initech.example", Title: "VP Sales"}})
		if err != nil {
			t.Fatal(err)
		}
		b.record(t, byEmail("ann@initech.example", b.demo("1")))
		got := b.lead(t, "ann@initech.example")
		if got.GetName() != lead.GetName() || got.GetPartner() != "fypion" || got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
			t.Errorf("got %v", got)
		}
		for _, e := range b.Told(t) {
			if e.GetLead() == lead.GetName() && e.GetPartner() != "fypion" {
				t.Errorf("%s was told without the partner", e.GetType())
			}
		}
	})
}

func TestLeadsWithoutAnyKeyAreDifferentPeople(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		first := b.create(t, &scoringv1.Lead{Source: "fair", GivenName: "Ann"})
		second := b.create(t, &scoringv1.Lead{Source: "fair", GivenName: "Bob"})
		b.pass(day)
		third := b.create(t, &scoringv1.Lead{Source: "fair", GivenName: "Ann"})
		if first.GetName() == second.GetName() || first.GetName() == third.GetName() {
			t.Errorf("got %s, %s and %s", first.GetName(), second.GetName(), third.GetName())
		}
	})
}
