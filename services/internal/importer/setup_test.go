package importer_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/importer"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// shop is a mapping in which everything refers to something.
const shop = `
source: crm
steps:
  - file: people.csv
    make:
      - campaign:
          id: {column: page, slug: true}
          display_name: page
      - lead:
          source_id: id
          email: email
          occur_time: seen
          campaign: {column: page, slug: true}
      - engagement:
          source_event_id: {template: "form-{id}"}
          lead_source_id: id
          type: {constant: form_submit}
          occur_time: seen
  - file: deals.csv
    make:
      - opportunity:
          source_id: deal
          contacts: person
          state: {constant: won}
          open_time: {first_contact_of: person, at_latest: won}
          close_time: won
        unless: {won: ""}
`

// bundle is a folder of files, a suite and a directory for the import.
type bundle struct {
	suite *fake
	cfg   importer.Config
}

func setup(t *testing.T, text string, files map[string]string) *bundle {
	t.Helper()
	m, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse() error:\n%v", err)
	}
	b := &bundle{suite: newFake(), cfg: importer.Config{Mapping: m, Path: t.TempDir(), Dir: t.TempDir(), Suite: "test", BatchRows: 3, Attempts: 1}}
	b.use(b.suite)
	for name, content := range files {
		b.write(t, name, content)
	}
	return b
}

func (b *bundle) use(f *fake) {
	b.suite, b.cfg.Scoring, b.cfg.Attribution, b.cfg.Routing = f, f, f, f
}

func (b *bundle) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.cfg.Path, name), []byte(content), 0o600); err != nil {
		t.Fatalf("WriteFile() error: %v", err)
	}
}

func (b *bundle) run(t *testing.T) *importer.Report {
	t.Helper()
	r, err := importer.Run(context.Background(), b.cfg)
	if err != nil {
		t.Fatalf("Run() error: %v", err)
	}
	return r
}

// rejects are the lines of the reject file after the header, with bars between the cells.
func (b *bundle) rejects(t *testing.T) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(b.cfg.Dir, "rejects.csv"))
	if err != nil {
		t.Fatalf("Open() error: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("read rejects: %v", err)
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, "|"))
	}
	if want := "file|line|resource|key|reason|field|message"; len(lines) == 0 || lines[0] != want {
		t.Fatalf("rejects begin with %v, want %s", lines, want)
	}
	return lines[1:]
}

func wantSteps(t *testing.T, want []importer.StepReport, got *importer.Report) {
	t.Helper()
	if diff := cmp.Diff(want, got.Steps); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

// people and deals: seven people on two pages, one of them no row, and four deals.
func shopFiles() map[string]string {
	return map[string]string{
		"people.csv": "id,email,seen,page\n" +
			"1,ann@a.example,2026-03-02,Home\n2,bob@a.example,2026-03-02,Home\n3,\"cid\n@a.example\",2026-03-03,Home\n" +
			"4,dan@a.example,2026-03-03,Price\n5,eve@a.example,someday,Price\n6,fay@a.example,2026-03-04,Home\n7,gus\"@a.example,2026-03-04,Home\n8,hal@a.example,2026-03-05,Home\n",
		"deals.csv": "deal,person,won\nD1,1,2026-03-09\nD2,2,2026-03-01\n=D3,9,2026-03-09\nD4,4,\nD5,8,2026-03-10\n",
	}
}

func shopSteps() []importer.StepReport {
	return []importer.StepReport{
		{File: "people.csv", Read: 8, Rejected: 2, Resources: []importer.Tally{
			{Kind: mapping.Campaign, Accepted: 2, Repeated: 4, Rejected: 2},
			{Kind: mapping.Lead, Accepted: 6, Rejected: 2},
			{Kind: mapping.Engagement, Accepted: 6, Rejected: 2},
		}},
		{File: "deals.csv", Read: 5, Rejected: 1, Resources: []importer.Tally{
			{Kind: mapping.Opportunity, Accepted: 3, Skipped: 1, Rejected: 1},
		}},
	}
}
