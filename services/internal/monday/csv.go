package monday

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// columns are the columns of the CSV. What there is nothing to say of is empty. Shares are in per mille, times in seconds.
var columns = []string{"period", "start_time", "end_time", "as_of_time", "close_time", "playbook", "cut", "name", "figure", "met", "missed", "cancelled", "share",
	"previous_share", "median_seconds", "p90_seconds", "target", "actual", "kept"}

// CSV writes the figures of a report, a row for each: the promises of both teams, then the clocks as a whole and by each slice. With
// slices given it writes the clocks of those alone: `rep` gives the figures of each person.
func CSV(w io.Writer, r *slav1.ComplianceReport, by ...string) error {
	out := &sheet{report: r, w: csv.NewWriter(w)}
	out.write(columns...)
	if len(by) == 0 {
		for _, c := range r.GetCommitments() {
			out.promise(c)
		}
		out.clocks("whole", r.GetClocks())
		for _, diagnosis := range r.GetDiagnoses() {
			out.causes(diagnosis)
		}
		by = Slices()
	}
	d := &desk{report: r}
	for _, name := range by {
		out.clocks(name, d.cut(name))
	}
	out.w.Flush()
	return out.w.Error()
}

// sheet is a CSV in the making. Its writer keeps the first error.
type sheet struct {
	report *slav1.ComplianceReport
	w      *csv.Writer
}

func (s *sheet) write(cells ...string) {
	_ = s.w.Write(cells) // the writer tells of it in the end
}

// row writes a row after the columns that every row has.
func (s *sheet) row(cells ...string) {
	r := s.report
	s.write(append([]string{r.GetPeriod(), r.GetStartTime().AsTime().Format(time.RFC3339Nano), r.GetEndTime().AsTime().Format(time.RFC3339Nano),
		r.GetAsOfTime().AsTime().Format(time.RFC3339Nano), closeTime(r), r.GetPlaybook()}, cells...)...)
}

// closeTime is when the period was closed; empty if it was not.
func closeTime(r *slav1.ComplianceReport) string {
	if r.GetCloseTime() == nil {
		return ""
	}
	return r.GetCloseTime().AsTime().Format(time.RFC3339Nano)
}

func (s *sheet) promise(c *slav1.CommitmentResult) {
	team := strings.ToLower(strings.TrimPrefix(c.GetTeam().String(), "TEAM_"))
	s.row("promise", team, c.GetMeasure(), "", "", "", "", "", "", "", given(c.Target), given(c.Actual), given(c.Kept))
}

func (s *sheet) clocks(cut string, rows []*slav1.ClockCompliance) {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b *slav1.ClockCompliance) int { return strings.Compare(a.GetSlice(), b.GetSlice()) })
	for _, c := range rows {
		s.row(cut, inert(c.GetSlice()), c.GetKind(), fmt.Sprint(c.GetMetCount()), fmt.Sprint(c.GetMissedCount()), fmt.Sprint(c.GetCancelledCount()),
			given(c.MetPerMille), given(c.PreviousMetPerMille), seconds(c.GetMedian()), seconds(c.GetP90()), "", "", "")
	}
}

// causes writes a row for each cause of missed clocks: its share, and of how many it has the largest.
func (s *sheet) causes(d *slav1.BreachDiagnosis) {
	for _, c := range d.GetCauses() {
		cause := strings.ToLower(strings.TrimPrefix(c.GetCause().String(), "BREACH_CAUSE_"))
		s.row("cause", cause, d.GetKind(), "", fmt.Sprint(c.GetClockCount()), "", fmt.Sprint(c.GetPerMille()), "", "", "", "", "", "")
	}
}

// given is a value; empty if it is missing.
func given[T any](value *T) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(*value)
}

func seconds(d *durationpb.Duration) string {
	if d == nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.6f", d.AsDuration().Seconds()), "0"), ".")
}

// inert keeps a spreadsheet from reckoning a name as a formula.
func inert(name string) string {
	if strings.IndexAny(name, "=+-@\t\r") == 0 {
		return "'" + name
	}
	return name
}
