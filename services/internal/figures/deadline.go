package figures

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Deadline prints why a clock is due when it is: the answer in a sentence, what was agreed, what was counted line by line, and
// what was left out.
func (p *Printer) Deadline(e *slav1.DeadlineExplanation) {
	c := e.GetClock()
	p.Line("%s.", verdictOn(e))
	p.Title("Agreed in %s", cmp.Or(c.GetPlaybook(), "the playbook"))
	for _, t := range e.GetTerms() {
		since := "from the start, " + word(e.GetFrom().String(), "CLOCK_ANCHOR_")
		if t.GetChangeTime() != nil {
			since = "since " + clock(t.GetChangeTime())
		}
		p.Row(cmp.Or(t.GetTier(), "no tier"), budgetWords(t.GetWithin(), c.GetUnit()), since)
	}
	p.counted(e)
	p.leftOut(e)
	p.activities(e)
}

// verdictOn is how a clock stands, in a sentence.
func verdictOn(e *slav1.DeadlineExplanation) string {
	c := e.GetClock()
	name := words(c.GetKind())
	used := exact(e.GetCounted().AsDuration()) + " of " + exact(e.GetAllowed().AsDuration())
	switch c.GetState() {
	case slav1.Clock_STATE_PAUSED:
		return fmt.Sprintf("%s stands still for %s: %s are used, %s are left", name, word(c.GetPause().GetReason().String(), "PAUSE_REASON_"), used,
			exact(c.GetRemaining().AsDuration()))
	case slav1.Clock_STATE_RUNNING, slav1.Clock_STATE_OVERDUE:
		if c.GetDueTime() == nil {
			return name + " has no deadline yet"
		}
		return fmt.Sprintf("%s is %s: due %s, when its %s are used", name, word(c.GetState().String(), "STATE_"), clock(c.GetDueTime()),
			exact(e.GetAllowed().AsDuration()))
	case slav1.Clock_STATE_CANCELLED:
		return fmt.Sprintf("%s was cancelled %s as %s: %s were used", name, clock(c.GetStopTime()),
			word(c.GetCancelReason().String(), "CANCEL_REASON_"), used)
	default:
		return fmt.Sprintf("%s was %s: it ended %s, when %s were used; due %s", name, word(c.GetState().String(), "STATE_"), clock(c.GetStopTime()), used,
			clock(c.GetDueTime()))
	}
}

// counted prints what was counted, who had it and where.
func (p *Printer) counted(e *slav1.DeadlineExplanation) {
	p.Title("Counted")
	p.Head("from", "until", "time", "who had it", "calendar")
	for _, i := range e.GetIntervals() {
		p.Row(i.GetLocalStart(), i.GetLocalEnd(), exact(i.GetCounted().AsDuration()), cmp.Or(i.GetRep(), "nobody"), calendarUsed(e, i.GetCalendar()))
	}
	if more := int(e.GetIntervalCount()) - len(e.GetIntervals()); more > 0 {
		p.Row(fmt.Sprintf("and %d more", more), "", "", "", "")
	}
	p.Row("in all", "", exact(e.GetCounted().AsDuration()), "", "")
	if len(e.GetShares()) < 2 {
		return
	}
	p.Title("Who had it how long")
	for _, s := range e.GetShares() {
		p.Row(cmp.Or(s.GetRep(), "nobody"), exact(s.GetHeld().AsDuration()))
	}
}

// calendarUsed names the calendar of an interval.
func calendarUsed(e *slav1.DeadlineExplanation, i int32) string {
	if int(i) >= len(e.GetCalendars()) || e.GetCalendars()[i].GetCalendar() == "" {
		return "wall time"
	}
	c := e.GetCalendars()[i]
	return fmt.Sprintf("%s, edition %d, %s (tzdata %s)", c.GetCalendar(), c.GetEdition(), c.GetTimeZone(), cmp.Or(c.GetTzdataVersion(), "none"))
}

// leftOut prints the days and pauses that were not counted.
func (p *Printer) leftOut(e *slav1.DeadlineExplanation) {
	if len(e.GetDays())+len(e.GetPauses()) > 0 {
		p.Title("Not counted")
	}
	for _, d := range e.GetDays() {
		open := "open " + strings.Join(d.GetHours(), ", ") + " alone"
		if len(d.GetHours()) == 0 {
			open = "closed"
		}
		p.Row(d.GetDate(), open, cmp.Or(d.GetDisplayName(), map[bool]string{true: "holiday", false: "hours of its own"}[d.GetHoliday()]))
	}
	for _, s := range e.GetPauses() {
		until := "for ever"
		if s.GetEndTime() != nil {
			until = clock(s.GetEndTime())
		}
		p.Row(clock(s.GetStartTime()), until, fmt.Sprintf("pause for %s, by %s, ended by %s", word(s.GetReason().String(), "PAUSE_REASON_"),
			word(s.GetRole().String(), "ROLE_"), endWords[s.GetEnd()]))
	}
}

// endWords are what ends pauses.
var endWords = map[slav1.ExplainedPause_End]string{
	slav1.ExplainedPause_END_UNSPECIFIED: "nothing yet",
	slav1.ExplainedPause_END_RESUMED:     "somebody",
	slav1.ExplainedPause_END_AGREED:      "agreement",
	slav1.ExplainedPause_END_LIMIT:       "the playbook's limit",
	slav1.ExplainedPause_END_STOP:        "the clock's own end",
}

// activities prints what was done, and when it counts.
func (p *Printer) activities(e *slav1.DeadlineExplanation) {
	if len(e.GetActivities()) == 0 {
		return
	}
	p.Title("Done")
	p.Head("happened", "recorded", "counts")
	for _, a := range e.GetActivities() {
		counts := "when it happened"
		if a.GetCountTime().AsTime().Equal(a.GetRecordTime().AsTime()) && !a.GetOccurTime().AsTime().Equal(a.GetRecordTime().AsTime()) {
			counts = "when it was recorded, which was too late"
		}
		if a.GetFlagged() {
			counts = "not, unless somebody confirms it: there were too many at once"
		}
		if a.GetAnswers() {
			counts += ", and is the answer"
		}
		p.Row(clock(a.GetOccurTime()), clock(a.GetRecordTime()), counts)
	}
}

// budgetWords is a budget in the playbook's words.
func budgetWords(b *playbookv1.Budget, unit playbookv1.TimeUnit) string {
	kind := "of wall time"
	if unit == playbookv1.TimeUnit_TIME_UNIT_BUSINESS {
		kind = "of business time"
	}
	if b.GetDays() > 0 {
		return fmt.Sprintf("%d d %s", b.GetDays(), kind)
	}
	return exact(b.GetTime().AsDuration()) + " " + kind
}

// exact is a length of time to the second, such as 7h30m: a working day is not 24 hours.
func exact(d time.Duration) string {
	text := d.Round(time.Second).String()
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, none) {
			text = text[:len(text)-2]
		}
	}
	return text
}
