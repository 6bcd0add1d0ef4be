package routing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// maxDecisions is how many of the decisions on a handoff are told.
const maxDecisions = 200

// ExplainRoute implements RoutingService.
func (s *Service) ExplainRoute(ctx context.Context, req *routingv1.ExplainRouteRequest) (*routingv1.RouteExplanation, error) {
	now, name := s.cfg.Now(), strings.TrimSuffix(req.GetName(), "/route")
	var told *routingv1.RouteExplanation
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		row, caller, err := visible(ctx, tx, ident.ID(name, "handoffs"), now)
		if err != nil {
			return err
		}
		told, err = s.explain(ctx, tx, row, caller)
		return err
	})
	if err != nil {
		return nil, missing(err, name)
	}
	return told, nil
}

// explain tells the decisions on a handoff, as far as the caller may know of them.
func (s *Service) explain(ctx context.Context, q sqldb.Querier, row *store.Handoff, caller viewer) (*routingv1.RouteExplanation, error) {
	playbook, err := s.playbooks.Get(ctx, q, row.Playbook)
	if err != nil {
		return nil, err
	}
	stored, err := store.Decisions(ctx, q, row.ID, maxDecisions)
	if err != nil {
		return nil, err
	}
	told := &routingv1.RouteExplanation{Name: handoffName(row.ID) + "/route"}
	var facts *routingv1.RouteFacts
	for _, one := range stored {
		d := &routingv1.RouteDecision{}
		if err := proto.Unmarshal(one.Body, d); err != nil {
			return nil, fmt.Errorf("read decision %d on handoff %s: %w", one.Number, row.ID, err)
		}
		if d.GetFacts() != nil { // they hold until others are found
			facts = d.GetFacts()
		}
		d.Number, d.DecideTime, d.Facts = int32(one.Number), instant(one.DecidedAt), facts
		told.Decisions = append(told.Decisions, d)
	}
	return told, complete(ctx, q, told.GetDecisions(), playbook, caller)
}

// complete adds to decisions what is not written down with them, and leaves out what the caller may not know.
func complete(ctx context.Context, q sqldb.Querier, decisions []*routingv1.RouteDecision, playbook shelf.Version[terms], caller viewer) error {
	var known map[string]string // to a partner, reps have none
	if caller.partner == "" {
		var err error
		if known, err = displayNames(ctx, q, decisions); err != nil {
			return err
		}
	}
	for _, d := range decisions {
		d.Playbook, d.Path = playbook.Name(), playbook.Policy.path(d.GetRule(), d.GetFacts().GetRubric() != nil)
		caller.mask(d)
		spell(d, known)
		d.Sentence = sentence(d, known)
	}
	return nil
}

// displayNames are the names by which people know the reps of decisions, by id.
func displayNames(ctx context.Context, q sqldb.Querier, decisions []*routingv1.RouteDecision) (map[string]string, error) {
	ids := names{}
	for _, d := range decisions {
		ids.add(d.GetRep(), d.GetCoverFor())
		for _, r := range d.GetRungs() {
			for _, c := range r.GetCandidates() {
				ids.add(c.GetRep())
			}
		}
	}
	return store.DisplayNames(ctx, q, ids.sorted())
}

// spell turns the ids of a decision into names, and adds what follows from its figures.
func spell(d *routingv1.RouteDecision, known map[string]string) {
	d.Rep, d.Pool, d.CoverFor, d.Queue = repName(d.GetRep()), poolName(d.GetPool()), repName(d.GetCoverFor()), ident.Name("queues", d.GetQueue())
	for _, r := range d.GetRungs() {
		r.Pool = poolName(r.GetPool())
		for _, c := range r.GetCandidates() {
			c.DisplayName, c.Rep = known[c.GetRep()], repName(c.GetRep())
			c.DeficitBeforeNanos, c.DeficitAfterNanos = c.GetDeficitNanos()-c.GetShareNanos(), c.GetDeficitNanos()
			if r.GetTurn() > 0 && (c.GetVerdict() == routingv1.RouteCandidate_VERDICT_PICKED || r.GetKind() == routingv1.RouteRung_KIND_PASSED && c.GetRep() == d.GetRep()) {
				c.DeficitAfterNanos -= int64(fairness.PerLead)
			}
		}
	}
}

// mask leaves out what the caller may not know. A rep learns of colleagues who are not at work only that, and not
// until when; a partner learns by which rules its lead went, and to whom.
func (v viewer) mask(d *routingv1.RouteDecision) {
	switch {
	case v.wide:
	case v.partner != "":
		d.Facts, d.Needs, d.Rungs, d.Pool, d.Pick, d.Tie, d.CoverFor, d.Queue, d.ReassignReason = v.checks(d.GetFacts()), nil, nil, "", 0, 0, "", "", 0
		if d.GetHold() != nil {
			d.Hold = &routingv1.Hold{Reason: d.GetHold().GetReason()}
		}
	default:
		v.maskColleagues(d)
	}
}

// checks are of what the rules were asked about only how the partner's meeting does.
func (v viewer) checks(f *routingv1.RouteFacts) *routingv1.RouteFacts {
	if f.GetRubric() == nil {
		return nil
	}
	return &routingv1.RouteFacts{Rubric: scope.Rubric(v.partner, f.GetRubric())}
}

func (v viewer) maskColleagues(d *routingv1.RouteDecision) {
	for _, r := range d.GetRungs() {
		for _, c := range r.GetCandidates() {
			if c.GetRep() == v.rep {
				continue
			}
			c.Verdict, c.NextAvailableTime = seen(c.GetVerdict()), nil
		}
		r.More = merged(r.GetMore())
	}
}

// seen is what a rep is told of a colleague.
func seen(v routingv1.RouteCandidate_Verdict) routingv1.RouteCandidate_Verdict {
	switch v {
	case routingv1.RouteCandidate_VERDICT_PTO, routingv1.RouteCandidate_VERDICT_OFF_SHIFT:
		return routingv1.RouteCandidate_VERDICT_AWAY
	case routingv1.RouteCandidate_VERDICT_OFFLINE:
		return routingv1.RouteCandidate_VERDICT_INACTIVE
	default:
		return v
	}
}

// merged are remainders as a rep is told of them.
func merged(all []*routingv1.RouteRemainder) []*routingv1.RouteRemainder {
	var out []*routingv1.RouteRemainder
	for _, r := range all {
		v := seen(r.GetVerdict())
		at := slices.IndexFunc(out, func(o *routingv1.RouteRemainder) bool { return o.GetVerdict() == v })
		if at < 0 {
			out = append(out, &routingv1.RouteRemainder{Verdict: v})
			at = len(out) - 1
		}
		out[at].Count += r.GetCount()
		out[at].ShareNanos += r.GetShareNanos()
	}
	return out
}
