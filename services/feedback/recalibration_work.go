package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// recalibrations are worked out in time.
type recalibrations struct{ *Service }

// recalibrations is the duty to work them out.
func (s *Service) recalibrations() duty {
	return duty{Timed: recalibrations{s}, alarm: s.recalibrating, undone: "a recalibration is not worked out now"}
}

// NextDue is when the first of them is to be worked out.
func (w recalibrations) NextDue(ctx context.Context) (at time.Time, ok bool, err error) {
	r, err := store.NextRecalibration(ctx, w.cfg.DB)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return time.UnixMicro(r.DueAt).UTC(), true, nil
}

// mostPostponed is how often a recalibration is tried before it is given up: for some hours.
const mostPostponed = 12

// Fire works the first of them out. It holds no transaction meanwhile. Replicas may do so at once: each step writes what it
// found for the others, and what is written first counts. One that cannot be worked out now lets the others go first.
func (w recalibrations) Fire(ctx context.Context) error {
	ctx = auth.WithActor(ctx, auth.Service(eventlog.Feedback))
	r, err := store.NextRecalibration(ctx, w.cfg.DB)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for err == nil && r.State == store.Recalibrating {
		err = w.step(ctx, r)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	err = fmt.Errorf("work out recalibration %s: %w", r.ID, err)
	r.Tries++
	if r.Tries >= mostPostponed {
		return errors.Join(err, w.nothing(ctx, r, feedbackv1.Recalibration_CAUSE_GIVEN_UP, fmt.Sprintf("It could not be worked out in %d tries; the log says why.", r.Tries)))
	}
	r.DueAt = w.cfg.Now().Add(min(time.Minute<<(r.Tries-1), time.Hour)).UnixMicro()
	return errors.Join(err, w.write(ctx, r))
}

// step does what comes next, and writes it.
func (w recalibrations) step(ctx context.Context, r *store.Recalibration) error {
	switch feedbackv1.Recalibration_Phase(r.Phase) {
	case feedbackv1.Recalibration_PHASE_DRAFTING:
		return w.draft(ctx, r)
	case feedbackv1.Recalibration_PHASE_SIMULATING:
		return w.simulate(ctx, r)
	default:
		return w.search(ctx, r)
	}
}

// search looks for changes, and has them proved.
func (w recalibrations) search(ctx context.Context, r *store.Recalibration) error {
	r.Phase = int32(feedbackv1.Recalibration_PHASE_SEARCHING)
	if err := w.write(ctx, r); err != nil {
		return err
	}
	base, err := w.cfg.Playbooks.GetPlaybook(ctx, &playbookv1.GetPlaybookRequest{Name: "playbooks/active"})
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return w.nothing(ctx, r, feedbackv1.Recalibration_CAUSE_TOO_FEW_CASES, "No playbook is in force.")
	}
	if err != nil {
		return err
	}
	r.Baseline = shelf.Number(base.GetName())
	i := &inquiry{Service: w.Service, of: r, document: base.GetDocument()}
	cause, err := i.run(ctx)
	switch {
	case err != nil:
		return err
	case cause != feedbackv1.Recalibration_CAUSE_UNSPECIFIED:
		return w.nothing(ctx, r, cause, r.Found.Sentence)
	}
	r.Phase = int32(feedbackv1.Recalibration_PHASE_DRAFTING)
	return w.write(ctx, r)
}

// draft has the draft written, once however often it is tried.
func (w recalibrations) draft(ctx context.Context, r *store.Recalibration) error {
	base, err := w.cfg.Playbooks.GetPlaybook(ctx, &playbookv1.GetPlaybookRequest{Name: versionName(r.Baseline)})
	if err != nil {
		return err
	}
	draft, err := w.cfg.Playbooks.CreatePlaybook(ctx, &playbookv1.CreatePlaybookRequest{RequestId: idempotency.Derived(r.ID, "ProposeRecalibration"),
		Playbook: &playbookv1.Playbook{Document: amended(base.GetDocument(), r.Found.Edits)}})
	if f := fault.As(err); f != nil && status.Code(f.Cause) == codes.InvalidArgument {
		return w.nothing(ctx, r, feedbackv1.Recalibration_CAUSE_DRAFT_REFUSED, r.Found.Sentence+" The playbook cannot say so: "+f.Message)
	}
	if err != nil {
		return err
	}
	diff, err := w.cfg.Playbooks.DiffPlaybooks(ctx, &playbookv1.DiffPlaybooksRequest{From: base.GetName(), To: draft.GetName()})
	if err != nil {
		return err
	}
	if r.Diff, err = proto.Marshal(diff); err != nil {
		return err
	}
	r.Draft, r.Phase = shelf.Number(draft.GetName()), int32(feedbackv1.Recalibration_PHASE_SIMULATING)
	return w.write(ctx, r)
}

// simulate attaches the simulation of the draft, and tells of it.
func (w recalibrations) simulate(ctx context.Context, r *store.Recalibration) error {
	period := periodOf(r)
	parts, err := w.cfg.Playbooks.SimulatePlaybook(ctx, &playbookv1.SimulatePlaybookRequest{Name: versionName(r.Draft), Baseline: versionName(r.Baseline),
		StartTime: timestamppb.New(period.Start()), EndTime: timestamppb.New(period.End)})
	if err != nil {
		return err
	}
	var result *playbookv1.Simulation
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		result = part.GetSimulation()
	}
	if r.Simulation, err = proto.Marshal(result); err != nil {
		return err
	}
	return w.finish(ctx, r, store.Proposed)
}

// nothing ends a recalibration without a draft.
func (w recalibrations) nothing(ctx context.Context, r *store.Recalibration, cause feedbackv1.Recalibration_Cause, sentence string) error {
	r.Cause, r.Found.Sentence = int32(cause), sentence
	return w.finish(ctx, r, store.NothingProposed)
}

// finish ends a recalibration.
func (w recalibrations) finish(ctx context.Context, r *store.Recalibration, state store.RecalibrationState) error {
	r.State, r.Phase, r.FinishedAt = state, int32(feedbackv1.Recalibration_PHASE_UNSPECIFIED), w.cfg.Now().UnixMicro()
	return w.write(ctx, r)
}

// write writes what was found, unless another replica was further: then that is read.
func (w recalibrations) write(ctx context.Context, r *store.Recalibration) error {
	return w.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		stored, err := store.LockRecalibration(ctx, tx, r.ID)
		if errors.Is(err, store.ErrNotFound) {
			if stored, err = store.GetRecalibration(ctx, tx, r.ID); err == nil {
				*r = *stored
			}
			return err
		}
		if err != nil {
			return err
		}
		if r.State == store.Recalibrating && stored.Phase > r.Phase {
			*r = *stored
			return nil
		}
		r.Events = stored.Events
		if r.State == store.Proposed {
			if err := w.tellProposal(ctx, tx, r); err != nil {
				return err
			}
		}
		return store.SetRecalibration(ctx, tx, r)
	})
}

// tellProposal tells that there is a draft.
func (w recalibrations) tellProposal(ctx context.Context, tx *sqldb.Tx, r *store.Recalibration) error {
	name := recalibrationName(r.ID)
	return w.log.Emit(ctx, tx, eventlog.Key{Name: name, Seq: &r.Events}, &eventv1.Event{Subject: name, Playbook: versionName(r.Draft),
		Time: timestamppb.New(time.UnixMicro(r.FinishedAt)),
		Payload: &eventv1.Event_RecalibrationProposed{RecalibrationProposed: &eventv1.RecalibrationProposed{Recalibration: name,
			Playbook: versionName(r.Draft), Baseline: versionName(r.Baseline), ChangeCount: int32(len(r.Found.Steps))}}})
}
