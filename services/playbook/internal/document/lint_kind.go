package document

import (
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// usualKinds are the kinds of clocks that the suite knows.
var usualKinds = []string{"assign", "accept", "first_touch", "speed_to_lead", "disposition", "demo_booked"}

// checkKind makes sure that a kind of its own says what meets it, and that the others are left their meaning.
func (l *linter) checkKind(path, kind string, clock *playbookv1.ClockPolicy) {
	if clock.GetOnReassign() == playbookv1.OnReassign_ON_REASSIGN_RESTART && !mayRestart(kind, l.full.GetSla().GetClocks()[kind].GetFrom()) {
		l.refuse(path+".on_reassign", "only accept restarts, and a clock that counts from assigned or accepted; assign and speed_to_lead never do")
	}
	switch {
	case kind == attempts:
		l.refuseName(path, "is the clock of a plan of attempts: write `sla.attempts: {plan: ...}`, or choose another name")
		return
	case !slices.Contains(usualKinds, kind):
		l.checkOwnKind(path, kind, clock)
		return
	}
	if len(clock.GetMetBy()) > 0 {
		l.refuse(path+".met_by", "the clock %s is always met in the same way: leave `met_by` out, or give the clock a name of its own", kind)
	}
	if len(clock.GetCancelledBy()) > 0 {
		l.refuse(path+".cancelled_by", "the clock %s is always cancelled in the same ways: leave `cancelled_by` out, or give the clock a name of its own", kind)
	}
	if clock.GetFrom() > playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED {
		l.refuse(path+".from", "the clock %s counts from mql, assigned or accepted", kind)
	}
}

// mayRestart says whether a clock may begin anew with the next rep.
func mayRestart(kind string, from playbookv1.ClockAnchor) bool {
	switch kind {
	case "accept":
		return true
	case "assign", "speed_to_lead":
		return false
	default:
		return from == playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED || from == playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED
	}
}

func (l *linter) checkOwnKind(path, kind string, clock *playbookv1.ClockPolicy) {
	if len(clock.GetMetBy()) == 0 {
		meant := ""
		if near := nearest(kind, usualKinds); near != "" {
			meant = "; did you mean " + quoted(near) + "?"
		}
		l.refuseName(path, "nobody knows what meets this clock: the suite knows %s, and a clock of your own needs `met_by`%s",
			strings.Join(usualKinds, ", "), meant)
	}
	for i, asked := range clock.GetMetBy() {
		if isMetAsItBegins(clock.GetFrom(), asked) {
			l.refuse(element(path+".met_by", i), "is done before the clock begins: let it count from something earlier, or be met by something later")
		}
	}
}

// isMetAsItBegins says whether nothing can meet a clock but what was done when it began, or before.
func isMetAsItBegins(from playbookv1.ClockAnchor, asked playbookv1.ClockAnswer) bool {
	switch asked {
	case playbookv1.ClockAnswer_CLOCK_ANSWER_ACCEPT:
		return from == playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED || from == playbookv1.ClockAnchor_CLOCK_ANCHOR_SQL
	case playbookv1.ClockAnswer_CLOCK_ANSWER_DISPOSITION:
		return from == playbookv1.ClockAnchor_CLOCK_ANCHOR_SQL
	default:
		return false
	}
}
