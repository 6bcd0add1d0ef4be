package lifecycle_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
)

func TestWhoMaySpeak(t *testing.T) {
	passed := after(t, lifecycle.Assign{To: "ann"}, lifecycle.Reassign{Seen: seen(lifecycle.StateAssigned, 1), To: "bob"})
	passed.Cover = "cid"
	back := after(t, lifecycle.Assign{To: "ann"},
		lifecycle.Reassign{Seen: seen(lifecycle.StateAssigned, 1), To: "bob"},
		lifecycle.Reassign{Seen: seen(lifecycle.StateAssigned, 2), To: "ann"})
	for _, tc := range []struct {
		name    string
		handoff lifecycle.Handoff
		verdict lifecycle.Accept
		want    error
	}{
		{"assignee", passed, lifecycle.Accept{By: "bob", Assignment: 2}, nil},
		{"cover", passed, lifecycle.Accept{By: "cid", Assignment: 2}, nil},
		{"former assignee", passed, lifecycle.Accept{By: "ann", Assignment: 1}, lifecycle.ErrSuperseded},
		{"former assignee who names the new assignment", passed, lifecycle.Accept{By: "ann", Assignment: 2}, lifecycle.ErrSuperseded},
		{"another rep", passed, lifecycle.Accept{By: "dee", Assignment: 2}, lifecycle.ErrNotYours},
		{"assignee who saw an older assignment", back, lifecycle.Accept{By: "ann", Assignment: 1}, lifecycle.ErrStale},
		{"assignment that never was", passed, lifecycle.Accept{By: "bob", Assignment: 3}, lifecycle.ErrStale},
		{"assignment zero", passed, lifecycle.Accept{By: "bob"}, lifecycle.ErrStale},
		{"nobody", passed, lifecycle.Accept{Assignment: 2}, lifecycle.ErrCommand},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := lifecycle.Next(tc.handoff, tc.verdict); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestAStrangersRefusalIsTheSameInEverySituation(t *testing.T) {
	for name, h := range situations(t) {
		for _, verdict := range []lifecycle.Command{
			lifecycle.Accept{By: "eve", Assignment: 1},
			lifecycle.Decline{By: "eve", Assignment: 1},
			lifecycle.Reject{By: "eve", Assignment: 1, Reason: lifecycle.ReasonNotReady},
			lifecycle.Recycle{By: "eve", Seen: seen(lifecycle.StateAssigned, 1), Destination: lifecycle.ToNurture},
			lifecycle.Dispose{By: "eve", Assignment: 1, Outcome: lifecycle.OutcomeSQL},
		} {
			_, err := lifecycle.Next(h, verdict)
			var got *lifecycle.Refusal
			if !errors.As(err, &got) || *got != (lifecycle.Refusal{Reason: lifecycle.ErrNotYours}) {
				t.Errorf("%s, %T: got %#v, want a bare ErrNotYours", name, verdict, err)
			}
		}
	}
}

func TestTheSameVerdictAgainIsRecognised(t *testing.T) {
	accepted := after(t, lifecycle.Assign{To: "ann"}, lifecycle.Accept{By: "ann", Assignment: 1})
	accepted.Cover = "cid"
	declined := after(t, lifecycle.Assign{To: "ann"}, lifecycle.Decline{By: "ann", Assignment: 1}, lifecycle.Assign{To: "bob"})
	rejected := after(t, lifecycle.Assign{To: "ann"}, lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonBadData})
	for _, tc := range []struct {
		name    string
		handoff lifecycle.Handoff
		verdict lifecycle.Command
		want    error
	}{
		{"accept", accepted, lifecycle.Accept{By: "ann", Assignment: 1}, lifecycle.ErrAlreadyDecided},
		{"accept by the cover", accepted, lifecycle.Accept{By: "cid", Assignment: 1}, lifecycle.ErrAlreadyDecided},
		{"decline after the next assignment began", declined, lifecycle.Decline{By: "ann", Assignment: 1}, lifecycle.ErrAlreadyDecided},
		{"decline of the other's assignment", declined, lifecycle.Decline{By: "ann", Assignment: 2}, lifecycle.ErrSuperseded},
		{"reject", rejected, lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonBadData}, lifecycle.ErrAlreadyDecided},
		{"reject for another reason", rejected, lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonDuplicate}, lifecycle.ErrWrongState},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := lifecycle.Next(tc.handoff, tc.verdict); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMalformedCommandsAreRefusedInEverySituation(t *testing.T) {
	for name, command := range map[string]lifecycle.Command{
		"none":                       nil,
		"assign to nobody":           lifecycle.Assign{},
		"reassign to nobody":         lifecycle.Reassign{Seen: seen(lifecycle.StateAssigned, 1)},
		"reject without a reason":    lifecycle.Reject{By: "ann", Assignment: 1},
		"reject for a new reason":    lifecycle.Reject{By: "ann", Assignment: 1, Reason: 99},
		"recycle to nowhere":         lifecycle.Recycle{By: "ann", Seen: seen(lifecycle.StateAssigned, 1)},
		"recycle what was held":      lifecycle.Recycle{By: "ann", Seen: seen(lifecycle.StateHeld, 1), Destination: lifecycle.ToNurture},
		"dispose as recycled":        lifecycle.Dispose{By: "ann", Assignment: 1, Outcome: lifecycle.OutcomeRecycled},
		"dispose without an outcome": lifecycle.Dispose{By: "ann", Assignment: 1},
		"withdraw as qualified":      lifecycle.Withdraw{Outcome: lifecycle.OutcomeSQL},
	} {
		for situation, h := range situations(t) {
			if _, err := lifecycle.Next(h, command); !errors.Is(err, lifecycle.ErrCommand) {
				t.Errorf("%s when %s: got %v, want ErrCommand", name, situation, err)
			}
		}
	}
	if _, err := lifecycle.Next(after(t, lifecycle.Assign{To: "ann"}), lifecycle.Reassign{Seen: seen(lifecycle.StateAssigned, 1), To: "ann"}); !errors.Is(err, lifecycle.ErrCommand) {
		t.Errorf("reassign to the assignee: got %v, want ErrCommand", err)
	}
}

func TestATurnComesBackOnlyForALeadThatWasNone(t *testing.T) {
	ann := lifecycle.Assign{To: "ann"}
	accept := lifecycle.Accept{By: "ann", Assignment: 1}
	reject := func(r lifecycle.Reason) lifecycle.Command {
		return lifecycle.Reject{By: "ann", Assignment: 1, Reason: r}
	}
	for _, tc := range []struct {
		name   string
		before []lifecycle.Command
		step   lifecycle.Command
		want   bool
	}{
		{"taken away before acceptance", []lifecycle.Command{ann}, lifecycle.Reassign{Seen: seen(lifecycle.StateAssigned, 1), To: "bob"}, true},
		{"taken away after acceptance", []lifecycle.Command{ann, accept}, lifecycle.Reassign{Seen: seen(lifecycle.StateAccepted, 1), To: "bob"}, false},
		{"held before acceptance", []lifecycle.Command{ann}, lifecycle.Hold{Seen: seen(lifecycle.StateAssigned, 1)}, true},
		{"held before anybody had it", []lifecycle.Command{lifecycle.Hold{}}, lifecycle.Hold{Seen: seen(lifecycle.StateHeld, 0)}, false},
		{"bad data", []lifecycle.Command{ann}, reject(lifecycle.ReasonBadData), true},
		{"duplicate", []lifecycle.Command{ann}, reject(lifecycle.ReasonDuplicate), true},
		{"bad fit", []lifecycle.Command{ann}, reject(lifecycle.ReasonBadFitBudget), false},
		{"not ready", []lifecycle.Command{ann}, reject(lifecycle.ReasonNotReady), false},
		{"competitor", []lifecycle.Command{ann}, reject(lifecycle.ReasonCompetitor), false},
		{"decline", []lifecycle.Command{ann}, lifecycle.Decline{By: "ann", Assignment: 1}, false},
		{"merged while accepted", []lifecycle.Command{ann, accept}, lifecycle.Withdraw{Outcome: lifecycle.OutcomeDuplicate}, true},
		{"merged while held", []lifecycle.Command{lifecycle.Hold{}}, lifecycle.Withdraw{Outcome: lifecycle.OutcomeDuplicate}, false},
		{"disqualified", []lifecycle.Command{ann}, lifecycle.Withdraw{Outcome: lifecycle.OutcomeDisqualified}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := lifecycle.Next(after(t, tc.before...), tc.step)
			if err != nil {
				t.Fatal(err)
			}
			if got.TurnBack != tc.want {
				t.Errorf("turn comes back: got %v, want %v", got.TurnBack, tc.want)
			}
		})
	}
}

// A rep, a stand-in, a manager and an escalation all saw assignment 1 waiting for
// its answer. Whatever the order in which they come, the first wins and all
// others are refused.
func TestOfRivalsOverOneAssignmentExactlyOneWins(t *testing.T) {
	waiting := after(t, lifecycle.Assign{To: "ann"})
	waiting.Cover = "cid"
	saw := waiting.View()
	rivals := []lifecycle.Command{
		lifecycle.Accept{By: "ann", Assignment: 1},
		lifecycle.Accept{By: "cid", Assignment: 1},
		lifecycle.Decline{By: "ann", Assignment: 1},
		lifecycle.Decline{By: "cid", Assignment: 1},
		lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonNotReady},
		lifecycle.Reject{By: "cid", Assignment: 1, Reason: lifecycle.ReasonBadData},
		lifecycle.Recycle{By: "cid", Seen: saw, Destination: lifecycle.ToOutboundRework},
		lifecycle.Reassign{Seen: saw, To: "bob"},
		lifecycle.Reassign{Seen: saw, To: "dee"},
		lifecycle.Hold{Seen: saw},
	}
	rapid.Check(t, func(t *rapid.T) {
		h := waiting
		for i, rival := range rapid.Permutation(rivals).Draw(t, "order") {
			transition, err := lifecycle.Next(h, rival)
			if won := err == nil; won != (i == 0) {
				t.Fatalf("number %d, %#v: got %v", i, rival, err)
			}
			if err == nil {
				h = transition.Handoff
			}
		}
	})
}
