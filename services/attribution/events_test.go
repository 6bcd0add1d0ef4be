package attribution_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// deliver sends events of scoring without a word about whether they can be applied.
func (b *bundle) deliver(ctx context.Context, t *testing.T, events ...*eventv1.Event) {
	t.Helper()
	req := &eventv1.DeliverRequest{Source: eventlog.Scoring, Upto: int64(len(events)), Fingerprint: "-"}
	for i, e := range events {
		e = proto.CloneOf(e)
		e.Key, e.Seq = e.GetLead(), 1
		body, err := proto.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		req.Entries = append(req.Entries, &eventv1.LogEntry{Position: int64(i + 1), Key: e.GetKey(), Seq: 1, Event: body})
	}
	resp, err := eventv1.NewEventServiceClient(b.Conn).Deliver(roomtest.AsService(ctx, eventlog.Scoring), req)
	if err != nil || resp.GetMark() != req.GetUpto() {
		t.Fatalf("Deliver(): got mark %d and error %v, want mark %d", resp.GetMark(), err, req.GetUpto())
	}
}

func (b *bundle) parked(t *testing.T) []string {
	t.Helper()
	var keys []string
	for row, err := range b.Host.DB.Query(t.Context(), `SELECT key FROM parked ORDER BY key`) {
		if err != nil {
			t.Fatal(err)
		}
		var key string
		if err := row.Scan(&key); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func TestPoisonStaysAlone(t *testing.T) {
	poison := map[string]*eventv1.Event{
		"names no lead":       {Payload: &eventv1.Event_LeadCreated{LeadCreated: &eventv1.LeadCreated{}}},
		"names no engagement": touched(7, 7, day(1), func(p *eventv1.EngagementRecorded) { p.Engagement = "" }),
		"matches nobody":      {Payload: &eventv1.Event_MatchChanged{MatchChanged: &eventv1.MatchChanged{}}},
		"merges nobody":       {Payload: &eventv1.Event_LeadMerged{LeadMerged: &eventv1.LeadMerged{Survivor: lead(7)}}},
		"names no handoff":    {Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{Lead: lead(7)}}},
		"holds a NUL":         touched(7, 7, day(1), by("a\x00b", "")),
		"partner with a NUL":  {Partner: "\x00", Payload: created(7, 1, day(1)).GetPayload()},
		"instant beyond all calendars": touched(7, 7, day(1), func(p *eventv1.EngagementRecorded) {
			p.OccurTime = &timestamppb.Timestamp{Seconds: 1 << 62}
		}),
	}
	each(t, func(t *testing.T, b *bundle) {
		events := []*eventv1.Event{created(1, 1, day(1))}
		for what, e := range poison {
			e = proto.CloneOf(e)
			e.Lead = what // the key
			events = append(events, e)
		}
		b.deliver(t.Context(), t, append(events, touched(1, 1, day(1)))...)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(poison)), b.parked(t)); diff != "" {
			t.Errorf("parked (-want +got):\n%s", diff)
		}
		o := b.open(t, "1", day(9))
		if got := len(b.credits(t, o.GetName(), linear).GetTouches()); got != 1 {
			t.Errorf("touches: got %d, want the good one", got)
		}
	})
}

func TestEventsThatTellNothingArePassedOver(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.deliver(t.Context(), t, &eventv1.Event{Lead: lead(1)}, &eventv1.Event{Lead: lead(2), Payload: &eventv1.Event_HandoffHeld{}},
			&eventv1.Event{Lead: lead(3), Payload: &eventv1.Event_LeadDisqualified{LeadDisqualified: &eventv1.LeadDisqualified{}}})
		if got := b.parked(t); len(got) != 0 {
			t.Errorf("parked: got %v, want nothing", got)
		}
	})
}

func TestEventsOfAPartnersDealAreThePartners(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		ofLead, ofHandoff := created(1, 1, day(1)), qualified(2, 2)
		ofLead.Partner, ofHandoff.Partner = "agency", "outbound"
		b.Tell(t, eventlog.Scoring, ofLead, ofHandoff)
		b.open(t, "1", day(9), func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(1)) })
		b.open(t, "2", day(9), func(o *attributionv1.Opportunity) { o.Handoff = handoff(2) })
		b.open(t, "3", day(9))
		told := b.Told(t)
		for i, want := range []struct{ partner, lead, handoff string }{
			{"agency", lead(1), ""}, {"outbound", lead(2), handoff(2)}, {"", "", ""},
		} {
			e := told[i]
			if e.GetPartner() != want.partner || e.GetLead() != want.lead || e.GetHandoff() != want.handoff {
				t.Errorf("envelope %d: got partner %q, lead %q, handoff %q, want %+v", i, e.GetPartner(), e.GetLead(), e.GetHandoff(), want)
			}
		}
	})
}

func TestWhatAnEventSaysDoesNotDependOnThoseBefore(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		// A match may be told before the lead: its own events are in order, but the lead's may have been parked.
		b.Tell(t, eventlog.Scoring, matched(1, 1), touched(1, 1, day(5)))
		b.Tell(t, eventlog.Scoring, created(1, 2, day(5)))
		// An earlier activity may be recorded later, and a later one too.
		b.Tell(t, eventlog.SLA, acted(1, 1, day(7)))
		b.Tell(t, eventlog.SLA, acted(1, 1, day(4)), acted(1, 1, day(6)))
		b.Tell(t, eventlog.SLA, acted(1, 1, day(8)))
		o := b.open(t, "1", day(9))
		if got := len(b.credits(t, o.GetName(), linear).GetTouches()); got != 1 {
			t.Errorf("touches at the account of the match: got %d, want 1", got)
		}
		wantRules(t, b.sourcing(t), rules(0, 1, 0))
	})
}
