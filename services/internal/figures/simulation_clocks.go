package figures

import (
	"fmt"
	"slices"

	datepb "google.golang.org/genproto/googleapis/type/date"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// clockLoads prints how many clocks would have run.
func (p *Printer) clockLoads(s *playbookv1.Simulation) {
	b, d := s.GetBaselineFigures(), s.GetDraftFigures()
	type clock struct{ kind, tier string }
	counts := map[clock][4]int64{}
	var order []clock
	for v, figures := range []*playbookv1.SimulationFigures{b, d} {
		for _, c := range figures.GetClocks() {
			key := clock{c.GetKind(), c.GetTier()}
			n, known := counts[key]
			if n[v], n[v+2] = c.GetClockCount(), c.GetDueOutsideHoursCount(); !known {
				order = append(order, key)
			}
			counts[key] = n
		}
	}
	p.Title("Clocks that would have run")
	p.Head("clock", "tier", "baseline", "draft", "change", "due out of hours, baseline", "due out of hours, draft")
	for _, key := range order {
		n := counts[key]
		p.Row(words(key.kind), tierName(key.tier), Count(n[0]), Count(n[1]), signed(n[1]-n[0]), outside(b, n[2]), outside(d, n[3]))
	}
	p.Line("busiest day: %s by the baseline, %s by the draft", busiest(b), busiest(d))
	p.missing("baseline", b)
	p.missing("draft", d)
	uncounted := slices.Concat(b.GetUncountedClocks(), d.GetUncountedClocks())
	for i, kind := range uncounted {
		if !slices.Contains(uncounted[:i], kind) {
			p.Line("not counted: %s, which begins when a rep accepts", words(kind))
		}
	}
}

// missing prints the calendars that a version names and that do not exist.
func (p *Printer) missing(version string, f *playbookv1.SimulationFigures) {
	for _, calendar := range f.GetMissingCalendars() {
		p.Line("caution: %s does not exist: nobody knows when the clocks of the %s that count by it are due", calendar, version)
	}
}

// unplaced says whether the days and hours of deadlines are not known, for want of the playbook's own calendar.
func unplaced(f *playbookv1.SimulationFigures) bool {
	return len(f.GetMissingCalendars()) > 0 && f.GetBusiestDueDay() == nil
}

func outside(f *playbookv1.SimulationFigures, n int64) string {
	if unplaced(f) {
		return "-"
	}
	return Count(n)
}

func busiest(f *playbookv1.SimulationFigures) string {
	if unplaced(f) {
		return "not known"
	}
	if f.GetBusiestDueDayCount() == 0 {
		return "none"
	}
	return fmt.Sprintf("%s deadlines on %s", Count(f.GetBusiestDueDayCount()), dateOf(f.GetBusiestDueDay()))
}

func dateOf(d *datepb.Date) string {
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}
