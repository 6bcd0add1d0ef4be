package figures

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/rubric"
)

// Route prints why a handoff went where it went: each decision in a sentence, then the rules that were asked, then everybody
// who was, with why not and what the pool's ledger says of them.
func (p *Printer) Route(e *routingv1.RouteExplanation) {
	for _, d := range e.GetDecisions() {
		p.Title("%d. %s, %s", d.GetNumber(), clock(d.GetDecideTime()), causeOf(d))
		p.Decision(d)
	}
	if len(e.GetDecisions()) == 0 {
		p.Line("Nothing was decided about where it goes.")
	}
}

// Decision prints one decision.
func (p *Printer) Decision(d *routingv1.RouteDecision) {
	p.Line("%s", d.GetSentence())
	p.path(d)
	for i, r := range d.GetRungs() {
		if r.GetPool() != "" {
			p.pool(r)
			continue
		}
		if i == 0 || d.GetRungs()[i-1].GetPool() != "" {
			p.Title("By name")
		}
		for _, c := range r.GetCandidates() {
			p.Row(asked(r.GetKind()), repOf(c), VerdictWords(c))
		}
	}
}

// causes are what makes a decision necessary, in words.
var causes = map[routingv1.RouteDecision_Cause]string{
	routingv1.RouteDecision_CAUSE_QUALIFIED:    "the lead qualified",
	routingv1.RouteDecision_CAUSE_LOOKED_AGAIN: "it was held and was looked at again",
	routingv1.RouteDecision_CAUSE_DECLINED:     "the rep before declined",
	routingv1.RouteDecision_CAUSE_REASSIGNED:   "it was passed on",
	routingv1.RouteDecision_CAUSE_MORE_KNOWN:   "more is known of the lead",
	routingv1.RouteDecision_CAUSE_PREVIEW:      "if it came now",
	routingv1.RouteDecision_CAUSE_CLAIMED:      "somebody wanted it out of its queue",
}

func causeOf(d *routingv1.RouteDecision) string {
	cause := causes[d.GetCause()]
	if d.GetReassignReason() != 0 {
		cause += ": " + word(d.GetReassignReason().String(), "REASSIGN_REASON_")
	}
	return cause
}

// path prints the rules that were asked.
func (p *Printer) path(d *routingv1.RouteDecision) {
	p.Title("By the rules of %s", cmp.Or(d.GetPlaybook(), "the playbook"))
	for _, s := range d.GetPath() {
		to := "no"
		if s.GetHolds() {
			to = "yes: " + Destination(s.GetTo())
		}
		p.Row(s.GetRule(), cmp.Or(s.GetWhen(), "nothing before decides"), to)
	}
	if f := d.GetFacts(); f != nil {
		p.Line("(%s)", facts(f))
	}
	if len(d.GetNeeds()) > 0 {
		p.Line("It needs %s.", strings.Join(d.GetNeeds(), ", "))
	}
}

// facts are what the rules were asked about. A partner is told of it only how its meeting does.
func facts(f *routingv1.RouteFacts) string {
	var parts []string
	if f.GetIntent() != 0 {
		parts = append(parts, "the lead: "+account(f)+", "+word(f.GetIntent().String(), "INTENT_LEVEL_")+" intent")
	}
	if f.GetRubric() != nil {
		parts = append(parts, "the meeting: "+rubric.Words(f.GetRubric()))
	}
	return strings.Join(parts, "; ")
}

func account(f *routingv1.RouteFacts) string {
	switch {
	case f.GetTarget():
		return "a target account"
	case f.GetMatched():
		return "an account that is no target"
	default:
		return "no known account"
	}
}

// Destination is where a rule sends leads, in words.
func Destination(to *playbookv1.Destination) string {
	switch to := to.GetTo().(type) {
	case *playbookv1.Destination_Pool:
		return "pool " + to.Pool
	case *playbookv1.Destination_OwnerOrPool:
		return "the owner, else pool " + to.OwnerOrPool
	case *playbookv1.Destination_Queue:
		return "queue " + to.Queue
	case *playbookv1.Destination_OpportunityOwner:
		return "who owns the opportunity"
	case *playbookv1.Destination_Rep:
		return "rep " + to.Rep
	case *playbookv1.Destination_Nurture:
		return "nurture"
	case *playbookv1.Destination_Disqualify:
		return "nobody: disqualified"
	default:
		return "nobody"
	}
}

// rungNames are how those who are asked at once come to be.
var rungNames = map[routingv1.RouteRung_Kind]string{
	routingv1.RouteRung_KIND_OWNER:    "first",
	routingv1.RouteRung_KIND_COVER:    "stands in",
	routingv1.RouteRung_KIND_POOL:     "Pool",
	routingv1.RouteRung_KIND_OVERFLOW: "Overflow pool",
	routingv1.RouteRung_KIND_FALLBACK: "Last pool",
	routingv1.RouteRung_KIND_NAMED:    "named",
	routingv1.RouteRung_KIND_CLAIM:    "took it",
	routingv1.RouteRung_KIND_PASSED:   "Not asked, but counts it as a turn: pool",
}

// asked is how one rep comes to be asked.
func asked(kind routingv1.RouteRung_Kind) string {
	if kind == routingv1.RouteRung_KIND_FALLBACK {
		return "last"
	}
	return rungNames[kind]
}

// pool prints whom a decision asked in a pool.
func (p *Printer) pool(r *routingv1.RouteRung) {
	title := rungNames[r.GetKind()] + " " + strings.TrimPrefix(r.GetPool(), "pools/")
	if r.GetMissing() {
		p.Title("%s: there is none", title)
		return
	}
	if r.GetTurn() > 0 {
		title += fmt.Sprintf(", turn %d-%d of its ledger", r.GetEpoch(), r.GetTurn())
	}
	p.Title("%s: %s", title, modes[r.GetMode()])
	if len(r.GetCandidates()) == 0 {
		p.Line("it has no members")
		return
	}
	p.Head("rep", "", "weight", "turns before", "owed before", "this lead", "owed then", "open")
	for _, c := range r.GetCandidates() {
		p.Row(repOf(c), VerdictWords(c), Count(int64(c.GetWeight())), Count(c.GetAssignedCount()), Leads(c.GetDeficitBeforeNanos()),
			share(c.GetShareNanos()), Leads(c.GetDeficitNanos()), Count(c.GetOpenCount()))
	}
	for _, rest := range r.GetMore() {
		p.Row("and "+Count(int64(rest.GetCount()))+" more", verdictNames[rest.GetVerdict()], "", "", "", share(rest.GetShareNanos()), "", "")
	}
	p.Line("(owed: how many leads they are behind their exact share; less than 0 is ahead)")
}

// modes are how pools pick, in words.
var modes = map[routingv1.Pool_Mode]string{
	routingv1.Pool_MODE_FAIR: "who is owed the most gets it", routingv1.Pool_MODE_QUOTA: "who would be the first to fall too far behind gets it",
	routingv1.Pool_MODE_LEAST_LOADED: "who has the least to do gets it",
}

// verdictNames are what came of somebody, in words.
var verdictNames = map[routingv1.RouteCandidate_Verdict]string{
	routingv1.RouteCandidate_VERDICT_PICKED:          "got it",
	routingv1.RouteCandidate_VERDICT_INACTIVE:        "inactive",
	routingv1.RouteCandidate_VERDICT_OFFLINE:         "offline: did not answer",
	routingv1.RouteCandidate_VERDICT_PTO:             "on leave",
	routingv1.RouteCandidate_VERDICT_OFF_SHIFT:       "off shift",
	routingv1.RouteCandidate_VERDICT_AWAY:            "away",
	routingv1.RouteCandidate_VERDICT_CAPPED:          "at a cap",
	routingv1.RouteCandidate_VERDICT_WRONG_SKILL:     "lacks what it needs",
	routingv1.RouteCandidate_VERDICT_DECLINED_BEFORE: "had it before",
	routingv1.RouteCandidate_VERDICT_LESS_DEFICIT:    "is owed less",
	routingv1.RouteCandidate_VERDICT_NOT_DUE:         "is not due",
	routingv1.RouteCandidate_VERDICT_LATER_DEADLINE:  "falls behind later",
	routingv1.RouteCandidate_VERDICT_MORE_LOAD:       "has more to do",
	routingv1.RouteCandidate_VERDICT_TIE_LOST:        "equal; lost the tie",
	routingv1.RouteCandidate_VERDICT_NOT_ASKED:       "not asked",
	routingv1.RouteCandidate_VERDICT_UNKNOWN:         "no such rep",
}

// VerdictWords is why somebody did not get a lead, with until when and what stands in the way.
func VerdictWords(c *routingv1.RouteCandidate) string {
	text := verdictNames[c.GetVerdict()]
	if limit := c.GetCap(); limit != nil {
		text += ": " + fmt.Sprintf(capNames[limit.GetKind()], limit.GetCount(), limit.GetMost())
		if limit.GetKind() == routingv1.RouteCap_KIND_ROLLING {
			text += fmt.Sprintf(" %d days", limit.GetDays())
		}
	}
	if len(c.GetLacking()) > 0 {
		text += ": " + strings.Join(c.GetLacking(), ", ")
	}
	if c.GetNextAvailableTime() != nil {
		text += ", until " + clock(c.GetNextAvailableTime())
	}
	return text
}

var capNames = map[routingv1.RouteCap_Kind]string{
	routingv1.RouteCap_KIND_OPEN: "%d of %d open", routingv1.RouteCap_KIND_DAY: "%d of %d today",
	routingv1.RouteCap_KIND_WEEK: "%d of %d this week", routingv1.RouteCap_KIND_ROLLING: "%d of %d in",
}

func repOf(c *routingv1.RouteCandidate) string {
	return cmp.Or(c.GetDisplayName(), strings.TrimPrefix(c.GetRep(), "reps/"))
}

// Leads is billionths of a lead as leads to a hundredth, with its sign; 0 for what rounds to nothing.
func Leads(nanos int64) string {
	const perHundredth = 10_000_000
	hundredths := (abs(nanos) + perHundredth/2) / perHundredth
	text := fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
	switch {
	case hundredths == 0:
		return "0"
	case nanos < 0:
		return "-" + text
	default:
		return "+" + text
	}
}

// share is somebody's part of a lead; nothing for whoever has none.
func share(nanos int64) string {
	if nanos == 0 {
		return ""
	}
	return Leads(nanos)
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// clock is an instant, to the minute.
func clock(at *timestamppb.Timestamp) string {
	return at.AsTime().Format("Mon " + time.DateOnly + " 15:04 UTC")
}
