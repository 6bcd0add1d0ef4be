package routing

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/rubric"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// The rules by which meetings go that do not go as leads do.
const (
	ruleMotion = "meetings.no_active_motion"
	ruleReview = "meetings.otherwise"
)

// reviewOf is where meetings go that people should look at.
func reviewOf(doc *playbookv1.Document) *playbookv1.Destination {
	if to := doc.GetMeetings().GetOtherwise(); to.GetTo() != nil {
		return to
	}
	return &playbookv1.Destination{To: &playbookv1.Destination_Queue{Queue: "partner-review"}}
}

// meetingRulesOf are the rules in the order in which they are asked about a meeting: what disqualifies, what its checks mean,
// and then what is asked about a lead.
func meetingRulesOf(routing *playbookv1.RoutingPolicy, tiers []string, review *playbookv1.Destination) []rule {
	motion := &playbookv1.Destination{To: &playbookv1.Destination_OpportunityOwner{OpportunityOwner: true}}
	rules := append(firstMatch(routing, func(disqualifies bool) bool { return disqualifies }),
		rule{ruleMotion, "the account is in a sales motion already, of somebody who is known", motion},
		rule{ruleReview, "a check has not passed, or no rep would get it by the rules behind", review})
	rules = append(rules, firstMatch(routing, func(disqualifies bool) bool { return !disqualifies })...)
	for _, r := range tableOf(routing, tiers) {
		if pool := r.to.GetPool(); pool != "" {
			r.to = &playbookv1.Destination{To: &playbookv1.Destination_OwnerOrPool{OwnerOrPool: pool}}
		}
		rules = append(rules, r)
	}
	return rules
}

// meet finds where a meeting goes. The rival is the rep who has the handoff that is in its way; empty for nobody.
func (t terms) meet(known *scoringv1.LeadContext, firstMatch []int32, checks *scoringv1.Rubric, rival string) route {
	account := known.GetAccount()
	facts := t.facts(known, firstMatch)
	facts.Intent = max(facts.Intent, tier.Medium)
	if out := t.disqualified(facts); slices.Contains(out.Holds, true) {
		return t.decided(t.table.Decide(out), facts, account, "")
	}
	review := t.decided(tier.Decision{Outcome: tier.Outcome{Assign: t.review}, Rule: ruleReview}, facts, account, "")
	if rep := inMotion(checks, account, rival); rep != "" {
		return t.motion(review, rep)
	}
	if !rubric.Passed(checks) {
		return review
	}
	r := t.decided(t.table.Decide(facts), facts, account, t.tablePool(facts))
	switch {
	case r.destination == tier.Nurture, r.destination == tier.Disqualify:
		return review
	case r.destination == tier.Pool && !slices.Contains(facts.Holds, true):
		r.destination, r.owner = tier.OwnerOrPool, ident.ID(account.GetOwner(), "reps")
	}
	return r
}

// disqualified are facts of which no rules of first_match hold but those that disqualify.
func (t terms) disqualified(f tier.Facts) tier.Facts {
	f.Holds = slices.Clone(f.Holds)
	for i := range f.Holds {
		f.Holds[i] = f.Holds[i] && t.disqualifying[i]
	}
	return f
}

// inMotion is the rep who is in a sales motion with the account, if that is what keeps a meeting from passing: whoever has the
// handoff that is in its way, or else the account, or whoever owns the open opportunity. It is empty if nobody is known.
func inMotion(checks *scoringv1.Rubric, account *scoringv1.AccountContext, rival string) string {
	check := rubric.Check(checks, scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION)
	switch {
	case check.GetResult() != scoringv1.RubricCheck_RESULT_FAILED:
		return ""
	case ident.ID(check.GetBecause(), "handoffs") != "":
		return cmp.Or(rival, ident.ID(account.GetOwner(), "reps"))
	default:
		return ident.ID(account.GetOpportunityOwner(), "reps")
	}
}

// motion is the way to a rep who is in a sales motion with the account. They are waited for; when they cannot come, it goes
// where it would be looked at.
func (t terms) motion(review route, rep string) route {
	r := review
	r.rule, r.rank, r.destination, r.owner, r.queue = ruleMotion, 0, tier.OpportunityOwner, rep, ""
	if review.destination == tier.Rep {
		r.fallback = repName(review.owner)
	}
	return r
}

// yield lets people pick a meeting that waits for a rep who cannot come any more, if that is where meetings are looked at.
func (w *work) yield(p *passage, h dispatch.Hold) dispatch.Hold {
	to := p.playbook.Policy.review
	if p.row.Rule != ruleMotion || to.Kind != tier.Queue || w.couldCome(p.row.Owner, p.refused()) {
		return h
	}
	p.row.Rule, p.row.Rank = ruleReview, p.playbook.Policy.rank(tier.Decision{Rule: ruleReview})
	p.row.Destination, p.row.Owner, p.row.Queue = to.Kind, "", to.Name
	return dispatch.Hold{Reason: dispatch.Queued, Trail: h.Trail}
}

// couldCome says whether a rep takes leads, at some time, and has not refused this one.
func (w *work) couldCome(rep string, refused []string) bool {
	r := w.desk.Rep(rep)
	return r != nil && r.Active && !slices.Contains(refused, rep)
}

// brought is how the meeting does that qualified a lead; nil if none did.
func brought(q *eventv1.LeadQualified) *scoringv1.Rubric {
	if q.GetMeeting() == "" {
		return nil
	}
	return cmp.Or(q.GetRubric(), &scoringv1.Rubric{})
}

// bring makes a new passage that of a meeting, if one qualified it.
func (p *passage) bring(q *eventv1.LeadQualified) error {
	if p.rubric = brought(q); p.rubric == nil {
		return nil
	}
	p.row.Kind = int64(routingv1.Handoff_KIND_MEETING)
	return p.attach(q.GetMeeting(), p.rubric)
}

// attach stores a meeting and how it does.
func (p *passage) attach(meeting string, checks *scoringv1.Rubric) error {
	body, err := proto.Marshal(checks)
	if err != nil {
		return fmt.Errorf("store rubric of handoff %s: %w", p.row.ID, err)
	}
	p.row.Meeting, p.row.Rubric = meeting, body
	return nil
}

// readRubric reads how the meeting of a handoff does.
func readRubric(row *store.Handoff) (*scoringv1.Rubric, error) {
	checks := &scoringv1.Rubric{}
	if err := proto.Unmarshal(row.Rubric, checks); err != nil {
		return nil, fmt.Errorf("read rubric of handoff %s: %w", row.ID, err)
	}
	return checks, nil
}

// meetingAdded attaches a meeting to the handoff of a lead that sales has already. Nobody loses the handoff, and it goes on as
// that of a lead; one that is a meeting's stays with the meeting that it began with.
func (in *intake) meetingAdded(m *eventv1.MeetingAdded) error {
	p, err := in.known(m.GetHandoff())
	if err != nil || p.life.State == lifecycle.StateClosed || p.rubric != nil {
		return err
	}
	p.touch(in.now)
	return p.attach(m.GetMeeting(), m.GetRubric())
}

// way is where a lead goes, or a meeting if there is a rubric.
func (in *intake) way(t terms, known *scoringv1.LeadContext, firstMatch []int32, checks *scoringv1.Rubric) route {
	if checks == nil {
		return t.route(known, firstMatch)
	}
	return t.meet(known, firstMatch, checks, in.rival(checks))
}

// rival is the rep who has the handoff that is in the way of a meeting; empty for nobody.
func (in *intake) rival(checks *scoringv1.Rubric) string {
	id := inTheWay(checks)
	if p := in.passages[id]; p != nil {
		return p.holder()
	}
	return in.rivals[id]
}

// inTheWay is the handoff that is in the way of a meeting; empty if none is.
func inTheWay(checks *scoringv1.Rubric) string {
	return ident.ID(rubric.Check(checks, scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION).GetBecause(), "handoffs")
}

// readRivals reads who has the handoffs that are in the way of meetings, without a lock.
func (in *intake) readRivals(ctx context.Context, events []*eventv1.Event, there map[string]*passage) error {
	wanted := names{}
	for _, e := range events {
		wanted.add(inTheWay(e.GetLeadQualified().GetRubric()))
	}
	for _, p := range there {
		wanted.add(inTheWay(p.rubric))
	}
	if len(wanted) == 0 {
		return nil
	}
	rows, err := store.Handoffs(ctx, in.tx, wanted.sorted())
	in.rivals = make(map[string]string, len(rows))
	for _, row := range rows {
		if row.State == lifecycle.StateAssigned || row.State == lifecycle.StateAccepted {
			in.rivals[row.ID] = row.Rep
		}
	}
	return err
}
