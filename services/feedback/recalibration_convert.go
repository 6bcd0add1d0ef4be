package feedback

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

// toRecalibration is a recalibration as the API shows it.
func toRecalibration(r *store.Recalibration, whole bool) (*feedbackv1.Recalibration, error) {
	period := periodOf(r)
	out := &feedbackv1.Recalibration{
		Name: recalibrationName(r.ID), State: stateOf(r), Weeks: int32(r.Weeks), HeldOutWeeks: int32(r.Held), MaxChanges: int32(r.MostChanges),
		MinKeptPercent: int32(r.LeastKept), CountNotReady: r.CountNotReady, Baseline: versionName(r.Baseline),
		StartTime: timestamppb.New(period.Start()), HeldOutTime: timestamppb.New(period.HeldFrom()), CreateTime: timestamppb.New(period.End),
		FinishTime: instant(r.FinishedAt), Phase: feedbackv1.Recalibration_Phase(r.Phase), Cause: feedbackv1.Recalibration_Cause(r.Cause),
		Sentence: r.Found.Sentence, Playbook: versionName(r.Draft), RefusedBy: playbookv1.Team(r.Fate.RefusedBy), Test: r.Test,
	}
	if len(r.Diff) > 0 {
		out.Diff = &playbookv1.PlaybookDiff{}
		if err := proto.Unmarshal(r.Diff, out.GetDiff()); err != nil {
			return nil, err
		}
	}
	if whole && len(r.Simulation) > 0 {
		out.Simulation = &playbookv1.Simulation{}
		if err := proto.Unmarshal(r.Simulation, out.GetSimulation()); err != nil {
			return nil, err
		}
	}
	out.Changes = toRecalibrationChanges(r.Found.Steps, out.GetDiff())
	if len(r.Found.Steps) > 0 {
		out.Training, out.HeldOut = toFigures(r.Found.Training), toFigures(r.Found.Held)
	}
	for _, d := range r.Found.Left {
		out.LeftOut = append(out.LeftOut, &feedbackv1.RecalibrationDissent{Subject: d.Subject, Recalibration: recalibrationName(d.Recalibration),
			Team: playbookv1.Team(d.Team), RefuseTime: instant(d.At), CaseCount: int64(d.Cases)})
	}
	return out, nil
}

// stateOf is where a recalibration stands, with what became of its draft.
func stateOf(r *store.Recalibration) feedbackv1.Recalibration_State {
	switch {
	case r.State != store.Proposed:
		return feedbackv1.Recalibration_State(r.State)
	case r.Fate.RefusedBy != 0:
		return feedbackv1.Recalibration_STATE_REFUSED
	case r.Fate.ActivatedAt != 0:
		return feedbackv1.Recalibration_STATE_IN_FORCE
	case r.Superseded:
		return feedbackv1.Recalibration_STATE_STALE
	default:
		return feedbackv1.Recalibration_STATE_PROPOSED
	}
}

// toRecalibrationChanges are changes, each with the sentences that the playbook service has for what it edits. Where two edit
// one text, the first has them.
func toRecalibrationChanges(steps []recalibrate.Step, diff *playbookv1.PlaybookDiff) (all []*feedbackv1.RecalibrationChange) {
	told := map[string]bool{}
	for _, step := range steps {
		b := step.Because
		change := &feedbackv1.RecalibrationChange{Subject: step.Subject, Old: step.From, New: step.To, Because: b.Sentence(),
			LeftOutCount: int64(b.Left), LeftOutGoodCount: int64(b.LeftGood), KeptCount: int64(b.Kept), KeptGoodCount: int64(b.KeptGood)}
		for _, edit := range step.Edits {
			for _, c := range diff.GetChanges() {
				if !told[c.GetPath()] && strings.HasPrefix(c.GetPath(), edit.Path) {
					told[c.GetPath()], change.Sentences = true, append(change.Sentences, c.GetSentence())
				}
			}
		}
		all = append(all, change)
	}
	return all
}

func toFigures(f recalibrate.Figures) *feedbackv1.RecalibrationFigures {
	return &feedbackv1.RecalibrationFigures{AnsweredCount: int64(f.Answered), GoodCount: int64(f.Good), KeptCount: int64(f.Kept),
		Draft:    toProportion(proportion.Share{Part: int64(f.KeptGood), Whole: int64(f.Kept)}),
		Baseline: toProportion(proportion.Share{Part: int64(f.BaseGood), Whole: int64(f.Kept)}), SwappedCount: int64(f.Swapped),
		SwappedInGoodCount: int64(f.InGood), SwappedOutGoodCount: int64(f.OutGood), PValue: f.P()}
}

// toProportion is a share with its interval as the API shows it.
func toProportion(share proportion.Share) *playbookv1.Proportion {
	out := &playbookv1.Proportion{PartCount: share.Part, WholeCount: share.Whole}
	if is, lower, upper, ok := share.PerMille(); ok {
		out.PerMille, out.LowerPerMille, out.UpperPerMille = &is, &lower, &upper
	}
	return out
}

// versionName names a version of the playbook; empty for 0.
func versionName(number int64) string {
	if number == 0 {
		return ""
	}
	return playbookName(&store.Handoff{Playbook: number})
}

// instant is an instant in Unix microseconds; nil for 0.
func instant(micros int64) *timestamppb.Timestamp {
	if micros == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMicro(micros))
}
