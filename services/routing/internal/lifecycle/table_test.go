package lifecycle_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
)

// after takes steps one after the other, from a new handoff.
func after(t testing.TB, steps ...lifecycle.Command) lifecycle.Handoff {
	t.Helper()
	var h lifecycle.Handoff
	for i, step := range steps {
		transition, err := lifecycle.Next(h, step)
		if err != nil {
			t.Fatalf("step %d, %T: %v", i, step, err)
		}
		h = transition.Handoff
	}
	return h
}

func seen(state lifecycle.State, assignment int) lifecycle.View {
	return lifecycle.View{State: state, Assignment: assignment}
}

// A handoff of each kind that a command can meet. Wherever there is an
// assignee, it is ann with assignment 1.
func situations(t *testing.T) map[string]lifecycle.Handoff {
	assigned := lifecycle.Assign{To: "ann"}
	accept := lifecycle.Accept{By: "ann", Assignment: 1}
	return map[string]lifecycle.Handoff{
		"NEW":      after(t),
		"HELD":     after(t, lifecycle.Hold{}),
		"DECLINED": after(t, assigned, lifecycle.Decline{By: "ann", Assignment: 1}),
		"ASSIGNED": after(t, assigned),
		"ACCEPTED": after(t, assigned, accept),
		"REJECTED": after(t, assigned, lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonNotReady}),
		"DISPOSED": after(t, assigned, accept, lifecycle.Dispose{By: "ann", Assignment: 1, Outcome: lifecycle.OutcomeSQL}),
		"NURTURED": after(t, lifecycle.Nurture{}),
	}
}

// commands of each kind, by ann where a rep speaks, who sees things as they are.
func commands(h lifecycle.Handoff) map[string]lifecycle.Command {
	recycled := h.View()
	if recycled.State != lifecycle.StateAccepted {
		recycled.State = lifecycle.StateAssigned
	}
	return map[string]lifecycle.Command{
		"hold":     lifecycle.Hold{Seen: h.View()},
		"assign":   lifecycle.Assign{To: "bob"},
		"reassign": lifecycle.Reassign{Seen: h.View(), To: "bob"},
		"nurture":  lifecycle.Nurture{},
		"withdraw": lifecycle.Withdraw{Outcome: lifecycle.OutcomeDisqualified},
		"accept":   lifecycle.Accept{By: "ann", Assignment: 1},
		"decline":  lifecycle.Decline{By: "ann", Assignment: 1},
		"reject":   lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonNotReady},
		"recycle":  lifecycle.Recycle{By: "ann", Seen: recycled, Destination: lifecycle.ToNurture},
		"dispose":  lifecycle.Dispose{By: "ann", Assignment: 1, Outcome: lifecycle.OutcomeSQL},
	}
}

// The table of the documentation, with the kind of each refusal.
const everyStep = `
          NEW       HELD      DECLINED  ASSIGNED  ACCEPTED  REJECTED  DISPOSED  NURTURED
hold      HELD      HELD      HELD      HELD      HELD      state     state     state
assign    ASSIGNED  ASSIGNED  ASSIGNED  state     state     state     state     state
reassign  state     state     state     ASSIGNED  ASSIGNED  state     state     state
nurture   CLOSED    state     state     state     state     state     state     state
withdraw  CLOSED    CLOSED    CLOSED    CLOSED    CLOSED    state     state     state
accept    stranger  stranger  former    ACCEPTED  again     state     again     stranger
decline   stranger  stranger  again     HELD      state     state     state     stranger
reject    stranger  stranger  former    CLOSED    state     again     state     stranger
recycle   stranger  stranger  former    CLOSED    CLOSED    state     state     stranger
dispose   stranger  stranger  former    state     CLOSED    state     again     stranger
`

var refusals = map[error]string{
	lifecycle.ErrCommand: "command", lifecycle.ErrNotYours: "stranger", lifecycle.ErrSuperseded: "former",
	lifecycle.ErrAlreadyDecided: "again", lifecycle.ErrWrongState: "state", lifecycle.ErrStale: "stale",
}

// result names the state reached or the kind of refusal.
func result(h lifecycle.Handoff, c lifecycle.Command) string {
	transition, err := lifecycle.Next(h, c)
	if err == nil {
		return transition.Handoff.State.String()
	}
	var refusal *lifecycle.Refusal
	if !errors.As(err, &refusal) {
		return err.Error()
	}
	return refusals[refusal.Reason]
}

func TestEveryStepInEverySituation(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(everyStep), "\n")
	columns := strings.Fields(lines[0])
	all := situations(t)
	if len(columns) != len(all) || len(lines)-1 != len(commands(lifecycle.Handoff{})) {
		t.Fatalf("the table has %d columns and %d rows", len(columns), len(lines)-1)
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		for i, situation := range columns {
			t.Run(cells[0]+"/"+situation, func(t *testing.T) {
				h := all[situation]
				if got, want := result(h, commands(h)[cells[0]]), cells[i+1]; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		}
	}
}

func TestWhatEachStepMakesKnown(t *testing.T) {
	ann := lifecycle.Assign{To: "ann"}
	accept := lifecycle.Accept{By: "ann", Assignment: 1}
	for _, tc := range []struct {
		name   string
		before []lifecycle.Command
		step   lifecycle.Command
		want   []lifecycle.Event
	}{
		{"open on hold", nil, lifecycle.Hold{}, []lifecycle.Event{lifecycle.EventOpened, lifecycle.EventHeld}},
		{"open assigned", nil, ann, []lifecycle.Event{lifecycle.EventOpened, lifecycle.EventAssigned}},
		{"nurture", nil, lifecycle.Nurture{}, []lifecycle.Event{lifecycle.EventOpened, lifecycle.EventClosed}},
		{"disqualified before it opens", nil, lifecycle.Withdraw{Outcome: lifecycle.OutcomeDisqualified}, []lifecycle.Event{lifecycle.EventOpened, lifecycle.EventClosed}},
		{"release", []lifecycle.Command{lifecycle.Hold{}}, ann, []lifecycle.Event{lifecycle.EventAssigned}},
		{"hold for another reason", []lifecycle.Command{lifecycle.Hold{}}, lifecycle.Hold{Seen: seen(lifecycle.StateHeld, 0)}, []lifecycle.Event{lifecycle.EventHeld}},
		{"accept", []lifecycle.Command{ann}, accept, []lifecycle.Event{lifecycle.EventAccepted}},
		{"decline", []lifecycle.Command{ann}, lifecycle.Decline{By: "ann", Assignment: 1}, []lifecycle.Event{lifecycle.EventDeclined}},
		{"reject", []lifecycle.Command{ann}, lifecycle.Reject{By: "ann", Assignment: 1, Reason: lifecycle.ReasonBadData}, []lifecycle.Event{lifecycle.EventRejected, lifecycle.EventClosed}},
		{"recycle", []lifecycle.Command{ann}, lifecycle.Recycle{By: "ann", Seen: seen(lifecycle.StateAssigned, 1), Destination: lifecycle.ToNoContact}, []lifecycle.Event{lifecycle.EventClosed}},
		{"dispose", []lifecycle.Command{ann, accept}, lifecycle.Dispose{By: "ann", Assignment: 1, Outcome: lifecycle.OutcomeNurture}, []lifecycle.Event{lifecycle.EventClosed}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := lifecycle.Next(after(t, tc.before...), tc.step)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.Events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheReasonOfARejectionDecidesTheOutcome(t *testing.T) {
	for reason, want := range map[lifecycle.Reason]lifecycle.Outcome{
		lifecycle.ReasonBadFitFirmographic: lifecycle.OutcomeDisqualified,
		lifecycle.ReasonBadFitBudget:       lifecycle.OutcomeDisqualified,
		lifecycle.ReasonNotReady:           lifecycle.OutcomeRecycled,
		lifecycle.ReasonBadData:            lifecycle.OutcomeBadData,
		lifecycle.ReasonCompetitor:         lifecycle.OutcomeDisqualified,
		lifecycle.ReasonDuplicate:          lifecycle.OutcomeDuplicate,
	} {
		h := after(t, lifecycle.Assign{To: "ann"}, lifecycle.Reject{By: "ann", Assignment: 1, Reason: reason})
		if h.State != lifecycle.StateClosed || h.Outcome != want {
			t.Errorf("%v: got %v with %v, want CLOSED with %v", reason, h.State, h.Outcome, want)
		}
	}
}
