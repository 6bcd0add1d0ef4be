package passage

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/rubric"
)

// Words tells an event in a short sentence, without personal data: people appear as ids.
func Words(e *eventv1.Event) string {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_LeadCreated:
		return sentence("lead came in", "from", p.LeadCreated.GetSource(), "by", p.LeadCreated.GetCampaign())
	case *eventv1.Event_EngagementRecorded:
		return sentence(cmp.Or(spaced(p.EngagementRecorded.GetType()), "engagement"), "on", p.EngagementRecorded.GetChannel(), "by", p.EngagementRecorded.GetCampaign())
	case *eventv1.Event_LeadQualified:
		return sentence("qualified as MQL", "with intent", enumWord(p.LeadQualified.GetContext().GetIntent().String(), "INTENT_LEVEL_"),
			"under", e.GetPlaybook()) + meetingWords(p.LeadQualified.GetMeeting(), p.LeadQualified.GetRubric())
	case *eventv1.Event_LeadContextChanged:
		return "more became known about the lead"
	case *eventv1.Event_LeadDisqualified:
		return sentence("disqualified", "by", p.LeadDisqualified.GetDisqualifier())
	case *eventv1.Event_MatchChanged:
		if p.MatchChanged.GetToAccount() == "" {
			return sentence("belongs to no account any more", "by", p.MatchChanged.GetRule())
		}
		return sentence("matched to another account", "by", p.MatchChanged.GetRule())
	case *eventv1.Event_LeadMerged:
		return sentence("merged", "into", p.LeadMerged.GetSurvivor())
	case *eventv1.Event_LeadUnmerged:
		return sentence("stands by itself again", "apart from", p.LeadUnmerged.GetSurvivor())
	case *eventv1.Event_MeetingAdded:
		return "a partner brought a meeting: " + rubric.Words(p.MeetingAdded.GetRubric())
	case *eventv1.Event_AccountSurged:
		return surgeWords(p.AccountSurged)
	case *eventv1.Event_AccountAlertRaised:
		alert := p.AccountAlertRaised.GetAlert()
		return sentence("alert about "+alert.GetAccount(), "for", cmp.Or(alert.GetRep(), alert.GetPool(), "nobody: it has neither owner nor pool"))
	case *eventv1.Event_OpportunityCreated:
		return "opportunity opened"
	case *eventv1.Event_OpportunityChanged:
		return "opportunity changed"
	case *eventv1.Event_OpportunityClosed:
		return "opportunity " + enumWord(p.OpportunityClosed.GetOpportunity().GetState().String(), "STATE_")
	case *eventv1.Event_PlaybookActivated:
		return p.PlaybookActivated.GetPlaybook() + " came into force"
	case *eventv1.Event_PlaybookRefused:
		return p.PlaybookRefused.GetPlaybook() + " was refused by " + enumWord(p.PlaybookRefused.GetTeam().String(), "TEAM_")
	case *eventv1.Event_RecalibrationProposed:
		r := p.RecalibrationProposed
		return sentence("recalibration proposed", "of", r.GetBaseline(), "as", r.GetPlaybook())
	case *eventv1.Event_ReviewDue:
		return sentence("review due", "of", p.ReviewDue.GetPlaybook(), "by", enumWord(p.ReviewDue.GetReview().GetCause().String(), "CAUSE_"))
	case *eventv1.Event_FunnelSlipped:
		return enumWord(p.FunnelSlipped.GetMeasure().String(), "MEASURE_") + " fell"
	case *eventv1.Event_ResourceChanged:
		return sentence(cmp.Or(p.ResourceChanged.GetMethod(), "change"), "of", p.ResourceChanged.GetResource())
	}
	return cmp.Or(routingWords(e), feedbackWords(e), slaWords(e))
}

// meetingWords says how a meeting does; nothing if there is none.
func meetingWords(meeting string, r *scoringv1.Rubric) string {
	if meeting == "" {
		return ""
	}
	return ", for a partner's meeting: " + rubric.Words(r)
}

func assignedWords(a *eventv1.HandoffAssigned) string {
	if a.GetQueue() != "" {
		return sentence("picked", "from", a.GetQueue(), "for", a.GetRep())
	}
	if a.GetReassignReason() == 0 {
		return sentence("assigned", "to", a.GetRep(), "by", a.GetPool(), "as cover for", a.GetCoverFor())
	}
	return sentence("given", "to", a.GetRep(), "instead of", a.GetPreviousRep(), "for", enumWord(a.GetReassignReason().String(), "REASSIGN_REASON_"),
		"as cover for", a.GetCoverFor())
}

func heldWords(h *eventv1.HandoffHeld) string {
	reason := enumWord(h.GetReason().String(), "REASON_")
	if h.GetReassignReason() == 0 {
		return "held: " + reason
	}
	return sentence("taken", "from", h.GetPreviousRep(), "for", enumWord(h.GetReassignReason().String(), "REASSIGN_REASON_")) + ", and held: " + reason
}

func routingWords(e *eventv1.Event) string {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_HandoffOpened:
		return sentence("handoff opened", "in tier", p.HandoffOpened.GetTier(), "by", p.HandoffOpened.GetRule()) +
			meetingWords(p.HandoffOpened.GetMeeting(), p.HandoffOpened.GetRubric())
	case *eventv1.Event_HandoffHeld:
		return heldWords(p.HandoffHeld)
	case *eventv1.Event_HandoffAssigned:
		return assignedWords(p.HandoffAssigned)
	case *eventv1.Event_HandoffKept:
		return sentence("stays", "with", p.HandoffKept.GetRep(), "after", enumWord(p.HandoffKept.GetReassignReason().String(), "REASSIGN_REASON_")) +
			": nobody else can take it"
	case *eventv1.Event_HandoffTierChanged:
		return sentence("tier raised", "from", p.HandoffTierChanged.GetFromTier(), "to", p.HandoffTierChanged.GetToTier())
	case *eventv1.Event_NurtureEnrolled:
		return sentence("nurtured", "by", p.NurtureEnrolled.GetProgramme(), "in tier", p.NurtureEnrolled.GetTier())
	case *eventv1.Event_HandoffAccepted:
		return sentence("accepted", "by", p.HandoffAccepted.GetRep())
	case *eventv1.Event_HandoffDeclined:
		return sentence("declined", "by", p.HandoffDeclined.GetRep())
	case *eventv1.Event_HandoffRejected:
		return sentence("rejected", "by", p.HandoffRejected.GetRep(), "as", enumWord(p.HandoffRejected.GetReason().String(), "REJECTION_REASON_"))
	case *eventv1.Event_CoverStarted:
		return sentence(p.CoverStarted.GetCover()+" stands in", "for", p.CoverStarted.GetRep())
	case *eventv1.Event_CoverEnded:
		return sentence(p.CoverEnded.GetCover()+" stands in no longer", "for", p.CoverEnded.GetRep())
	case *eventv1.Event_HandoffClosed:
		return sentence("closed", "as", enumWord(p.HandoffClosed.GetOutcome().String(), "OUTCOME_"))
	}
	return ""
}

func slaWords(e *eventv1.Event) string {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_ClockAtRisk:
		return spaced(p.ClockAtRisk.GetClock().GetKind()) + " is about to run out"
	case *eventv1.Event_ClockMet:
		return spaced(p.ClockMet.GetClock().GetKind()) + " was in time"
	case *eventv1.Event_ClockBreached:
		return spaced(p.ClockBreached.GetClock().GetKind()) + " ran out"
	case *eventv1.Event_BreachRetracted:
		return spaced(p.BreachRetracted.GetClock().GetKind()) + retractedWords(p.BreachRetracted)
	case *eventv1.Event_ClocksPaused:
		return sentence(clockList(p.ClocksPaused.GetClocks())+" paused", "for", enumWord(p.ClocksPaused.GetReason().String(), "PAUSE_REASON_"),
			"until", date(p.ClocksPaused.GetEndTime()))
	case *eventv1.Event_ClocksResumed:
		return clockList(p.ClocksResumed.GetClocks()) + " resumed" + resumedWords(p.ClocksResumed.GetCause())
	case *eventv1.Event_EscalationReached:
		return escalationWords(p.EscalationReached)
	case *eventv1.Event_ActivityRecorded:
		return sentence(cmp.Or(enumWord(p.ActivityRecorded.GetType().String(), "TYPE_"), "activity"), "by", p.ActivityRecorded.GetRep())
	case *eventv1.Event_ActivityFlagged:
		return sentence("activity", "of", p.ActivityFlagged.GetRep()) + " flagged: too many at once"
	case *eventv1.Event_ActivityConfirmed:
		return sentence("activity", "of", p.ActivityConfirmed.GetRep()) + " confirmed"
	case *eventv1.Event_FirstTouchMade:
		return sentence("first touch", "by", p.FirstTouchMade.GetRep())
	case *eventv1.Event_CalendarChanged:
		return p.CalendarChanged.GetCalendar().GetName() + " changed"
	case *eventv1.Event_SlaPeriodClosed:
		return p.SlaPeriodClosed.GetSlaPeriod() + " closed"
	case *eventv1.Event_ReportPublished:
		return p.ReportPublished.GetReport() + " came out"
	}
	return spaced(e.GetType())
}

func retractedWords(p *eventv1.BreachRetracted) string {
	if p.GetStopTime() == nil {
		return " still has time after all"
	}
	return " had been in time after all"
}

func resumedWords(why eventv1.ClocksResumed_Cause) string {
	switch why {
	case eventv1.ClocksResumed_CAUSE_AGREED:
		return " as agreed"
	case eventv1.ClocksResumed_CAUSE_LIMIT:
		return ": the pause was as long as the playbook allows"
	default:
		return ""
	}
}

// clockList names clocks by their kinds.
func clockList(clocks []*eventv1.ClockRef) string {
	var kinds []string
	for _, c := range clocks {
		kinds = append(kinds, spaced(c.GetKind()))
	}
	return strings.Join(kinds, ", ")
}

// date is the day of an instant in UTC; empty for none.
func date(at *timestamppb.Timestamp) string {
	if at == nil {
		return ""
	}
	return at.AsTime().Format(time.DateOnly)
}

// escalationWords says how far a clock has run, whom that concerns and what is done about it.
func escalationWords(p *eventv1.EscalationReached) string {
	var follows []string
	for _, who := range p.GetNotify() {
		follows = append(follows, "tell "+spaced(who))
	}
	if action := enumWord(p.GetAction().String(), "ESCALATION_ACTION_"); action != "" {
		follows = append(follows, action)
	}
	share := strconv.FormatFloat(math.Round(p.GetShare()*1e4)/1e2, 'f', -1, 64)
	words := spaced(p.GetClock().GetKind()) + " has used " + share + " % of its time"
	if len(follows) == 0 {
		return words
	}
	return words + ": " + strings.Join(follows, ", ")
}

// surgeWords says what made an account hot.
func surgeWords(p *eventv1.AccountSurged) string {
	words := p.GetAccount() + " is hot"
	for i, s := range p.GetSurge().GetSubjects() {
		separator := ", "
		if i == 0 {
			separator = ": "
		}
		words += fmt.Sprintf("%s%d × %s", separator, s.GetCount(), spaced(s.GetSubject()))
	}
	return words
}

// sentence joins a verb with those prepositions whose object is there.
func sentence(verb string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			verb += " " + pairs[i] + " " + pairs[i+1]
		}
	}
	return verb
}

func spaced(word string) string { return strings.ReplaceAll(word, "_", " ") }

func enumWord(value, prefix string) string {
	word := strings.TrimPrefix(value, prefix)
	if word == "UNSPECIFIED" {
		return ""
	}
	return strings.ToLower(spaced(word))
}
