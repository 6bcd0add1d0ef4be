package routing

import (
	"fmt"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/rubric"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// sentence tells a decision in words that a rep understands. The decision is as the caller sees it; known are the reps' display
// names by id.
func sentence(d *routingv1.RouteDecision, known map[string]string) string {
	t := teller{d, known}
	parts := []string{t.begin() + t.end() + "."}
	if others := t.others(); others != "" {
		parts = append(parts, others+".")
	}
	return strings.Join(parts, " ")
}

// teller tells one decision.
type teller struct {
	*routingv1.RouteDecision
	known map[string]string
}

// begin says which leads it is one of.
func (t teller) begin() string {
	switch {
	case t.GetTier() != "":
		return "Tier " + t.GetTier() + ": "
	case t.GetRule() == ruleMotion, t.GetRule() == ruleReview:
		return "A meeting, " + rubric.Words(t.GetFacts().GetRubric()) + t.besides() + ": "
	case t.GetRule() == "otherwise":
		return "No rule of the playbook: "
	default:
		return "By " + t.GetRule() + ": "
	}
}

// besides says what else keeps a meeting from a rep that passed.
func (t teller) besides() string {
	if t.GetRule() == ruleReview && rubric.Passed(t.GetFacts().GetRubric()) {
		return ", and by the rules no rep gets it"
	}
	return ""
}

// end says what became of it.
func (t teller) end() string {
	switch {
	case t.GetRep() != "" && t.GetHold() != nil:
		return "it stays with " + t.person(t.GetRep()) + ", because nobody else could take it"
	case t.GetRep() != "":
		return t.got()
	case t.GetHold().GetReason() == routingv1.Hold_REASON_QUEUED:
		return "it waits in " + strings.TrimSuffix("the queue "+ident.ID(t.GetQueue(), "queues"), " ") + " for somebody to pick it"
	case t.GetHold() != nil:
		return "it waits, because " + t.reason()
	case t.GetOutcome() == routingv1.Handoff_OUTCOME_NURTURE:
		return "marketing nurtures it; no rep gets it"
	case t.GetOutcome() != 0:
		return "it was closed at once as " + inWords(t.GetOutcome().String(), "OUTCOME_")
	default:
		return "it stays where it is"
	}
}

// got says who got it, and why they did.
func (t teller) got() string {
	who, of := t.person(t.GetRep()), ""
	if t.GetPool() != "" {
		of = " of pool " + ident.ID(t.GetPool(), "pools")
	}
	switch t.GetPick() {
	case routingv1.RouteDecision_PICK_OWNER:
		return "it went to " + who + ", " + t.title()
	case routingv1.RouteDecision_PICK_COVER:
		return "it went to " + who + ", who stands in for " + t.person(t.GetCoverFor())
	case routingv1.RouteDecision_PICK_NAMED:
		if t.GetQueue() != "" {
			return "it was given to " + who + " by name, out of the queue " + ident.ID(t.GetQueue(), "queues")
		}
		return "it was passed on to " + who + " by name"
	case routingv1.RouteDecision_PICK_CLAIMED:
		return who + " took it out of the queue " + ident.ID(t.GetQueue(), "queues")
	case routingv1.RouteDecision_PICK_SOLE:
		return "it went to " + who + "; nobody else" + of + " could take it"
	case routingv1.RouteDecision_PICK_LARGEST_DEFICIT, routingv1.RouteDecision_PICK_NOBODY_DUE:
		return "it went to " + who + ", whom pool " + ident.ID(t.GetPool(), "pools") + " owed the most: " + leads(t.winner().GetDeficitNanos()) + t.tied()
	case routingv1.RouteDecision_PICK_EARLIEST_DEADLINE:
		return "it went to " + who + ", who" + of + " would have been the first to fall too far behind" + t.tied()
	case routingv1.RouteDecision_PICK_SMALLEST_LOAD:
		return "it went to " + who + ", who" + of + " had the least to do: " + fmt.Sprint(t.winner().GetOpenCount()) + " open" + t.tied()
	default:
		return "it went to " + who
	}
}

// title is what makes somebody the one who is asked first.
func (t teller) title() string {
	var to *playbookv1.Destination
	if n := len(t.GetPath()); n > 0 {
		to = t.GetPath()[n-1].GetTo()
	}
	switch {
	case t.GetRule() == ruleMotion && t.lastRung().GetKind() == routingv1.RouteRung_KIND_OWNER:
		return "who is in a sales motion with the account"
	case to.GetOpportunityOwner():
		return "who owns the open opportunity"
	case to.GetRep() != "" || t.lastRung().GetKind() == routingv1.RouteRung_KIND_FALLBACK:
		return "whom the playbook names"
	default:
		return "who owns the account"
	}
}

func (t teller) lastRung() *routingv1.RouteRung {
	if n := len(t.GetRungs()); n > 0 {
		return t.GetRungs()[n-1]
	}
	return nil
}

// winner is who got it; empty for nobody.
func (t teller) winner() *routingv1.RouteCandidate {
	for _, c := range t.lastRung().GetCandidates() {
		if c.GetVerdict() == routingv1.RouteCandidate_VERDICT_PICKED {
			return c
		}
	}
	return &routingv1.RouteCandidate{}
}

// tied says what decided between equals.
func (t teller) tied() string {
	var equal []string
	for _, c := range t.lastRung().GetCandidates() {
		if c.GetVerdict() == routingv1.RouteCandidate_VERDICT_TIE_LOST {
			equal = append(equal, t.person(c.GetRep()))
		}
	}
	if len(equal) == 0 {
		return ""
	}
	if most := 3; len(equal) > most {
		equal = append(equal[:most], fmt.Sprintf("%d more", len(equal)-most))
	}
	return "; equal with " + list(equal) + ", " + ties[t.GetTie()]
}

var ties = map[routingv1.FairnessEntry_Tie]string{
	routingv1.FairnessEntry_TIE_CREDITS: "but with fewer turns for the weight",
	routingv1.FairnessEntry_TIE_RECENCY: "but longer without a lead",
	routingv1.FairnessEntry_TIE_HASH:    "and drawn by lot",
	routingv1.FairnessEntry_TIE_INDEX:   "but first in the list",
}

// reason is why nobody can take it.
func (t teller) reason() string {
	reason := reasons[t.GetHold().GetReason()]
	if reason == "" {
		reason = "of " + inWords(t.GetHold().GetReason().String(), "REASON_")
	}
	if next := t.GetHold().GetNextAvailableTime(); next != nil {
		reason += "; the next try is at " + next.AsTime().Format("Mon 2006-01-02 15:04 UTC")
	}
	return reason
}

var reasons = map[routingv1.Hold_Reason]string{
	routingv1.Hold_REASON_POOL_EMPTY:         "the pool has no members",
	routingv1.Hold_REASON_NOBODY_AVAILABLE:   "nobody is at work",
	routingv1.Hold_REASON_EVERYBODY_AT_CAP:   "everybody who is there has as much as they may",
	routingv1.Hold_REASON_EVERYBODY_DECLINED: "everybody who is there has declined or rejected it",
	routingv1.Hold_REASON_POOL_MISSING:       "there is no such pool",
	routingv1.Hold_REASON_NOBODY_SUITED:      "nobody who works here has what it needs",
}

// others counts what stood in the way of everybody else who was asked, each counted once.
func (t teller) others() string {
	counts, order, seen := map[routingv1.RouteCandidate_Verdict]int32{}, []routingv1.RouteCandidate_Verdict{}, names{}
	count := func(v routingv1.RouteCandidate_Verdict, n int32) {
		if obstacle[v] == "" {
			return
		}
		if counts[v] == 0 {
			order = append(order, v)
		}
		counts[v] += n
	}
	for _, r := range t.GetRungs() {
		for _, c := range r.GetCandidates() {
			if !seen[c.GetRep()] {
				seen.add(c.GetRep())
				count(c.GetVerdict(), 1)
			}
		}
		for _, rest := range r.GetMore() {
			count(rest.GetVerdict(), rest.GetCount())
		}
	}
	var parts []string
	for _, v := range order {
		parts = append(parts, fmt.Sprintf("%d %s", counts[v], obstacle[v]))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Could not take it: " + strings.Join(parts, ", ")
}

var obstacle = map[routingv1.RouteCandidate_Verdict]string{
	routingv1.RouteCandidate_VERDICT_INACTIVE:        "inactive",
	routingv1.RouteCandidate_VERDICT_OFFLINE:         "offline",
	routingv1.RouteCandidate_VERDICT_PTO:             "on leave",
	routingv1.RouteCandidate_VERDICT_OFF_SHIFT:       "off shift",
	routingv1.RouteCandidate_VERDICT_AWAY:            "away",
	routingv1.RouteCandidate_VERDICT_CAPPED:          "at a cap",
	routingv1.RouteCandidate_VERDICT_WRONG_SKILL:     "without what it needs",
	routingv1.RouteCandidate_VERDICT_DECLINED_BEFORE: "who had it before",
	routingv1.RouteCandidate_VERDICT_UNKNOWN:         "unknown",
}

// person is a rep as people know them.
func (t teller) person(rep string) string {
	id := ident.ID(rep, "reps")
	if name := t.known[id]; name != "" {
		return name
	}
	return id
}

// leads is a number of leads, to a hundredth.
func leads(nanos int64) string {
	return fmt.Sprintf("%.2f leads", fairness.Units(nanos).Leads())
}

func list(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

func inWords(value, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, prefix), "_", " "))
}
