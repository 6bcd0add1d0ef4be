package routing_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func (b *bundle) reassign(t *testing.T, name string, assignment int32, rep string) (*routingv1.Handoff, error) {
	t.Helper()
	req := &routingv1.ReassignHandoffRequest{Name: name, Assignment: assignment, Reason: routingv1.ReassignReason_REASSIGN_REASON_CAPACITY}
	if rep != "" {
		req.Rep = "reps/" + rep
	}
	return b.client.ReassignHandoff(roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER), req)
}

// TestAnUnacceptedHandoffIsPassedOn: by the rules to whoever is next, who is told why; the rep before gets the turn back and
// cannot answer any more.
func TestAnUnacceptedHandoffIsPassedOn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		name := b.qualify(t)
		first := b.handoff(t, name).GetRep()[len("reps/"):]
		second := map[string]string{"ann": "bob", "bob": "ann"}[first]
		h, err := b.reassign(t, name, 1, "")
		if err != nil || h.GetRep() != "reps/"+second || h.GetAssignment() != 2 || h.GetState() != routingv1.Handoff_STATE_ASSIGNED {
			t.Fatalf("got %v, %v", h, err)
		}
		told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if told.GetPreviousRep() != "reps/"+first || told.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_CAPACITY || told.GetPool() != "pools/velocity" {
			t.Errorf("told %v", told)
		}
		if diff := cmp.Diff(map[string]int64{first: 0, second: 1}, b.turns(t, "velocity")); diff != "" {
			t.Errorf("turns (-want +got):\n%s", diff)
		}
		if got := b.entries(t, "velocity")[0].GetCredit().GetReason(); got != routingv1.CreditReason_CREDIT_REASON_REASSIGNED {
			t.Errorf("the first turn was credited as %v", got)
		}
		if _, err := b.answer(as(t, first), name, 1, routingv1.Step_STEP_ACCEPT); refusalOf(err).reason != "ASSIGNMENT_SUPERSEDED" {
			t.Errorf("who had it before got %v", err)
		}
		if b.openCount(t, first) != 0 || b.openCount(t, second) != 1 {
			t.Errorf("%s has %d open, %s %d", first, b.openCount(t, first), second, b.openCount(t, second))
		}
		b.advanced(t, second, name, 2, routingv1.Step_STEP_ACCEPT)
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestAnAcceptedHandoffIsPassedOnToWhoeverIsNamed: it must be accepted anew, the turn stays spent, and the one who is named spends
// none. Whoever waited for the rep who was full gets what there is room for.
func TestAnAcceptedHandoffIsPassedOnToWhoeverIsNamed(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", maxOpen(1))
		b.rep(t, "olga")
		b.pool(t, "velocity", "ann")
		name, waiting := b.qualify(t), b.qualify(t)
		b.advanced(t, "ann", name, 1, routingv1.Step_STEP_ACCEPT)
		b.heldFor(t, waiting, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		h, err := b.reassign(t, name, 1, "olga")
		if err != nil || h.GetState() != routingv1.Handoff_STATE_ASSIGNED || h.GetRep() != "reps/olga" || h.GetPool() != "" || h.GetAcceptTime() != nil {
			t.Fatalf("got %v, %v", h, err)
		}
		b.assignedTo(t, waiting, "ann")
		if got := b.turns(t, "velocity")["ann"]; got != 2 {
			t.Errorf("ann has %d turns", got)
		}
		b.advanced(t, "olga", name, 2, routingv1.Step_STEP_ACCEPT)
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

func TestWhatOfAReassignmentIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.rep(t, "ina", inactive)
		b.pool(t, "velocity", "ann", "bob")
		b.pool(t, "enterprise", "cat")
		held := b.qualify(t, dealOf(""), lowIntent)
		declined := b.qualify(t)
		decliner := b.handoff(t, declined).GetRep()[len("reps/"):]
		b.advanced(t, decliner, declined, 1, routingv1.Step_STEP_DECLINE)
		closed := b.qualify(t, lowIntent)
		alone := b.qualify(t, target)
		call := func(name string, assignment int32, rep string) error {
			_, err := b.reassign(t, name, assignment, rep)
			return err
		}
		_, reason := b.client.ReassignHandoff(revops(t), &routingv1.ReassignHandoffRequest{Name: alone, Assignment: 1})
		_, ours := b.client.ReassignHandoff(revops(t), &routingv1.ReassignHandoffRequest{Name: alone, Assignment: 1,
			Reason: routingv1.ReassignReason_REASSIGN_REASON_MATCH_CHANGED})
		_, role := b.client.ReassignHandoff(as(t, "cat"), &routingv1.ReassignHandoffRequest{Name: alone, Assignment: 1,
			Reason: routingv1.ReassignReason_REASSIGN_REASON_SKILL})
		for name, tc := range map[string]struct {
			err    error
			code   codes.Code
			reason string
		}{
			"nobody has it":               {call(held, 1, ""), codes.FailedPrecondition, "STATE_CONFLICT"},
			"it is closed":                {call(closed, 1, ""), codes.FailedPrecondition, "STATE_CONFLICT"},
			"an assignment that is over":  {call(declined, 1, ""), codes.Aborted, "ASSIGNMENT_SUPERSEDED"},
			"nobody else is in the pool":  {call(alone, 1, ""), codes.FailedPrecondition, "STATE_CONFLICT"},
			"everybody else has declined": {call(declined, 2, ""), codes.FailedPrecondition, "STATE_CONFLICT"},
			"to who declined it":          {call(declined, 2, decliner), codes.FailedPrecondition, "STATE_CONFLICT"},
			"to who is inactive":          {call(alone, 1, "ina"), codes.FailedPrecondition, "STATE_CONFLICT"},
			"to who has it":               {call(alone, 1, "cat"), codes.InvalidArgument, "FIELD_INVALID"},
			"to nobody we know":           {call(alone, 1, "ghost"), codes.InvalidArgument, "REFERENCE_NOT_FOUND"},
			"no such handoff":             {call("handoffs/000000000000000000000000000fffff", 1, ""), codes.NotFound, "RESOURCE_NOT_FOUND"},
			"without a reason":            {reason, codes.InvalidArgument, "FIELD_INVALID"},
			"for routing's own reason":    {ours, codes.InvalidArgument, "FIELD_INVALID"},
			"by a rep":                    {role, codes.PermissionDenied, "ROLE_MISSING"},
		} {
			if got := refusalOf(tc.err); got.code != tc.code || got.reason != tc.reason {
				t.Errorf("%s: got %v", name, tc.err)
			}
		}
		b.assignedTo(t, alone, "cat")
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestARetriedReassignmentHappensOnce: the same request again gets the same answer, and takes nobody's turn.
func TestARetriedReassignmentHappensOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann", "bob", "cat")
		name := b.qualify(t)
		req := &routingv1.ReassignHandoffRequest{Name: name, Assignment: 1, Reason: routingv1.ReassignReason_REASSIGN_REASON_TERRITORY,
			RequestId: "0191d5d8-3c5a-7c06-8d2b-3a1f6f1f0002"}
		first, err := b.client.ReassignHandoff(revops(t), req)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.client.ReassignHandoff(revops(t), req)
		if err != nil || !proto.Equal(first, again) || b.handoff(t, name).GetAssignment() != 2 {
			t.Errorf("got %v, then %v, %v", first, again, err)
		}
	})
}

// TestOneOfAcceptAndReassignWins: the assignee accepts, declines and two managers reassign, all at once and having seen the same
// assignment. Each is told clearly what became of it, and the ledger is intact.
func TestOneOfAcceptAndReassignWins(t *testing.T) {
	const rounds = 10
	each(t, func(t *testing.T, b *bundle) {
		members := []string{"ann", "bob", "cat", "dan"}
		for _, id := range members {
			b.rep(t, id)
		}
		b.pool(t, "velocity", members...)
		for range rounds {
			name := b.qualify(t)
			rep := b.handoff(t, name).GetRep()[len("reps/"):]
			var group sync.WaitGroup
			errs := make([]error, 4)
			for i, act := range []func() error{
				func() error { _, err := b.answer(as(t, rep), name, 1, routingv1.Step_STEP_ACCEPT); return err },
				func() error { _, err := b.answer(as(t, rep), name, 1, routingv1.Step_STEP_DECLINE); return err },
				func() error { _, err := b.reassign(t, name, 1, ""); return err },
				func() error { _, err := b.reassign(t, name, 1, ""); return err },
			} {
				group.Go(func() { errs[i] = act() })
			}
			group.Wait()
			for i, err := range errs {
				switch r := refusalOf(err); {
				case err == nil, r.reason == "VERDICT_EXISTS", r.reason == "ASSIGNMENT_SUPERSEDED":
				default:
					t.Errorf("rival %d got %v", i, err)
				}
			}
			accepted, passedOn := errs[0] == nil, errs[2] == nil || errs[3] == nil
			if errs[0] == nil && errs[1] == nil || errs[2] == nil && errs[3] == nil || errs[1] == nil && passedOn {
				t.Errorf("more than one won: %v", errs)
			}
			// An accept may be followed by one reassignment, which saw the same assignment; nothing else follows.
			h := b.handoff(t, name)
			if want := int32(1); accepted && !passedOn && (h.GetAssignment() != want || h.GetState() != routingv1.Handoff_STATE_ACCEPTED) {
				t.Errorf("accepted, and it is %v with assignment %d", h.GetState(), h.GetAssignment())
			}
			if passedOn && (h.GetAssignment() != 2 || h.GetRep() == "reps/"+rep) {
				t.Errorf("passed on, and %s has assignment %d", h.GetRep(), h.GetAssignment())
			}
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}
