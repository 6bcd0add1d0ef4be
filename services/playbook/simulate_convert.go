package playbook

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/proportion"
	"github.com/handoffhq/handoff/services/playbook/internal/hindsight"
)

// routes are where a version sends leads, as routing describes it.
type routes struct {
	*routingv1.DescribeRoutesResponse
}

// of is where a version sends a lead; nil if routing does not say.
func (r routes) of(q *scoringv1.ReplayedQualification) *routingv1.Route {
	if q.FirstMatch != nil {
		if i := int(q.GetFirstMatch()); i < len(r.GetRules()) {
			return r.GetRules()[i]
		}
		return nil
	}
	for _, kind := range r.GetKinds() {
		if kind.GetTarget() == q.GetTarget() && kind.GetIntent() == q.GetIntent() {
			return kind
		}
	}
	return nil
}

// replayed is a version as scoring replays it; nil for none.
func (c *candidate) replayed() *scoringv1.ReplayedVersion {
	if c.document == nil {
		return nil
	}
	v := &scoringv1.ReplayedVersion{Document: c.document}
	add := func(route *routingv1.Route, kind *scoringv1.ClosedKind) {
		if route.GetNurture() || route.GetDisqualify() {
			kind.Disqualified = route.GetDisqualify()
			v.ClosedKinds = append(v.ClosedKinds, kind)
		}
	}
	for i, rule := range c.routes.GetRules() {
		add(rule, &scoringv1.ClosedKind{FirstMatch: proto.Int32(int32(i))})
	}
	for _, kind := range c.routes.GetKinds() {
		add(kind, &scoringv1.ClosedKind{Target: kind.GetTarget(), Intent: kind.GetIntent()})
	}
	return v
}

func (c *candidate) qualification(q *scoringv1.ReplayedQualification) hindsight.Qualification {
	return hindsight.Qualification{At: q.GetMqlTime().AsTime(), Cycle: q.GetCycle(), Tier: c.routes.of(q).GetTier()}
}

func reasonOf(d *scoringv1.Disagreement) hindsight.Reason {
	label := map[scoringv1.Disagreement_Kind]string{
		scoringv1.Disagreement_KIND_DISQUALIFIER: "disqualifier ", scoringv1.Disagreement_KIND_CRITERION: "criterion ",
		scoringv1.Disagreement_KIND_POINTS: "points of ", scoringv1.Disagreement_KIND_LINE: "the line", scoringv1.Disagreement_KIND_CYCLE: "with sales before",
	}[d.GetKind()]
	return hindsight.Reason{Label: label + d.GetSubject(), Words: d.GetSentence()}
}

// result is the simulation as the API shows it.
func (s *simulation) result() *playbookv1.Simulation {
	kept, now := s.tally.Kept(), s.tally.Now()
	out := &playbookv1.Simulation{
		Draft: s.candidates[hindsight.Draft].name, DraftHash: s.candidates[hindsight.Draft].hash, Baseline: s.candidates[hindsight.Baseline].name,
		StartTime: timestamppb.New(s.period.Start), EndTime: timestamppb.New(s.period.End), AsOfTime: timestamppb.New(s.period.AsOf),
		Maturity: durationpb.New(s.period.Maturity), Cautions: s.cautions,
		LeadCount: s.replayed.GetLeadCount(), EngagementCount: s.replayed.GetEngagementCount(),
		Fidelity:        &playbookv1.SimulationFidelity{RecordedCount: s.replayed.GetRecordedCount(), ReproducedCount: s.replayed.GetReproducedCount()},
		BaselineFigures: s.figures(hindsight.Baseline), DraftFigures: s.figures(hindsight.Draft),
		Gained: toChange(s.tally.Gained()), Lost: toChange(s.tally.Lost()),
		KeptCount: kept.Leads, EarlierCount: kept.Earlier, LaterCount: kept.Later,
		Activation: &playbookv1.SimulationActivation{QualifiedCount: now.Qualified, DisqualifiedCount: now.Disqualified, Tiers: toTiers(now.Tiers),
			Leads: s.activated, Load: toLoad(s.nowLoad)},
	}
	for _, move := range kept.Sorted() {
		out.TierMoves = append(out.TierMoves, &playbookv1.TierMove{FromTier: move.From, ToTier: move.To, LeadCount: kept.Moves[move]})
	}
	return out
}

func (s *simulation) figures(version int) *playbookv1.SimulationFigures {
	sums := s.tally.Sums(version)
	out := &playbookv1.SimulationFigures{MqlCount: sums.Qualified, LeadCount: sums.Leads, Tiers: toTiers(sums.Tiers),
		Opportunity: toFit(s.tally.Fit(version, hindsight.Opportunity)), Won: toFit(s.tally.Fit(version, hindsight.Won))}
	for i, n := range sums.Weeks {
		out.Weeks = append(out.Weeks, &playbookv1.WeekFigure{StartTime: timestamppb.New(s.period.Start.AddDate(0, 0, 7*i)), MqlCount: n})
	}
	out.Load = toLoad(s.loads[version])
	clocks := s.clocked[version]
	for _, c := range clocks.GetClocks() {
		out.Clocks = append(out.Clocks, &playbookv1.ClockFigure{Kind: c.GetKind(), Tier: c.GetTier(), ClockCount: c.GetClockCount(),
			DueOutsideHoursCount: c.GetDueOutsideHoursCount()})
	}
	out.UncountedClocks, out.MissingCalendars = clocks.GetUncountedKinds(), clocks.GetMissingCalendars()
	for _, day := range clocks.GetDays() {
		if day.GetDueCount() > out.GetBusiestDueDayCount() {
			out.BusiestDueDay, out.BusiestDueDayCount = day.GetDate(), day.GetDueCount()
		}
	}
	out.BusiestDueHour, out.BusiestDueHourCount = clocks.GetBusiestHour().GetStartTime(), clocks.GetBusiestHour().GetDueCount()
	return out
}

func toLoad(l *hindsight.Load) *playbookv1.SimulationLoad {
	out := &playbookv1.SimulationLoad{HeldCount: l.Held, UnassignedCount: l.Unassigned, QueuedCount: l.Queued, NurtureCount: l.Nurtured,
		DisqualifiedCount: l.Disqualified}
	for _, rep := range l.Reps() {
		out.Reps = append(out.Reps, &playbookv1.RepLoad{Rep: rep.Rep, HandoffCount: rep.Total, BusiestDayCount: rep.OnBusiestDay})
	}
	for _, pool := range l.Pools() {
		out.Pools = append(out.Pools, &playbookv1.PoolLoad{Pool: pool.Label, HandoffCount: pool.Leads})
	}
	return out
}

func toTiers(counts map[string]int64) []*playbookv1.TierFigure {
	var out []*playbookv1.TierFigure
	for _, name := range hindsight.Tiers(counts) {
		out = append(out, &playbookv1.TierFigure{Tier: name, MqlCount: counts[name]})
	}
	return out
}

func toFit(f hindsight.Fit) *playbookv1.SimulationFit {
	return &playbookv1.SimulationFit{Precision: toProportion(f.Precision), Recall: toProportion(f.Recall), ImmatureCount: f.Immature}
}

func toProportion(s proportion.Share) *playbookv1.Proportion {
	out := &playbookv1.Proportion{PartCount: s.Part, WholeCount: s.Whole}
	if share, lower, upper, ok := s.PerMille(); ok {
		out.PerMille, out.LowerPerMille, out.UpperPerMille = proto.Int32(share), proto.Int32(lower), proto.Int32(upper)
	}
	return out
}

func toChange(c *hindsight.Change) *playbookv1.SimulationChange {
	out := &playbookv1.SimulationChange{LeadCount: c.Leads}
	for _, reason := range c.Reasons() {
		out.Reasons = append(out.Reasons, &playbookv1.ReasonFigure{Reason: reason.Label, LeadCount: reason.Leads})
	}
	for _, e := range c.Examples() {
		out.Leads = append(out.Leads, &playbookv1.ChangedLead{Lead: e.Lead, MqlTime: timestamppb.New(e.At), Tier: e.Tier, Reason: e.Reason})
	}
	return out
}
