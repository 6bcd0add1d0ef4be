package routing_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/routing"
)

// year is twelve months of leads, answers and people who come and go, on the test clock. It hears what the service tells
// and holds every word against people who know their own hours.
type year struct {
	*bundle
	t       *testing.T
	rand    *rand.Rand
	people  map[string]*person
	members map[string][]string // by pool
	leads   map[string]*journey // by handoff
	waiting map[string]*journey
	plan    []act // what is still to happen, in order
	seen    int64 // position in the service's log
	counts  map[string]int
}

// act is something that happens at an instant.
type act struct {
	at time.Time
	do func()
}

// journey is one handoff as it was told of.
type journey struct {
	name, pool  string // the pool that the playbook has for it; empty for none
	owner       string
	awaitsOwner bool
	german      bool // needs somebody who speaks it
	queued      bool // waits for somebody to pick it
	holder      string
	assignment  int32
	refused     []string
	accepted    bool
	closed      bool
}

// overflowOf are the pools that take leads when nobody of another is there.
var overflowOf = map[string]string{"enterprise": "spare"}

func newYear(t *testing.T, start time.Time) *year {
	t.Helper()
	migrations, err := routing.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	y := &year{bundle: bare(t, sqldbtest.SQLite(t, migrations), archive{}), t: t, rand: rand.New(rand.NewPCG(2026, 3)), people: staff(t),
		members: map[string][]string{"enterprise": {"ann", "ben", "bob", "cat"}, "velocity": {"amy", "dan", "kim", "leo", "pat", "sid"},
			"spare": {"nia", "pat"}}, leads: map[string]*journey{}, waiting: map[string]*journey{}, counts: map[string]int{}}
	y.Clock.Set(start)
	doc := example()
	doc.Routing.Requirements = []*playbookv1.RoutingRequirement{{When: "lead.german", Needs: &playbookv1.Coverage{Languages: []string{"de"}}}}
	y.activate(t, 1, doc)
	for id, p := range y.people {
		if p.own {
			y.calendar(t, p.calendar(id))
		}
	}
	y.calendar(t, y.people["pat"].calendar("office"))
	for id, p := range y.people {
		y.rep(t, id, p.limits)
	}
	y.pool(t, "spare", y.members["spare"]...)
	y.pool(t, "velocity", y.members["velocity"]...)
	y.overflowing(t, "enterprise", "spare", y.members["enterprise"]...)
	if _, err := y.client.CreateQueue(revops(t), &routingv1.CreateQueueRequest{QueueId: "customer-success",
		Queue: &routingv1.Queue{DisplayName: "Customers", Pools: []string{"pools/velocity"}}}); err != nil {
		t.Fatal(err)
	}
	y.updatePool(t, &routingv1.Pool{Name: "pools/enterprise", Mode: routingv1.Pool_MODE_QUOTA}, "mode")
	y.updatePool(t, &routingv1.Pool{Name: "pools/spare", FairnessGroup: "night"}, "fairness_group")
	y.updatePool(t, &routingv1.Pool{Name: "pools/velocity", FairnessGroup: "night"}, "fairness_group")
	return y
}

// limits are the person's as the suite knows them.
func (p *person) limits(r *routingv1.Rep) {
	if p.own {
		r.Calendar = "calendars/" + p.id
	}
	for _, limit := range []struct {
		most int
		to   **int32
	}{{p.maxOpen, &r.MaxOpen}, {p.perDay, &r.MaxPerDay}, {p.perWeek, &r.MaxPerWeek}} {
		if limit.most > 0 {
			*limit.to = proto.Int32(int32(limit.most))
		}
	}
	if p.german {
		r.Coverage = &playbookv1.Coverage{Languages: []string{"de"}}
	}
	if p.rollMax > 0 {
		r.RollingCap = &routingv1.RollingCap{Days: int32(p.rollDays), Max: int32(p.rollMax)}
	}
}

// when plans an act. Acts of one instant happen in the order in which they were planned.
func (y *year) when(at time.Time, do func()) {
	i, _ := slices.BinarySearchFunc(y.plan, at, func(a act, at time.Time) int {
		if a.at.After(at) {
			return 1
		}
		return -1
	})
	y.plan = slices.Insert(y.plan, i, act{at, do})
}

// run lets everything happen in its order, and looks at the world after each act.
func (y *year) run(until time.Time) {
	for len(y.plan) > 0 && !y.plan[0].at.After(until) {
		due, planned, err := y.service.NextDue(y.t.Context())
		if err != nil {
			y.t.Fatal(err)
		}
		if planned && due.Before(y.plan[0].at) { // whoever gets something then may answer before the next act
			y.advanceTo(y.t, later(due, y.Clock.Now()))
			y.look()
			continue
		}
		next := y.plan[0]
		y.plan = y.plan[1:]
		y.advanceTo(y.t, next.at)
		y.look()
		next.do()
		y.look()
	}
	y.advanceTo(y.t, until)
	y.look()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// answers plans what a rep will say to an assignment, as it stands then.
func (y *year) answers(j *journey, at time.Time) {
	number := j.assignment
	still := func(do func()) func() {
		return func() {
			if j.assignment == number && j.holder != "" {
				do()
			}
		}
	}
	soon := at.Add(time.Duration(1+y.rand.IntN(300)) * time.Minute)
	switch roll := y.rand.IntN(100); {
	case roll < 5:
		y.when(soon, still(func() { y.says(j, routingv1.Step_STEP_DECLINE) }))
	case roll < 15:
		y.when(soon, still(func() { y.says(j, routingv1.Step_STEP_REJECT) }))
	case roll < 18:
		y.when(soon, still(func() { y.passOn(j) }))
	case roll < 19: // never heard of; the ladder does something about it
		y.when(at.Add(24*time.Hour), still(func() { y.escalate(j, playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN) }))
	default:
		y.when(soon, still(func() { y.says(j, routingv1.Step_STEP_ACCEPT) }))
		done := soon.Add(time.Duration(1+y.rand.IntN(14*24)) * time.Hour)
		y.when(done, still(func() { y.says(j, routingv1.Step_STEP_DISPOSE) }))
	}
}

func (y *year) says(j *journey, step routingv1.Step) {
	y.advanced(y.t, j.holder, j.name, j.assignment, step)
}

// passOn gives a handoff to somebody else by the rules, if there is somebody.
func (y *year) passOn(j *journey) {
	_, err := y.client.ReassignHandoff(roomtest.As(y.t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER), &routingv1.ReassignHandoffRequest{
		Name: j.name, Assignment: j.assignment, Reason: routingv1.ReassignReason_REASSIGN_REASON_CAPACITY})
	switch reason := refusalOf(err).reason; {
	case err == nil:
		y.counts["passed on"]++
	case reason != "STATE_CONFLICT":
		y.t.Fatalf("pass %s on: %v", j.name, err)
	}
}

// escalate tells of a step of a ladder.
func (y *year) escalate(j *journey, do playbookv1.EscalationAction) {
	y.Tell(y.t, eventlog.SLA, reached(j.name, j.assignment, do))
}

// takeOffline has the ladder take a rep offline who has something to answer, until the next day.
func (y *year) takeOffline(at time.Time) {
	y.when(at, func() {
		for _, name := range slices.Sorted(maps.Keys(y.leads)) {
			j := y.leads[name]
			if j.holder == "" || j.accepted || y.people[j.holder].gone {
				continue
			}
			rep := j.holder
			y.escalate(j, playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE)
			y.people[rep].gone = true
			y.leave(at.Add(24*time.Hour), rep, false)
			return
		}
	})
}

// pick has somebody take a handoff out of its queue, whatever the hour.
func (y *year) pick(j *journey) {
	_, err := y.claim(as(y.t, "pat"), j.name, "")
	if reason := refusalOf(err).reason; err != nil && reason != "STATE_CONFLICT" { // away, perhaps
		y.t.Fatalf("claim %s: %v", j.name, err)
	}
}

// come tells of new leads, some in one delivery.
func (y *year) come() {
	var batch []*eventv1.Event
	for range 1 + y.rand.IntN(3) {
		j := &journey{pool: "velocity"}
		var changes []func(*eventv1.LeadQualified)
		switch roll := y.rand.IntN(20); {
		case roll < 1:
			j.pool, j.queued = "", true
			changes = append(changes, customer)
			y.when(y.Clock.Now().Add(time.Duration(1+y.rand.IntN(100))*time.Hour), func() { y.pick(j) })
		case roll < 2:
			j.german = true
			changes = append(changes, func(q *eventv1.LeadQualified) { q.Context.Requirements = []int32{0} })
		case roll < 8:
		case roll < 12:
			j.pool, changes = "enterprise", append(changes, target)
		case roll < 18:
			j.pool, j.owner = "enterprise", y.somebody()
			changes = append(changes, target, mediumIntent, ownedBy(j.owner))
		default:
			j.owner, j.awaitsOwner = y.somebody(), true
			changes = append(changes, dealOf(j.owner))
		}
		e := y.lead(changes...)
		j.name = e.GetHandoff()
		y.leads[j.name] = j
		batch = append(batch, e)
	}
	y.Tell(y.t, eventlog.Scoring, batch...)
}

func (y *year) somebody() string {
	return []string{"ann", "ben", "bob", "cat", "dan", "sid", "sue"}[y.rand.IntN(7)]
}

// takeOff enters an absence, as a rule before it begins, with somebody to stand in or nobody.
func (y *year) takeOff(rep, cover string, from time.Time, days int, known time.Duration) {
	y.when(from.Add(-known), func() {
		s := stretch{from, from.AddDate(0, 0, days), cover}
		a := &routingv1.Absence{StartTime: timestamppb.New(s.from), EndTime: timestamppb.New(s.to), Kind: "vacation"}
		if cover != "" {
			a.Cover = "reps/" + cover
		}
		y.people[rep].away = append(y.people[rep].away, s)
		if _, err := y.client.CreateAbsence(revops(y.t), &routingv1.CreateAbsenceRequest{Parent: "reps/" + rep, Absence: a}); err != nil {
			y.t.Fatal(err)
		}
	})
}

// regroup changes who is in a pool.
func (y *year) regroup(at time.Time, pool string, members ...string) {
	y.when(at, func() {
		p := &routingv1.Pool{Name: "pools/" + pool}
		for _, id := range members {
			p.Members = append(p.Members, &routingv1.PoolMember{Rep: "reps/" + id})
		}
		y.members[pool] = members
		y.updatePool(y.t, p, "members")
	})
}

// leave has somebody leave the company, and come back or not.
func (y *year) leave(at time.Time, rep string, gone bool) {
	y.when(at, func() {
		y.people[rep].gone = gone
		y.updateRep(y.t, &routingv1.Rep{Name: "reps/" + rep, Active: proto.Bool(!gone)}, "active")
	})
}

// changeHours has somebody work by other hours from an instant on.
func (y *year) changeHours(at time.Time, rep string, change func(p *person)) {
	y.when(at, func() {
		p := y.people[rep]
		change(p)
		y.calendar(y.t, p.calendar(rep))
	})
}

// happenings are what a year brings beside leads.
func (y *year) happenings(start time.Time) {
	on := func(month time.Month, day, hour int) time.Time {
		at := time.Date(start.Year(), month, day, hour, 0, 0, 0, time.UTC)
		if at.Before(start) {
			at = at.AddDate(1, 0, 0)
		}
		return at
	}
	covers := map[string]string{"ann": "bob", "ben": "dan", "cat": "ann", "sid": "sue"}
	for i, rep := range []string{"ann", "bob", "ben", "cat", "dan", "kim", "sid", "leo", "amy", "nia", "pat"} {
		y.takeOff(rep, covers[rep], on(time.August, 1+3*i, 7), 14, 240*time.Hour) // holidays that overlap
		y.takeOff(rep, "", on(time.Month(3+i), 20, 15), 1, 0)                     // ill from this moment on
	}
	for _, month := range []time.Month{time.April, time.June, time.October, time.February} {
		y.takeOffline(on(month, 11, 16))
	}
	y.regroup(on(time.April, 1, 8), "velocity", "amy", "dan", "kim", "leo", "pat", "sid", "sue")
	y.regroup(on(time.July, 1, 8), "enterprise", "ann", "ben", "bob", "cat", "dan")
	y.regroup(on(time.October, 1, 8), "velocity", "amy", "dan", "kim", "pat", "sue")
	y.regroup(on(time.January, 4, 8), "spare", "nia")
	y.leave(on(time.May, 12, 13), "bob", true)
	y.leave(on(time.September, 1, 13), "bob", false)
	y.leave(on(time.November, 2, 10), "kim", true)
	y.changeHours(on(time.October, 5, 6), "ben", func(p *person) {
		p.week = daily([]span{{wall(10, 0), wall(16, 0)}}, time.Monday, time.Tuesday, time.Thursday)
	})
	y.changeHours(on(time.December, 23, 12), "dan", func(p *person) { // a holiday that is entered when it is near
		p.holidays = map[string]bool{"2026-12-24": true, "2026-12-25": true, "2026-12-31": true, "2027-01-01": true}
	})
}

// TestAYear lets a year pass, with people who stand in, ladders and queues: nobody ever gets a lead whom their own wall calendar and caps say cannot take it, nobody waits
// whom somebody could serve, no lead is lost, and the books are right. In short mode it is six weeks.
func TestAYear(t *testing.T) {
	t.Parallel()
	start := at("2026-03-01T00:00Z")
	end, perDay := start.AddDate(1, 0, 0), 5
	if testing.Short() {
		end = start.AddDate(0, 0, 42)
	}
	y := newYear(t, start)
	y.happenings(start)
	for day := start; day.Before(end); day = day.AddDate(0, 0, 1) {
		for range perDay {
			y.when(day.Add(time.Duration(y.rand.IntN(24*3600))*time.Second), y.come)
		}
	}
	y.run(end)
	y.checkBooks(t)
	y.checkLedgers(t)
	y.nothingIsLost()
	t.Logf("%d leads: %v", len(y.leads), y.counts)
}
