package scoring_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestWithoutSignalOrLeadsThereIsNoModel(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		m := b.learn(t, &scoringv1.Model{})
		if m.GetState() != scoringv1.Model_STATE_REFUSED || m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_TOO_FEW ||
			m.GetRefusal().GetWhy() != "0 rows have an outcome, and at least 200 are needed" || m.GetFinishTime() == nil {
			t.Errorf("of nobody: %v", m)
		}
		b.past(t, 12, true)
		m = b.learn(t, &scoringv1.Model{})
		if m.GetState() != scoringv1.Model_STATE_REFUSED || m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_NO_SIGNAL ||
			!strings.HasPrefix(m.GetRefusal().GetWhy(), "there is no signal: the AUC on the ") || m.GetHeldOut().GetLeadCount() != 90 {
			t.Errorf("of noise: %v", m)
		}
		_, err := b.ProposeModel(b.ops(t), &scoringv1.ProposeModelRequest{Name: m.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
		_, err = b.EvaluateModel(b.ops(t), &scoringv1.EvaluateModelRequest{Name: m.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
		b.pass(-120 * day)
		if m = b.learn(t, &scoringv1.Model{}); m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_TOO_FEW {
			t.Errorf("of leads that are too young: %v", m)
		}
	})
}

func TestWhoeverAsksAgainGetsTheSameModel(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		req := &scoringv1.TrainModelRequest{RequestId: "5d5ffc5c-6d0c-4a4e-8f0e-0a51dba0d1f0", Model: &scoringv1.Model{Outcome: scoringv1.Model_OUTCOME_WON, Window: durationpb.New(30 * day)}}
		first, err := b.TrainModel(b.ops(t), req)
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.TrainModel(b.ops(t), req)
		if err != nil || !proto.Equal(first, second) {
			t.Errorf("%v, then %v (%v)", first, second, err)
		}
		for range 9 {
			b.pass(time.Second)
			if _, err := b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{}}); err != nil {
				t.Fatal(err)
			}
		}
		_, err = b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{}})
		wantFault(t, err, codes.ResourceExhausted, "LIMIT_EXCEEDED")
		_, err = b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{Window: durationpb.New(time.Hour)}})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID")
		_, err = b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{Exclude: []string{"lead.*", "["}}})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "model.exclude[1]")
		_, err = b.GetModel(b.ops(t), &scoringv1.GetModelRequest{Name: "models/00000000000000000000000000000000"})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		_, err = b.TrainModel(roomtest.As(t.Context(), "rae", accessv1.Role_ROLE_SALES_REP), req)
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
		b.drain(t)
		if n := len(told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c.GetMethod() == "TrainModel" })); n != 20 {
			t.Errorf("%d audit events for ten models that were asked for and refused", n)
		}
	})
}

func TestAModelThatCannotBeLearntLetsTheOthersGoFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		ask := func() string {
			b.pass(time.Second)
			m, err := b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{}})
			if err != nil {
				t.Fatal(err)
			}
			return m.GetName()
		}
		state := func(name string) scoringv1.Model_State {
			m, err := b.GetModel(b.ops(t), &scoringv1.GetModelRequest{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			return m.GetState()
		}
		broken, sound := ask(), ask()
		spoil := func(wanted []byte) {
			b.exec(t, `UPDATE model SET wanted = $1 WHERE id = $2`, wanted, strings.TrimPrefix(broken, "models/"))
		}
		spoil([]byte{0xff})
		if err := b.service.Fire(t.Context()); err == nil {
			t.Error("what cannot be read is learnt")
		}
		b.drain(t)
		if got := state(sound); got != scoringv1.Model_STATE_REFUSED {
			t.Errorf("the other one is %v", got)
		}
		spoil([]byte{})
		if got := state(broken); got != scoringv1.Model_STATE_RUNNING {
			t.Errorf("the broken one is %v", got)
		}
		if at, due, err := b.service.NextDue(t.Context()); err != nil || !due || at.Sub(b.Clock.Now()) != time.Second {
			t.Errorf("it is tried again at %v (%t, %v)", at, due, err)
		}
		b.pass(time.Second)
		b.drain(t)
		if got := state(broken); got != scoringv1.Model_STATE_REFUSED {
			t.Errorf("mended it is %v", got)
		}
	})
}

func TestAModelThatCanNeverBeLearntIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.past(t, 1, true)
		b.exec(t, `UPDATE lead SET fields = '{'`)
		m, err := b.TrainModel(b.ops(t), &scoringv1.TrainModelRequest{Model: &scoringv1.Model{}})
		if err != nil {
			t.Fatal(err)
		}
		for range 15 {
			if err := b.service.Fire(t.Context()); err == nil {
				t.Fatal("it is learnt")
			}
			b.pass(time.Hour)
		}
		if err := b.service.Fire(t.Context()); err == nil {
			t.Error("nothing is said of the last fault")
		}
		if m, err = b.GetModel(b.ops(t), &scoringv1.GetModelRequest{Name: m.GetName()}); err != nil || m.GetState() != scoringv1.Model_STATE_REFUSED ||
			m.GetRefusal().GetCause() != scoringv1.ModelRefusal_CAUSE_IMPOSSIBLE || m.GetRefusal().GetWhy() != "it could not be learnt in 16 tries; the log says why" {
			t.Errorf("%v: %v", err, m)
		}
		changes := told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c.GetMethod() == "TrainModel" })
		if len(changes) != 2 || changes[0].GetBefore() != nil || changes[1].GetBefore() == nil {
			t.Errorf("that it was asked for and refused is told as %v", changes)
		}
	})
}
