package routing

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/routing/internal/coverage"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// maxCandidates is how many of those who were asked at once are told by name.
const maxCandidates = 200

// decision is how it came about where a lead goes, as it is written down: it calls reps, pools and queues by their ids.
type decision struct{ *routingv1.RouteDecision }

// decision begins one on a passage. The desk must be as the search left it, and the passage as the search found it.
func (w *work) decision(p *passage) decision { return newDecision(p, w.cause(p)) }

func newDecision(p *passage, cause routingv1.RouteDecision_Cause) decision {
	d := decision{&routingv1.RouteDecision{Cause: cause, ReassignReason: p.cause, Tier: p.row.Tier, Rule: p.row.Rule,
		Needs: coverage.Coverage{}.Lacking(p.row.Needs.Coverage())}}
	if p.rated != nil {
		d.Facts = factsProto(p.rated)
		d.Facts.Rubric = p.rubric
	}
	if p.life.State == lifecycle.StateClosed {
		d.Outcome = routingv1.Handoff_Outcome(p.life.Outcome)
	}
	return d
}

// cause is what makes a decision on a passage necessary.
func (w *work) cause(p *passage) routingv1.RouteDecision_Cause {
	switch last := p.last(); {
	case p.row.Decisions == 0:
		return routingv1.RouteDecision_CAUSE_QUALIFIED
	case p.cause != 0:
		return routingv1.RouteDecision_CAUSE_REASSIGNED
	case p.picked != "":
		return routingv1.RouteDecision_CAUSE_CLAIMED
	case p.rated != nil || p.context != nil:
		return routingv1.RouteDecision_CAUSE_MORE_KNOWN
	case last.Answer == lifecycle.StepDecline && last.AnsweredAt == w.now.UnixMicro():
		return routingv1.RouteDecision_CAUSE_DECLINED
	default:
		return routingv1.RouteDecision_CAUSE_LOOKED_AGAIN
	}
}

// write writes a decision down, among those on its handoff.
func (w *work) write(p *passage, d decision) error {
	if d.GetRep() != "" {
		d.Assignment = int32(p.last().Number)
	}
	body, err := proto.Marshal(d)
	if err != nil {
		return fmt.Errorf("write decision on handoff %s: %w", p.row.ID, err)
	}
	p.rated = nil
	p.row.Decisions++
	store.AddDecision(w.tx, &store.Decision{Handoff: p.row.ID, Number: p.row.Decisions, DecidedAt: w.now.UnixMicro(), Body: body})
	return nil
}

func factsProto(f *tier.Facts) *routingv1.RouteFacts {
	return &routingv1.RouteFacts{Matched: f.Class != tier.Unmatched, Target: f.Class == tier.Target,
		Intent: playbookv1.IntentLevel(f.Intent) + playbookv1.IntentLevel_INTENT_LEVEL_LOW}
}

// found says who got the lead. Who got it without a search was named, or took it themselves.
func (d decision) found(placed dispatch.Placement, p *passage) {
	d.Rep, d.Pool, d.CoverFor, d.Queue = placed.Rep, placed.Pool, placed.CoverFor, p.picked
	switch {
	case placed.Trail == nil && !p.claimed:
		d.Pick = routingv1.RouteDecision_PICK_NAMED
		d.alone(routingv1.RouteRung_KIND_NAMED)
		return
	case placed.Trail == nil:
		d.Pick = routingv1.RouteDecision_PICK_CLAIMED
		d.alone(routingv1.RouteRung_KIND_CLAIM)
		return
	case placed.Pool != "":
		d.Pick, d.Tie = picks[placed.Decision.Rule], routingv1.FairnessEntry_Tie(placed.Decision.Tie)
	case placed.CoverFor != "":
		d.Pick = routingv1.RouteDecision_PICK_COVER
	default:
		d.Pick = routingv1.RouteDecision_PICK_OWNER
	}
	d.tell(placed.Trail)
}

var picks = map[fairness.Rule]routingv1.RouteDecision_Pick{
	fairness.Sole: routingv1.RouteDecision_PICK_SOLE, fairness.LargestDeficit: routingv1.RouteDecision_PICK_LARGEST_DEFICIT,
	fairness.EarliestDeadline: routingv1.RouteDecision_PICK_EARLIEST_DEADLINE, fairness.NobodyDue: routingv1.RouteDecision_PICK_NOBODY_DUE,
	fairness.SmallestLoad: routingv1.RouteDecision_PICK_SMALLEST_LOAD,
}

// alone says that one rep alone was thought of.
func (d decision) alone(kind routingv1.RouteRung_Kind) {
	d.Rungs = []*routingv1.RouteRung{{Kind: kind, Candidates: []*routingv1.RouteCandidate{{Rep: d.GetRep(), Verdict: routingv1.RouteCandidate_VERDICT_PICKED}}}}
}

// held says why nobody got it.
func (d decision) held(h dispatch.Hold, queue string) {
	d.Hold = &routingv1.Hold{Reason: routingv1.Hold_Reason(h.Reason), NextAvailableTime: timeProto(h.Next)}
	d.Queue = queue
	if h.Trail != nil {
		d.tell(h.Trail)
	}
}

// tell writes down who was asked.
func (d decision) tell(trail *dispatch.Trail) {
	rungs := trail.Rungs(maxCandidates)
	d.Rungs = make([]*routingv1.RouteRung, len(rungs))
	for i := range rungs {
		d.Rungs[i] = rungProto(&rungs[i])
	}
}

func rungProto(r *dispatch.Rung) *routingv1.RouteRung {
	out := &routingv1.RouteRung{Kind: routingv1.RouteRung_Kind(r.Kind), Pool: r.Pool, Missing: r.Missing, Epoch: r.Epoch, Turn: r.Turn}
	if r.Pool != "" && !r.Missing {
		out.Mode = modeNames[r.Mode]
	}
	all := make([]routingv1.RouteCandidate, len(r.Candidates))
	out.Candidates = make([]*routingv1.RouteCandidate, len(all))
	for i := range all {
		out.Candidates[i] = &all[i]
		candidateProto(&r.Candidates[i], &all[i])
	}
	for _, rest := range r.More {
		out.More = append(out.More, &routingv1.RouteRemainder{Verdict: verdict(rest.Availability, rest.Loss), Count: int32(rest.Count), ShareNanos: int64(rest.Share)})
	}
	return out
}

var modeNames = [...]routingv1.Pool_Mode{fairness.Fair: routingv1.Pool_MODE_FAIR, fairness.Quota: routingv1.Pool_MODE_QUOTA,
	fairness.LeastLoaded: routingv1.Pool_MODE_LEAST_LOADED}

func candidateProto(c *dispatch.Candidate, out *routingv1.RouteCandidate) {
	out.Rep, out.Lacking, out.Weight, out.AssignedCount, out.OpenCount = c.Rep, c.Lacking, int32(c.Weight), c.Credits, c.Open
	out.ShareNanos, out.DeficitNanos = int64(c.Share), int64(c.Deficit)
	out.LastAssignTime, out.NextAvailableTime = timeProto(c.LastAssigned), timeProto(c.Next)
	switch {
	case c.Picked:
		out.Verdict = routingv1.RouteCandidate_VERDICT_PICKED
	case c.Unknown:
		out.Verdict = routingv1.RouteCandidate_VERDICT_UNKNOWN
	case c.Offline && c.Availability == fairness.Inactive:
		out.Verdict = routingv1.RouteCandidate_VERDICT_OFFLINE
	default:
		out.Verdict = verdict(c.Availability, c.Loss)
	}
	if c.Spent != nil {
		out.Cap = capProto(c.Spent)
	}
}

// verdict is what came of somebody who did not get the lead.
func verdict(a fairness.Availability, l fairness.Loss) routingv1.RouteCandidate_Verdict {
	if a.Eligible() {
		return losses[l]
	}
	return obstacles[a]
}

var losses = [...]routingv1.RouteCandidate_Verdict{
	fairness.NoLoss: routingv1.RouteCandidate_VERDICT_NOT_ASKED, fairness.LessDeficit: routingv1.RouteCandidate_VERDICT_LESS_DEFICIT,
	fairness.NotDue: routingv1.RouteCandidate_VERDICT_NOT_DUE, fairness.LaterDeadline: routingv1.RouteCandidate_VERDICT_LATER_DEADLINE,
	fairness.MoreLoad: routingv1.RouteCandidate_VERDICT_MORE_LOAD, fairness.TieLost: routingv1.RouteCandidate_VERDICT_TIE_LOST,
}

var obstacles = map[fairness.Availability]routingv1.RouteCandidate_Verdict{
	fairness.OffShift: routingv1.RouteCandidate_VERDICT_OFF_SHIFT, fairness.OnHoliday: routingv1.RouteCandidate_VERDICT_OFF_SHIFT,
	fairness.OnLeave: routingv1.RouteCandidate_VERDICT_PTO, fairness.Inactive: routingv1.RouteCandidate_VERDICT_INACTIVE,
	fairness.AtCap: routingv1.RouteCandidate_VERDICT_CAPPED, fairness.Unsuited: routingv1.RouteCandidate_VERDICT_WRONG_SKILL,
	fairness.AnsweredBefore: routingv1.RouteCandidate_VERDICT_DECLINED_BEFORE,
}

func capProto(s *presence.Spent) *routingv1.RouteCap {
	out := &routingv1.RouteCap{Count: s.Count, Most: s.Most}
	switch {
	case s.Open:
		out.Kind = routingv1.RouteCap_KIND_OPEN
	case s.Window == presence.Day:
		out.Kind = routingv1.RouteCap_KIND_DAY
	case s.Window == presence.Week:
		out.Kind = routingv1.RouteCap_KIND_WEEK
	default:
		out.Kind, out.Days = routingv1.RouteCap_KIND_ROLLING, int32(s.Window)
	}
	return out
}

func timeProto(at time.Time) *timestamppb.Timestamp {
	if at.IsZero() {
		return nil
	}
	return timestamppb.New(at)
}
