package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestACalculatorSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := write(t, t.TempDir(), "sales.yaml", newYork)
	bad := write(t, t.TempDir(), "bad.yaml", "time_zone: America/New_Yrok\nhours:\n  mon: [[\"09:00\", \"17:00\"], [\"16:00\", \"18:00\"]]\n")
	never := write(t, t.TempDir(), "never.yaml", "time_zone: UTC\nhours: {}\n")
	once := write(t, t.TempDir(), "once.yaml", "time_zone: UTC\noverrides: {2020-06-01: [['09:00', '10:00']]}\n")
	for _, tt := range []struct {
		args   string
		want   []string
		status int
	}{
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=4h", nil, 0},
		{"due --calendar=" + bad + " --start=2026-05-22T16:00:00-04:00 --within=4h", []string{
			bad + `: line 1, column 12: time_zone: "America/New_Yrok" is not an IANA time zone: did you mean America/New_York?`,
			bad + ": line 3, column 29: hours.mon[1]: overlaps hours.mon[0]",
		}, 1},
		{"due --calendar=" + never + " --start=2026-05-22T16:00:00-04:00 --within=4h", []string{never + ": line 2, column 8: hours: are never open"}, 1},
		{"due --calendar=" + once + " --start=2026-05-22T16:00:00-04:00 --within=4h", []string{"does not give 4h of working time within 50 years of 2026-05-22T16:00:00-04:00"}, 1},
		{"due --calendar=" + file + " --start=9999-12-31T16:00:00-05:00 --within=4h", []string{"within 50 years"}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=4h --pause=2026-05-22T16:30:00-04:00/", []string{"a pause without an end keeps"}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=99999999999d", []string{"--within"}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=999999999d2000000h", []string{"within 50 years"}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=-4h", []string{"--within: -4h is less than nothing"}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=1d-4h", []string{`--within: "1d-4h" is not a length of time such as 4h`}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=4", []string{`--within: "4" is not a length`}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00 --within=4h", []string{`--start: "2026-05-22T16:00:00" is not an instant of RFC 3339`}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=4h --pause=lunch", []string{`--pause is FROM/TO`}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=4h --pause=2026-05-22T16:00:00-04:00/2026-05-22T15:00:00-04:00", []string{"ends before it starts"}, 1},
		{"due --calendar=" + file + " --start=2026-05-22T16:00:00-04:00 --within=4h -o=csv", []string{`--output is text or json, not "csv"`}, 1},
		{"due --calendar=nowhere.yaml --start=2026-05-22T16:00:00-04:00 --within=4h", []string{"nowhere.yaml"}, 1},
		{"due --calendar=" + file, []string{`"start", "within" not set`}, 1},
		{"elapsed --calendar=" + file + " --from=2026-05-22T16:00:00-04:00 --to=2026-05-22T15:59:59-04:00", []string{"--to: 2026-05-22T15:59:59-04:00 is before --from"}, 1},
		{"elapsed --calendar=" + file + " --from=2026-05-22 --to=2026-05-23T15:59:59-04:00", []string{`--from: "2026-05-22" is not an instant`}, 1},
		{"forever", []string{"forever"}, 1},
	} {
		out, problems, status := handoff(t, append([]string{"sla"}, strings.Fields(tt.args)...)...)
		if status != tt.status || status != 0 && out != "" {
			t.Errorf("%s: status %d, want %d, and printed %q\n%s", tt.args, status, tt.status, out, problems)
		}
		for _, want := range tt.want {
			if !strings.Contains(problems, want) {
				t.Errorf("%s: %q is missing in\n%s", tt.args, want, problems)
			}
		}
	}
}

// TestPublishedCasesGiveTheSameFromTheCommandLine runs what three libraries for business time agree upon.
func TestPublishedCasesGiveTheSameFromTheCommandLine(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(published(t, "vectors"), "sla_business_time.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Calendars map[string]json.RawMessage
		Cases     []struct {
			ID, Op, Calendar, Start, End string
			Seconds                      int64
			Expected                     any
			Agreed                       bool
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	ran, other := map[string]int{}, map[string]int{}
	for _, c := range file.Cases {
		calendar := strings.NewReplacer(`"tz"`, `"time_zone"`, `"date_overrides"`, `"overrides"`, `"date_breaks"`, `"breaks"`).Replace(string(file.Calendars[c.Calendar]))
		switch {
		case !c.Agreed:
			other["not agreed upon"]++
		case c.Op == "add" && c.Seconds < 0:
			other["backwards"]++
		case c.Op == "add":
			ran[c.Op]++
			out, err := calculated(t, calendar, "due", "--start="+c.Start, "--within="+strconv.FormatInt(c.Seconds, 10)+"s")
			answer, _, _ := strings.Cut(out, "\n")
			got, _ := time.Parse(time.RFC3339, answer)
			if want, wrong := time.Parse(time.RFC3339, c.Expected.(string)); err != nil || wrong != nil || !got.Equal(want) {
				t.Errorf("%s: got %v, %v, want %v", c.ID, got, err, want)
			}
		case c.Op == "between":
			ran[c.Op]++
			out, err := calculated(t, calendar, "elapsed", "--from="+c.Start, "--to="+c.End, "-o=json")
			if want := `{"elapsedSeconds":` + strconv.FormatFloat(c.Expected.(float64), 'f', -1, 64) + `}`; err != nil || compact(t, out) != want {
				t.Errorf("%s: got %s, %v, want %s", c.ID, out, err, want)
			}
		default:
			other["no question to a calculator: "+c.Op]++
		}
	}
	t.Logf("ran %v, left out %v", ran, other)
	if ran["add"] < 25 || ran["between"] < 30 {
		t.Errorf("only %v were run", ran)
	}
}
