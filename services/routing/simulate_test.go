package routing_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// signable is the example with what no playbook goes without.
func signable() *playbookv1.Document {
	doc := example()
	doc.Scoring, doc.Stages = &playbookv1.ScoringPolicy{}, &playbookv1.StagePolicy{Mql: "fit > 50"}
	doc.Sla.Clocks = map[string]*playbookv1.ClockPolicy{"assign": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Time{Time: durationpb.New(time.Hour)}}}}
	return doc
}

// simulate sends the parts of a simulation, and gives what became of each handoff, in short.
func (b *bundle) simulate(t *testing.T, parts ...*routingv1.SimulateHandoffsRequest) (map[int64]string, error) {
	t.Helper()
	stream, err := b.client.SimulateHandoffs(roomtest.AsService(t.Context(), eventlog.Playbook))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if err := stream.Send(part); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	all := map[int64]string{}
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		for _, a := range answer.GetAssignments() {
			words := fmt.Sprintf("%s %s %s", a.GetTier(), a.GetPool(), a.GetRep())
			if d := a.GetAssignDate(); d != nil {
				words += fmt.Sprintf(" at %s, on %d-%d", a.GetAssignTime().AsTime().Format("01-02 15:04"), d.GetMonth(), d.GetDay())
			}
			if all[a.GetNumber()] != "" {
				t.Errorf("%d was answered twice", a.GetNumber())
			}
			all[a.GetNumber()] = fmt.Sprintf("%s held=%v queued=%v nurture=%v", words, a.GetHeld(), a.GetQueued(), a.GetNurture())
			if a.GetDisqualified() {
				all[a.GetNumber()] += " disqualified"
			}
		}
	}
}

// wouldBe is a handoff that would begin at an instant of March 2026, off the target account list and with high intent.
func wouldBe(number int64, day, hour, minute int, changes ...func(*routingv1.WouldBeHandoff)) *routingv1.WouldBeHandoff {
	h := &routingv1.WouldBeHandoff{Number: number, MqlTime: timestamppb.New(time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC)),
		Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH, Source: "web", SourceId: fmt.Sprint("s", number)}
	for _, change := range changes {
		change(h)
	}
	return h
}

func TestASimulationGivesHandoffsToTheRepsOfTodayAndCostsNobodyATurn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("tokyo", "Asia/Tokyo", "07:00", "17:00", wholeWeek...))
		b.rep(t, "ann")
		b.rep(t, "bob", worksBy("tokyo"))
		b.rep(t, "cleo", inactive)
		b.pool(t, "velocity", "ann", "bob")
		b.pool(t, "enterprise", "cleo")
		before, doc := b.ledger(t, "velocity"), signable()
		doc.Routing.FirstMatch[0].To = disqualify()
		got, err := b.simulate(t,
			&routingv1.SimulateHandoffsRequest{Document: doc, EndTime: timestamppb.New(time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC)), Handoffs: []*routingv1.WouldBeHandoff{
				wouldBe(1, 9, 14, 0), // Monday at 10 in New York, at night in Tokyo
				wouldBe(2, 9, 23, 0), // Tuesday at 8 in Tokyo
				wouldBe(3, 9, 23, 0, func(h *routingv1.WouldBeHandoff) { h.FirstMatch = proto.Int32(1) }),
			}},
			&routingv1.SimulateHandoffsRequest{Handoffs: []*routingv1.WouldBeHandoff{
				wouldBe(4, 9, 23, 30, func(h *routingv1.WouldBeHandoff) { h.Target = true }),                     // nobody is there
				wouldBe(5, 10, 3, 0, func(h *routingv1.WouldBeHandoff) { h.Target, h.Owner = true, "reps/bob" }), // its owner is
				wouldBe(6, 14, 12, 0), // nobody works
				wouldBe(7, 15, 23, 59, func(h *routingv1.WouldBeHandoff) { h.Source, h.SourceId = "import", "late" }), // at 8 in Tokyo
				wouldBe(8, 15, 23, 59, func(h *routingv1.WouldBeHandoff) { h.FirstMatch = proto.Int32(0) }),
			}})
		if err != nil {
			t.Fatal(err)
		}
		want := map[int64]string{
			1: "T3 pools/velocity reps/ann at 03-09 14:00, on 3-9 held=false queued=false nurture=false",
			2: "T3 pools/velocity reps/bob at 03-09 23:00, on 3-10 held=false queued=false nurture=false",
			3: "   held=true queued=true nurture=false",
			4: "T1   held=true queued=false nurture=false",
			5: "T1  reps/bob at 03-10 03:00, on 3-10 held=false queued=false nurture=false",
			6: "T3 pools/velocity reps/bob at 03-14 22:00, on 3-15 held=true queued=false nurture=false",
			7: "T3 pools/velocity reps/bob at 03-15 23:59, on 3-16 held=false queued=false nurture=false",
			8: "   held=false queued=false nurture=false disqualified",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if diff := cmp.Diff(before, b.ledger(t, "velocity"), protocmp.Transform()); diff != "" {
			t.Errorf("the ledger before and after (-before +after):\n%s", diff)
		}
	})
}

func TestASimulationThatMakesNoSenseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for name, parts := range map[string][]*routingv1.SimulateHandoffsRequest{
			"without a document": {{Handoffs: []*routingv1.WouldBeHandoff{wouldBe(1, 9, 14, 0)}}},
			"backwards in time":  {{Document: signable(), Handoffs: []*routingv1.WouldBeHandoff{wouldBe(1, 9, 14, 0)}}, {Handoffs: []*routingv1.WouldBeHandoff{wouldBe(2, 9, 13, 0)}}},
		} {
			if _, err := b.simulate(t, parts...); status.Code(err) != codes.InvalidArgument {
				t.Errorf("%s: got %v, want %v", name, err, codes.InvalidArgument)
			}
		}
		stream, err := b.client.SimulateHandoffs(revops(t))
		if err == nil {
			_, err = stream.Recv()
		}
		if status.Code(err) != codes.PermissionDenied {
			t.Errorf("a person got %v, want %v", err, codes.PermissionDenied)
		}
	})
}

func TestRoutesAreDescribedForEveryRuleAndKindOfLeads(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := signable()
		doc.Routing.FirstMatch[1].To = disqualify()
		got, err := b.client.DescribeRoutes(roomtest.AsService(t.Context(), eventlog.Playbook), &routingv1.DescribeRoutesRequest{Document: doc})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, r := range append(got.GetRules(), got.GetKinds()...) {
			all = append(all, fmt.Sprintf("target=%v %s: %s by %s nurture=%v disqualify=%v", r.GetTarget(), r.GetIntent(), r.GetTier(), r.GetRule(), r.GetNurture(), r.GetDisqualify()))
		}
		want := []string{
			"target=false INTENT_LEVEL_UNSPECIFIED:  by first_match[0] nurture=false disqualify=false",
			"target=false INTENT_LEVEL_UNSPECIFIED:  by first_match[1] nurture=false disqualify=true",
			"target=true INTENT_LEVEL_LOW:  by otherwise nurture=true disqualify=false",
			"target=true INTENT_LEVEL_MEDIUM: T2 by tiers.T2 nurture=false disqualify=false",
			"target=true INTENT_LEVEL_HIGH: T1 by tiers.T1 nurture=false disqualify=false",
			"target=false INTENT_LEVEL_LOW:  by otherwise nurture=true disqualify=false",
			"target=false INTENT_LEVEL_MEDIUM:  by otherwise nurture=true disqualify=false",
			"target=false INTENT_LEVEL_HIGH: T3 by tiers.T3 nurture=false disqualify=false",
		}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
