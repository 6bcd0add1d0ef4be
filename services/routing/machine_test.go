package routing_test

import (
	"cmp"
	"context"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"pgregory.net/rapid"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	checks "github.com/handoffhq/handoff/services/internal/rubric"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		_ = f.Value.Set("12") // each check has a database of its own
	}
	os.Exit(m.Run())
}

// machine does to a routing service whatever can be done to one, and knows who is at work.
type machine struct {
	*bundle
	t        *testing.T
	hours    map[string]*worktime.Calendar // by rep
	inactive map[string]bool
	german   map[string]bool
	absences map[string][]*routingv1.Absence
	leads    []*eventv1.Event
	told     int // events that were looked at
	got      map[string][]time.Time
	// The caps of cat, and of dan over two days.
	perDay, perWeek, inTwoDays int
}

var crew = []string{"ann", "bob", "cat", "dan"}

func newMachine(t *testing.T) *machine {
	migrations, err := routing.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{bundle: bare(t, sqldbtest.SQLite(t, migrations), archive{}), t: t, hours: map[string]*worktime.Calendar{},
		inactive: map[string]bool{}, german: map[string]bool{}, absences: map[string][]*routingv1.Absence{}, got: map[string][]time.Time{},
		perDay: 3, perWeek: 5, inTwoDays: 3}
	m.activate(t, 1, fallingBack(lastPool("spare")))
	m.Clock.Set(at("2026-03-02T10:00-05:00"))
	calendars := []string{"office", "berlin", "office", "berlin"}
	m.setHours("office", office())
	m.setHours("berlin", hours("berlin", "Europe/Berlin", "08:00", "18:00", wholeWeek...))
	for i, id := range crew {
		m.rep(t, id, worksBy(calendars[i]), func(r *routingv1.Rep) {
			if i%2 == 1 {
				r.MaxOpen = proto.Int32(2)
			}
			switch i {
			case 2:
				r.MaxPerDay, r.MaxPerWeek = proto.Int32(int32(m.perDay)), proto.Int32(int32(m.perWeek))
			case 3:
				r.RollingCap = &routingv1.RollingCap{Days: 2, Max: int32(m.inTwoDays)}
			}
		})
		m.hours[id] = m.hours[calendars[i]]
	}
	m.pool(t, "spare", "dan")
	m.overflowing(t, "velocity", "spare", "ann", "bob")
	m.pool(t, "enterprise", "bob", "cat")
	m.pickQueue(t, "customer-success", "velocity", "enterprise")
	m.pickQueue(t, "partner-review", "spare")
	return m
}

func (m *machine) setHours(id string, c *slav1.Calendar) {
	m.calendar(m.t, c)
	compiled, err := timetable.Compile(c)
	if err != nil {
		m.t.Fatal(err)
	}
	m.hours[id] = compiled
}

func (m *machine) qualifyOne(rt *rapid.T) {
	var batch []*eventv1.Event
	for range rapid.IntRange(1, 4).Draw(rt, "leads") {
		kind := rapid.SampledFrom([]func(*eventv1.LeadQualified){target, mediumIntent, func(*eventv1.LeadQualified) {}, lowIntent,
			dealOf(rapid.SampledFrom(crew).Draw(rt, "deal")), customer}).Draw(rt, "kind")
		owner := rapid.SampledFrom([]func(*eventv1.LeadQualified){func(*eventv1.LeadQualified) {}, ownedBy(rapid.SampledFrom(crew).Draw(rt, "owner"))}).Draw(rt, "owned")
		asks := rapid.SampledFrom([]func(*eventv1.LeadQualified){asking(), asking(0)}).Draw(rt, "asks")
		batch = append(batch, m.lead(target, kind, owner, asks, m.aMeeting(rt)))
	}
	m.leads = append(m.leads, batch...)
	m.Tell(m.t, eventlog.Scoring, batch...)
}

// aMeeting draws whether a partner's meeting qualified a lead, and how it does.
func (m *machine) aMeeting(rt *rapid.T) func(*eventv1.LeadQualified) {
	rival := "handoffs/ffffffffffffffffffffffffffffffff"
	if len(m.leads) > 0 {
		rival = rapid.SampledFrom(m.leads).Draw(rt, "rival").GetHandoff()
	}
	none := func(*eventv1.LeadQualified) {}
	return rapid.SampledFrom([]func(*eventv1.LeadQualified){none, none, meets(allPassed()), meets(rubric(geography, failed, "")),
		motion(deal), motion(rival)}).Draw(rt, "meeting")
}

// one draws a handoff in a state.
func (m *machine) one(rt *rapid.T, states ...routingv1.Handoff_State) *routingv1.Handoff {
	resp, err := m.client.ListHandoffs(revops(m.t), &routingv1.ListHandoffsRequest{PageSize: 1000})
	if err != nil {
		m.t.Fatal(err)
	}
	fitting := slices.DeleteFunc(resp.GetHandoffs(), func(h *routingv1.Handoff) bool { return !slices.Contains(states, h.GetState()) })
	if len(fitting) == 0 {
		rt.Skip("there is none")
	}
	return rapid.SampledFrom(fitting).Draw(rt, "handoff")
}

func (m *machine) answerOne(rt *rapid.T) {
	h := m.one(rt, routingv1.Handoff_STATE_ASSIGNED, routingv1.Handoff_STATE_ACCEPTED)
	step := routingv1.Step(rapid.IntRange(1, 5).Draw(rt, "step"))
	req := &routingv1.AdvanceHandoffRequest{Name: h.GetName(), Assignment: h.GetAssignment(), Step: step}
	switch step {
	case routingv1.Step_STEP_REJECT:
		req.Reason = playbookv1.RejectionReason(rapid.IntRange(1, 6).Draw(rt, "reason"))
	case routingv1.Step_STEP_DISPOSE:
		req.Outcome = routingv1.Handoff_OUTCOME_SQL
	}
	_, err := m.client.AdvanceHandoff(roomtest.As(m.t.Context(), "mia", accessv1.Role_ROLE_SALES_MANAGER), req)
	if reason := refusalOf(err).reason; err != nil && reason != "STATE_CONFLICT" && reason != "VERDICT_EXISTS" {
		rt.Fatalf("%v of %s: %v", step, h.GetName(), err)
	}
}

func (m *machine) passOn(rt *rapid.T) {
	h := m.one(rt, routingv1.Handoff_STATE_ASSIGNED, routingv1.Handoff_STATE_ACCEPTED)
	req := &routingv1.ReassignHandoffRequest{Name: h.GetName(), Assignment: h.GetAssignment(), Reason: routingv1.ReassignReason_REASSIGN_REASON_SKILL,
		Rep: rapid.SampledFrom([]string{"", "reps/ann", "reps/bob", "reps/cat", "reps/dan"}).Draw(rt, "to")}
	_, err := m.client.ReassignHandoff(revops(m.t), req)
	if reason := refusalOf(err).reason; err != nil && reason != "STATE_CONFLICT" && (reason != "FIELD_INVALID" || req.GetRep() != h.GetRep()) {
		rt.Fatalf("pass %s on to %q: %v", h.GetName(), req.GetRep(), err)
	}
}

// pickOne has a rep take something that nobody has, theirs to take or not.
func (m *machine) pickOne(rt *rapid.T) {
	h := m.one(rt, routingv1.Handoff_STATE_HELD)
	_, err := m.claim(as(m.t, rapid.SampledFrom(crew).Draw(rt, "rep")), h.GetName(), "")
	if reason := refusalOf(err).reason; err != nil && reason != "STATE_CONFLICT" && reason != "RESOURCE_NOT_FOUND" {
		rt.Fatalf("pick %s: %v", h.GetName(), err)
	}
}

// runOut has a ladder reach a step: often it wants something done that was overtaken by now.
func (m *machine) runOut(rt *rapid.T) {
	h := m.one(rt, routingv1.Handoff_STATE_HELD, routingv1.Handoff_STATE_ASSIGNED, routingv1.Handoff_STATE_ACCEPTED, routingv1.Handoff_STATE_CLOSED)
	action := rapid.SampledFrom([]playbookv1.EscalationAction{passOn, passOn, offline}).Draw(rt, "action")
	waits := h.GetState() == routingv1.Handoff_STATE_ASSIGNED && rapid.IntRange(0, 4).Draw(rt, "seen") > 0
	assignment := h.GetAssignment()
	if !waits && h.GetState() == routingv1.Handoff_STATE_ASSIGNED {
		assignment--
	}
	m.Tell(m.t, eventlog.SLA, reached(h.GetName(), assignment, action))
	if waits && action == offline {
		silent := cmp.Or(h.GetCover(), h.GetRep())
		m.inactive[silent[len("reps/"):]] = true
	}
}

func (m *machine) changeLead(rt *rapid.T) {
	if len(m.leads) == 0 {
		rt.Skip("there is none")
	}
	lead := rapid.SampledFrom(m.leads).Draw(rt, "lead")
	changes := []*eventv1.Event{disqualified(lead), merged(lead, survivor), moreContext(lead, target), moreContext(lead, ownedBy("bob")),
		moreContext(lead, asking(0)), moreContext(lead, asking()), meetingAdded(lead, meetingOf(lead.GetLead()), allPassed())}
	m.Tell(m.t, eventlog.Scoring, rapid.SampledFrom(changes).Draw(rt, "change"))
}

func (m *machine) changePool(rt *rapid.T) {
	p := &routingv1.Pool{Name: "pools/" + rapid.SampledFrom([]string{"velocity", "enterprise", "spare"}).Draw(rt, "pool"), DisplayName: "x"}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(crew), 0, 4, rapid.ID[string]).Draw(rt, "members") {
		p.Members = append(p.Members, &routingv1.PoolMember{Rep: "reps/" + id, Weight: rapid.Int32Range(0, 4).Draw(rt, "weight")})
	}
	p.Mode = routingv1.Pool_Mode(rapid.IntRange(1, 3).Draw(rt, "mode"))
	p.FairnessGroup = rapid.SampledFrom([]string{"", "all", "few"}).Draw(rt, "group")
	p.AccrueWhenCapped, p.OwnerTurnsCount = rapid.Bool().Draw(rt, "accrues"), rapid.Bool().Draw(rt, "owners count")
	p.DeclineCostsTurn = proto.Bool(rapid.Bool().Draw(rt, "declines cost"))
	if rapid.Bool().Draw(rt, "limited") {
		p.MaxDeficit = proto.Int32(1)
	}
	mask := &fieldmaskpb.FieldMask{Paths: rapid.SampledFrom([][]string{{"members"}, {"fairness_group"}, {"*"}}).Draw(rt, "mask")}
	_, err := m.client.UpdatePool(revops(m.t), &routingv1.UpdatePoolRequest{Pool: p, UpdateMask: mask})
	if err != nil {
		rt.Fatal(err)
	}
}

func (m *machine) changeRep(rt *rapid.T) {
	id := rapid.SampledFrom(crew).Draw(rt, "rep")
	active := rapid.Bool().Draw(rt, "active")
	m.updateRep(m.t, &routingv1.Rep{Name: "reps/" + id, Active: &active}, "active")
	m.inactive[id] = !active
}

func (m *machine) learn(rt *rapid.T) {
	id := rapid.SampledFrom(crew).Draw(rt, "rep")
	knows := rapid.SampledFrom([]*playbookv1.Coverage{nil, german(), banker()}).Draw(rt, "knows")
	m.updateRep(m.t, &routingv1.Rep{Name: "reps/" + id, Coverage: knows}, "coverage")
	m.german[id] = knows != nil
}

func (m *machine) raiseCap(rt *rapid.T) {
	id := rapid.SampledFrom(crew).Draw(rt, "rep")
	most := m.openCount(m.t, id) + rapid.Int32Range(0, 2).Draw(rt, "more")
	m.updateRep(m.t, &routingv1.Rep{Name: "reps/" + id, MaxOpen: &most}, "max_open")
}

func (m *machine) letTimePass(rt *rapid.T) {
	m.advanceTo(m.t, m.Clock.Now().Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "half hours"))*30*time.Minute))
}

// check makes sure of what must hold after every step.
func (m *machine) check(rt *rapid.T) {
	m.checkBooks(rt)
	m.checkLedgers(rt)
	m.checkAssignees(rt)
	m.checkCovers(rt)
	before := m.assigned()
	m.lookAtEverything()
	if after := m.assigned(); after != before {
		rt.Fatalf("%d held handoffs could have been assigned at once", after-before)
	}
}

// checkAssignees looks at whoever got something since the last time.
func (m *machine) checkAssignees(t reporter) {
	t.Helper()
	told := m.Told(m.t)
	for _, e := range told[m.told:] {
		a := e.GetHandoffAssigned()
		if a == nil {
			continue
		}
		id, when := a.GetRep()[len("reps/"):], a.GetAssignTime().AsTime()
		m.got[id] = append(m.got[id], when)
		m.checkCaps(t, id)
		if m.inactive[id] {
			t.Fatalf("%s got %s and is inactive", id, a.GetHandoff())
		}
		if a.GetQueue() == "" && !m.hours[id].Open(when) {
			t.Fatalf("%s got %s off shift, at %v", id, a.GetHandoff(), when)
		}
		if a.GetPool() != "" && m.handoff(m.t, a.GetHandoff()).GetNeeds() != nil && !m.german[id] {
			t.Fatalf("%s got %s from a pool, and it asks for German", id, a.GetHandoff())
		}
		if h := m.handoff(m.t, a.GetHandoff()); a.GetPool() != "" && h.GetKind() == routingv1.Handoff_KIND_MEETING && !checks.Passed(h.GetRubric()) {
			t.Fatalf("%s got %s from a pool: %s", id, a.GetHandoff(), checks.Words(h.GetRubric()))
		}
		for _, absence := range m.absences[id] {
			if !when.Before(absence.GetStartTime().AsTime()) && when.Before(absence.GetEndTime().AsTime()) {
				t.Fatalf("%s got %s while away", id, a.GetHandoff())
			}
		}
	}
	m.told = len(told)
}

// checkCaps counts what a rep got on the date, in the week and in the days up to their last, by the dates on their wall.
func (m *machine) checkCaps(t reporter, id string) {
	t.Helper()
	date := func(at time.Time) time.Time {
		y, month, d := at.In(m.hours[id].Location()).Date()
		return time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	}
	last := date(m.got[id][len(m.got[id])-1])
	since := func(first time.Time) (n int) {
		for _, at := range m.got[id] {
			if !date(at).Before(first) {
				n++
			}
		}
		return n
	}
	monday := last.AddDate(0, 0, -(int(last.Weekday())+6)%7)
	switch {
	case id == "cat" && (since(last) > m.perDay || since(monday) > m.perWeek):
		t.Fatalf("cat got %d on %v and %d in its week", since(last), last, since(monday))
	case id == "dan" && since(last.AddDate(0, 0, -1)) > m.inTwoDays:
		t.Fatalf("dan got %d in the two days up to %v", since(last.AddDate(0, 0, -1)), last)
	}
}

func (m *machine) assigned() int {
	var n int
	if err := m.Host.DB.QueryRow(m.t.Context(), `SELECT COUNT(*) FROM assignment`).Scan(&n); err != nil {
		m.t.Fatal(err)
	}
	return n
}

// lookAtEverything lets the timer look at the whole holding queue now.
func (m *machine) lookAtEverything() {
	err := m.Host.DB.InTx(m.t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE handoff SET due_at = 1 WHERE state = 1 AND hold_reason <> 6`)
		return err
	})
	if err == nil {
		err = m.service.Fire(m.t.Context())
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

func TestWhateverHappensTheBooksAreRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newMachine(t)
		rt.Repeat(map[string]func(*rapid.T){
			"qualify": m.qualifyOne, "answer": m.answerOne, "answer again": m.answerOne, "pass on": m.passOn, "pick": m.pickOne,
			"run out": m.runOut, "change lead": m.changeLead,
			"change pool": m.changePool, "change rep": m.changeRep, "learn": m.learn, "raise cap": m.raiseCap, "enter absence": m.enterAbsence,
			"change absence": m.changeAbsence, "delete absence": m.deleteAbsence, "let time pass": m.letTimePass, "": m.check,
		})
	})
}
