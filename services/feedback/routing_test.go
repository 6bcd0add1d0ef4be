package feedback_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/scope"
)

// desk stands in for Routing: it keeps handoffs by the rules of their life, answers a repeated request as before, and
// tells of what happened in the same words. A rep's subject is the last part of the rep's name.
type desk struct {
	routingv1.UnimplementedRoutingServiceServer
	now func() time.Time

	mu       sync.Mutex
	handoffs map[string]*file
	answers  map[string]*reply
	told     []*eventv1.Event

	magnet, pool, tier string // of what it opens and assigns; empty for none

	disturb func(call string) disturbance // what befalls the next call; nil for nothing
}

// disturbance is what befalls a call.
type disturbance int

const (
	none    disturbance = iota
	lost                // the call does not reach Routing
	unheard             // Routing does what it is asked for, and its answer gets lost
)

// file is one handoff, with the turns of those who had it, and the reps who will.
type file struct {
	handoff *routingv1.Handoff
	turns   []*turn
	next    []string
}

// turn is an assignment: the rep, and what was said of it.
type turn struct {
	rep  string
	said []said
}

// said is what Routing knows of an answer.
type said struct {
	step    routingv1.Step
	reason  playbookv1.RejectionReason
	outcome routingv1.Handoff_Outcome
}

// reply is a request that was answered before.
type reply struct {
	req *routingv1.AdvanceHandoffRequest
	h   *routingv1.Handoff
}

func newDesk(now func() time.Time) *desk {
	return &desk{now: now, handoffs: map[string]*file{}, answers: map[string]*reply{}}
}

// open opens a handoff under a playbook and gives it to the first of the reps; the others follow after declines.
func (d *desk) open(name, playbook, source, campaign string, reps ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := timestamppb.New(d.now())
	f := &file{next: reps, handoff: &routingv1.Handoff{Name: name, Lead: strings.Replace(name, "handoffs", "leads", 1), Playbook: playbook,
		Context: &scoringv1.LeadContext{Source: source, Campaign: campaign, LeadMagnet: d.magnet}, Partner: "agency", UpdateTime: now}}
	d.handoffs[name] = f
	d.tell(context.Background(), f, &eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{
		Handoff: name, Lead: f.handoff.GetLead(), Source: source, Campaign: campaign, LeadMagnet: d.magnet}}}, "")
	d.assign(context.Background(), f, "")
}

// cover lets a rep stand in for the assignee.
func (d *desk) cover(name, rep string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handoffs[name].handoff.Cover = rep
}

// assign gives a handoff to the next rep, or holds it.
func (d *desk) assign(ctx context.Context, f *file, requestID string) {
	f.handoff.Rep = ""
	if len(f.next) == 0 {
		f.handoff.State = routingv1.Handoff_STATE_HELD
		d.tell(ctx, f, &eventv1.Event{Payload: &eventv1.Event_HandoffHeld{HandoffHeld: &eventv1.HandoffHeld{Handoff: f.handoff.GetName()}}}, requestID)
		return
	}
	f.handoff.Rep, f.next = f.next[0], f.next[1:]
	f.turns = append(f.turns, &turn{rep: f.handoff.GetRep()})
	f.handoff.Assignment++
	f.handoff.State = routingv1.Handoff_STATE_ASSIGNED
	d.tell(ctx, f, &eventv1.Event{Payload: &eventv1.Event_HandoffAssigned{HandoffAssigned: &eventv1.HandoffAssigned{
		Handoff: f.handoff.GetName(), Assignment: f.handoff.GetAssignment(), Rep: f.handoff.GetRep(), Pool: d.pool, Tier: d.tier,
		AssignTime: timestamppb.New(d.now())}}}, requestID)
}

func (d *desk) tell(ctx context.Context, f *file, e *eventv1.Event, requestID string) {
	e.Handoff, e.Lead, e.Playbook, e.Partner = f.handoff.GetName(), f.handoff.GetLead(), f.handoff.GetPlaybook(), f.handoff.GetPartner()
	e.Time, e.RequestId = timestamppb.New(d.now()), requestID
	if actor := auth.ActorFrom(ctx); actor != nil {
		e.Actor, e.ActorKind = auth.Principal(actor), actor.GetKind()
	}
	d.told = append(d.told, e)
}

// since are the events told after the first n.
func (d *desk) since(n int) []*eventv1.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.told[n:])
}

// GetHandoff implements RoutingService.
func (d *desk) GetHandoff(ctx context.Context, req *routingv1.GetHandoffRequest) (*routingv1.Handoff, error) {
	if d.befalls("get") == lost {
		return nil, gone()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.handoffs[req.GetName()]
	if f == nil || !f.seenBy(ctx) {
		return nil, fault.Missing(req.GetName())
	}
	return proto.CloneOf(f.handoff), nil
}

// ListReps implements RoutingService. It takes two pages, and the first rep has the subject of another, of another issuer.
func (d *desk) ListReps(_ context.Context, req *routingv1.ListRepsRequest) (*routingv1.ListRepsResponse, error) {
	if req.GetPageToken() == "" {
		return &routingv1.ListRepsResponse{Reps: []*routingv1.Rep{{Name: "reps/ann", Subject: "jane", Issuer: "https://idp.example"},
			{Name: jane, Subject: "jane"}}, NextPageToken: "joe"}, nil
	}
	return &routingv1.ListRepsResponse{Reps: []*routingv1.Rep{{Name: joe, Subject: "joe", Issuer: auth.LocalIssuer}}}, nil
}

// AdvanceHandoff implements RoutingService.
func (d *desk) AdvanceHandoff(ctx context.Context, req *routingv1.AdvanceHandoffRequest) (*routingv1.Handoff, error) {
	befalls := d.befalls("advance")
	if befalls == lost {
		return nil, gone()
	}
	h, err := d.advance(ctx, req)
	if befalls == unheard {
		return nil, gone()
	}
	return h, err
}

func (d *desk) advance(ctx context.Context, req *routingv1.AdvanceHandoffRequest) (*routingv1.Handoff, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := auth.Principal(auth.ActorFrom(ctx)) + " " + req.GetRequestId()
	if known := d.answers[key]; known != nil {
		if !proto.Equal(known.req, req) {
			return nil, fault.New(fault.Invalid, errorsv1.ErrorReason_ERROR_REASON_REQUEST_ID_REUSED, "reused")
		}
		return known.h, nil
	}
	f := d.handoffs[req.GetName()]
	if f == nil {
		return nil, fault.Missing(req.GetName())
	}
	said := said{req.GetStep(), req.GetReason(), req.GetOutcome()}
	if repeated, err := f.hear(f.speaker(ctx, req), int(req.GetAssignment()), said); err != nil {
		return nil, err
	} else if !repeated {
		turn := f.turns[req.GetAssignment()-1]
		turn.said = append(turn.said, said)
		d.step(ctx, f, req)
	}
	d.answers[key] = &reply{proto.CloneOf(req), proto.CloneOf(f.handoff)}
	return d.answers[key].h, nil
}

// step changes the handoff, and tells of it.
func (d *desk) step(ctx context.Context, f *file, req *routingv1.AdvanceHandoffRequest) {
	h, now := f.handoff, timestamppb.New(d.now())
	h.UpdateTime = now
	e := &eventv1.Event{}
	switch req.GetStep() {
	case routingv1.Step_STEP_ACCEPT:
		h.State, h.AcceptTime = routingv1.Handoff_STATE_ACCEPTED, now
		e.Payload = &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{
			Handoff: h.GetName(), Assignment: h.GetAssignment(), Rep: h.GetRep(), AcceptTime: now}}
	case routingv1.Step_STEP_DECLINE:
		d.tell(ctx, f, &eventv1.Event{Payload: &eventv1.Event_HandoffDeclined{HandoffDeclined: &eventv1.HandoffDeclined{
			Handoff: h.GetName(), Assignment: h.GetAssignment(), Rep: h.GetRep(), DeclineTime: now}}}, req.GetRequestId())
		d.assign(ctx, f, req.GetRequestId())
		return
	default:
		h.State, h.Outcome, h.CloseTime = routingv1.Handoff_STATE_CLOSED, outcomeOf(req), now
		e.Payload = &eventv1.Event_HandoffClosed{HandoffClosed: &eventv1.HandoffClosed{Handoff: h.GetName(), Lead: h.GetLead(), Outcome: h.GetOutcome(),
			Step: req.GetStep(), Reason: req.GetReason(), Assignment: h.GetAssignment(), Rep: h.GetRep(), CloseTime: now}}
	}
	if req.GetStep() == routingv1.Step_STEP_REJECT {
		d.tell(ctx, f, &eventv1.Event{Payload: &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{
			Handoff: h.GetName(), Assignment: h.GetAssignment(), Rep: h.GetRep(), Reason: req.GetReason(), RejectTime: now}}}, req.GetRequestId())
	}
	d.tell(ctx, f, e, req.GetRequestId())
}

func outcomeOf(req *routingv1.AdvanceHandoffRequest) routingv1.Handoff_Outcome {
	if req.GetStep() == routingv1.Step_STEP_DISPOSE {
		return req.GetOutcome()
	}
	return routingv1.Handoff_OUTCOME_RECYCLED
}

// speaker is the rep for whom an answer is given.
func (f *file) speaker(ctx context.Context, req *routingv1.AdvanceHandoffRequest) string {
	actor := auth.ActorFrom(ctx)
	switch n := int(req.GetAssignment()); {
	case auth.Has(actor, accessv1.Role_ROLE_SALES_REP) && f.handoff.GetCover() == "reps/"+actor.GetSubject():
		return f.handoff.GetRep()
	case auth.Has(actor, accessv1.Role_ROLE_SALES_REP):
		return "reps/" + actor.GetSubject()
	case n <= len(f.turns):
		return f.turns[n-1].rep
	default:
		return f.handoff.GetRep()
	}
}

// hear decides whether an answer counts. One that says again what was said counts already.
func (f *file) hear(by string, assignment int, what said) (repeated bool, err error) {
	h := f.handoff
	if assignment <= len(f.turns) && f.turns[assignment-1].rep == by && slices.Contains(f.turns[assignment-1].said, what) {
		return true, nil
	}
	had := slices.ContainsFunc(f.turns, func(t *turn) bool { return t.rep == by })
	switch {
	case !had:
		return false, fault.Missing(h.GetName())
	case by != h.GetRep(), assignment != len(f.turns):
		return false, fault.New(fault.Aborted, errorsv1.ErrorReason_ERROR_REASON_ASSIGNMENT_SUPERSEDED, "it has moved on").
			With("resource", h.GetName()).With("assignment", strconv.Itoa(len(f.turns)))
	}
	return false, f.refuse(what.step)
}

// refuse says why the state does not allow a step.
func (f *file) refuse(step routingv1.Step) error {
	state, before := f.handoff.GetState(), f.turns[len(f.turns)-1].said
	ends := step == routingv1.Step_STEP_DISPOSE || step == routingv1.Step_STEP_RECYCLE
	switch {
	case state == routingv1.Handoff_STATE_ASSIGNED && step != routingv1.Step_STEP_DISPOSE, state == routingv1.Handoff_STATE_ACCEPTED && ends:
		return nil
	case len(before) > 0 && (!ends || state == routingv1.Handoff_STATE_CLOSED):
		return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_VERDICT_EXISTS, "it is answered").With("resource", f.handoff.GetName())
	default:
		return fault.Refused(f.handoff.GetName(), strings.TrimPrefix(state.String(), "STATE_"), "it is not accepted")
	}
}

// seenBy reports whether the caller may see the handoff: a manager may, the rep who has it, and the partner who brought it.
func (f *file) seenBy(ctx context.Context) bool {
	actor := auth.ActorFrom(ctx)
	if partner := scope.Partner(actor); partner != "" {
		return f.handoff.GetPartner() == partner
	}
	return !auth.Has(actor, accessv1.Role_ROLE_SALES_REP) || slices.Contains([]string{f.handoff.GetRep(), f.handoff.GetCover()}, "reps/"+actor.GetSubject())
}

// befalls says what befalls a call.
func (d *desk) befalls(call string) disturbance {
	if d.disturb == nil {
		return none
	}
	return d.disturb(call)
}

func gone() error {
	return fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "routing is away")
}
