package monday_test

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/monday"
)

func page(t *testing.T, r *slav1.ComplianceReport, by ...string) *monday.Page {
	t.Helper()
	p, err := monday.New(r, by...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out strings.Builder
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestThePageInEachFormat(t *testing.T) {
	t.Parallel()
	golden(t, "week.txt", written(t, page(t, week(), "rep").Text))
	golden(t, "week.md", written(t, page(t, week(), monday.Slices()...).Markdown))
	golden(t, "week.html", written(t, page(t, week(), monday.Slices()...).HTML))
	golden(t, "week.csv", written(t, func(w io.Writer) error { return monday.CSV(w, week()) }))
	golden(t, "people.csv", written(t, func(w io.Writer) error { return monday.CSV(w, week(), "rep") }))
}

func TestTheReportOfAClosedPeriodSaysSo(t *testing.T) {
	t.Parallel()
	r := week()
	r.CloseTime, r.ClosedBy, r.RestatementCount = utc("2026-03-10T14:00:00Z"), "revops", 1
	golden(t, "closed.txt", written(t, page(t, r).Text))
	golden(t, "closed.csv", written(t, func(w io.Writer) error { return monday.CSV(w, r, "rep") }))
	for n, since := range map[int32]string{0: "Nothing was restated since.", 1: "1 clock was restated since.", 1200: "1,200 clocks were restated since."} {
		r.RestatementCount = n
		want := "Closed on Tue 10 Mar 2026 10:00 by revops: the figures are those of that moment. " + since
		for _, text := range []string{written(t, page(t, r).Text), written(t, page(t, r).Markdown), written(t, page(t, r).HTML)} {
			if !strings.Contains(text, want) {
				t.Errorf("want %q in\n%s", want, text)
			}
		}
	}
}

func TestTheHeadlineSaysWhatWasKeptAndWhatNot(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*slav1.CommitmentResult)
		want   string
	}{
		"one broken and one kept": {func(*slav1.CommitmentResult) {},
			"Sales kept 1 of 3 promises. Broken: handoffs accepted in time: 87.5 % instead of at least 90.0 %; first touches in time: 90.0 % instead of more than 90.0 %."},
		"all kept":         {func(c *slav1.CommitmentResult) { c.Kept = new(true) }, "Sales kept all 3 promises."},
		"nothing promised": {func(c *slav1.CommitmentResult) { c.Target, c.Kept = nil, nil }, "Sales has promised nothing."},
		"nothing happened": {func(c *slav1.CommitmentResult) { c.Actual, c.Kept = nil, nil }, "Sales has nothing to show yet."},
	} {
		r := week()
		for _, c := range r.GetCommitments() {
			test.change(c)
		}
		if got := page(t, r).Teams[1].Headline; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if got, want := page(t, week()).Teams[0].Headline, "Marketing kept 1 of 2 promises. Open: 1."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPeriodsAreNamedAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ period, start, end, title, days string }{
		{"2026-W10", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z", "Week 10 of 2026", "2 to 8 March 2026"},
		{"2026-W14", "2026-03-30T04:00:00Z", "2026-04-06T04:00:00Z", "Week 14 of 2026", "30 March to 5 April 2026"},
		{"2026-W53", "2026-12-28T05:00:00Z", "2027-01-04T05:00:00Z", "Week 53 of 2026", "28 December 2026 to 3 January 2027"},
		{"2026-03", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z", "March 2026", "1 to 31 March 2026"},
		{"2026-Q1", "2026-01-01T05:00:00Z", "2026-04-01T04:00:00Z", "Quarter 1 of 2026", "1 January to 31 March 2026"},
		{"", "2026-03-02T05:00:00Z", "2026-03-03T05:00:00Z", "2 March 2026", "2 March 2026"},
	} {
		r := week()
		r.Period, r.StartTime, r.EndTime = test.period, utc(test.start), utc(test.end)
		if p := page(t, r); p.Title != test.title || p.Days != test.days {
			t.Errorf("%s: got %q, %q, want %q, %q", test.period, p.Title, p.Days, test.title, test.days)
		}
	}
}

func TestAReportBeforeAnyPlaybookSaysSo(t *testing.T) {
	t.Parallel()
	r := week()
	r.Commitments, r.Playbook = nil, ""
	for _, text := range []string{written(t, page(t, r).Text), written(t, page(t, r).Markdown), written(t, page(t, r).HTML)} {
		if !strings.Contains(text, "nobody had promised anything") || strings.Contains(text, "by playbook") {
			t.Errorf("got\n%s", text)
		}
	}
}

func TestWhereItHurtsNeedsFiveThatFellDue(t *testing.T) {
	t.Parallel()
	var names []string
	for _, row := range page(t, week()).Sections[0].Rows {
		names = append(names, row[1]+" "+row[2])
	}
	// Bob's first touches, two of four, are too few to say anything of him; west and website kept less than was promised.
	if got, want := strings.Join(names, ", "), "bob accepted, =<b>|evil accepted, T1 accepted, west accepted"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestANameIsNeverAFormulaNorMarkup(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(written(t, func(w io.Writer) error { return monday.CSV(w, week(), "source") }))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[1][7]; got != "'=<b>|evil" {
		t.Errorf("got the name %q", got)
	}
	if html := written(t, page(t, week(), "source").HTML); strings.Contains(html, "<b>|evil") {
		t.Error("a name is markup in the HTML")
	}
	if md := written(t, page(t, week(), "source").Markdown); strings.Contains(md, "<b>") || strings.Contains(md, "b>|evil") {
		t.Error("a name is markup in the Markdown")
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestAFailedWriteIsTold(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer) error{"text": page(t, week()).Text, "markdown": page(t, week()).Markdown, "html": page(t, week()).HTML,
		"csv": func(w io.Writer) error { return monday.CSV(w, week()) }} {
		if write(closedPipe{}) == nil {
			t.Errorf("%s: got no error of a closed pipe", name)
		}
	}
}
