package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// published finds a published set of data beside the repository; the test is skipped where there is none.
func published(t *testing.T, set string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "shared", "data", set))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the %s set is not in shared/data beside the repository: its import into a suite is not tested", set)
	}
	return path
}

// records reads a file of a set by column, apart from the importer.
func records(t *testing.T, path ...string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := make([]map[string]string, len(rows)-1)
	for i, row := range rows[1:] {
		all[i] = map[string]string{}
		for j, cell := range row {
			all[i][rows[0][j]] = cell
		}
	}
	return all
}

// figuresOf is what an import has to report, as counted from the files.
func figuresOf(t *testing.T, base, dir string) []importer.StepReport {
	t.Helper()
	step := func(file string, tallies ...importer.Tally) importer.StepReport {
		return importer.StepReport{File: file, Read: int64(len(records(t, dir, file))), Resources: tallies}
	}
	count := func(file string) int64 { return int64(len(records(t, dir, file))) }
	distinct := func(file, column string) int64 {
		seen := map[string]bool{"": true}
		for _, r := range records(t, dir, file) {
			seen[r[column]] = true
		}
		return int64(len(seen) - 1)
	}
	if base == "olist_funnel" {
		const leads, deals = "marketing_qualified_leads.csv", "closed_deals.csv"
		pages := distinct(leads, "landing_page_id")
		return []importer.StepReport{
			step(leads, importer.Tally{Kind: mapping.Campaign, Accepted: pages, Repeated: count(leads) - pages},
				importer.Tally{Kind: mapping.Lead, Accepted: count(leads)}, importer.Tally{Kind: mapping.Engagement, Accepted: count(leads)}),
			step(deals, importer.Tally{Kind: mapping.Opportunity, Accepted: count(deals)}),
		}
	}
	parents := int64(0)
	for _, a := range records(t, dir, "accounts.csv") {
		if a["subsidiary_of"] != "" {
			parents++
		}
	}
	return []importer.StepReport{
		step("sales_teams.csv", importer.Tally{Kind: mapping.Rep, Accepted: distinct("sales_teams.csv", "sales_agent")}),
		step("accounts.csv", importer.Tally{Kind: mapping.Account, Accepted: distinct("accounts.csv", "account")}),
		step("accounts.csv", importer.Tally{Kind: mapping.Account, Accepted: parents, Skipped: count("accounts.csv") - parents}),
		step("sales_pipeline.csv", importer.Tally{Kind: mapping.Opportunity, Accepted: distinct("sales_pipeline.csv", "opportunity_id")}),
	}
}

// wantOlistFunnel compares the funnel of each month, and of all, with the files. Events take a moment to arrive.
func (in *installation) wantOlistFunnel(t *testing.T, dir string) {
	t.Helper()
	in.events(t)
	brazil, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	won := map[string]bool{}
	for _, d := range records(t, dir, "closed_deals.csv") {
		won[d["mql_id"]] = true
	}
	leads, wins := map[string]int64{}, map[string]int64{}
	for _, l := range records(t, dir, "marketing_qualified_leads.csv") {
		for _, period := range []string{l["first_contact_date"][:7], "all"} {
			leads[period]++
			if won[l["mql_id"]] {
				wins[period]++
			}
		}
	}
	reports := attributionv1.NewAttributionServiceClient(in.connect(t))
	for period := range leads {
		from := time.Date(2017, 1, 1, 0, 0, 0, 0, brazil)
		to := from.AddDate(3, 0, 0)
		if month, err := time.ParseInLocation("2006-01", period, brazil); err == nil {
			from, to = month, month.AddDate(0, 1, 0)
		}
		got, err := reports.GetFunnelReport(patiently(t), &attributionv1.GetFunnelReportRequest{StartTime: timestamppb.New(from), EndTime: timestamppb.New(to)})
		if err != nil {
			t.Fatal(err)
		}
		first, last := got.GetStages()[0].GetCount(), got.GetStages()[len(got.GetStages())-1].GetCount()
		if first != leads[period] || last != wins[period] || len(got.GetSources()) != 1 || got.GetSources()[0].GetSlice() != "olist" {
			t.Errorf("funnel of %s: got %d leads and %d won, the files have %d and %d", period, first, last, leads[period], wins[period])
		}
	}
}

// wantMavenPipeline compares the pipeline of both sets with the files: how many deals, and what was won.
func (in *installation) wantMavenPipeline(t *testing.T, maven, olist string) {
	t.Helper()
	var units int64
	deals := records(t, maven, "sales_pipeline.csv")
	for _, d := range deals {
		if d["deal_stage"] == "Won" {
			var value int64
			if err := json.Unmarshal([]byte(d["close_value"]), &value); err != nil {
				t.Fatal(err)
			}
			units += value
		}
	}
	got, err := attributionv1.NewAttributionServiceClient(in.connect(t)).GetSourcingReport(patiently(t), &attributionv1.GetSourcingReportRequest{
		StartTime: timestamppb.New(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)), EndTime: timestamppb.New(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC))})
	if err != nil {
		t.Fatal(err)
	}
	want := int64(len(deals) + len(records(t, olist, "closed_deals.csv")))
	if pipeline := got.GetPipeline(); pipeline.GetOpportunityCount() != want || pipeline.GetAmount().GetUnits() != units || pipeline.GetAmount().GetCurrencyCode() != "USD" {
		t.Errorf("pipeline: got %v, the files have %d deals worth %d", pipeline, want, units)
	}
}
