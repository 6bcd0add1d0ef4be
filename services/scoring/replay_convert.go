package scoring

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

func handoffName(id string) string { return ident.Name("handoffs", id) }
func handoffID(name string) string { return ident.ID(name, "handoffs") }

// closes reads which handoffs a version closes as they open, and how.
func closes(v *scoringv1.ReplayedVersion) func(replay.Case) standing.Outcome {
	return func(c replay.Case) standing.Outcome {
		i := slices.IndexFunc(v.GetClosedKinds(), func(kind *scoringv1.ClosedKind) bool {
			if kind.FirstMatch != nil || c.FirstMatch >= 0 {
				return kind.FirstMatch != nil && int(kind.GetFirstMatch()) == c.FirstMatch
			}
			return kind.GetTarget() == c.Target && int(kind.GetIntent()) == int(c.Intent)
		})
		switch {
		case i < 0:
			return standing.NotEnded
		case v.GetClosedKinds()[i].GetDisqualified():
			return standing.EndedDisqualified
		default:
			return standing.EndedNurture
		}
	}
}

// foreknown says in sentences which version asks models that were learnt from what happened in the period or after it.
func (r *rerun) foreknown() (sentences []string) {
	for v, by := range []string{replay.Baseline: "baseline", replay.Draft: "draft"} {
		if policy := r.world.Versions[v].Policy; policy != nil {
			for _, what := range policy.Foreknown(r.start) {
				sentences = append(sentences, fmt.Sprintf("the %s looks ahead: %s, so it does better here than it would have done then", by, what))
			}
		}
	}
	return sentences
}

// worthTelling says whether anything happens with a lead.
func worthTelling(l *scoringv1.ReplayedLead) bool {
	return len(l.GetBaseline())+len(l.GetDraft())+len(l.GetHandoffs()) > 0 || l.GetActivation() != nil || l.GetDisqualifiedNow()
}

// toReplayed is a person as it is answered. What happens by a version after the period is left out.
func (r *rerun) toReplayed(w *replay.World, past *replay.Past, p *replay.Person) (*scoringv1.ReplayedLead, error) {
	out := &scoringv1.ReplayedLead{Lead: leadName(p.Lead), Account: accountName(p.Account), DisqualifiedNow: p.Now.Disqualifies}
	if len(p.Members) > 1 {
		for _, id := range p.Members {
			out.Members = append(out.Members, leadName(id))
		}
	}
	for _, q := range p.Found[replay.Baseline] {
		if q.At.Before(r.end) {
			out.Baseline = append(out.Baseline, toQualification(past, &q))
		}
	}
	for _, q := range p.Found[replay.Draft] {
		if q.At.Before(r.end) {
			out.Draft = append(out.Draft, toQualification(past, &q))
		}
	}
	if p.Now.Qualifies != nil {
		out.Activation = toQualification(past, p.Now.Qualifies)
	}
	var err error
	out.Disagreement, err = r.disagreement(w, past, p)
	return out, err
}

// disagreement says why a person qualifies in the period by one version alone; nil if that is not so.
func (r *rerun) disagreement(w *replay.World, past *replay.Past, p *replay.Person) (*scoringv1.Disagreement, error) {
	baseline, draft := r.first(p.Found[replay.Baseline]), r.first(p.Found[replay.Draft])
	if (baseline == nil) == (draft == nil) {
		return nil, nil
	}
	q, version := baseline, replay.Baseline
	if draft != nil {
		q, version = draft, replay.Draft
	}
	d, err := w.Disagree(past, q, version)
	return &scoringv1.Disagreement{Kind: scoringv1.Disagreement_Kind(d.Cause), Subject: d.Subject, Sentence: d.Words}, err
}

// first is the first qualification in the period; nil if there is none.
func (r *rerun) first(all []replay.Qualification) *replay.Qualification {
	for i := range all {
		if r.within(all[i].At) {
			return &all[i]
		}
	}
	return nil
}

func toQualification(past *replay.Past, q *replay.Qualification) *scoringv1.ReplayedQualification {
	out := &scoringv1.ReplayedQualification{MqlTime: timestamppb.New(q.At), Cycle: q.Cycle, Target: q.Case.Target,
		Intent: playbookv1.IntentLevel(q.Case.Intent), Owner: repName(q.Case.Owner), OpportunityOwner: repName(q.Case.DealOwner), CloseTime: instant(q.ClosedAt),
		Requirements: places(q.Case.Requirements)}
	if q.Case.FirstMatch >= 0 {
		out.FirstMatch = proto.Int32(int32(q.Case.FirstMatch))
	}
	for i := range past.Leads {
		if l := &past.Leads[i]; l.ID == q.Lead {
			out.Source, out.SourceId = l.Source, l.SourceID
		}
	}
	return out
}

// name adds the handoffs of a past that really began to the person that has them.
func name(lead *scoringv1.ReplayedLead, really []store.Cycle) {
	for _, c := range really {
		if leadName(c.Lead) == lead.GetLead() || slices.Contains(lead.GetMembers(), leadName(c.Lead)) {
			lead.Handoffs = append(lead.Handoffs, handoffName(c.Handoff))
		}
	}
}
