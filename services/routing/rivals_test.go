package routing_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// rival is somebody who saw the same assignment as the others. What follows when it wins is for the test to know.
type rival struct {
	name string
	act  func() error
}

// TestOfRepManagerAndLadderOneWins: at one instant the assignee, or who stands in for them, accepts, the assignee declines, a
// manager passes the handoff on, by the rules and by name, and the ladder of SLA wants the same or has somebody taken offline. One of them decides what becomes of the
// assignment. Every other is told why not, but for the ladder, which does nothing; and the ledger can be recounted.
func TestOfRepManagerAndLadderOneWins(t *testing.T) {
	const rounds = 12
	each(t, func(t *testing.T, b *bundle) {
		crew := []string{"ann", "bob", "cat", "dan", "eve"}
		for _, id := range append(crew, "zoe") {
			b.rep(t, id)
		}
		b.pool(t, "velocity", crew...)
		won := map[string]int{}
		for round := range rounds {
			name := b.qualify(t)
			rep := b.handoff(t, name).GetRep()[len("reps/"):]
			action := []playbookv1.EscalationAction{passOn, passOn, offline}[round%3]
			accepts, who, back := rep, "assignee", func() {}
			if round%2 == 1 {
				accepts, who, back = "zoe", "cover", b.deputise(t, rep, "zoe")
			}
			answer := func(rep string, step routingv1.Step) func() error {
				return func() error { _, err := b.answer(as(t, rep), name, 1, step); return err }
			}
			rivals := []rival{
				{who, answer(accepts, routingv1.Step_STEP_ACCEPT)},
				{"decline", answer(rep, routingv1.Step_STEP_DECLINE)},
				{"by the rules", func() error { _, err := b.reassign(t, name, 1, ""); return err }},
				{"by name", func() error {
					_, err := b.reassign(t, name, 1, crew[(slices.Index(crew, rep)+1)%len(crew)])
					return err
				}},
				{"ladder", func() error { b.Tell(t, eventlog.SLA, reached(name, 1, action)); return nil }},
			}
			errs := make([]error, len(rivals))
			race(len(rivals), func(i int) error {
				i = (i + round) % len(rivals) // who is started last tends to be first
				errs[i] = rivals[i].act()
				return nil
			})
			winner := b.judge(t, name, rep, rivals, errs)
			won[winner]++
			b.updateRep(t, &routingv1.Rep{Name: "reps/" + accepts, Active: proto.Bool(true)}, "active")
			back()
		}
		t.Logf("won: %v", won)
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// deputise has a rep away for some hours, with somebody who stands in, until what it gives is called.
func (b *bundle) deputise(t *testing.T, rep, cover string) (back func()) {
	t.Helper()
	a := b.leave(t, rep, cover, b.Clock.Now(), b.Clock.Now().Add(7*time.Hour))
	return func() {
		if _, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: a.GetName()}); err != nil {
			t.Fatal(err)
		}
	}
}

// judge says who won, by what was told of the handoff, and makes sure that everybody was answered accordingly.
func (b *bundle) judge(t *testing.T, name, rep string, rivals []rival, errs []error) (winner string) {
	t.Helper()
	reasons := b.reasons(t, name)
	passed := slices.ContainsFunc(reasons, func(r routingv1.ReassignReason) bool { return r == routingv1.ReassignReason_REASSIGN_REASON_CAPACITY })
	ladder := slices.ContainsFunc(reasons, func(r routingv1.ReassignReason) bool {
		return r == routingv1.ReassignReason_REASSIGN_REASON_BREACH || r == routingv1.ReassignReason_REASSIGN_REASON_OFFLINE
	})
	accepted, declined, byRules, byName := errs[0] == nil, errs[1] == nil, errs[2] == nil, errs[3] == nil
	took := 0 // how many took it from the rep
	for _, it := range []bool{declined, byRules, byName, ladder} {
		if it {
			took++
		}
	}
	h := b.handoff(t, name)
	switch {
	case took > 1, accepted && (declined || ladder), !accepted && took == 0:
		t.Errorf("%s: accepted %v, declined %v, passed on %v %v, ladder %v", name, accepted, declined, byRules, byName, ladder)
	case passed != (byRules || byName), int(h.GetAssignment()) != 1+took:
		t.Errorf("%s: told %v, and has assignment %d", name, reasons, h.GetAssignment())
	case took > 0 && (h.GetState() != routingv1.Handoff_STATE_ASSIGNED || h.GetRep() == "reps/"+rep):
		t.Errorf("%s was taken from %s and is %v of %s", name, rep, h.GetState(), h.GetRep())
	case took == 0 && (h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetRep() != "reps/"+rep):
		t.Errorf("%s was accepted by %s and is %v of %s", name, rep, h.GetState(), h.GetRep())
	}
	for i, err := range errs {
		want := []string{"", "ASSIGNMENT_SUPERSEDED"}
		if i < 2 && (accepted || declined) { // the other answer came first
			want = append(want, "VERDICT_EXISTS")
		}
		if rivals[i].name == "cover" && took > 0 { // who stood in for the rep before is a stranger now
			want = append(want, "RESOURCE_NOT_FOUND")
		}
		if !slices.Contains(want, refusalOf(err).reason) {
			t.Errorf("%s: %s got %v", name, rivals[i].name, err)
		}
	}
	return map[bool]string{true: "ladder", false: rivals[max(0, slices.IndexFunc(errs, func(err error) bool { return err == nil }))].name}[ladder]
}

// reasons are why a handoff was passed on, each time.
func (b *bundle) reasons(t *testing.T, name string) []routingv1.ReassignReason {
	t.Helper()
	var all []routingv1.ReassignReason
	for _, e := range b.Told(t) {
		if a := e.GetHandoffAssigned(); a.GetHandoff() == name && a.GetReassignReason() != 0 {
			all = append(all, a.GetReassignReason())
		}
	}
	return all
}
