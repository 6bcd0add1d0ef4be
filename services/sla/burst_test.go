package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
)

// mailed is a mail that the mailer says ann wrote to the n-th lead, so many seconds after an hour.
func mailed(n, seconds int) *slav1.CreateActivityRequest {
	return &slav1.CreateActivityRequest{Parent: handoff(n), Activity: &slav1.Activity{Type: slav1.Activity_TYPE_EMAIL, Rep: "reps/ann",
		OccurTime: stamp(at(time.Hour + time.Duration(seconds)*time.Second)), Source: "mailer", SourceId: fmt.Sprint(n, "-", seconds)}}
}

// mail records mails, and gives the last.
func (b *bench) mail(all ...*slav1.CreateActivityRequest) *slav1.Activity {
	b.Helper()
	var last *slav1.Activity
	for _, req := range all {
		var err error
		if last, err = b.api.CreateActivity(b.admin(), req); err != nil {
			b.Fatal(err)
		}
	}
	return last
}

// blast is mails to so many leads, one a second.
func blast(leads int) []*slav1.CreateActivityRequest {
	var all []*slav1.CreateActivityRequest
	for n := 1; n <= leads; n++ {
		all = append(all, mailed(n, n))
	}
	return all
}

// inbox takes in leads of ann's, and lets an hour and a minute pass.
func (b *bench) inbox(playbook string, leads int) {
	b.Helper()
	b.open()
	for n := 1; n <= leads; n++ {
		b.intakeBy(playbook, n, "T1")
	}
	b.wait(time.Hour + time.Minute)
}

// suspects are the leads with a suspect activity.
func (b *bench) suspects(leads int) []int {
	b.Helper()
	all := []int{}
	for n := 1; n <= leads; n++ {
		list, err := b.api.ListActivities(b.admin(), &slav1.ListActivitiesRequest{Parent: handoff(n)})
		if err != nil {
			b.Fatal(err)
		}
		if slices.ContainsFunc(list.GetActivities(), (*slav1.Activity).GetSuspect) {
			all = append(all, n)
		}
	}
	return all
}

// touched are the leads whose first touch was in time.
func (b *bench) touched(leads int) []int {
	b.Helper()
	all := []int{}
	for n := 1; n <= leads; n++ {
		if b.standing(n)["first_touch-1"] == "MET" {
			all = append(all, n)
		}
	}
	return all
}

// count counts what was told of something.
func (b *bench) count(is func(*eventv1.Event) bool) (n int) {
	b.Helper()
	for _, e := range b.room.Told(b) {
		if is(e) {
			n++
		}
	}
	return n
}

func flagged(e *eventv1.Event) bool   { return e.GetActivityFlagged() != nil }
func confirmed(e *eventv1.Event) bool { return e.GetActivityConfirmed() != nil }

func upTo(n int) []int {
	all := []int{}
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

func (b *bench) confirm(name string) (*slav1.Activity, error) {
	return b.api.ConfirmActivity(roomtest.As(b.Context(), "max", accessv1.Role_ROLE_SALES_MANAGER), &slav1.ConfirmActivityRequest{Name: name})
}

func TestABurstStopsNoFirstTouch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 12)
		b.mail(blast(10)...)
		equal(b, "ten are not too many", b.touched(12), upTo(10))
		last := b.mail(mailed(11, 11), mailed(12, 12))
		equal(b, "it says so itself", last.GetSuspect(), true)
		equal(b, "all of them are", b.suspects(12), upTo(12))
		equal(b, "and stop nothing", b.touched(12), []int{})
		equal(b, "each told once", b.count(flagged), 12)
		equal(b, "no first touch of those that came flagged", b.count(func(e *eventv1.Event) bool { return e.GetFirstTouchMade() != nil }), 10)
		b.wait(6 * time.Hour)
		breaches := map[string]int{}
		for _, alarm := range b.alarms() {
			breaches[alarm]++
		}
		equal(b, "called out once each", breaches["breached first_touch-1 4h0m1s"], 12)

		why, err := b.api.ExplainDeadline(b.admin(), &slav1.ExplainDeadlineRequest{Name: handoff(3) + "/clocks/first_touch-1"})
		equal(b, "error", refusal(err), "OK")
		equal(b, "explained", why.GetActivities(), []*slav1.CountedActivity{{OccurTime: stamp(at(time.Hour + 3*time.Second)),
			RecordTime: stamp(at(time.Hour + time.Minute)), Flagged: true}})
	})
}

// TestALateEleventhFlagsAll has the eleventh mail of a burst recorded half a day after the others.
func TestALateEleventhFlagsAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 11)
		b.mail(blast(10)...)
		b.wait(12 * time.Hour)
		b.call(b.rep("ann"), 5, at(2*time.Hour))
		b.mail(mailed(11, 11))
		equal(b, "suspects", b.suspects(11), upTo(11))
		equal(b, "but for whom she called besides", b.touched(11), []int{5})
		equal(b, "at that time", b.clock(5, "first_touch-1").GetStopTime(), stamp(at(2*time.Hour)))
		var firsts []time.Time
		for _, e := range b.touches() {
			if p := e.GetFirstTouchMade(); p.GetHandoff() == handoff(5) {
				firsts = append(firsts, p.GetOccurTime().AsTime())
			}
		}
		equal(b, "which is the first touch now", firsts, []time.Time{at(time.Hour + 5*time.Second), at(2 * time.Hour)})
		b.wait(13 * time.Hour)
		b.call(b.rep("ann"), 1, at(3*time.Hour))
		equal(b, "a real touch later", only(b.alarms(), "first_touch-1")[len(only(b.alarms(), "first_touch-1"))-2:],
			[]string{"retracted first_touch-1 13h0m0s", "met first_touch-1 13h0m0s"})
	})
}

func TestWhatIsNoBurst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/6", 9) // more than two within ten seconds
		b.mail(mailed(1, 0), mailed(1, 5), mailed(1, 10), mailed(1, 15))
		automated, reply, nobodys := mailed(2, 6), mailed(3, 6), mailed(4, 6)
		automated.Activity.Automated, reply.Activity.Type = true, slav1.Activity_TYPE_REPLY
		nobodys.Activity.Rep, nobodys.Activity.Source, nobodys.Activity.SourceId = "", "", ""
		other := mailed(5, 6)
		other.Activity.Rep = "reps/bob"
		b.mail(automated, reply, nobodys, other)
		equal(b, "a steady pace, machines, leads, nobody and others", b.suspects(9), []int{})

		for n := 6; n <= 9; n++ {
			system := mailed(n, n)
			system.Activity.Rep = ""
			b.mail(system)
		}
		equal(b, "a source without reps", b.suspects(9), []int{6, 7, 8, 9})
	})
}

func TestEachHandoffIsJudgedByItsPlaybook(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		for n, playbook := range []string{"playbooks/4", "playbooks/5", "playbooks/6", "playbooks/1"} {
			b.intakeBy(playbook, n+1, "T1")
		}
		b.wait(time.Hour + time.Minute)
		b.mail(blast(4)...)
		equal(b, "those with whom four are too many", b.suspects(4), []int{2, 3})
		equal(b, "which one of them counts", b.touched(4), []int{1, 2, 4})
	})
}

// TestTheNextTouchIsToldOnce has a burst on one lead, and a call long after it.
func TestTheNextTouchIsToldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 1)
		var burst []*slav1.CreateActivityRequest
		for second := range 11 {
			burst = append(burst, mailed(1, second))
		}
		first := b.mail(burst[0])
		b.mail(burst[1:10]...)
		b.wait(3 * time.Hour)
		call := b.call(b.rep("ann"), 1, at(2*time.Hour))
		b.mail(burst[10])
		var names []string
		for _, e := range b.touches() {
			if touch := e.GetFirstTouchMade(); touch != nil {
				names = append(names, touch.GetActivity())
			}
		}
		equal(b, "first touches", names, []string{first.GetName(), call.GetName()})
	})
}

// TestATrustedSystemMakesNoBurst has a dialer call fast, and ann write a few mails meanwhile.
func TestATrustedSystemMakesNoBurst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/3", 11)
		dialer := roomtest.As(b.Context(), "dialer", accessv1.Role_ROLE_SERVICE)
		for _, req := range blast(11) {
			req.Activity.Source = "dialer"
			_, err := b.api.CreateActivity(dialer, req)
			equal(b, "error", refusal(err), "OK")
		}
		b.mail(mailed(1, -1), mailed(2, 21))
		equal(b, "suspects", b.suspects(11), []int{})
		equal(b, "touched", len(b.touched(11)), 11)
		for n := 3; n <= 11; n++ {
			b.mail(mailed(n, 20+n))
		}
		equal(b, "her mails are too many at last", b.suspects(11), upTo(11))
		equal(b, "and the calls still count", len(b.touched(11)), 11)
	})
}

// TestABurstIsTheSameInAnyOrder lets mails, one confirmation, and what is told of the leads arrive in many orders.
func TestABurstIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	const leads = 11
	var want []proto.Message
	for seed := range uint64(8) {
		var db *sqldb.DB
		if seed%4 == 3 {
			db = sqldbtest.PostgresDB(t, migrations)
		} else {
			db = sqldbtest.SQLite(t, migrations)
		}
		b := newBench(t, db)
		b.open()
		b.room.Clock.Set(at(6 * time.Hour))
		var steps []step
		for n := 1; n <= leads; n++ {
			b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n)}
			steps = append(steps,
				step{eventlog.SLA, func(b *bench) {
					if a := b.mail(mailed(n, n)); n == 4 {
						_, err := b.confirm(a.GetName())
						equal(b, "error", refusal(err), "OK")
					}
				}},
				step{eventlog.Scoring, func(b *bench) { b.room.Tell(b, eventlog.Scoring, qualified(n, 0)) }},
				step{eventlog.Routing, func(b *bench) { b.room.Tell(b, eventlog.Routing, opened(n, "T1", 0), assigned(n, 1, "ann", "", 0)) }})
		}
		for _, s := range shuffled(steps, rand.New(rand.NewPCG(seed, 0))) {
			s.reach(b)
		}
		if err := b.service.Fire(b.Context()); err != nil {
			t.Fatal(err)
		}
		equal(b, "suspects", b.suspects(leads), upTo(leads))
		equal(b, "told once each", b.count(flagged), leads)
		equal(b, "touched", b.touched(leads), []int{4})
		var got []proto.Message
		for n := 1; n <= leads; n++ {
			for _, c := range b.clocks(n) {
				got = append(got, c)
			}
		}
		if want == nil {
			want = got
		}
		equal(b, "end state", got, want)
	}
}
