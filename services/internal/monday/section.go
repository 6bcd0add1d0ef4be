package monday

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

const (
	leastDue  = 5  // of which anything is said of a rep, team, tier or source
	mostHurts = 10 // rows of where it hurts
)

// kindWords are the kinds of clocks in words.
func kindWords(kind string) string {
	known := map[string]string{"assign": "assigned", "accept": "accepted", "first_touch": "first touch", "speed_to_lead": "speed to lead",
		"disposition": "disposed", "demo_booked": "demo booked"}
	return cmp.Or(known[kind], words(kind))
}

// cut is the rows of a slice by its name.
func (d *desk) cut(name string) []*slav1.ClockCompliance {
	return map[string][]*slav1.ClockCompliance{"rep": d.report.GetReps(), "team": d.report.GetTeams(), "tier": d.report.GetTiers(),
		"source": d.report.GetSources()}[name]
}

func due(c *slav1.ClockCompliance) int64 { return c.GetMetCount() + c.GetMissedCount() }

// hurts are the reps, teams, tiers and sources that fall the furthest behind.
func (d *desk) hurts() Section {
	s := Section{Title: "Where it hurts", Text: 3, Head: []string{"who or what", "", "clock", "missed", "of due", "in time", "change"},
		Note: fmt.Sprintf("Below what was promised, or below 90 %% where nothing was, with at least %d due; the worst first.", leastDue)}
	type sore struct {
		of  string
		row *slav1.ClockCompliance
	}
	var sores []sore
	for _, name := range Slices() {
		for _, c := range d.cut(name) {
			if due(c) >= leastDue && int64(c.GetMetPerMille()) < d.promised(c.GetKind()) {
				sores = append(sores, sore{name, c})
			}
		}
	}
	slices.SortStableFunc(sores, func(a, b sore) int {
		return cmp.Or(cmp.Compare(a.row.GetMetPerMille(), b.row.GetMetPerMille()), cmp.Compare(b.row.GetMissedCount(), a.row.GetMissedCount()))
	})
	for _, at := range sores[:min(len(sores), mostHurts)] {
		c := at.row
		s.Rows = append(s.Rows, []string{at.of, bare(c.GetSlice()), kindWords(c.GetKind()), figures.Count(c.GetMissedCount()), figures.Count(due(c)),
			percent(int64(c.GetMetPerMille())), trend(c)})
	}
	if more := len(sores) - mostHurts; more > 0 {
		s.Note += fmt.Sprintf(" %d more are not shown.", more)
	}
	return s
}

// trend is how the compliance changed, in percentage points.
func trend(c *slav1.ClockCompliance) string {
	if c.MetPerMille == nil || c.PreviousMetPerMille == nil {
		return "-"
	}
	return points(int64(c.GetMetPerMille() - c.GetPreviousMetPerMille()))
}

// overdue is what waits for somebody now, or did when the period was closed.
func (d *desk) overdue() Section {
	title := "Overdue now"
	if d.report.GetCloseTime() != nil {
		title = "Overdue when it was closed"
	}
	s := Section{Title: title, Text: 2, Head: []string{"clock", "whose", "how many", "the longest"},
		Note: "As of " + d.instant(d.report.GetAsOfTime().AsTime()) + ", whenever it fell due."}
	for _, o := range d.report.GetOverdue() {
		s.Rows = append(s.Rows, []string{kindWords(o.GetKind()), cmp.Or(bare(o.GetRep()), "nobody yet"), figures.Count(o.GetClockCount()),
			length(d.report.GetAsOfTime().AsTime().Sub(o.GetOldestDueTime().AsTime()))})
	}
	return s
}

var clockHead = []string{"met", "missed", "cancelled", "in time", "change", "half within", "nine of ten within"}

// clocks are the clocks as a whole.
func (d *desk) clocks() Section {
	s := Section{Title: "Clocks that fell due", Text: 1, Head: append([]string{"clock"}, clockHead...),
		Note: "In time is met / (met + missed); what is open and overdue is missed, what was cancelled counts in neither. Times are those of the clock: working hours where the playbook says so."}
	for _, c := range d.report.GetClocks() {
		if due(c)+c.GetCancelledCount() > 0 {
			s.Rows = append(s.Rows, append([]string{kindWords(c.GetKind())}, clockRow(c)...))
		}
	}
	return s
}

// causes are why clocks were missed.
func (d *desk) causes() Section {
	s := Section{Title: "Why clocks were missed", Text: 1, Head: []string{"clock", "missed", "system", "routing", "capacity", "fit", "rep"},
		Note: "By who or what had the handoff up to the deadline, in shares of the clock's time. System: nobody had been told. Routing: with the wrong rep, or given back. Capacity: nobody was there, or everybody had enough. Fit: rejected as no good lead. Rep: a rep had it and did nothing."}
	for _, diagnosis := range d.report.GetDiagnoses() {
		row := []string{kindWords(diagnosis.GetKind()), figures.Count(diagnosis.GetMissedCount())}
		for _, c := range diagnosis.GetCauses() {
			row = append(row, percent(int64(c.GetPerMille())))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// slice is a slice in full.
func (d *desk) slice(name string) Section {
	s := Section{Title: "By " + name, Text: 2, Head: append([]string{name, "clock"}, clockHead...)}
	if name == "team" {
		s.Note = "A team is the pool that gave the handoff to the rep; who owns an account is in none."
	}
	rows := slices.Clone(d.cut(name))
	slices.SortStableFunc(rows, func(a, b *slav1.ClockCompliance) int { return cmp.Compare(a.GetSlice(), b.GetSlice()) })
	last := ""
	for _, c := range rows {
		label := bare(c.GetSlice())
		if c.GetSlice() == last {
			label = ""
		}
		last = c.GetSlice()
		s.Rows = append(s.Rows, append([]string{label, kindWords(c.GetKind())}, clockRow(c)...))
	}
	return s
}

func clockRow(c *slav1.ClockCompliance) []string {
	inTime, half, most := "-", "-", "-"
	if c.MetPerMille != nil {
		inTime = percent(int64(c.GetMetPerMille()))
	}
	if c.GetMedian() != nil {
		half, most = length(c.GetMedian().AsDuration()), length(c.GetP90().AsDuration())
	}
	return []string{figures.Count(c.GetMetCount()), figures.Count(c.GetMissedCount()), figures.Count(c.GetCancelledCount()), inTime, trend(c), half, most}
}

// response is how soon leads were touched.
func (d *desk) response(t *slav1.ResponseTimes) Section {
	s := Section{Title: "How soon leads are touched, from the MQL: speed to lead", Text: 1, Head: []string{"first touch", "leads", "of all", "accepted", "SQLs", "became SQLs"}}
	if t.GetFrom() == slav1.ResponseTimes_FROM_ASSIGNED {
		s.Title = "How soon leads are touched, from the assignment: what sales answers for"
	}
	s.Note = fmt.Sprintf("In wall time. Contacted within five weeks: %s of %s leads (%s).", figures.Count(t.GetContactedCount()), figures.Count(t.GetLeadCount()),
		figures.Share(t.GetContactedCount(), t.GetLeadCount()))
	if t.GetMedian() != nil {
		s.Note += fmt.Sprintf(" Of those touched, half within %s, nine of ten within %s, on average %s.", length(t.GetMedian().AsDuration()),
			length(t.GetP90().AsDuration()), length(t.GetMean().AsDuration()))
	}
	for _, b := range t.GetBuckets() {
		s.Rows = append(s.Rows, []string{bucket(b), figures.Count(b.GetLeadCount()), figures.Share(b.GetLeadCount(), t.GetLeadCount()),
			figures.Count(b.GetAcceptedCount()), figures.Count(b.GetSqlCount()), figures.Share(b.GetSqlCount(), b.GetLeadCount())})
	}
	return s
}

// bucket says how soon in words.
func bucket(b *slav1.ResponseBucket) string {
	round := func(d time.Duration) string {
		if d < time.Hour {
			return fmt.Sprintf("%d min", int(d.Minutes()))
		}
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	switch {
	case b.GetAtLeast() == nil:
		return "never yet"
	case b.GetBelow() == nil:
		return round(b.GetAtLeast().AsDuration()) + " or later"
	case b.GetAtLeast().AsDuration() == 0:
		return "under " + round(b.GetBelow().AsDuration())
	default:
		return round(b.GetAtLeast().AsDuration()) + " to " + round(b.GetBelow().AsDuration())
	}
}

// length is a length of time in its two largest units.
func length(d time.Duration) string {
	switch d = d.Truncate(time.Second); {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd %dh", int(d.Hours())/24, int(d.Hours())%24)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
}
