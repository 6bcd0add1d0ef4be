package monday

import (
	"fmt"
	"strings"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

// Page is what a report says, in words.
type Page struct {
	Title    string // such as `Week 10 of 2026`
	Days     string // its first and last day
	Zone     string
	AsOf     string
	Closed   string // that the period is closed, and what of it counts otherwise today; empty if it is not
	Playbook string // its number; empty if there was none
	Teams    []Team // marketing and sales; none without a playbook
	Sections []Section
}

// Section is a table with a title.
type Section struct {
	Title string
	Note  string
	Head  []string
	Rows  [][]string
	Text  int // how many columns are text; those after them are figures
}

// New puts a report into words. by are the slices that are shown in full: rep, team, tier, source.
func New(r *slav1.ComplianceReport, by ...string) (*Page, error) {
	zone, err := time.LoadLocation(r.GetTimeZone())
	if err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	d := &desk{report: r, zone: zone}
	p := &Page{Title: d.title(), Days: d.days(), Zone: r.GetTimeZone(), AsOf: d.instant(r.GetAsOfTime().AsTime()), Closed: d.closed(),
		Playbook: bare(r.GetPlaybook())}
	if len(r.GetCommitments()) > 0 {
		p.Teams = []Team{d.team("Marketing", playbookv1.Team_TEAM_MARKETING), d.team("Sales", playbookv1.Team_TEAM_SALES)}
	}
	p.Sections = append(p.Sections, d.hurts(), d.overdue(), d.clocks(), d.causes())
	for _, name := range by {
		p.Sections = append(p.Sections, d.slice(name))
	}
	for _, t := range r.GetResponseTimes() {
		p.Sections = append(p.Sections, d.response(t))
	}
	return p, nil
}

// Slices are the names of the slices of a report, in their order.
func Slices() []string { return []string{"rep", "team", "tier", "source"} }

// desk is where a report is put into words.
type desk struct {
	report *slav1.ComplianceReport
	zone   *time.Location
}

// title is the name of the period as people say it.
func (d *desk) title() string {
	var year, n int
	name := d.report.GetPeriod()
	first := d.report.GetStartTime().AsTime().In(d.zone)
	switch {
	case name == "":
		return d.days()
	case strings.Contains(name, "W"):
		_, _ = fmt.Sscanf(name, "%d-W%d", &year, &n) // the service made the name
		return fmt.Sprintf("Week %d of %d", n, year)
	case strings.Contains(name, "Q"):
		_, _ = fmt.Sscanf(name, "%d-Q%d", &year, &n)
		return fmt.Sprintf("Quarter %d of %d", n, year)
	default:
		return first.Format("January 2006")
	}
}

// days are the first and the last day of the period.
func (d *desk) days() string {
	first, last := d.report.GetStartTime().AsTime().In(d.zone), d.report.GetEndTime().AsTime().Add(-time.Microsecond).In(d.zone)
	switch {
	case first.Year() != last.Year():
		return first.Format("2 January 2006") + " to " + last.Format("2 January 2006")
	case first.Month() != last.Month():
		return first.Format("2 January") + " to " + last.Format("2 January 2006")
	case first.Day() != last.Day():
		return first.Format("2") + " to " + last.Format("2 January 2006")
	default:
		return last.Format("2 January 2006")
	}
}

// closed says that the period is closed; nothing if it is not.
func (d *desk) closed() string {
	r := d.report
	if r.GetCloseTime() == nil {
		return ""
	}
	since := "Nothing was restated since."
	switch n := r.GetRestatementCount(); {
	case n == 1:
		since = "1 clock was restated since."
	case n > 1:
		since = figures.Count(int64(n)) + " clocks were restated since."
	}
	return fmt.Sprintf("Closed on %s by %s: the figures are those of that moment. %s", d.instant(r.GetCloseTime().AsTime()), r.GetClosedBy(), since)
}

func (d *desk) instant(at time.Time) string { return at.In(d.zone).Format("Mon 2 Jan 2006 15:04") }

// bare is the last part of a resource's name.
func bare(name string) string { return name[strings.LastIndex(name, "/")+1:] }
