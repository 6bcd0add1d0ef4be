package passage_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/journey/internal/passage"
)

var born = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

// at is an event so many minutes after the handoff was born.
func at(minutes int, source string, e *eventv1.Event) *eventv1.Event {
	e.Source, e.Time = source, timestamppb.New(born.Add(time.Duration(minutes)*time.Minute))
	e.Key, e.Seq = "handoffs/1", int64(minutes)
	return e
}

func qualified() *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{}}}
}

func opened(tier string) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Tier: tier}}}
}

func assigned(n int32, rep string) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{Assignment: n, Rep: rep, Tier: "T1"}}}
}

func accepted(n int32, rep string) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Assignment: n, Rep: rep}}}
}

func declined(n int32) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_HandoffDeclined{HandoffDeclined: &eventv1.HandoffDeclined{Assignment: n}}}
}

func touched() *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_FirstTouchMade{FirstTouchMade: &eventv1.FirstTouchMade{}}}
}

func touchedBy(activity string) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_FirstTouchMade{FirstTouchMade: &eventv1.FirstTouchMade{Activity: activity}}}
}

func flagged(activity string) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_ActivityFlagged{ActivityFlagged: &eventv1.ActivityFlagged{Activity: activity}}}
}

func closed() *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_HandoffClosed{HandoffClosed: &eventv1.HandoffClosed{}}}
}

func breached(kind string, run int32) *eventv1.Event {
	return &eventv1.Event{Payload: &eventv1.Event_ClockBreached{ClockBreached: &eventv1.ClockBreached{Clock: &eventv1.ClockRef{Kind: kind, Run: run}}}}
}

func deal(state attributionv1.Opportunity_State) *eventv1.Event {
	o := &attributionv1.Opportunity{State: state}
	if state == attributionv1.Opportunity_STATE_OPEN {
		return &eventv1.Event{Payload: &eventv1.Event_OpportunityCreated{OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: o}}}
	}
	return &eventv1.Event{Payload: &eventv1.Event_OpportunityClosed{OpportunityClosed: &eventv1.OpportunityClosed{Opportunity: o}}}
}

// whole is a passage in which the first rep declines and the second answers late.
func whole() []*eventv1.Event {
	return []*eventv1.Event{
		at(0, "scoring", qualified()), at(0, "routing", opened("T1")), at(1, "routing", assigned(1, "reps/ann")),
		at(30, "routing", declined(1)), at(31, "routing", assigned(2, "reps/bob")), at(300, "sla", breached("accept", 2)),
		at(310, "routing", accepted(2, "reps/bob")), at(400, "sla", touched()), at(900, "routing", closed()),
		at(1000, "attribution", deal(attributionv1.Opportunity_STATE_OPEN)), at(2000, "attribution", deal(attributionv1.Opportunity_STATE_WON)),
	}
}

// tell writes stages down in minutes since birth.
func tell(stages []passage.Stage) []string {
	var lines []string
	for _, s := range stages {
		line := fmt.Sprintf("%s %.0f", s.Key, s.Start.Sub(born).Minutes())
		if !s.End.IsZero() {
			line += fmt.Sprintf("-%.0f", s.End.Sub(born).Minutes())
		}
		if s.Rep != "" {
			line += " " + s.Rep
		}
		if s.Breached() {
			line += " late"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestAWholePassageHasItsStages(t *testing.T) {
	t.Parallel()
	want := []string{
		"qualify 0-0", "assign/1 0-1", "await acceptance/1 1-30 reps/ann", "await first touch 1-400 reps/bob",
		"assign/2 30-31", "await acceptance/2 31-310 reps/bob late", "work 310-900 reps/bob", "attribute 1000-2000",
	}
	if diff := cmp.Diff(want, tell(passage.Stages(born, whole()))); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
}

// TestAnOwnClockMarksTheStageThatBeganLast: what an own kind of clock asks for belongs to no stage by its name.
func TestAnOwnClockMarksTheStageThatBeganLast(t *testing.T) {
	t.Parallel()
	events := append(whole(), at(20, "sla", breached("second_call", 1)), at(500, "sla", breached("follow_up", 1)))
	want := []string{
		"qualify 0-0", "assign/1 0-1", "await acceptance/1 1-30 reps/ann", "await first touch 1-400 reps/bob late",
		"assign/2 30-31", "await acceptance/2 31-310 reps/bob late", "work 310-900 reps/bob late", "attribute 1000-2000",
	}
	if diff := cmp.Diff(want, tell(passage.Stages(born, events))); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
}

func TestStagesDependOnTheSetOfEventsAlone(t *testing.T) {
	t.Parallel()
	want := tell(passage.Stages(born, whole()))
	rapid.Check(t, func(t *rapid.T) {
		events := whole()
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		if diff := cmp.Diff(want, tell(passage.Stages(born, events))); diff != "" {
			t.Fatalf("stages of shuffled events (-want +got):\n%s", diff)
		}
	})
}

// TestWhoeverItIsPassedOnToBeginsAnew: taken from the rep who works it, held for a while, and worked by another.
func TestWhoeverItIsPassedOnToBeginsAnew(t *testing.T) {
	t.Parallel()
	held := &eventv1.Event{Payload: &eventv1.Event_HandoffHeld{HandoffHeld: &eventv1.HandoffHeld{}}}
	got := tell(passage.Stages(born, []*eventv1.Event{
		at(0, "scoring", qualified()), at(0, "routing", opened("T1")), at(1, "routing", assigned(1, "reps/ann")), at(2, "routing", accepted(1, "reps/ann")),
		at(60, "routing", assigned(2, "reps/bob")), at(70, "routing", accepted(2, "reps/bob")), at(80, "sla", breached("disposition", 1)),
		at(90, "routing", held), at(100, "routing", assigned(3, "reps/cat")), at(110, "routing", accepted(3, "reps/cat")), at(900, "routing", closed()),
	}))
	want := []string{
		"qualify 0-0", "assign/1 0-1", "await acceptance/1 1-2 reps/ann", "await first touch 1-900 reps/cat", "work 2-60 reps/ann",
		"assign/2 60-60", "await acceptance/2 60-70 reps/bob", "work/2 70-90 reps/bob late",
		"assign/3 90-100", "await acceptance/3 100-110 reps/cat", "work/3 110-900 reps/cat",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
}

// TestAFirstTouchThatWasNoneIsAwaitedAnew has a script's touch flagged, a deadline pass, and a person touch the lead at last.
func TestAFirstTouchThatWasNoneIsAwaitedAnew(t *testing.T) {
	t.Parallel()
	begun := []*eventv1.Event{at(0, "scoring", qualified()), at(0, "routing", opened("T1")), at(1, "routing", assigned(1, "reps/ann"))}
	counts := flagged("a")
	counts.GetActivityFlagged().Counts = true
	for name, test := range map[string]struct {
		then []*eventv1.Event
		want []string
	}{
		"touched again": {
			[]*eventv1.Event{at(20, "sla", touchedBy("a")), at(60, "sla", flagged("a")), at(70, "routing", assigned(2, "reps/bob")),
				at(90, "sla", breached("first_touch", 1)), at(100, "sla", touchedBy("b"))},
			[]string{"await first touch 1-20 reps/ann", "await first touch/2 60-100 reps/bob late"},
		},
		"flagged again": {
			[]*eventv1.Event{at(20, "sla", touchedBy("a")), at(60, "sla", flagged("a")), at(100, "sla", touchedBy("b")), at(110, "sla", flagged("b"))},
			[]string{"await first touch 1-20 reps/ann", "await first touch/2 60-100 reps/ann", "await first touch/3 110 reps/ann"},
		},
		"confirmed before it was flagged": {
			[]*eventv1.Event{at(20, "sla", touchedBy("a")), at(60, "sla", counts)}, []string{"await first touch 1-20 reps/ann"},
		},
		"another was earlier": {
			[]*eventv1.Event{at(20, "sla", touchedBy("a")), at(50, "sla", touchedBy("b")), at(60, "sla", flagged("a"))},
			[]string{"await first touch 1-20 reps/ann"},
		},
		"flagged when the handoff was closed": {
			[]*eventv1.Event{at(20, "sla", touchedBy("a")), at(50, "routing", closed()), at(60, "sla", flagged("a"))},
			[]string{"await first touch 1-20 reps/ann"},
		},
		"passed on when it was touched": {
			[]*eventv1.Event{at(20, "sla", touchedBy("a")), at(50, "routing", assigned(2, "reps/bob"))},
			[]string{"await first touch 1-20 reps/ann"},
		},
	} {
		var got []string
		for _, line := range tell(passage.Stages(born, append(slices.Clone(begun), test.then...))) {
			if strings.HasPrefix(line, "await first") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsNotOverYetLasts(t *testing.T) {
	t.Parallel()
	got := tell(passage.Stages(born, whole()[:3]))
	want := []string{"qualify 0-0", "assign/1 0-1", "await acceptance/1 1 reps/ann", "await first touch 1 reps/ann"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
}

func TestNoStageBeginsBeforeTheHandoffIsBornOrEndsBeforeItBegins(t *testing.T) {
	t.Parallel()
	events := []*eventv1.Event{at(-5, "scoring", qualified()), at(-3, "routing", assigned(1, "reps/ann")), at(-4, "sla", touched())}
	for _, s := range passage.Stages(born, events) {
		if s.Start.Before(born) || !s.End.IsZero() && s.End.Before(s.Start) {
			t.Errorf("%s runs from %v to %v", s.Key, s.Start, s.End)
		}
	}
}

func TestEveryKindOfEventHasWords(t *testing.T) {
	t.Parallel()
	payloads := (&eventv1.Event{}).ProtoReflect().Descriptor().Oneofs().ByName("payload").Fields()
	for i := range payloads.Len() {
		e := &eventv1.Event{Type: "handoff.x." + string(payloads.Get(i).Name())}
		e.ProtoReflect().Set(payloads.Get(i), e.ProtoReflect().NewField(payloads.Get(i)))
		if words := passage.Words(e); words == "" || strings.HasPrefix(words, "handoff.x") {
			t.Errorf("%s: got %q", payloads.Get(i).Name(), words)
		}
	}
}
