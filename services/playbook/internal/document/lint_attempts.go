package document

import playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"

// attempts is the kind of the clocks of a plan of attempts.
const attempts = "attempts"

// checkAttempts makes sure that a plan of attempts can be kept.
func (l *linter) checkAttempts() {
	plan, full := l.doc.GetSla().GetAttempts(), l.full.GetSla().GetAttempts()
	if plan == nil {
		return
	}
	const path = "sla.attempts"
	if len(plan.GetPlan()) == 0 {
		l.refuse(path+".plan", "is required: give at least one step, such as {channel: call, within: 24h}")
	}
	l.checkTierNames(path, &playbookv1.ClockPolicy{Only: plan.GetOnly()})
	if from := full.GetFrom(); from != playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED && from != playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED {
		l.refuse(path+".from", "attempts count from assigned or accepted")
	}
	for i, step := range plan.GetPlan() {
		l.checkAttempt(element(path+".plan", i), i == 0, step, full)
	}
}

func (l *linter) checkAttempt(path string, first bool, step *playbookv1.Attempt, full *playbookv1.AttemptPlan) {
	if step.GetChannel() == playbookv1.AttemptChannel_ATTEMPT_CHANNEL_UNSPECIFIED {
		l.refuse(path+".channel", "is required: one of call, email, message and any")
	}
	spacing := step.GetAfterPrevious()
	switch {
	case spacing == nil:
	case first:
		l.advise(path+".after_previous", "has no effect: there is no attempt before the first")
	case length(spacing, full.GetUnit()) >= length(step.GetWithin(), full.GetUnit()):
		l.refuse(path+".after_previous", "comes %s after the attempt before at the earliest, which is not before the deadline of %s: both count from there",
			writtenBudget(spacing), writtenBudget(step.GetWithin()))
	}
	l.checkWarning(path, full.GetUnit(), full.GetAtRisk(), step.GetWithin())
}
