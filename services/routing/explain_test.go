package routing_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/figures"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// named gives a rep a name that people know.
func named(name string) func(*routingv1.Rep) { return func(r *routingv1.Rep) { r.DisplayName = name } }

// away enters an absence from now on.
func (b *bundle) away(t testing.TB, rep string, length time.Duration) {
	t.Helper()
	now := b.Clock.Now()
	if _, err := b.client.CreateAbsence(revops(t), &routingv1.CreateAbsenceRequest{Parent: "reps/" + rep, Absence: &routingv1.Absence{
		StartTime: timestamppb.New(now), EndTime: timestamppb.New(now.Add(length)), Kind: "vacation"}}); err != nil {
		t.Fatal(err)
	}
}

// sixInEnterprise makes a pool of six: three of them can take leads, and the others each have a reason not to.
func sixInEnterprise(t testing.TB, b *bundle) {
	t.Helper()
	b.calendar(t, hours("berlin", "Europe/Berlin", "09:00", "12:00", workweek...))
	b.rep(t, "ann", named("Ann Archer"))
	b.rep(t, "bob", named("Bob Boone"))
	b.rep(t, "cem", named("Cem Celik"))
	b.rep(t, "dot", named("Dot Duran"), maxPerDay(1))
	b.rep(t, "eva", named("Eva Eder"), worksBy("berlin"))
	b.rep(t, "fay", named("Fay Foster"))
	b.rep(t, "olga", named("Olga Orlova"))
	members := []*routingv1.PoolMember{{Rep: "reps/ann", Weight: 2}}
	for _, rep := range []string{"bob", "cem", "dot", "eva", "fay"} {
		members = append(members, &routingv1.PoolMember{Rep: "reps/" + rep})
	}
	if _, err := b.client.CreatePool(revops(t), &routingv1.CreatePoolRequest{PoolId: "enterprise", Pool: &routingv1.Pool{
		DisplayName: "Enterprise", Members: members}}); err != nil {
		t.Fatal(err)
	}
	b.away(t, "olga", 24*time.Hour)
	b.away(t, "fay", 48*time.Hour)
}

func (b *bundle) route(t testing.TB, handoff string) *routingv1.RouteExplanation {
	t.Helper()
	told, err := b.client.ExplainRoute(revops(t), &routingv1.ExplainRouteRequest{Name: handoff + "/route"})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

func printed(t testing.TB, told *routingv1.RouteExplanation) string {
	t.Helper()
	var text strings.Builder
	out := figures.New(&text)
	out.Route(told)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestARepUnderstandsTheRoute: the owner is on leave; of six in the pool one is at a cap, one off shift and one on leave.
func TestARepUnderstandsTheRoute(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		sixInEnterprise(t, b)
		for range 5 {
			b.qualify(t, target)
		}
		b.Clock.Set(b.Clock.Now().Add(time.Hour))
		name := b.qualify(t, target, ownedBy("olga"))
		const want = `
1. Mon 2026-03-02 15:00 UTC, the lead qualified
  Tier T1: it went to Ann Archer, whom pool enterprise owed the most: 0.60 leads. Could not take it: 2 on leave, 1 off shift, 1 at a cap.

By the rules of playbooks/1
  first_match[0]  account.has_open_opportunity   no
  first_match[1]  account.is_customer            no
  tiers.T1        a target account, high intent  yes: the owner, else pool enterprise
  (the lead: a target account, high intent)

By name
  first  Olga Orlova  on leave, until Tue 2026-03-03 14:00 UTC

Pool enterprise, turn 8-2 of its ledger: who is owed the most gets it
                                                                               turns    owed   this   owed
  rep                                                                 weight  before  before   lead   then  open
  Ann Archer  got it                                                       2       2   +0.10  +0.50  +0.60     2
  Bob Boone   is owed less                                                 1       1   +0.05  +0.25  +0.30     1
  Cem Celik   is owed less                                                 1       1   +0.05  +0.25  +0.30     1
  Eva Eder    off shift, until Tue 2026-03-03 08:00 UTC                    1       0       0             0     0
  Fay Foster  on leave, until Wed 2026-03-04 14:00 UTC                     1       0       0             0     0
  Dot Duran   at a cap: 1 of 1 today, until Tue 2026-03-03 14:00 UTC       1       1   -0.20         -0.20     1
  (owed: how many leads they are behind their exact share; less than 0 is ahead)
`
		if diff := cmp.Diff(want, printed(t, b.route(t, name))); diff != "" {
			t.Errorf("printed (-want +got):\n%s", diff)
		}
	})
}

// TestEveryoneLearnsOfARouteWhatIsTheirs: who got the lead, not who of the colleagues is on leave; the partner, by which rule.
func TestEveryoneLearnsOfARouteWhatIsTheirs(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		sixInEnterprise(t, b)
		e := b.lead(target, ownedBy("olga"))
		e.Partner = "acme"
		b.Tell(t, eventlog.Scoring, e)
		name := e.GetHandoff()
		rep := b.handoff(t, name).GetRep()[len("reps/"):]
		all := b.route(t, name).GetDecisions()[0]
		req := &routingv1.ExplainRouteRequest{Name: name + "/route"}

		told, err := b.client.ExplainRoute(as(t, rep), req)
		if err != nil {
			t.Fatal(err)
		}
		theirs := told.GetDecisions()[0]
		for r, rung := range theirs.GetRungs() {
			for _, c := range rung.GetCandidates() {
				i := slices.IndexFunc(all.GetRungs()[r].GetCandidates(), func(o *routingv1.RouteCandidate) bool { return o.GetRep() == c.GetRep() })
				want := all.GetRungs()[r].GetCandidates()[i]
				switch want.GetVerdict() {
				case routingv1.RouteCandidate_VERDICT_PTO, routingv1.RouteCandidate_VERDICT_OFF_SHIFT:
					want.Verdict, want.NextAvailableTime = routingv1.RouteCandidate_VERDICT_AWAY, nil
				}
				if diff := cmp.Diff(want, c, protocmp.Transform()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.GetRep(), diff)
				}
			}
		}
		if text := printed(t, told); strings.Contains(text, "leave") || strings.Contains(text, "off shift") || !strings.Contains(text, "3 away") {
			t.Errorf("a rep reads of colleagues:\n%s", text)
		}

		told, err = b.client.ExplainRoute(roomtest.AsPartner(t.Context(), "pat", "acme"), req)
		if err != nil {
			t.Fatal(err)
		}
		want := &routingv1.RouteExplanation{Name: name + "/route", Decisions: []*routingv1.RouteDecision{{Number: 1, DecideTime: all.GetDecideTime(),
			Cause: routingv1.RouteDecision_CAUSE_QUALIFIED, Sentence: "Tier T1: it went to " + rep + ".", Tier: "T1", Rule: "tiers.T1", Playbook: "playbooks/1",
			Path: all.GetPath(), Rep: "reps/" + rep, Assignment: 1}}}
		if diff := cmp.Diff(want, told, protocmp.Transform()); diff != "" {
			t.Errorf("the partner (-want +got):\n%s", diff)
		}

		for who, ctx := range map[string]context.Context{"a colleague": as(t, "olga"), "another partner": roomtest.AsPartner(t.Context(), "pia", "other"),
			"whom nobody entered": as(t, "zoe")} {
			_, err := b.client.ExplainRoute(ctx, req)
			_, missing := b.client.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: name})
			if status.Code(err) != codes.NotFound || status.Convert(err).Message() != status.Convert(missing).Message() {
				t.Errorf("%s got %v", who, err)
			}
		}
	})
}

// TestEveryDecisionOfALifeIsTold: held at night, released in the morning, declined, passed on by name, raised, and nothing twice.
func TestEveryDecisionOfALifeIsTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, rep := range []string{"ann", "bob", "cat"} {
			b.rep(t, rep)
		}
		b.pool(t, "velocity", "ann", "bob")
		b.pool(t, "enterprise", "cat")
		b.Clock.Set(at("2026-03-02T22:30Z"))
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead)
		name := lead.GetHandoff()
		b.qualify(t) // whoever comes later changes nothing
		b.advanceTo(t, at("2026-03-03T14:00Z"))
		first := b.handoff(t, name).GetRep()[len("reps/"):]
		b.advanced(t, first, name, 1, routingv1.Step_STEP_DECLINE)
		if _, err := b.reassign(t, name, 2, "cat"); err != nil {
			t.Fatal(err)
		}
		b.Tell(t, eventlog.Scoring, moreContext(lead, target))
		second := b.route(t, name).GetDecisions()[2].GetRep()

		type line struct {
			cause routingv1.RouteDecision_Cause
			pick  routingv1.RouteDecision_Pick
			hold  routingv1.Hold_Reason
			rep   string
			n     int32
			tier  string
			text  string
		}
		var got []line
		for i, d := range b.route(t, name).GetDecisions() {
			got = append(got, line{d.GetCause(), d.GetPick(), d.GetHold().GetReason(), d.GetRep(), d.GetAssignment(), d.GetTier(), d.GetSentence()})
			if d.GetNumber() != int32(i)+1 {
				t.Errorf("decision %d is number %d", i+1, d.GetNumber())
			}
		}
		names := map[string]string{"reps/" + first: first, second: second[len("reps/"):]}
		want := []line{
			{cause: routingv1.RouteDecision_CAUSE_QUALIFIED, hold: routingv1.Hold_REASON_NOBODY_AVAILABLE, tier: "T3",
				text: "Tier T3: it waits, because nobody is at work; the next try is at Tue 2026-03-03 14:00 UTC. Could not take it: 2 off shift."},
			{cause: routingv1.RouteDecision_CAUSE_LOOKED_AGAIN, pick: routingv1.RouteDecision_PICK_LARGEST_DEFICIT, rep: "reps/" + first, n: 1, tier: "T3",
				text: "Tier T3: it went to " + first + ", whom pool velocity owed the most: 0.50 leads; equal with " + names[second] + ", and drawn by lot."},
			{cause: routingv1.RouteDecision_CAUSE_DECLINED, pick: routingv1.RouteDecision_PICK_SOLE, rep: second, n: 2, tier: "T3",
				text: "Tier T3: it went to " + names[second] + "; nobody else of pool velocity could take it. Could not take it: 1 who had it before."},
			{cause: routingv1.RouteDecision_CAUSE_REASSIGNED, pick: routingv1.RouteDecision_PICK_NAMED, rep: "reps/cat", n: 3, tier: "T3",
				text: "Tier T3: it was passed on to cat by name."},
			{cause: routingv1.RouteDecision_CAUSE_MORE_KNOWN, tier: "T1", text: "Tier T1: it stays where it is."},
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("decisions (-want +got):\n%s", diff)
		}

		nurtured := b.route(t, b.qualify(t, lowIntent)).GetDecisions()
		if len(nurtured) != 1 || nurtured[0].GetOutcome() != routingv1.Handoff_OUTCOME_NURTURE ||
			nurtured[0].GetSentence() != "No rule of the playbook: marketing nurtures it; no rep gets it." || nurtured[0].GetPath()[5].GetRule() != "otherwise" {
			t.Errorf("nurtured: %v", nurtured)
		}
		queued := b.route(t, b.qualify(t, customer)).GetDecisions()
		if len(queued) != 1 || queued[0].GetQueue() != "queues/customer-success" || len(queued[0].GetPath()) != 2 ||
			queued[0].GetSentence() != "By first_match[1]: it waits in the queue customer-success for somebody to pick it." {
			t.Errorf("queued: %v", queued)
		}
	})
}

// TestWhoTookAHandoffIsTold: who took it out of its queue themselves, and who was given it by somebody else.
func TestWhoTookAHandoffIsTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		counter(t, b)
		taken, given := b.qualify(t, customer), b.qualify(t, customer)
		for _, tc := range []struct {
			name, rep string
			by        context.Context
			pick      routingv1.RouteDecision_Pick
			text      string
		}{
			{taken, "", as(t, "ann"), routingv1.RouteDecision_PICK_CLAIMED, "By first_match[1]: ann took it out of the queue customer-success."},
			{given, "bob", manager(t), routingv1.RouteDecision_PICK_NAMED,
				"By first_match[1]: it was given to bob by name, out of the queue customer-success."},
		} {
			if _, err := b.claim(tc.by, tc.name, tc.rep); err != nil {
				t.Fatal(err)
			}
			d := b.route(t, tc.name).GetDecisions()
			if len(d) != 2 || d[1].GetCause() != routingv1.RouteDecision_CAUSE_CLAIMED || d[1].GetPick() != tc.pick ||
				d[1].GetQueue() != "queues/customer-success" || d[1].GetSentence() != tc.text || d[1].GetAssignment() != 1 {
				t.Errorf("got %v", d)
			}
		}
	})
}
