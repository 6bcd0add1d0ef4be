package importer_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// published finds a published set of data beside the repository; the test is skipped where there is none.
func published(t *testing.T, set string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("Getwd() error: %v", err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err != nil {
			continue
		}
		path := filepath.Join(dir, "..", "shared", "data", set)
		if _, err := os.Stat(path); err != nil {
			break
		}
		return path
	}
	t.Skipf("the %s set is not in shared/data beside the repository: its import is not tested", set)
	return ""
}

// records reads a file of a set by column, apart from the importer.
func records(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("Open() error: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
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

// importSet imports a published set with its ready mapping into a fake suite.
func importSet(t *testing.T, set string) (dir string, f *fake, r *importer.Report) {
	t.Helper()
	dir = published(t, set)
	m, err := importer.ReadyMapping(set)
	if err != nil {
		t.Fatalf("ReadyMapping() error:\n%v", err)
	}
	b := &bundle{suite: newFake(), cfg: importer.Config{Mapping: m, Path: dir, Dir: t.TempDir(), Attempts: 1}}
	b.use(b.suite)
	r = b.run(t)
	if rejects := b.rejects(t); len(rejects) > 0 {
		t.Errorf("rejects: got %v", rejects)
	}
	return dir, b.suite, r
}

func TestOlist(t *testing.T) {
	t.Parallel()
	dir, suite, report := importSet(t, "olist_funnel")
	leads, deals := records(t, filepath.Join(dir, "marketing_qualified_leads.csv")), records(t, filepath.Join(dir, "closed_deals.csv"))
	pages, channels, contacts := map[string]bool{}, map[string]int{}, map[string]string{}
	for _, l := range leads {
		pages[l["landing_page_id"]] = true
		channels[strings.Replace(strings.Replace(l["origin"], "unknown", "", 1), "direct_traffic", "direct", 1)]++
		contacts[l["mql_id"]] = l["first_contact_date"]
	}
	rows, closed := int64(len(leads)), int64(len(deals))
	wantSteps(t, []importer.StepReport{
		{File: "marketing_qualified_leads.csv", Read: rows, Resources: []importer.Tally{
			{Kind: mapping.Campaign, Accepted: int64(len(pages)), Repeated: rows - int64(len(pages))},
			{Kind: mapping.Lead, Accepted: rows}, {Kind: mapping.Engagement, Accepted: rows}}},
		{File: "closed_deals.csv", Read: closed, Resources: []importer.Tally{{Kind: mapping.Opportunity, Accepted: closed}}},
	}, report)
	got := map[string]int{}
	for _, key := range suite.keys("engagement") {
		e, _ := suite.store["engagement/"+key].(*scoringv1.Engagement)
		got[e.GetChannel()]++
	}
	if diff := cmp.Diff(channels, got); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	brazil, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatalf("LoadLocation() error: %v", err)
	}
	early := 0
	for _, d := range deals {
		o, _ := suite.store["opportunity/olist/"+d["mql_id"]].(*attributionv1.Opportunity)
		opened, won := o.GetOpenTime().AsTime(), o.GetCloseTime().AsTime()
		if won.Format(time.DateTime) != d["won_date"] || o.GetAmount() != nil || len(o.GetContacts()) != 1 || o.GetContacts()[0].GetLead() != nameOf("leads", d["mql_id"]) {
			t.Errorf("deal %v became %v", d, o)
		}
		switch contact := contacts[d["mql_id"]]; {
		case d["won_date"] < contact:
			early++
			if !opened.Equal(won) {
				t.Errorf("deal %s was won on %s, before its first contact, and opened %v", d["mql_id"], d["won_date"], opened)
			}
		case opened.In(brazil).Format(time.DateOnly) != contact:
			t.Errorf("deal %s was opened %v, first contact %s", d["mql_id"], opened, contact)
		}
	}
	if early != 1 {
		t.Errorf("%d deals were won before the first contact, want 1", early)
	}
}

func TestMaven(t *testing.T) {
	t.Parallel()
	dir, suite, report := importSet(t, "maven_crm")
	agents, accounts := records(t, filepath.Join(dir, "sales_teams.csv")), records(t, filepath.Join(dir, "accounts.csv"))
	deals := records(t, filepath.Join(dir, "sales_pipeline.csv"))
	parents := int64(0)
	for _, a := range accounts {
		got, _ := suite.store["account/maven_crm/"+a["account"]].(*scoringv1.Account)
		revenue, err := strconv.ParseFloat(a["revenue"], 64)
		if err != nil {
			t.Fatalf("revenue %q: %v", a["revenue"], err)
		}
		if employees := strconv.FormatInt(got.GetEmployees(), 10); employees != a["employees"] || got.GetAnnualRevenue().GetUnits() != int64(revenue*1e6+0.5) {
			t.Errorf("account %v became %v", a, got)
		}
		if a["subsidiary_of"] != "" {
			parents++
			if got.GetParent() != nameOf("accounts", a["subsidiary_of"]) {
				t.Errorf("account %v became %v", a, got)
			}
		}
	}
	wantSteps(t, []importer.StepReport{
		{File: "sales_teams.csv", Read: int64(len(agents)), Resources: []importer.Tally{{Kind: mapping.Rep, Accepted: int64(len(agents))}}},
		{File: "accounts.csv", Read: int64(len(accounts)), Resources: []importer.Tally{{Kind: mapping.Account, Accepted: int64(len(accounts))}}},
		{File: "accounts.csv", Read: int64(len(accounts)), Resources: []importer.Tally{{Kind: mapping.Account, Accepted: parents, Skipped: int64(len(accounts)) - parents}}},
		{File: "sales_pipeline.csv", Read: int64(len(deals)), Resources: []importer.Tally{{Kind: mapping.Opportunity, Accepted: int64(len(deals))}}},
	}, report)
	for _, d := range deals {
		o, _ := suite.store["opportunity/maven_crm/"+d["opportunity_id"]].(*attributionv1.Opportunity)
		state := map[string]string{"Prospecting": "OPEN", "Engaging": "OPEN", "Won": "WON", "Lost": "LOST"}[d["deal_stage"]]
		account, opened, amount := "", d["engage_date"], ""
		if d["account"] != "" {
			account = nameOf("accounts", d["account"])
		}
		if opened == "" {
			opened = "2017-12-31"
		}
		if o.GetAmount() != nil {
			amount = strconv.FormatInt(o.GetAmount().GetUnits(), 10)
		}
		if o.GetState().String() != "STATE_"+state || o.GetAccount() != account || o.GetOpenTime().AsTime().Format(time.DateOnly) != opened ||
			(o.GetCloseTime() != nil) != (d["close_date"] != "") || amount != map[bool]string{true: d["close_value"]}[state == "WON"] ||
			suite.store["rep/"+strings.TrimPrefix(o.GetOwner(), "reps/")] == nil {
			t.Fatalf("deal %v became %v", d, o)
		}
	}
}

func TestXEducation(t *testing.T) {
	t.Parallel()
	dir, suite, report := importSet(t, "x_education")
	leads := records(t, filepath.Join(dir, "leads_train.csv"))
	converted := int64(0)
	for _, l := range leads {
		got, _ := suite.store["lead/x_education/"+l["Prospect ID"]].(*scoringv1.Lead)
		for name, value := range got.GetAttributes() {
			if value == "" || value == "Select" || value == "google" {
				t.Errorf("lead %s: attribute %s is %q", l["Prospect ID"], name, value)
			}
		}
		o, won := suite.store["opportunity/x_education/"+l["Prospect ID"]].(*attributionv1.Opportunity)
		if won != (l["Converted"] == "1") || (won && !o.GetOpenTime().AsTime().Equal(unknownContact)) {
			t.Errorf("lead %s, converted %s, became %v", l["Prospect ID"], l["Converted"], o)
		}
		if won {
			converted++
		}
	}
	rows := int64(len(leads))
	wantSteps(t, []importer.StepReport{{File: "leads_train.csv", Read: rows, Resources: []importer.Tally{
		{Kind: mapping.Lead, Accepted: rows}, {Kind: mapping.Opportunity, Accepted: converted, Skipped: rows - converted}}}}, report)
}

func TestReadyMappingsDoNotReadWhatGivesTheAnswerAway(t *testing.T) {
	t.Parallel()
	leaks := map[string]struct {
		step  int
		known string // the columns that are known before sales has looked at a lead; the mapping needs no other
	}{
		"olist_funnel": {0, "mql_id,first_contact_date,landing_page_id,origin"},
		"x_education": {0, "Prospect ID,Lead Origin,Lead Source,Do Not Email,Do Not Call,Converted,TotalVisits,Total Time Spent on Website,Page Views Per Visit," +
			"Country,Specialization,How did you hear about X Education,What is your current occupation,What matters most to you in choosing a course,Search," +
			"Newspaper Article,X Education Forums,Newspaper,Digital Advertisement,Through Recommendations,City,A free copy of Mastering The Interview"},
	}
	for name, leak := range leaks {
		m, err := importer.ReadyMapping(name)
		if err != nil {
			t.Fatalf("ReadyMapping() error:\n%v", err)
		}
		if _, err := m.Steps[leak.step].Bind(strings.Split(leak.known, ",")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	olist, err := importer.ReadyMapping("olist_funnel")
	if err != nil {
		t.Fatalf("ReadyMapping() error:\n%v", err)
	}
	if _, err := olist.Steps[1].Bind([]string{"mql_id", "won_date"}); err != nil {
		t.Errorf("closed deals: %v", err)
	}
}

func TestReadyNamesMappingsThatCanBeRead(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"maven_crm", "olist_funnel", "x_education"}, importer.Ready()); diff != "" {
		t.Errorf("Ready() (-want +got):\n%s", diff)
	}
	for _, name := range importer.Ready() {
		if _, err := importer.ReadyMapping(name); err != nil {
			t.Errorf("ReadyMapping(%s) error:\n%v", name, err)
		}
	}
	if _, err := importer.ReadyMapping("crm"); err == nil || err.Error() != `there is no ready mapping "crm"; there are maven_crm, olist_funnel, x_education` {
		t.Errorf("ReadyMapping() of none: got error %v", err)
	}
}
