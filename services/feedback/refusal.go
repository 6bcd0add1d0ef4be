package feedback

import (
	"errors"
	"strconv"
	"strings"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
)

// refused turns what keeps an answer from being taken into its fault: FEEDBACK_INCOMPLETE if something is missing,
// EVIDENCE_IRRELEVANT if the evidence is for another reason and nothing else is wrong, else FIELD_INVALID. In any case it names
// everything.
func refused(err error) error {
	problems, ok := errors.AsType[*verdict.ProblemsError](err)
	if !ok {
		return err
	}
	violations := make([]fault.Violation, len(problems.Problems))
	for i, p := range problems.Problems {
		violations[i] = fault.Violation{Field: p.Field, Message: p.Message}
	}
	e := fault.Fields(violations...)
	if missing := problems.Missing(); len(missing) > 0 {
		e.Reason = errorsv1.ErrorReason_ERROR_REASON_FEEDBACK_INCOMPLETE
		return e.With("missing", strings.Join(missing, ","))
	}
	if criterion := problems.Irrelevant(); criterion != "" {
		e.Reason = errorsv1.ErrorReason_ERROR_REASON_EVIDENCE_IRRELEVANT
		return e.With("criterion", criterion)
	}
	return e
}

// contradicted says that the record contradicts the evidence of an answer, which the playbook does not take then. It says what is
// wrong and nothing of what is on record.
func contradicted(h *routingv1.Handoff, e *verdict.Evidence) error {
	cause := strings.TrimPrefix(scoringv1.EvidenceCheck_Cause(e.Cause).String(), "CAUSE_")
	return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_EVIDENCE_CONTRADICTED, "the evidence for %s is contradicted: %s",
		e.Field, strings.ToLower(strings.ReplaceAll(cause, "_", " "))).
		With("resource", h.GetName()).With("criterion", e.Criterion).With("field", e.Field).With("cause", cause)
}

// superseded says that the assignment which the caller saw is not the present one.
func superseded(h *routingv1.Handoff) error {
	current := strconv.Itoa(int(h.GetAssignment()))
	return fault.New(fault.Aborted, errorsv1.ErrorReason_ERROR_REASON_ASSIGNMENT_SUPERSEDED, "%s is at assignment %s", h.GetName(), current).
		With("resource", h.GetName()).With("assignment", current)
}

// outdone says that another verdict stands where the caller's would.
func outdone(v *store.Verdict) error {
	name := ident.Name("handoffs", v.Handoff)
	return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_VERDICT_EXISTS,
		"another verdict on assignment %d of %s came first", v.Assignment, name).
		With("resource", name).With("state", strings.TrimPrefix(routingv1.Handoff_State(v.State).String(), "STATE_"))
}

// unreadable says that the playbook of a handoff cannot be read now.
func unreadable(playbook string, cause error) error {
	e := fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "%s cannot be read now", playbook)
	e.Cause = cause
	return e
}

// repeated makes sure that an answer is the one that its request id stands for already.
func repeated(given, known *store.Answer) error {
	if given.Handoff == known.Handoff && given.Assignment == known.Assignment && given.Repeats(known.Answer) {
		return nil
	}
	return fault.New(fault.Invalid, errorsv1.ErrorReason_ERROR_REASON_REQUEST_ID_REUSED,
		"request id was used before with another content").With("request_id", known.RequestID)
}

// changedNothing reports whether an error promises that nothing was changed.
func changedNothing(err error) bool {
	e := fault.As(err)
	return e != nil && e.Kind != fault.Internal && e.Kind != fault.Unavailable && e.Kind != fault.Deadline
}
