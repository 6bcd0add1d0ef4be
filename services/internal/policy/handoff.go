package policy

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// atRiskShare is the share of a budget at which a clock warns.
const atRiskShare = 0.75

func fillRouting(routing *playbookv1.RoutingPolicy) {
	if routing.GetOtherwise() == nil {
		routing.Otherwise = &playbookv1.Destination{To: &playbookv1.Destination_Nurture{Nurture: true}}
	}
	list(&routing.HeldLadder, playbookv1.HeldStep_HELD_STEP_STAY_HELD)
	absence := section(&routing.Absence)
	choice(&absence.Unaccepted, playbookv1.UnacceptedHandoffs_UNACCEPTED_HANDOFFS_REASSIGN)
	duration(&absence.LongerThan, 4*time.Hour)
}

// partnerReview is the queue in which people look at what a partner brought and does not pass.
const partnerReview = "partner-review"

// fillMeetings completes what was agreed on about meetings. Nobody may bring one where nothing was.
func fillMeetings(meetings *playbookv1.MeetingPolicy) {
	if meetings != nil && meetings.GetOtherwise() == nil {
		meetings.Otherwise = &playbookv1.Destination{To: &playbookv1.Destination_Queue{Queue: partnerReview}}
	}
}

func fillSLA(sla *playbookv1.SlaPolicy) {
	duration(&sla.LateLogging, 24*time.Hour)
	if plan := sla.GetAttempts(); plan != nil {
		choice(&plan.Unit, playbookv1.TimeUnit_TIME_UNIT_WALL)
		choice(&plan.From, playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED)
		warn(&plan.AtRisk)
	}
	for kind, clock := range sla.GetClocks() {
		choice(&clock.Unit, playbookv1.TimeUnit_TIME_UNIT_WALL)
		choice(&clock.From, usualAnchor(kind))
		choice(&clock.OnReassign, usualReassign(kind))
		warn(&clock.AtRisk)
		for _, tier := range clock.GetTiers() {
			inherit(clock, tier)
		}
	}
	fillPauses(section(&sla.Pauses))
	bursts := section(&sla.Bursts)
	optional(&bursts.Count, 10)
	duration(&bursts.Within, time.Minute)
}

// fillPauses has every reason count unless the playbook names those that do.
func fillPauses(pauses *playbookv1.PausePolicy) {
	optional(&pauses.PerHandoff, 2)
	if len(pauses.GetReasons()) == 0 {
		pauses.Reasons = make(map[string]*playbookv1.PauseTerms)
		for number, name := range playbookv1.PauseReason_name {
			if number != 0 {
				pauses.Reasons[strings.ToLower(strings.TrimPrefix(name, "PAUSE_REASON_"))] = &playbookv1.PauseTerms{}
			}
		}
	}
	for _, terms := range pauses.GetReasons() {
		if terms.GetAtMost() == nil {
			terms.AtMost = &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 10}}
		}
	}
}

// warn sets when a clock warns, if it does not say.
func warn(risk **playbookv1.AtRisk) {
	if *risk == nil {
		*risk = &playbookv1.AtRisk{Point: &playbookv1.AtRisk_Share{Share: atRiskShare}}
	}
}

// inherit completes a tier's clock: what it leaves open stays as in the clock for all.
func inherit(clock *playbookv1.ClockPolicy, tier *playbookv1.TierClock) {
	if tier.GetWithin() == nil && clock.GetWithin() != nil {
		tier.Within = proto.CloneOf(clock.GetWithin())
	}
	if tier.GetAtRisk() == nil {
		tier.AtRisk = proto.CloneOf(clock.GetAtRisk())
	}
	if tier.GetGoal() == nil {
		tier.Goal = proto.CloneOf(clock.GetGoal())
	}
}

// usualAnchor is where a clock starts when the playbook does not say: what marketing and the suite owe counts from the
// MQL, what a rep owes counts from the moment when the rep could know of it.
func usualAnchor(kind string) playbookv1.ClockAnchor {
	switch kind {
	case "assign", "speed_to_lead", "demo_booked":
		return playbookv1.ClockAnchor_CLOCK_ANCHOR_MQL
	case "disposition":
		return playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED
	default: // accept, first_touch, and the playbook's own
		return playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED
	}
}

// usualReassign is what becomes of a clock with another rep when the playbook does not say: only accept asks something of one rep.
func usualReassign(kind string) playbookv1.OnReassign {
	if kind == "accept" {
		return playbookv1.OnReassign_ON_REASSIGN_RESTART
	}
	return playbookv1.OnReassign_ON_REASSIGN_CARRY
}

func fillFeedback(feedback *playbookv1.FeedbackPolicy) {
	list(&feedback.Reasons,
		playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC,
		playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET,
		playbookv1.RejectionReason_REJECTION_REASON_NOT_READY,
		playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA,
		playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR,
		playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE)
	choice(&feedback.Rating, playbookv1.Requirement_REQUIREMENT_REQUIRED)
	choice(&feedback.Contradicted, playbookv1.Contradiction_CONTRADICTION_DISPUTE)
	patterns := section(&feedback.Patterns)
	optional(&patterns.Share, 0.3)
	optional(&patterns.MinLeads, 20)
	duration(&patterns.Window, 7*day)
	duration(&patterns.LongWindow, 28*day)
	duration(&patterns.Cooldown, 7*day)
	optional(&patterns.RatingDrop, 0.5)
	disputes := section(&feedback.Disputes)
	choice(&disputes.Automatic, playbookv1.DisputePolicy_AUTOMATIC_RECORD)
	duration(&disputes.OpenWithin, 14*day)
	duration(&disputes.Within, 5*day)
	recycle := section(&feedback.Recycle)
	duration(&recycle.Cooldown, 30*day)
	optional(&recycle.ExcludeRejectingRep, true)
}

func fillAttribution(attribution *playbookv1.AttributionPolicy) {
	journey := section(&attribution.Journey)
	duration(&journey.Lookback, 90*day)
	choice(&journey.People, playbookv1.EligiblePeople_ELIGIBLE_PEOPLE_ACCOUNT)
	choice(&attribution.PrimaryModel, playbookv1.AttributionModel_ATTRIBUTION_MODEL_W_SHAPED)
	duration(&attribution.HalfLife, 7*day)
	choice(&attribution.SourcedBy, playbookv1.SourcedBy_SOURCED_BY_FIRST_TOUCH_MARKETING)
	duration(&section(&attribution.Influenced).Lookback, 90*day)
	section(&attribution.SharedMetric)
}

// Falls of a rate, as shares of what it was, that ask for a review; and how many cases a rate needs to mean something.
const (
	tolerableDrop = 0.2
	meaningful    = 20
)

func fillReview(review *playbookv1.ReviewPolicy) {
	optional(&review.WinRateDrop, tolerableDrop)
	optional(&review.MqlToSqlDrop, tolerableDrop)
	duration(&review.Window, 90*day)
	optional(&review.MinCases, meaningful)
}
