package feedback

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
)

// spot is what a verdict and the dispute over it are named by.
type spot struct {
	handoff    string // the id
	assignment int64
	step       verdict.Step
}

// spotOf reads the name of a verdict or of a dispute, such as `handoffs/{handoff}/disputes/reject-1`.
func spotOf(name string) spot {
	parts := strings.Split(name, "/")
	if len(parts) != 4 {
		return spot{}
	}
	step, assignment, _ := strings.Cut(parts[3], "-")
	n, _ := strconv.ParseInt(assignment, 10, 64) // what is none names nothing
	return spot{parts[1], n, verdict.ParseStep(step)}
}

// toDispute is a dispute as the API shows it to the caller. Partners learn what is held, not who holds it and why.
func toDispute(ctx context.Context, d *store.Dispute, h *store.Handoff) *feedbackv1.Dispute {
	_, counted := d.Standing()
	out := &feedbackv1.Dispute{
		Name:          disputeName(d.Handoff, d.Assignment, d.Step),
		Verdict:       verdictName(d.Handoff, d.Assignment, d.Step),
		Rep:           ident.Name("reps", d.Rep),
		State:         feedbackv1.Dispute_State(d.State),
		Opener:        feedbackv1.Dispute_Opener(d.Opener),
		Comment:       d.Comment,
		Reason:        playbookv1.RejectionReason(d.Reason),
		Ruling:        feedbackv1.Dispute_Ruling(d.Decided.Ruling),
		CountedReason: playbookv1.RejectionReason(counted),
		SettledBy:     d.SettledBy,
		SettleComment: d.SettleComment,
		Source:        h.Source,
		Campaign:      h.Campaign,
		Partner:       h.Partner,
		CreateTime:    timestamppb.New(d.OpenedAt),
		TermTime:      timestamppb.New(d.Term),
		EndTime:       moment(d.EndedAt),
		Etag:          etag.Of(d.Version),
	}
	for _, s := range d.Statements {
		out.Statements = append(out.Statements, &feedbackv1.Dispute_Statement{Team: playbookv1.Team(s.Team),
			Ruling: feedbackv1.Dispute_Ruling(s.Position.Ruling), Reason: playbookv1.RejectionReason(s.Position.Reason),
			Comment: s.Comment, Actor: s.By, StateTime: timestamppb.New(s.At)})
	}
	if scope.Partner(auth.ActorFrom(ctx)) != "" {
		return outside(out, d.Opener)
	}
	return out
}

// outside takes out of a dispute what stays between the teams.
func outside(d *feedbackv1.Dispute, opener dispute.Opener) *feedbackv1.Dispute {
	d.Rep, d.SettledBy, d.SettleComment = "", "", ""
	if opener != dispute.ByPartner {
		d.Comment = ""
	}
	for _, s := range d.GetStatements() {
		s.Comment, s.Actor = "", ""
	}
	return d
}

// toOpened is what is told of a dispute that begins.
func toOpened(d *store.Dispute) *eventv1.DisputeOpened {
	return &eventv1.DisputeOpened{
		Dispute:    disputeName(d.Handoff, d.Assignment, d.Step),
		Handoff:    ident.Name("handoffs", d.Handoff),
		Assignment: int32(d.Assignment),
		Step:       routingv1.Step(d.Step),
		Rep:        ident.Name("reps", d.Rep),
		Opener:     feedbackv1.Dispute_Opener(d.Opener),
		Reason:     playbookv1.RejectionReason(d.Reason),
		TermTime:   timestamppb.New(d.Term),
	}
}

// toResolved is what is told of a dispute that ended.
func toResolved(d *store.Dispute, h *store.Handoff) *eventv1.DisputeResolved {
	_, counted := d.Standing()
	return &eventv1.DisputeResolved{
		Dispute:      disputeName(d.Handoff, d.Assignment, d.Step),
		Handoff:      handoffName(h),
		Lead:         leadName(h),
		Assignment:   int32(d.Assignment),
		Step:         routingv1.Step(d.Step),
		Rep:          ident.Name("reps", d.Rep),
		Ruling:       feedbackv1.Dispute_Ruling(d.Decided.Ruling),
		ReasonBefore: playbookv1.RejectionReason(d.Reason),
		ReasonAfter:  playbookv1.RejectionReason(counted),
		Lapsed:       d.State == dispute.Lapsed,
		ResolveTime:  timestamppb.New(d.EndedAt),
	}
}

// moment is an instant as the API shows it; nil for none.
func moment(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// held is a request that says what is held of a verdict.
type held interface {
	GetRuling() feedbackv1.Dispute_Ruling
	GetReason() playbookv1.RejectionReason
}

func position(req held) dispute.Position {
	return dispute.Position{Ruling: dispute.Ruling(req.GetRuling()), Reason: verdict.Reason(req.GetReason())}
}

// said is what somebody says for a team.
type said struct {
	team     dispute.Team
	position dispute.Position
}

// saying is what a request says, and for which team: the caller's, unless they lead both.
func saying(by dispute.Person, req interface {
	held
	GetTeam() playbookv1.Team
}) (said, error) {
	team := dispute.Team(req.GetTeam())
	if team == 0 {
		team = by.Leads
	}
	if team == 0 && by.LeadsBoth {
		return said{}, fault.Field("team", "is required of who leads both")
	}
	return said{team, position(req)}, nil
}

// person is the caller as the rules of disputes see it.
func person(ctx context.Context) dispute.Person {
	actor := auth.ActorFrom(ctx)
	p := dispute.Person{Principal: auth.Principal(actor), Human: actor.GetKind() == accessv1.ActorKind_ACTOR_KIND_PERSON}
	marketing, sales := auth.Has(actor, accessv1.Role_ROLE_MARKETING_LEAD), auth.Has(actor, accessv1.Role_ROLE_SALES_MANAGER)
	switch {
	case marketing && sales:
		p.LeadsBoth = true
	case marketing:
		p.Leads = dispute.Marketing
	case sales:
		p.Leads = dispute.Sales
	}
	return p
}

// missing turns a row that is not there into the fault of its name.
func missing(err error, name string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing(name)
	}
	return err
}

// missingAs has a handoff that the caller may not see answer like what was asked for, if that were not there.
func missingAs(err error, name string) error {
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return fault.Missing(name)
	}
	return err
}

// unheard turns a refusal of the rules into its fault. Resource is what is refused, in the state given.
func unheard(err error, resource, state string) error {
	switch {
	case errors.Is(err, dispute.ErrNotAllowed), errors.Is(err, dispute.ErrNotHuman):
		return fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED, "%v", err).With("resource", resource)
	case errors.Is(err, dispute.ErrNotDistinct):
		return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_DISTINCT, "%v", err).With("resource", resource)
	case errors.Is(err, dispute.ErrNoReason), errors.Is(err, dispute.ErrSameReason), errors.Is(err, dispute.ErrReason):
		return fault.Field("reason", "%v", err)
	case errors.Is(err, dispute.ErrState), errors.Is(err, dispute.ErrEarly), errors.Is(err, dispute.ErrLasting), errors.Is(err, dispute.ErrLate):
		return fault.Refused(resource, state, "%v", err)
	}
	return err
}
