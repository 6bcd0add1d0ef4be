package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

// predicted runs the command in this process.
func predicted(t *testing.T, args ...string) (out, complaints string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := root()
	cmd.SetArgs(append([]string{"predict"}, args...))
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

func typedBySales(set string) []string {
	return []string{filepath.Join(set, "leads_train.csv"), "--label=Converted", "--id=Prospect ID", "--blank=Select",
		"--exclude=Lead Number,Tags,Lead Quality,Lead Profile,Asymmetrique*,Last Activity,Last Notable Activity"}
}

func TestXEducationIsPredictedWithoutWhatSalesTyped(t *testing.T) {
	set, model := published(t, "x_education"), filepath.Join(t.TempDir(), "model.json")
	args := append([]string{"train", "--model=" + model, "-o=json"}, typedBySales(set)...)
	out, _, err := predicted(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(model)
	if err != nil || string(kept) != out {
		t.Fatalf("what is kept is not what is printed (%v)", err)
	}
	m, err := predict.Decode(kept)
	if err != nil {
		t.Fatal(err)
	}
	held := m.Training.Held
	if held.AUC.Low < 0.83 || held.AUC.High > 0.91 || held.BrierSkill < 0.38 || held.Calibration.Error > 0.04 || held.TopTenth.Lift < 2.3 {
		t.Errorf("%+v", held)
	}
	if len(m.Training.Warnings) > 0 {
		t.Errorf("warned of %+v", m.Training.Warnings)
	}
	for _, f := range m.Features {
		for _, l := range f.Levels {
			if f.Name == "Lead Source" && (strings.EqualFold(l.Value, "google") || l.Value == "Select") {
				t.Errorf("%q is a level beside %q", l.Value, f.Base)
			}
		}
	}
	if again, _, err := predicted(t, args...); err != nil || again != out {
		t.Errorf("trained again it is another model (%v)", err)
	}
	if again, _, err := predicted(t, append(args, "--seed=1")...); err != nil || again == out {
		t.Errorf("another seed holds the same rows out (%v)", err)
	}
}

func TestXEducationWithWhatSalesTypedIsWarnedOf(t *testing.T) {
	out, _, err := predicted(t, "train", filepath.Join(published(t, "x_education"), "leads_train.csv"), "--label=Converted", "--id=Prospect ID", "--blank=Select")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"WARNING: these may be known only after", "  Tags                         implausible", "  Tags                         decisive", "  Lead Quality                 afterwards"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestMavenIsRefusedForWantOfSignal(t *testing.T) {
	set := published(t, "maven_crm")
	for _, split := range []string{"--time=engage_date", "--seed=0", "--seed=1", "--seed=2"} {
		out, complaints, err := predicted(t, "train", filepath.Join(set, "sales_pipeline.csv"), "--join="+filepath.Join(set, "accounts.csv")+":account",
			"--label=deal_stage", "--positive=Won", "--negative=Lost", "--id=opportunity_id", "--only=sales_agent,product,sector,account", split)
		if !errors.Is(err, notPredicted) || out != "" || !strings.Contains(complaints, "REFUSED: no model was made\n  there is no signal: the AUC on the") {
			t.Errorf("%s: %v\n%s%s", split, err, out, complaints)
		}
	}
}

func TestOlistIsMeasuredOnLaterLeads(t *testing.T) {
	set := published(t, "olist_funnel")
	out, _, err := predicted(t, "train", filepath.Join(set, "marketing_qualified_leads.csv"), "--join="+filepath.Join(set, "closed_deals.csv")+":mql_id",
		"--label=won_date", "--positive=*", "--id=mql_id", "--time=first_contact_date", "--from=2018-01-01", "--only=landing_page_id,origin", "-o=json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := predict.Decode([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	tr := m.Training
	if !tr.Ordered || tr.From.Format("2006-01-02") != "2018-01-01" || !tr.Cut.After(*tr.From) || !tr.To.After(*tr.Cut) || tr.Held.AUC.Low < 0.52 || tr.Held.AUC.Value > 0.75 {
		t.Errorf("%+v", tr)
	}
}

// made writes leads of which those from DE convert more often.
func made(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("\ufefflead;created;land;besuche;ergebnis\r\n")
	for i := range 1000 {
		land, won := []string{"DE", "Österreich"}[i%2], i%10 == 0 || i%10 == 4 || i%30 == 5
		fmt.Fprintf(&text, "l%d;2026-01-%02d 10:00;%s;%d;%s\r\n", i, 1+i/40, land, i%7, map[bool]string{true: "Won", false: "lost"}[won])
	}
	path := filepath.Join(t.TempDir(), "leads.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAModelIsTrainedMeasuredAndUsed(t *testing.T) {
	leads, model := made(t), filepath.Join(t.TempDir(), "m.json")
	out, _, err := predicted(t, "train", leads, "--label=ergebnis", "--id=lead", "--time=created", "--model="+model)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"learnt from 800 rows", "measured on 200 later rows: learnt from 2026-01-01", "Österreich, beside DE", "takes away"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	out, _, err = predicted(t, "evaluate", leads, "--label=ergebnis", "--model="+model, "--time=created", "--from=2026-01-21", "-o=json")
	var figures measure.Figures
	if err != nil || json.Unmarshal([]byte(out), &figures) != nil || figures.Rows != 200 {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = predicted(t, "score", leads, "--id=lead", "--model="+model)
	rows, broken := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || broken != nil || len(rows) != 1001 || rows[2][0] != "l1" || rows[2][2] != "takes away: land = Österreich" || rows[1][1] <= rows[2][1] {
		t.Errorf("%v %v\n%.500s", err, broken, out)
	}
	again, _, err := predicted(t, "score", leads, "--model="+model, "-o=json")
	if line, _, _ := strings.Cut(again, "\n"); err != nil || !strings.HasPrefix(line, `{"id":"2","probability":0.`) || !strings.Contains(line, `"adds: land = DE"`) {
		t.Errorf("%v\n%.300s", err, again)
	}
}

func TestWhatPredictCannotDoItSays(t *testing.T) {
	leads, dir := made(t), t.TempDir()
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no label":          {[]string{"train", leads}, `required flag(s) "label" not set`},
		"a wrong label":     {[]string{"train", leads, "--label=stage"}, leads + `: not a table: there is no column "stage"; there are lead, created, land, besuche, ergebnis`},
		"no such file":      {[]string{"train", "nowhere.csv", "--label=a"}, "open nowhere.csv: no such file or directory"},
		"no such format":    {[]string{"train", leads, "--label=ergebnis", "-o=xml"}, `--output is text, json or csv, not "xml"`},
		"a period alone":    {[]string{"train", leads, "--label=ergebnis", "--from=2026-01-01"}, "--from and --to need --time: which column says when a row came into being?"},
		"no model":          {[]string{"score", leads, "--model=" + broken}, broken + `: model: the format is "", and only "handoff.predict/1" is read`},
		"half a join":       {[]string{"train", leads, "--label=ergebnis", "--join=deals.csv"}, `--join is FILE:COLUMN, not "deals.csv"`},
		"much held out":     {[]string{"train", leads, "--label=ergebnis", "--holdout=1"}, "options: the held-out share is 1, and must be above 0 and below 1"},
		"nobody to measure": {[]string{"train", leads, "--label=ergebnis", "--positive=sold", "--negative=gone"}, "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := predicted(t, c.args...); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
