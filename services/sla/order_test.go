package sla_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
)

// step is something that reaches the service.
type step struct {
	sender string
	reach  func(b *bench)
}

// history is what happens to four handoffs, each sender's part in its order.
func history() []step {
	var steps []step
	tell := func(sender string, events ...*eventv1.Event) {
		for _, e := range events {
			steps = append(steps, step{sender, func(b *bench) { b.room.Tell(b, sender, e) }})
		}
	}
	own := func(reach func(b *bench)) { steps = append(steps, step{eventlog.SLA, reach}) }
	tell(eventlog.Scoring, qualified(1, 0), qualified(2, 0), qualified(3, 0), qualified(4, 0), merged(3, 2*time.Hour),
		merged(1, 2*time.Hour), unmerged(1, 3*time.Hour))
	tell(eventlog.Routing, opened(1, "T2", 0), assigned(1, 1, "ann", "", time.Minute), raised(1, "T1", 2*time.Hour), declined(1, 1, 3*time.Hour),
		assigned(1, 2, "bob", "calendars/berlin", 3*time.Hour), accepted(1, 2, 20*time.Hour),
		closed(1, routingv1.Step_STEP_DISPOSE, routingv1.Handoff_OUTCOME_SQL, 2, 30*time.Hour))
	tell(eventlog.Routing, opened(2, "T2", 0), assigned(2, 1, "ann", "", time.Minute), held(2, time.Hour), assigned(2, 2, "bob", "calendars/berlin", 2*time.Hour),
		rejected(2, 2, 21*time.Hour), closed(2, routingv1.Step_STEP_REJECT, routingv1.Handoff_OUTCOME_BAD_DATA, 2, 21*time.Hour))
	tell(eventlog.Routing, opened(3, "T1", 0), assigned(3, 1, "ann", "", 0), opened(4, "", 0),
		closed(4, 0, routingv1.Handoff_OUTCOME_NURTURE, 0, 0))
	tell(eventlog.Attribution, &eventv1.Event{Subject: "opportunities/" + id(5), Time: stamp(at(31 * time.Hour)), Payload: &eventv1.Event_OpportunityCreated{
		OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: &attributionv1.Opportunity{Name: "opportunities/" + id(5), Handoff: handoff(1), OpenTime: stamp(at(29 * time.Hour))}}}})
	own(func(b *bench) { b.calendar("us", office("America/New_York")) })
	own(func(b *bench) { b.calendar("berlin", office("Europe/Berlin")) })
	own(func(b *bench) {
		b.record(1, &slav1.Activity{Type: slav1.Activity_TYPE_CALL, OccurTime: stamp(at(26 * time.Hour)), Source: "d", SourceId: "1"})
	})
	own(func(b *bench) {
		b.record(2, &slav1.Activity{Type: slav1.Activity_TYPE_CALL, OccurTime: stamp(at(25 * time.Hour)), Source: "d", SourceId: "2"})
	})
	return steps
}

// shuffled mixes the senders and keeps the order of each; what is done here itself comes in any order.
func shuffled(steps []step, random *rand.Rand) []step {
	queues := map[string][]step{}
	var order []string
	for _, s := range steps {
		queues[s.sender] = append(queues[s.sender], s)
		order = append(order, s.sender)
	}
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	own := queues[eventlog.SLA]
	random.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
	var mixed []step
	for _, sender := range order {
		mixed = append(mixed, queues[sender][0])
		queues[sender] = queues[sender][1:]
	}
	return mixed
}

// TestTheOrderOfArrivalDoesNotMatter lets everything arrive a day and a half late, in many orders.
func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	var want []proto.Message
	for seed := range uint64(12) {
		var db *sqldb.DB
		if seed%4 == 3 {
			db = sqldbtest.PostgresDB(t, migrations)
		} else {
			db = sqldbtest.SQLite(t, migrations)
		}
		b := newBench(t, db)
		for n := 1; n <= 4; n++ {
			b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n)}
		}
		b.room.Clock.Set(at(36 * time.Hour))
		for _, s := range shuffled(history(), rand.New(rand.NewPCG(seed, 0))) {
			s.reach(b)
		}
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		var got []proto.Message
		for n := 1; n <= 4; n++ {
			for _, c := range b.clocks(n) {
				got = append(got, c)
			}
		}
		got = append(got, b.report(&slav1.GetComplianceReportRequest{}))
		if want == nil {
			want = got
			equal(b, "clocks", len(got) > 12, true)
		}
		equal(b, "end state", got, want)
	}
}

// TestClocksGoOnWhenAMergeIsTakenBack has a rep accept a lead that is merged and parted again: the clocks stand as if it had
// never been, also when what routing tells comes in between.
func TestClocksGoOnWhenAMergeIsTakenBack(t *testing.T) {
	t.Parallel()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		b := newBench(t, db)
		b.open()
		for n := 1; n <= 2; n++ {
			b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n)}
		}
		b.room.Clock.Set(at(5 * time.Hour))
		b.room.Tell(b, eventlog.Scoring, qualified(1, 0), qualified(2, 0), merged(1, 2*time.Hour))
		b.room.Tell(b, eventlog.Routing, opened(1, "T1", 0), assigned(1, 1, "ann", "", time.Minute), accepted(1, 1, time.Hour),
			opened(2, "T1", 0), assigned(2, 1, "ann", "", time.Minute), accepted(2, 1, time.Hour))
		if merged := b.standing(1); merged["disposition-1"] == b.standing(2)["disposition-1"] {
			t.Errorf("the merge cancelled nothing: %v", merged)
		}
		b.room.Tell(b, eventlog.Scoring, unmerged(1, 4*time.Hour))
		equal(b, "clocks", b.standing(1), b.standing(2))
	})
}
