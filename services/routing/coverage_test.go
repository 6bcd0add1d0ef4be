package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// demanding is the example in which German leads ask for the language, and leads of banks for a skill in a region.
func demanding() *playbookv1.Document {
	doc := example()
	doc.Routing.Requirements = []*playbookv1.RoutingRequirement{
		{When: `lead.country == "DE"`, Needs: &playbookv1.Coverage{Languages: []string{"de"}}},
		{When: `account.industry == "banking"`, Needs: &playbookv1.Coverage{Skills: []string{"security"}, Regions: []string{"dach"}}},
	}
	return doc
}

// under runs a test under a playbook of its own.
func under(t *testing.T, doc *playbookv1.Document, f func(t *testing.T, b *bundle)) {
	t.Helper()
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := bare(t, db, archive{})
		b.activate(t, 1, doc)
		b.calendar(t, office())
		f(t, b)
	})
}

// asking says which requirements hold.
func asking(requirements ...int32) func(*eventv1.LeadQualified) {
	return func(q *eventv1.LeadQualified) { q.Context.Requirements = requirements }
}

func covering(c *playbookv1.Coverage) func(*routingv1.Rep) {
	return func(r *routingv1.Rep) { r.Coverage = c }
}

func german() *playbookv1.Coverage { return &playbookv1.Coverage{Languages: []string{"de"}} }

func banker() *playbookv1.Coverage {
	return &playbookv1.Coverage{Skills: []string{"security", "api"}, Regions: []string{"dach", "benelux"}, Languages: []string{"fr", "de"}}
}

func TestAPoolGivesALeadOnlyToWhomItSuits(t *testing.T) {
	under(t, demanding(), func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob", covering(german()))
		b.rep(t, "cleo", covering(banker()))
		b.pool(t, "velocity", "ann", "bob", "cleo")
		got := map[string]map[string]int{}
		for range 12 {
			for kind, needs := range map[string][]int32{"any": nil, "german": {0}, "of a bank": {1}, "of a German bank": {0, 1}, "of a rule that is not there": {9}} {
				rep := b.handoff(t, b.qualify(t, asking(needs...))).GetRep()
				if got[kind] == nil {
					got[kind] = map[string]int{}
				}
				got[kind][rep]++
			}
		}
		for kind, never := range map[string][]string{"german": {"reps/ann"}, "of a bank": {"reps/ann", "reps/bob"}, "of a German bank": {"reps/ann", "reps/bob"}} {
			for _, rep := range never {
				if n := got[kind][rep]; n > 0 {
					t.Errorf("%s got %d leads %s", rep, n, kind)
				}
			}
		}
		if got["any"]["reps/ann"] == 0 || got["german"]["reps/bob"] == 0 || got["of a rule that is not there"]["reps/ann"] == 0 {
			t.Errorf("who suits gets nothing: %v", got)
		}
		h := b.handoff(t, b.qualify(t, asking(1, 0)))
		want := &playbookv1.Coverage{Regions: []string{"dach"}, Skills: []string{"security"}, Languages: []string{"de"}}
		if diff := cmp.Diff(want, h.GetNeeds(), protocmp.Transform()); diff != "" {
			t.Errorf("needs (-want +got):\n%s", diff)
		}
		why, err := b.client.ExplainRoute(revops(t), &routingv1.ExplainRouteRequest{Name: h.GetName() + "/route"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"region dach", "skill security", "language de"}, why.GetDecisions()[0].GetNeeds()); diff != "" {
			t.Errorf("explained needs (-want +got):\n%s", diff)
		}
	})
}

func TestALeadThatSuitsNobodyWaitsForSomebodyWhoLearnsIt(t *testing.T) {
	under(t, demanding(), func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		name := b.qualify(t, asking(0))
		if next := b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_SUITED); next != nil {
			t.Errorf("it waits until %v", next)
		}
		b.updateRep(t, &routingv1.Rep{Name: "reps/ann", Coverage: &playbookv1.Coverage{Regions: []string{"dach"}}}, "coverage")
		b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_SUITED)
		b.updateRep(t, &routingv1.Rep{Name: "reps/ann", Coverage: german()}, "coverage")
		b.assignedTo(t, name, "ann")
		b.rep(t, "eve", covering(german()), maxOpen(1))
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/eve"}}}, "members")
		b.updateRep(t, &routingv1.Rep{Name: "reps/ann"}, "coverage")
		b.assignedTo(t, b.qualify(t, asking(0)), "eve")
		b.heldFor(t, b.qualify(t, asking(0)), routingv1.Hold_REASON_EVERYBODY_AT_CAP)
	})
}

// TestWhoIsAskedByNameGetsItWhateverItAsksFor: an owner, and the owner of a deal.
func TestWhoIsAskedByNameGetsItWhateverItAsksFor(t *testing.T) {
	under(t, demanding(), func(t *testing.T, b *bundle) {
		b.rep(t, "olga")
		b.pool(t, "enterprise")
		b.assignedTo(t, b.qualify(t, target, ownedBy("olga"), asking(0)), "olga")
		b.assignedTo(t, b.qualify(t, dealOf("olga"), asking(0)), "olga")
		b.heldFor(t, b.qualify(t, target, asking(0)), routingv1.Hold_REASON_POOL_EMPTY)
	})
}

// TestWhatALeadAsksForFollowsWhatIsKnownOfIt: who waits is looked at again, who has it keeps it, and whoever comes next suits.
func TestWhatALeadAsksForFollowsWhatIsKnownOfIt(t *testing.T) {
	under(t, demanding(), func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		waits, has := b.lead(asking(0)), b.lead()
		b.Tell(t, eventlog.Scoring, waits, has)
		b.heldFor(t, waits.GetHandoff(), routingv1.Hold_REASON_NOBODY_SUITED)
		b.assignedTo(t, has.GetHandoff(), "ann")

		of2 := proto.CloneOf(moreContext(waits))
		of2.GetLeadContextChanged().Context.Requirements, of2.Playbook = nil, "playbooks/2"
		b.activate(t, 2, example())
		b.Tell(t, eventlog.Scoring, of2)
		b.heldFor(t, waits.GetHandoff(), routingv1.Hold_REASON_NOBODY_SUITED) // rules of another version say nothing
		b.Tell(t, eventlog.Scoring, moreContext(waits, asking()))
		b.assignedTo(t, waits.GetHandoff(), "ann")
		if needs := b.handoff(t, waits.GetHandoff()).GetNeeds(); needs != nil {
			t.Errorf("it still asks for %v", needs)
		}

		b.Tell(t, eventlog.Scoring, moreContext(has, asking(0)))
		b.assignedTo(t, has.GetHandoff(), "ann")
		b.rep(t, "bob", covering(german()))
		b.rep(t, "cleo")
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/bob"}, {Rep: "reps/cleo"}}}, "members")
		b.advanced(t, "ann", has.GetHandoff(), 1, routingv1.Step_STEP_DECLINE)
		b.assignedTo(t, has.GetHandoff(), "bob")
	})
}

func TestASimulationGivesLeadsToWhomTheySuit(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob", covering(german()))
		b.pool(t, "velocity", "ann", "bob")
		doc := signable()
		doc.Routing.Requirements = demanding().GetRouting().GetRequirements()
		asks := func(requirements ...int32) func(*routingv1.WouldBeHandoff) {
			return func(h *routingv1.WouldBeHandoff) { h.Requirements = requirements }
		}
		got, err := b.simulate(t, &routingv1.SimulateHandoffsRequest{Document: doc, Handoffs: []*routingv1.WouldBeHandoff{
			wouldBe(1, 9, 14, 0, asks(0)), wouldBe(2, 9, 14, 1, asks(0)), wouldBe(3, 9, 14, 2, asks(0)), wouldBe(4, 9, 14, 3, asks(1))}})
		if err != nil {
			t.Fatal(err)
		}
		const bob = " on 3-9 held=false queued=false nurture=false"
		want := map[int64]string{1: "T3 pools/velocity reps/bob at 03-09 14:00," + bob, 2: "T3 pools/velocity reps/bob at 03-09 14:01," + bob,
			3: "T3 pools/velocity reps/bob at 03-09 14:02," + bob, 4: "T3   held=true queued=false nurture=false"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// TestCoverageIsShownInOrder: as it was written, less what is nothing.
func TestCoverageIsShownInOrder(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "cleo", covering(banker()))
		b.rep(t, "ann", covering(&playbookv1.Coverage{}))
		for id, want := range map[string]*playbookv1.Coverage{"ann": nil, "cleo": {Regions: []string{"benelux", "dach"}, Skills: []string{"api", "security"}, Languages: []string{"de", "fr"}}} {
			got, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/" + id})
			if diff := cmp.Diff(want, got.GetCoverage(), protocmp.Transform()); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", id, err, diff)
			}
		}
		for _, wrong := range []*playbookv1.Coverage{{Languages: []string{"DE"}}, {Skills: []string{"a", "a"}}, {Regions: []string{""}}} {
			_, err := b.client.CreateRep(revops(t), &routingv1.CreateRepRequest{RepId: "eve", Rep: &routingv1.Rep{DisplayName: "Eve", Coverage: wrong}})
			if refusalOf(err).reason != "FIELD_INVALID" {
				t.Errorf("%v: got %v", wrong, err)
			}
		}
	})
}
