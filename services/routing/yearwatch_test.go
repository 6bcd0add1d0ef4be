package routing_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// look takes in what was told, and looks at who waits.
func (y *year) look() {
	y.hear()
	y.nobodyWaitsInVain()
}

// hear takes in what the service has told since the last time.
func (y *year) hear() {
	var told []*eventv1.Event
	for row, err := range y.Host.DB.Query(y.t.Context(), `SELECT pos, body FROM log WHERE pos > $1 ORDER BY pos`, y.seen) {
		var body []byte
		if err == nil {
			err = row.Scan(&y.seen, &body)
		}
		e := &eventv1.Event{}
		if err == nil {
			err = proto.Unmarshal(body, e)
		}
		if err != nil {
			y.t.Fatal(err)
		}
		told = append(told, e)
	}
	for _, e := range told {
		switch {
		case e.GetHandoffAssigned() != nil:
			y.assigned(e.GetHandoffAssigned())
		case e.GetHandoffHeld() != nil:
			j := y.leads[e.GetHandoffHeld().GetHandoff()]
			y.leaves(j)
			y.waiting[j.name] = j
			y.counts["held"]++
		case e.GetHandoffDeclined() != nil:
			j := y.leads[e.GetHandoffDeclined().GetHandoff()]
			j.refused = append(j.refused, j.holder)
			y.leaves(j)
			y.counts["declined"]++
		case e.GetHandoffClosed() != nil:
			j := y.leads[e.GetHandoffClosed().GetHandoff()]
			y.leaves(j)
			delete(y.waiting, j.name)
			if j.closed {
				y.t.Fatalf("%s was closed twice", j.name)
			}
			j.closed = true
		}
	}
}

// leaves has nobody hold a handoff any more.
func (y *year) leaves(j *journey) {
	if j.holder != "" {
		y.people[j.holder].open--
	}
	j.holder = ""
}

// assigned makes sure that whoever got a handoff could take it, and may have it.
func (y *year) assigned(a *eventv1.HandoffAssigned) {
	y.t.Helper()
	j, rep, at := y.leads[a.GetHandoff()], a.GetRep()[len("reps/"):], a.GetAssignTime().AsTime()
	y.leaves(j)
	delete(y.waiting, j.name)
	p := y.people[rep]
	if why := p.why(at); why != "" && (why != offShift || a.GetQueue() == "") { // who takes one out of a queue need not be on shift
		y.t.Fatalf("%s got %s at %v and %s", rep, j.name, at.In(p.place), why)
	}
	if slices.Contains(j.refused, rep) {
		y.t.Fatalf("%s got %s and has refused it", rep, j.name)
	}
	if who := y.candidates(j, strings.TrimPrefix(a.GetPreviousRep(), "reps/"), at); !slices.Contains(who, rep) {
		y.t.Fatalf("%s got %s, which is for %v", rep, j.name, who)
	}
	if a.GetAssignment() != j.assignment+1 {
		y.t.Fatalf("%s: assignment %d came after %d", j.name, a.GetAssignment(), j.assignment)
	}
	j.holder, j.assignment = rep, a.GetAssignment()
	p.open++
	p.got = append(p.got, at)
	y.count(a)
	if a.GetQueue() == "" {
		y.answers(j, at)
	}
}

// count notes how a handoff came to a rep.
func (y *year) count(a *eventv1.HandoffAssigned) {
	y.counts["assigned"]++
	switch {
	case a.GetQueue() != "":
		y.counts["picked"]++
	case a.GetCoverFor() != "":
		y.counts["covered"]++
	}
	switch a.GetReassignReason() {
	case routingv1.ReassignReason_REASSIGN_REASON_BREACH, routingv1.ReassignReason_REASSIGN_REASON_OFFLINE:
		y.counts["taken from the silent"]++
	case routingv1.ReassignReason_REASSIGN_REASON_ABSENCE, routingv1.ReassignReason_REASSIGN_REASON_REP_LEFT:
		y.counts["passed on from the absent"]++
	case routingv1.ReassignReason_REASSIGN_REASON_COVER_ENDED:
		y.counts["came back"]++
	}
}

// candidates are the reps who may get a handoff, whether they are there or not, when it is taken from one who had it. Who
// stands in for an owner who is away may get theirs. A lead that awaits its owner goes on to the pool once the owner is gone,
// has refused it or has it taken from them. A pool gives a lead that is German to those who speak it.
func (y *year) candidates(j *journey, had string, at time.Time) []string {
	var who []string
	if j.owner != "" {
		who = append(who, j.owner)
		owner := y.people[j.owner]
		if cover, away := owner.absent(at); away && cover != "" && !owner.gone {
			who = append(who, cover)
		}
		if j.awaitsOwner && !owner.gone && !slices.Contains(j.refused, j.owner) && had != j.owner {
			return who
		}
	}
	if j.queued {
		who = append(who, "pat")
	}
	shared := slices.Concat(y.members[j.pool], y.members[overflowOf[j.pool]])
	return append(who, slices.DeleteFunc(shared, func(id string) bool { return j.german && !y.people[id].german })...)
}

// nobodyWaitsInVain makes sure that nobody could take a lead that is held.
func (y *year) nobodyWaitsInVain() {
	y.t.Helper()
	now := y.Clock.Now()
	for _, j := range y.waiting {
		if j.queued {
			continue // until somebody picks it
		}
		for _, rep := range y.candidates(j, "", now) {
			if !slices.Contains(j.refused, rep) && y.people[rep].why(now) == "" {
				y.t.Fatalf("%s waits at %v, and %s could take it: %v", j.name, now, rep, y.handoff(y.t, j.name))
			}
		}
	}
}

// nothingIsLost compares every handoff with what was told of it.
func (y *year) nothingIsLost() {
	y.t.Helper()
	states := map[string]routingv1.Handoff_State{}
	reps := map[string]string{}
	for row, err := range y.Host.DB.Query(context.Background(), `SELECT id, state, rep FROM handoff`) {
		var id, rep string
		var state int32
		if err == nil {
			err = row.Scan(&id, &state, &rep)
		}
		if err != nil {
			y.t.Fatal(err)
		}
		states["handoffs/"+id], reps["handoffs/"+id] = routingv1.Handoff_State(state), rep
	}
	if len(states) != len(y.leads) {
		y.t.Errorf("%d leads came, and there are %d handoffs", len(y.leads), len(states))
	}
	for name, j := range y.leads {
		open := states[name] == routingv1.Handoff_STATE_ASSIGNED || states[name] == routingv1.Handoff_STATE_ACCEPTED
		switch {
		case j.closed != (states[name] == routingv1.Handoff_STATE_CLOSED), open != (j.holder != ""), open && reps[name] != j.holder,
			(y.waiting[name] != nil) != (states[name] == routingv1.Handoff_STATE_HELD):
			y.t.Errorf("%s is %v of %q; it was told as %+v", name, states[name], reps[name], *j)
		}
	}
	for _, what := range []string{"held", "declined", "passed on", "picked", "covered", "taken from the silent", "passed on from the absent"} {
		if y.counts[what] == 0 && !testing.Short() {
			y.t.Errorf("nothing was %s: the year was too calm: %v", what, y.counts)
		}
	}
}
