package figures

import (
	"cmp"
	"fmt"
	"strings"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Restatements prints what counts otherwise today than when a period was closed, and what that does to its figures.
func (p *Printer) Restatements(period string, all *slav1.ListRestatementsResponse) {
	p.Title("Restatements of %s", period)
	if len(all.GetRestatements()) == 0 {
		p.Line("nothing: every clock counts as it did when the period was closed")
	} else {
		p.Head("handoff", "clock", "what", "closed", "today", "changed", "by")
	}
	for _, r := range all.GetRestatements() {
		handoff, clock := r.GetHandoff(), bare(r.GetClock())
		for _, c := range differences(r) {
			p.Row(handoff, clock, c[0], c[1], c[2], cmp.Or(minute(r.GetChangeTime()), "-"), cmp.Or(words(r.GetChangedBy()), "-"))
			handoff, clock = "", ""
		}
	}
	if len(all.GetClocks()) > 0 {
		p.Title("What they do to the clocks")
		p.Head("clock", "restated", "met", "missed", "cancelled", "in time")
	}
	for _, c := range all.GetClocks() {
		was, is := c.GetClosed(), c.GetLive()
		p.Row(words(c.GetKind()), Count(c.GetRestatementCount()), turned(Count(was.GetMetCount()), Count(is.GetMetCount())),
			turned(Count(was.GetMissedCount()), Count(is.GetMissedCount())), turned(Count(was.GetCancelledCount()), Count(is.GetCancelledCount())),
			turned(inTime(was), inTime(is)))
	}
	if len(all.GetCommitments()) > 0 {
		p.Title("What became of the promises")
		p.Head("promise", "closed", "today")
	}
	for _, c := range all.GetCommitments() {
		p.Row(words(c.GetClosed().GetMeasure()), kept(c.GetClosed()), kept(c.GetLive()))
	}
}

// differences are what changed, from what, and to what.
func differences(r *slav1.Restatement) [][3]string {
	was, is := r.GetClosed(), r.GetLive()
	switch {
	case was == nil:
		return [][3]string{{"counts", "no", outcome(is)}}
	case is == nil:
		return [][3]string{{"counts", outcome(was), "no"}}
	}
	var all [][3]string
	for _, name := range r.GetChanges() {
		all = append(all, [3]string{words(name), counted(was, name), counted(is, name)})
	}
	return all
}

// counted is a field of what is counted of a clock.
func counted(c *slav1.CountedClock, field string) string {
	switch field {
	case "outcome":
		return outcome(c)
	case "answered":
		return map[bool]string{true: "yes", false: "no"}[c.GetAnswered()]
	case "due_time":
		return minute(c.GetDueTime())
	case "elapsed":
		return exact(c.GetElapsed().AsDuration())
	case "causes":
		return cmp.Or(blamed(c), "none")
	default:
		named := map[string]string{"tier": c.GetTier(), "rep": c.GetRep(), "pool": c.GetPool(), "source": c.GetSource()}
		return cmp.Or(bare(named[field]), "none")
	}
}

func outcome(c *slav1.CountedClock) string {
	return strings.ToLower(strings.TrimPrefix(c.GetOutcome().String(), "OUTCOME_"))
}

// blamed are the causes of a missed clock that have a share in it.
func blamed(c *slav1.CountedClock) string {
	var parts []string
	for _, share := range c.GetCauses() {
		if share.GetPerMille() > 0 {
			cause := strings.ToLower(strings.TrimPrefix(share.GetCause().String(), "BREACH_CAUSE_"))
			parts = append(parts, cause+" "+Share(int64(share.GetPerMille()), 1000))
		}
	}
	return strings.Join(parts, ", ")
}

// turned is a figure that became another, or stayed.
func turned(was, is string) string {
	if was == is {
		return is
	}
	return was + " → " + is
}

func inTime(c *slav1.ClockCompliance) string {
	return Share(c.GetMetCount(), c.GetMetCount()+c.GetMissedCount())
}

// kept is what was kept of a promise.
func kept(c *slav1.CommitmentResult) string {
	if c.GetMeasure() == "mql_volume" {
		return Count(c.GetActual())
	}
	return fmt.Sprintf("%s (%s of %s)", Share(c.GetPartCount(), c.GetWholeCount()), Count(c.GetPartCount()), Count(c.GetWholeCount()))
}

// bare is the last part of a resource's name.
func bare(name string) string { return name[strings.LastIndex(name, "/")+1:] }
