package routing_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// TestOneOfCompetingAnswersWins: the assignee accepts, declines and rejects at once, a manager recycles, and Scoring
// disqualifies the lead. One of them decides what becomes of the assignment, and each of the others is told why not.
func TestOneOfCompetingAnswersWins(t *testing.T) {
	const rounds = 15
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		manager := roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER)
		for range rounds {
			lead := b.lead()
			b.Tell(t, eventlog.Scoring, lead)
			name := lead.GetHandoff()
			rep := b.handoff(t, name).GetRep()[len("reps/"):]
			var group sync.WaitGroup
			group.Go(func() { b.Tell(t, eventlog.Scoring, disqualified(lead)) })
			steps := []routingv1.Step{routingv1.Step_STEP_ACCEPT, routingv1.Step_STEP_DECLINE, routingv1.Step_STEP_REJECT, routingv1.Step_STEP_RECYCLE}
			won, lost := race(len(steps), func(i int) error {
				ctx := as(t, rep)
				if steps[i] == routingv1.Step_STEP_RECYCLE {
					ctx = manager
				}
				_, err := b.answer(ctx, name, 1, steps[i])
				return err
			})
			group.Wait()
			verdicts := 0
			for _, kind := range b.toldOf(t, name) {
				if slices.Contains([]string{"handoff_accepted", "handoff_declined", "handoff_rejected"}, kind) {
					verdicts++
				}
			}
			h := b.handoff(t, name)
			// A recycle may follow the accept; both count, and it tells of the close alone.
			if most := 2; won > most || verdicts > 1 || won < verdicts {
				t.Errorf("%d answers counted, of which %d were told", won, verdicts)
			}
			for _, err := range lost {
				if got := refusalOf(err).reason; !slices.Contains([]string{"VERDICT_EXISTS", "STATE_CONFLICT", "ASSIGNMENT_SUPERSEDED"}, got) {
					t.Errorf("a loser got %v", err)
				}
			}
			if h.GetState() == routingv1.Handoff_STATE_HELD {
				t.Errorf("%s is held: %v", name, h.GetHold())
			}
		}
		b.checkBooks(t)
	})
}

func TestTwinsOfOneRequestGetOneAnswer(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, rep, _ := duo(t, b)
		req := &routingv1.AdvanceHandoffRequest{Name: name, Assignment: 1, Step: routingv1.Step_STEP_DECLINE,
			RequestId: "0197aa10-0000-4000-8000-000000000002"}
		answers := make([]*routingv1.Handoff, 8)
		won, lost := race(len(answers), func(i int) (err error) {
			answers[i], err = b.client.AdvanceHandoff(as(t, rep), req)
			return err
		})
		if won != len(answers) {
			t.Fatalf("%d of %d got an answer: %v", won, len(answers), lost)
		}
		for _, h := range answers {
			if h.GetAssignment() != 2 || h.GetEtag() != answers[0].GetEtag() {
				t.Errorf("got assignment %d, etag %s", h.GetAssignment(), h.GetEtag())
			}
		}
		want := []string{"handoff_opened", "handoff_assigned", "handoff_declined", "handoff_assigned"}
		if diff := cmp.Diff(want, b.toldOf(t, name)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		b.checkBooks(t)
	})
}

// TestACapHoldsUnderConcurrency gives one rep's last places to leads of two pools at once.
func TestACapHoldsUnderConcurrency(t *testing.T) {
	const leads, clients = 40, 8
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(5))
		b.rep(t, "desk")
		b.pool(t, "floor", "vic")
		b.overflowing(t, "velocity", "floor", "desk")
		b.overflowing(t, "enterprise", "floor", "desk")
		var names []string
		for i := range leads {
			if i%2 == 0 {
				names = append(names, b.qualify(t))
			} else {
				names = append(names, b.qualify(t, target))
			}
		}
		waiting := make(chan string, leads)
		for _, name := range names {
			waiting <- name
		}
		close(waiting)
		race(clients, func(int) error {
			for name := range waiting {
				if _, err := b.answer(as(t, "desk"), name, 1, routingv1.Step_STEP_DECLINE); err != nil {
					t.Errorf("decline: %v", err)
				}
				if h := b.handoff(t, name); h.GetRep() == "reps/vic" {
					if _, err := b.answer(as(t, "vic"), name, h.GetAssignment(), routingv1.Step_STEP_REJECT); err != nil {
						t.Errorf("reject: %v", err)
					}
				}
			}
			return nil
		})
		b.checkBooks(t)
		if got := b.openCount(t, "vic"); got > 5 {
			t.Errorf("vic has %d open", got)
		}
	})
}
