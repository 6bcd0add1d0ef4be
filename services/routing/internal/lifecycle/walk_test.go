package lifecycle_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
)

var people = []string{"ann", "bob", "cid", "eve", ""}

func drawView(t *rapid.T) lifecycle.View {
	return lifecycle.View{
		State:      lifecycle.State(rapid.Uint8Range(0, 5).Draw(t, "state seen")),
		Assignment: rapid.IntRange(-1, 5).Draw(t, "assignment seen"),
	}
}

// drawCommand makes any command at all, half of the time one that fits.
func drawCommand(t *rapid.T, h lifecycle.Handoff) lifecycle.Command {
	view := h.View()
	if rapid.Bool().Draw(t, "looked away") {
		view = drawView(t)
	}
	who := rapid.SampledFrom(people).Draw(t, "who")
	n := view.Assignment
	return rapid.SampledFrom([]lifecycle.Command{
		nil,
		lifecycle.Hold{Seen: view},
		lifecycle.Assign{To: who},
		lifecycle.Reassign{Seen: view, To: who},
		lifecycle.Nurture{},
		lifecycle.Withdraw{Outcome: lifecycle.Outcome(rapid.Uint8Range(0, 7).Draw(t, "withdrawn as"))},
		lifecycle.Accept{By: who, Assignment: n},
		lifecycle.Decline{By: who, Assignment: n},
		lifecycle.Reject{By: who, Assignment: n, Reason: lifecycle.Reason(rapid.Uint8Range(0, 7).Draw(t, "reason"))},
		lifecycle.Recycle{By: who, Seen: view, Destination: lifecycle.Destination(rapid.Uint8Range(0, 4).Draw(t, "destination"))},
		lifecycle.Dispose{By: who, Assignment: n, Outcome: lifecycle.Outcome(rapid.Uint8Range(0, 7).Draw(t, "outcome"))},
	}).Draw(t, "command")
}

func clone(h lifecycle.Handoff) lifecycle.Handoff {
	h.Assignments = slices.Clone(h.Assignments)
	return h
}

func TestAnyWalkKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h lifecycle.Handoff
		winners := map[int]int{} // steps that ended the wait of an assignment
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			h.Cover = ""
			if h.State == lifecycle.StateAssigned || h.State == lifecycle.StateAccepted {
				h.Cover = rapid.SampledFrom(people).Draw(t, "cover")
			}
			command, before := drawCommand(t, h), clone(h)
			transition, err := lifecycle.Next(h, command)
			if diff := cmp.Diff(before, h); diff != "" {
				t.Fatalf("%#v wrote to its input:\n%s", command, diff)
			}
			if err != nil {
				var refusal *lifecycle.Refusal
				if !errors.As(err, &refusal) || refusals[refusal.Reason] == "" {
					t.Fatalf("%#v: untyped refusal %v", command, err)
				}
				continue
			}
			checkStep(t, before, command, transition)
			if before.State == lifecycle.StateAssigned {
				winners[len(before.Assignments)]++
			}
			h = transition.Handoff
		}
		checkWinners(t, h, winners)
	})
}

func checkStep(t *rapid.T, before lifecycle.Handoff, command lifecycle.Command, got lifecycle.Transition) {
	after := got.Handoff
	if before.State == lifecycle.StateClosed {
		t.Fatalf("%#v left CLOSED", command)
	}
	if closed := after.State == lifecycle.StateClosed; closed != (after.Outcome != 0) {
		t.Fatalf("%v with outcome %v", after.State, after.Outcome)
	}
	if got.From != before.View() {
		t.Fatalf("from %+v, want %+v", got.From, before.View())
	}
	if opened := slices.Contains(got.Events, lifecycle.EventOpened); opened != (before.State == lifecycle.StateNew) {
		t.Fatalf("events %v from %v", got.Events, before.State)
	}
	assigned := slices.Contains(got.Events, lifecycle.EventAssigned)
	if grown := len(after.Assignments) - len(before.Assignments); (grown == 1) != assigned || grown != 0 && grown != 1 {
		t.Fatalf("%#v made %d assignments and events %v", command, grown, got.Events)
	}
	last := map[lifecycle.State]lifecycle.Event{
		lifecycle.StateAssigned: lifecycle.EventAssigned, lifecycle.StateAccepted: lifecycle.EventAccepted, lifecycle.StateClosed: lifecycle.EventClosed,
	}[after.State]
	if end := got.Events[len(got.Events)-1]; last != 0 && end != last {
		t.Fatalf("last event is %v on reaching %v", end, after.State)
	}
	for i, a := range after.Assignments {
		if i < len(after.Assignments)-1 && !a.Over {
			t.Fatalf("assignment %d is not over though there is a later one", i+1)
		}
		if a.Disposition != (lifecycle.Verdict{}) && a.Answer.Step != lifecycle.StepAccept {
			t.Fatalf("assignment %d was disposed of without an acceptance", i+1)
		}
	}
}

// checkWinners: each assignment that no longer waits was decided exactly once.
func checkWinners(t *rapid.T, h lifecycle.Handoff, winners map[int]int) {
	for i := range h.Assignments {
		want := 1
		if i == len(h.Assignments)-1 && h.State == lifecycle.StateAssigned {
			want = 0
		}
		if winners[i+1] != want {
			t.Fatalf("assignment %d was decided %d times, want %d", i+1, winners[i+1], want)
		}
	}
}
