package feedback_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const oneDay = 24 * time.Hour

// morning is the first time of day at which the test's playbook looks for patterns, after so many days.
func morning(days int) time.Time {
	return time.Date(roomtest.Start.Year(), roomtest.Start.Month(), roomtest.Start.Day()+days, 22, 30, 0, 0, time.UTC)
}

// watchful comes into force at the start: it looks at half past seven in Tokyo, which is half past ten at night before.
func watchful(t *testing.T) *eventv1.Event {
	t.Helper()
	doc := &playbookv1.Document{}
	err := protojson.Unmarshal([]byte(`{"feedback": {"rating": "REQUIREMENT_OPTIONAL", "report": {"every": "monday 07:30", "zone": "Asia/Tokyo"}}}`), doc)
	if err != nil {
		t.Fatal(err)
	}
	return &eventv1.Event{Subject: loose, Payload: &eventv1.Event_PlaybookActivated{PlaybookActivated: &eventv1.PlaybookActivated{
		Playbook: loose, Hash: strings.Repeat("0", 64), Document: doc}}}
}

// answers are handoffs that have something in common, and how they were answered.
type answers struct {
	campaign, rep string
	accepted      int
	notReady      int
	daysBefore    int // the first look
}

// events are what Routing tells of answers.
func (a answers) events(number *int) []*eventv1.Event {
	at := timestamppb.New(morning(0).Add(-time.Duration(a.daysBefore) * oneDay))
	var all []*eventv1.Event
	for i := range a.accepted + a.notReady {
		*number++
		name := handoff(*number)
		tell := func(e *eventv1.Event) {
			e.Handoff, e.Lead, e.Playbook, e.Time = name, "leads/0195568e62d870008000000000000001", loose, at
			all = append(all, e)
		}
		tell(&eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Handoff: name, Source: "web", Campaign: a.campaign}}})
		tell(&eventv1.Event{Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{Handoff: name, Assignment: 1, Rep: a.rep,
			Pool: "pools/east", AssignTime: at}}})
		if i < a.accepted {
			tell(&eventv1.Event{Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Handoff: name, Assignment: 1, Rep: a.rep, AcceptTime: at}}})
		} else {
			tell(&eventv1.Event{Payload: &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{Handoff: name, Assignment: 1, Rep: a.rep,
				Reason: notReady, RejectTime: at}}})
		}
	}
	return all
}

// badCampaign has leads who are not ready, whoever gets them.
func badCampaign() []answers {
	return []answers{
		{campaign: "spring", rep: jane, accepted: 7, notReady: 13, daysBefore: 3}, {campaign: "spring", rep: joe, accepted: 8, notReady: 12, daysBefore: 3},
		{campaign: "autumn", rep: jane, accepted: 57, notReady: 3, daysBefore: 3}, {campaign: "autumn", rep: joe, accepted: 58, notReady: 2, daysBefore: 3},
	}
}

// harshRep says that leads are not ready, wherever they come from.
func harshRep() []answers {
	return []answers{
		{campaign: "spring", rep: jane, accepted: 7, notReady: 13, daysBefore: 3}, {campaign: "autumn", rep: jane, accepted: 8, notReady: 12, daysBefore: 3},
		{campaign: "spring", rep: joe, accepted: 57, notReady: 3, daysBefore: 3}, {campaign: "autumn", rep: joe, accepted: 58, notReady: 2, daysBefore: 3},
	}
}

// answer brings a playbook into force and has handoffs answered.
func (o *office) answer(t *testing.T, all ...answers) {
	t.Helper()
	var number int
	var events []*eventv1.Event
	for _, a := range all {
		events = append(events, a.events(&number)...)
	}
	o.Tell(t, eventlog.Playbook, watchful(t))
	o.Tell(t, eventlog.Routing, events...)
}

// look has the service do what is due at an instant.
func (o *office) look(t *testing.T, at time.Time) {
	t.Helper()
	o.Clock.Set(at)
	if err := o.service.Fire(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// found are the patterns that were told, as events.
func (o *office) found(t *testing.T) []*feedbackv1.Pattern {
	t.Helper()
	var all []*feedbackv1.Pattern
	for _, e := range o.Told(t) {
		for _, p := range []*feedbackv1.Pattern{e.GetPatternFound().GetPattern(), e.GetQualityDropped().GetPattern()} {
			if p != nil {
				all = append(all, p)
				if e.GetSubject() != p.GetName() || e.GetPlaybook() != loose || !proto.Equal(e.GetTime(), p.GetFindTime()) {
					t.Errorf("the event is about %q of %q at %v", e.GetSubject(), e.GetPlaybook(), e.GetTime().AsTime())
				}
			}
		}
	}
	return all
}

// shown are the patterns that somebody sees.
func (o *office) shown(t *testing.T, subject string, roles ...accessv1.Role) []*feedbackv1.Pattern {
	t.Helper()
	resp, err := o.client.ListPatterns(roomtest.As(t.Context(), subject, roles...), &feedbackv1.ListPatternsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range resp.GetPatterns() {
		got, err := o.client.GetPattern(roomtest.As(t.Context(), subject, roles...), &feedbackv1.GetPatternRequest{Name: p.GetName()})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "a pattern got and listed", p, got)
	}
	return resp.GetPatterns()
}

func (o *office) all(t *testing.T) []*feedbackv1.Pattern {
	t.Helper()
	return o.shown(t, "sam", accessv1.Role_ROLE_SALES_MANAGER)
}

func slice(d feedbackv1.PatternSlice_Dimension, value string) *feedbackv1.PatternSlice {
	return &feedbackv1.PatternSlice{Dimension: d, Value: value}
}

var (
	ofSpring = slice(feedbackv1.PatternSlice_DIMENSION_CAMPAIGN, "spring")
	ofJane   = slice(feedbackv1.PatternSlice_DIMENSION_REP, jane)
)

// disposed has handoffs accepted and disposed with a rating and a word on the message.
func (o *office) disposed(t *testing.T, first, count int, campaign string, rating int32, match feedbackv1.Verdict_MessageMatch) {
	t.Helper()
	for n := first; n < first+count; n++ {
		o.desk.open(handoff(n), loose, "web", campaign, jane)
		for _, req := range []proto.Message{
			&feedbackv1.AcceptHandoffRequest{Name: handoff(n), Assignment: 1},
			&feedbackv1.DisposeHandoffRequest{Name: handoff(n), Assignment: 1, Outcome: 2, Rating: rating, MessageMatch: match},
		} {
			if _, err := o.send(asManager(t), req); err != nil {
				t.Fatal(err)
			}
		}
	}
}
