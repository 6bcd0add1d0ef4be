package figures

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// Clocks prints how often each clock was met, as a whole and by tier, and what became of both teams' promises.
func (p *Printer) Clocks(r *slav1.ComplianceReport) {
	p.Title("Clocks that fell due in the period: in time = met / (met + missed)")
	p.Head("clock", "tier", "met", "missed", "cancelled", "in time", "half within", "nine of ten within")
	for _, c := range r.GetClocks() {
		if c.GetMetCount()+c.GetMissedCount()+c.GetCancelledCount() == 0 {
			continue
		}
		p.clock(words(c.GetKind()), "all", c)
		for _, t := range r.GetTiers() {
			if t.GetKind() == c.GetKind() && t.GetSlice() != "" {
				p.clock("", t.GetSlice(), t)
			}
		}
	}
	p.Line("(an answer's time, in the clock's own time: working hours where the playbook says business)")
	promised := slices.DeleteFunc(slices.Clone(r.GetCommitments()), func(c *slav1.CommitmentResult) bool { return c.Target == nil })
	if len(promised) > 0 {
		p.Title("Promises of both teams")
		p.Head("team", "what", "promised", "done", "")
	}
	for _, c := range promised {
		p.promise(c)
	}
}

func (p *Printer) clock(kind, slice string, c *slav1.ClockCompliance) {
	half, most := "-", "-"
	if c.GetMedian() != nil {
		half, most = span(c.GetMedian().AsDuration()), span(c.GetP90().AsDuration())
	}
	p.Row(kind, slice, Count(c.GetMetCount()), Count(c.GetMissedCount()), Count(c.GetCancelledCount()), perMille(c.GetMetPerMille(), c.MetPerMille != nil), half, most)
}

func (p *Printer) promise(c *slav1.CommitmentResult) {
	show := func(v int64) string { return Share(v, 1000) }
	what := cmp.Or(map[string]string{"mql_volume": "leads qualified in the month", "criteria_met": "qualified leads that meet the criteria",
		"context_complete": "handoffs with their whole context", "assigned_in_time": "qualified leads given to a rep in time",
		"accepted_in_time": "assignments answered in time", "first_touch_in_time": "first touches in time",
		"disposition_in_time": "accepted handoffs brought to an end in time", "disposition_complete": "accepted handoffs brought to an end",
		"contacted": "qualified leads contacted in five weeks"}[c.GetMeasure()], words(c.GetMeasure()))
	if c.GetMeasure() == "mql_volume" {
		show = Count
	}
	actual, kept := "-", "nothing to say yet"
	if c.Actual != nil {
		actual = show(c.GetActual())
	}
	if c.Kept != nil {
		kept = map[bool]string{true: "kept", false: "broken"}[c.GetKept()]
	}
	p.Row(word(c.GetTeam().String(), "TEAM_"), what, show(c.GetTarget()), actual, kept)
}

// span is a length of time in its two largest units.
func span(d time.Duration) string {
	days, hours, minutes, seconds := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case days > 0:
		return fmt.Sprintf("%dd %02dh", days, hours)
	case hours > 0:
		return fmt.Sprintf("%dh %02dm", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%dm %02ds", minutes, seconds)
	default:
		return fmt.Sprintf("%ds", seconds)
	}
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
