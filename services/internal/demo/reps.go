package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/timetable"
)

// readCalendars makes the reps know their working hours.
func (p *player) readCalendars() error {
	for id, c := range calendars() {
		cal, err := timetable.Compile(c)
		if err != nil {
			return fmt.Errorf("calendar %s: %w", id, err)
		}
		p.calendars[id] = cal
	}
	return nil
}

// task is a handoff on a rep's desk.
type task struct {
	*player
	rep     rep
	luck    chance
	handoff string // the name
	n       int32  // the assignment
	lead    string
	tier    string
	at      time.Time // when it came
	prospect
}

// react is what a rep decides to do with a handoff that comes in. It depends on the seed, the rep and the assignment, and on
// the person whom it is about.
func (p *player) react(ctx context.Context, e *eventv1.Event) ([]action, error) {
	a := e.GetHandoffAssigned()
	for _, r := range p.company.reps {
		if "reps/"+r.id != a.GetRep() {
			continue
		}
		t := task{player: p, rep: r, luck: luck(p.cfg.Seed, "task", a.GetHandoff(), fmt.Sprint(a.GetAssignment())), handoff: a.GetHandoff(),
			n: a.GetAssignment(), lead: e.GetLead(), tier: a.GetTier(), at: a.GetAssignTime().AsTime()}
		var err error
		t.prospect, err = p.prospect(ctx, t.lead, t.at)
		return t.decide(), err
	}
	return nil, nil
}

// decide makes up the rep's mind: when to answer and how, when to call, and how it ends.
func (t task) decide() []action {
	answer := t.worked(t.at, t.luck.about(t.rep.pace)+2)
	if t.luck.happens(t.rep.declines) {
		return []action{t.action("decline", answer, t.decline)}
	}
	if no, rejects := t.objects(); rejects {
		return []action{t.action("reject", answer, t.reject(no))}
	}
	if t.luck.happens(0.03) {
		return []action{t.action("recycle", answer, t.recycle)}
	}
	actions := []action{t.action("accept", answer, t.accept)}
	touch := t.worked(answer, t.luck.about(90)+1)
	if !t.luck.happens(t.rep.silent) {
		actions = append(actions, t.action("touch", touch, t.call(touch)))
		if t.tier == "T2" && t.luck.happens(0.5) {
			meeting := t.worked(touch, t.luck.about(600)+5)
			actions = append(actions, t.action("meeting", meeting, t.book))
		}
	}
	if t.luck.happens(0.9) {
		actions = append(actions, t.ending(t.worked(touch, t.luck.about(900)+60))...)
	}
	return actions
}

// ending is the disposition, and the deal that may come of it.
func (t task) ending(at time.Time) []action {
	outcome, rating := t.end()
	actions := []action{t.action("dispose", at, t.dispose(outcome, rating))}
	if outcome != routingv1.Handoff_OUTCOME_SQL || !t.luck.happens(0.6) {
		return actions
	}
	deal := &attributionv1.Opportunity{Source: "crm", SourceId: "OPP-" + strings.TrimPrefix(t.handoff, "handoffs/")[20:], Handoff: t.handoff,
		Contacts: []*attributionv1.Contact{{Lead: t.lead}}, Owner: "reps/" + t.rep.id, RecordedTeam: playbookv1.Team_TEAM_MARKETING,
		Amount: worth(t.luck, 4_000, 22_000)}
	if t.luck.happens(0.15) {
		deal.RecordedTeam = playbookv1.Team_TEAM_SALES
	}
	opened := t.worked(at, t.luck.about(240)+10)
	actions = append(actions, t.action("deal", opened, t.open(deal)))
	if t.luck.happens(0.5) {
		closed := opened.Add(time.Duration(t.luck.about(9*24)) * time.Hour).Add(time.Hour)
		actions = append(actions, t.action("deal-closed", closed, t.close(deal, closed, t.luck.happens(0.45))))
	}
	return actions
}

func (t task) action(what string, at time.Time, do func(ctx context.Context) error) action {
	return action{at: at, key: fmt.Sprintf("%s of %s/%d", what, t.handoff, t.n), do: do}
}

// worked is so many worked minutes after an instant, by the rep's calendar; a rep who is away comes back first.
func (t task) worked(from time.Time, minutes float64) time.Time {
	for _, away := range t.rep.away {
		if !from.Before(away.from) && from.Before(away.to) {
			from = away.to
		}
	}
	due, err := t.calendars[t.rep.calendar].Due(from, time.Duration(minutes)*time.Minute)
	if err != nil || due.Sub(from) > maxLate {
		return from.Add(maxLate)
	}
	return due
}

func (t task) id(what string) string { return requestID(what, t.handoff, fmt.Sprint(t.n)) }

func (t task) feedback() feedbackv1.FeedbackServiceClient {
	return feedbackv1.NewFeedbackServiceClient(t.reps[t.rep.id])
}

func (t task) accept(ctx context.Context) error {
	_, err := t.feedback().AcceptHandoff(ctx, &feedbackv1.AcceptHandoffRequest{Name: t.handoff, Assignment: t.n, RequestId: t.id("accept")})
	return unlessOver(err)
}

func (t task) decline(ctx context.Context) error {
	_, err := t.feedback().DeclineHandoff(ctx, &feedbackv1.DeclineHandoffRequest{Name: t.handoff, Assignment: t.n,
		Comment: "not my territory", RequestId: t.id("decline")})
	return unlessOver(err)
}

func (t task) recycle(ctx context.Context) error {
	_, err := t.feedback().RecycleHandoff(ctx, &feedbackv1.RecycleHandoffRequest{Name: t.handoff, Assignment: t.n,
		Target: feedbackv1.Verdict_RECYCLE_TARGET_NURTURE, Comment: "asks again after the summer", RequestId: t.id("recycle")})
	return unlessOver(err)
}

func (t task) dispose(outcome routingv1.Handoff_Outcome, rating int32) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		req := &feedbackv1.DisposeHandoffRequest{Name: t.handoff, Assignment: t.n, Outcome: outcome, Rating: rating, RequestId: t.id("dispose")}
		switch outcome {
		case routingv1.Handoff_OUTCOME_SQL:
			req.Confirmed, req.NextStep = []string{"need", "timing"}, "proposal"
		case routingv1.Handoff_OUTCOME_DISQUALIFIED:
			req.Reason = playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET
		default: // a lead that goes to nurture is not ready
		}
		_, err := t.feedback().DisposeHandoff(ctx, req)
		return unlessOver(err)
	}
}

// call logs a call at the time it was made.
func (t task) call(at time.Time) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		return t.log(ctx, "touch", &slav1.Activity{Type: slav1.Activity_TYPE_CALL, OccurTime: timestamppb.New(at)})
	}
}

func (t task) book(ctx context.Context) error {
	return t.log(ctx, "meeting", &slav1.Activity{Type: slav1.Activity_TYPE_MEETING_BOOKED})
}

func (t task) log(ctx context.Context, what string, a *slav1.Activity) error {
	a.Source, a.SourceId = "dialer", what+"/"+t.handoff+"/"+fmt.Sprint(t.n)
	_, err := slav1.NewSlaServiceClient(t.reps[t.rep.id]).CreateActivity(ctx, &slav1.CreateActivityRequest{Parent: t.handoff, Activity: a, RequestId: t.id(what)})
	return unlessOver(err)
}

func (t task) open(deal *attributionv1.Opportunity) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := attributionv1.NewAttributionServiceClient(t.crm).CreateOpportunity(ctx, &attributionv1.CreateOpportunityRequest{Opportunity: deal,
			RequestId: t.id("deal")})
		return err
	}
}

func (t task) close(deal *attributionv1.Opportunity, at time.Time, won bool) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := attributionv1.NewAttributionServiceClient(t.crm).CreateOpportunity(ctx, &attributionv1.CreateOpportunityRequest{Opportunity: closing(deal, at, won),
			RequestId: t.id("deal-closed")})
		return err
	}
}

// unlessOver passes an error on, unless it says that the handoff has meanwhile gone its way without the rep.
func unlessOver(err error) error {
	switch status.Code(err) {
	case codes.Aborted, codes.FailedPrecondition, codes.NotFound:
		return nil
	default:
		return err
	}
}
