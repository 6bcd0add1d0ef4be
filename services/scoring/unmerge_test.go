package scoring_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func (b *bundle) merge(t testing.TB, lead, other *scoringv1.Lead) *scoringv1.Lead {
	t.Helper()
	merged, err := b.MergeLeads(b.ctx, &scoringv1.MergeLeadsRequest{Name: lead.GetName(), Other: other.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func (b *bundle) unmerge(t testing.TB, lead *scoringv1.Lead) *scoringv1.Lead {
	t.Helper()
	restored, err := b.UnmergeLead(b.ctx, &scoringv1.UnmergeLeadRequest{Name: lead.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	return restored
}

func (b *bundle) unmerged(t testing.TB) []*eventv1.LeadUnmerged {
	t.Helper()
	return told(t, b, (*eventv1.Event).GetLeadUnmerged, func(u *eventv1.LeadUnmerged) bool { return u != nil })
}

// portrait is all that the service says of a lead.
type portrait struct {
	Lead        *scoringv1.Lead
	Score       *scoringv1.Score
	Engagements []*scoringv1.Engagement
	Account     string
	Rule        string
}

func (b *bundle) portray(t *testing.T, name string) portrait {
	t.Helper()
	p := portrait{Lead: b.get(t, name)}
	p.Score = b.explain(t, p.Lead, b.Clock.Now())
	did, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: name, PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := b.ListMatchDecisions(b.ctx, &scoringv1.ListMatchDecisionsRequest{Parent: name})
	if err != nil {
		t.Fatal(err)
	}
	p.Engagements, p.Account, p.Rule = did.GetEngagements(), p.Lead.GetAccount(), decisions.GetMatchDecisions()[0].GetRule()
	p.Lead.Etag, p.Lead.UpdateTime, p.Lead.Score = "", nil, nil // the score as of the last change; that of now is explained
	return p
}

// anybody takes in a lead that says something of itself by chance, did something by chance, and may be qualified.
func (b *bundle) anybody(t testing.TB, r *rand.Rand, id string) *scoringv1.Lead {
	t.Helper()
	some := func(all ...string) string { return all[r.IntN(len(all))] }
	l := &scoringv1.Lead{Source: "website", SourceId: id, Company: some("", "Initech", "Globex", "Inytech"), Country: some("", "US", "DE"),
		Title: some("", "CEO", "Analyst"), Campaign: some("", "campaigns/a", "campaigns/b"), Phone: some("", "+1 415 555 26"+id[:2])}
	if r.IntN(4) > 0 {
		l.Email = id + some("@initech.example", "@gmail.com", "@globex.example", "@mit.edu")
	}
	var did []*scoringv1.Engagement
	for n := range r.IntN(4) {
		e := b.engagement(fmt.Sprint(id, "/", n), some("page_view", "webinar_attend", "form_submit"))
		if e.GetType() == "form_submit" {
			e.Form = "demo_request"
		}
		did = append(did, e)
	}
	return b.create(t, l, did...)
}

func TestTakingAMergeBackGivesWhatWasBefore(t *testing.T) {
	const rounds = 12
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		r, joint := rand.New(rand.NewPCG(8, 1)), 0
		for round := range rounds {
			var leads []*scoringv1.Lead
			before := map[string]portrait{}
			for i := range 4 {
				leads = append(leads, b.anybody(t, r, fmt.Sprintf("%02d%02d", round, i)))
				b.pass(day)
			}
			for _, l := range leads {
				before[l.GetName()] = b.portray(t, l.GetName())
			}
			qualified := len(b.qualified(t))
			// Two pairs become one, and the four of them one; they part in any order.
			b.merge(t, leads[0], leads[3])
			b.merge(t, leads[2], leads[1])
			whole := b.merge(t, leads[2], leads[3])
			if whole.GetName() != leads[0].GetName() {
				t.Fatalf("%s stands for all, want the oldest, %s", whole.GetName(), leads[0].GetName())
			}
			for _, i := range r.Perm(3) {
				b.unmerge(t, leads[i+1])
			}
			ignored := []protoreflect.Name{}
			if len(b.qualified(t)) > qualified { // what sales got when they were one stays with the lead that stays
				ignored = append(ignored, "handoff", "cycle", "qualification")
				joint++
			}
			for i, l := range leads {
				if diff := cmp.Diff(before[l.GetName()], b.portray(t, l.GetName()), protocmp.Transform(), protocmp.IgnoreFields(&scoringv1.Lead{}, ignored...)); diff != "" {
					t.Errorf("round %d, lead %d (-before +after):\n%s", round, i, diff)
				}
			}
		}
		if merges, parted := len(b.merges(t)), len(b.unmerged(t)); merges != 3*rounds || parted != 3*rounds {
			t.Errorf("told %d merges and %d that were taken back, want %d of each", merges, parted, 3*rounds)
		}
		if joint > rounds/2 {
			t.Errorf("in %d of %d rounds the person qualified when it was one: too many to say much", joint, rounds)
		}
	})
}

func TestWhatCameUnderAKeyGoesWithItsLead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		older := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "ann@initech.example", Title: "Analyst"})
		b.pass(day)
		younger := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "2", Email: "bob@initech.example"})
		b.pass(day)
		b.merge(t, younger, older)
		b.pass(day)
		// Since then: engagements by either address, a form with one, and a new key beside a known one.
		b.record(t, byEmail("ann@initech.example", b.engagement("a1", "webinar_attend")), byEmail("bob@initech.example", b.engagement("b1", "webinar_attend")))
		b.create(t, &scoringv1.Lead{Source: "website", SourceId: "form", Email: "bob@initech.example", Title: "VP Sales"}, b.demo("b2"))
		b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", GivenName: "Ann"}, b.engagement("a2", "page_view"))
		if got := b.get(t, older.GetName()); got.GetTitle() != "VP Sales" || got.GetGivenName() != "Ann" {
			t.Errorf("together they show %v", got)
		}
		b.unmerge(t, younger)
		want := map[string][]string{older.GetName(): {"a1", "a2"}, younger.GetName(): {"b1", "b2"}}
		for name, ids := range want {
			p := b.portray(t, name)
			got := map[string]bool{}
			for _, e := range p.Engagements {
				got[e.GetSourceEventId()] = true
			}
			if len(got) != 2 || !got[ids[0]] || !got[ids[1]] {
				t.Errorf("%s did %v, want %v", name, got, ids)
			}
		}
		if got := b.get(t, older.GetName()); got.GetTitle() != "Analyst" || got.GetGivenName() != "Ann" {
			t.Errorf("the older lead says %v", got)
		}
		if got := b.get(t, younger.GetName()); got.GetTitle() != "VP Sales" || got.GetGivenName() != "" || got.GetMergedInto() != "" {
			t.Errorf("the younger lead says %v", got)
		}
		if again := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "form"}); again.GetName() != younger.GetName() {
			t.Errorf("a key that came with the younger lead's address leads to %s", again.GetName())
		}
	})
}

func TestWhoWasPartedIsMergedByHandAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		older := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1"})
		b.pass(day)
		younger := b.lead(t, "ann@initech.example")
		both := func() *scoringv1.Lead {
			b.pass(day)
			return b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "ann@initech.example", Title: "CFO"})
		}
		both()
		b.unmerge(t, younger)
		if got := both(); got.GetName() != older.GetName() || b.get(t, younger.GetName()).GetMergedInto() != "" {
			t.Errorf("they were merged again: %v", b.get(t, younger.GetName()))
		}
		if got := b.update(t, &scoringv1.Lead{Name: older.GetName(), Email: "ann@initech.example"}); got.GetName() != older.GetName() || b.get(t, younger.GetName()).GetMergedInto() != "" {
			t.Error("they were merged again by a correction")
		}
		b.merge(t, older, younger)
		if b.get(t, younger.GetName()).GetMergedInto() != older.GetName() {
			t.Error("a person said that they are one, and they are not")
		}
		for name, c := range map[string]struct {
			call   func() error
			reason string
			code   codes.Code
		}{
			"merging who is one": {func() error {
				_, err := b.MergeLeads(b.ctx, &scoringv1.MergeLeadsRequest{Name: younger.GetName(), Other: older.GetName()})
				return err
			}, "STATE_CONFLICT", codes.FailedPrecondition},
			"parting who stands by itself": {func() error {
				_, err := b.UnmergeLead(b.ctx, &scoringv1.UnmergeLeadRequest{Name: older.GetName()})
				return err
			}, "STATE_CONFLICT", codes.FailedPrecondition},
			"merging with nobody": {func() error {
				_, err := b.MergeLeads(b.ctx, &scoringv1.MergeLeadsRequest{Name: older.GetName(), Other: "leads/0123456789abcdef0123456789abcdef"})
				return err
			}, "REFERENCE_NOT_FOUND", codes.InvalidArgument},
			"parting nobody": {func() error {
				_, err := b.UnmergeLead(b.ctx, &scoringv1.UnmergeLeadRequest{Name: "leads/0123456789abcdef0123456789abcdef"})
				return err
			}, "RESOURCE_NOT_FOUND", codes.NotFound},
		} {
			t.Run(name, func(t *testing.T) { wantFault(t, c.call(), c.code, c.reason) })
		}
	})
}

func TestAPartnersLeadIsNotMergedWithOthers(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		ours := b.lead(t, "ann@initech.example")
		theirs, err := b.CreateLead(roomtest.AsPartner(t.Context(), "pat", "fypion"), &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", Email: "bob@initech.example"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.MergeLeads(b.ctx, &scoringv1.MergeLeadsRequest{Name: ours.GetName(), Other: theirs.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
		_, err = b.MergeLeads(roomtest.AsPartner(t.Context(), "pat", "fypion"), &scoringv1.MergeLeadsRequest{Name: theirs.GetName(), Other: ours.GetName()})
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
	})
}

func TestAHandoffThatTheMergeClosedIsOpenedAnewForWhoIsRestored(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		older := b.lead(t, "ann@initech.example", b.demo("1"))
		b.pass(day)
		younger := b.lead(t, "bob@initech.example", b.demo("2"))
		b.merge(t, older, younger)
		b.close(t, younger, routingv1.Handoff_OUTCOME_DUPLICATE, routingv1.Step_STEP_UNSPECIFIED)
		if got := b.get(t, older.GetName()); got.GetHandoff() != older.GetHandoff() || got.GetCycle() != 1 {
			t.Errorf("the person that stays has %v", got)
		}
		restored := b.unmerge(t, younger)
		if restored.GetHandoff() == younger.GetHandoff() || restored.GetCycle() != 2 || len(b.qualified(t)) != 3 {
			t.Errorf("the restored lead has cycle %d, and %d qualified; want a second handoff of its own", restored.GetCycle(), len(b.qualified(t)))
		}
		if got := b.get(t, older.GetName()); got.GetHandoff() != older.GetHandoff() {
			t.Errorf("the person that stays has %q, want its own handoff, %q", got.GetHandoff(), older.GetHandoff())
		}
	})
}

func TestAHandoffThatEndedWhileTwoWereOneStaysEndedWhenTheyPart(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		ann := b.lead(t, "ann@initech.example", b.demo("1"))
		b.pass(day)
		b.merge(t, ann, b.lead(t, "bob@initech.example"))
		b.close(t, ann, routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Step_STEP_RECYCLE)
		b.pass(day)
		carl := b.lead(t, "carl@initech.example", b.demo("2"))
		b.merge(t, ann, carl)
		if got := b.get(t, ann.GetName()); got.GetHandoff() != carl.GetHandoff() {
			t.Fatalf("the person has %q, want the handoff that is open, %q", got.GetHandoff(), carl.GetHandoff())
		}
		b.unmerge(t, carl)
		if got := b.get(t, ann.GetName()); got.GetHandoff() != ann.GetHandoff() || got.GetCycle() != 1 {
			t.Fatalf("parted again, the lead has %q in cycle %d, want its own handoff, %q", got.GetHandoff(), got.GetCycle(), ann.GetHandoff())
		}
		b.pass(day)
		b.record(t, by(ann, b.demo("3")))
		if got := b.get(t, ann.GetName()); got.GetCycle() != 2 || got.GetHandoff() == ann.GetHandoff() {
			t.Errorf("a demo request after a handoff that ended brings no new one: %q in cycle %d", got.GetHandoff(), got.GetCycle())
		}
	})
}
