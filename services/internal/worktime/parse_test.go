package worktime_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

const yamlText = `# Sales, east coast
time_zone: America/New_York
hours:
  mon: &day [["09:00", "12:00"], ["13:00", "17:00"]]
  tue: *day
  fri: [[09:00, 17:00]]
  sat:
holidays:
  - 2026-05-25
overrides: {2026-12-24: [["09:00", "12:00"]], 2026-12-31: []}
breaks: {2026-12-23: [["12:00", "13:00"]]}
day_hours: 7h30m
`

const jsonText = `{
	"time_zone": "America/New_York",
	"hours": {
		"mon": [["09:00", "12:00"], ["13:00", "17:00"]],
		"tue": [["09:00", "12:00"], ["13:00", "17:00"]],
		"fri": [["09:00", "17:00"]]
	},
	"holidays": ["2026-05-25"],
	"overrides": {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []},
	"breaks": {"2026-12-23": [["12:00", "13:00"]]},
	"day_hours": "7h30m", "always": false
}`

func TestTextBecomesASpec(t *testing.T) {
	t.Parallel()
	day := []worktime.Span{hours("09:00", "12:00"), hours("13:00", "17:00")}
	want := worktime.Spec{
		TimeZone:  "America/New_York",
		Hours:     worktime.Week{time.Monday: day, time.Tuesday: day, time.Friday: {hours("09:00", "17:00")}},
		Holidays:  []worktime.Date{date(2026, 5, 25)},
		Overrides: map[worktime.Date][]worktime.Span{date(2026, 12, 24): {hours("09:00", "12:00")}, date(2026, 12, 31): nil},
		Breaks:    map[worktime.Date][]worktime.Span{date(2026, 12, 23): {hours("12:00", "13:00")}},
		DayHours:  7*time.Hour + 30*time.Minute,
	}
	for name, text := range map[string]string{"YAML": yamlText, "JSON": jsonText} {
		got, err := worktime.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for text, want := range map[string]worktime.Spec{
		"always: true": {Always: true},
		"{time_zone: UTC, hours: {sun: [[22:00, 24:00]]}, holidays: , breaks: null}": {
			TimeZone: "UTC", Hours: worktime.Week{time.Sunday: {hours("22:00", "24:00")}},
		},
	} {
		got, err := worktime.Parse([]byte(text))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v, (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestTextIsRefusedWithThePlaceOfEveryProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"empty":            {"", []string{"line 1, column 1: is empty"}},
		"only a comment":   {"# nothing\n", []string{"line 1, column 1: is empty"}},
		"a list":           {"[]", []string{"line 1, column 1: want a mapping"}},
		"not UTF-8":        {"always: true\n# \xff", []string{"line 2, column 3: is not UTF-8"}},
		"UTF-16":           {"\xff\xfea\x00", []string{"line 1, column 1: is not UTF-8"}},
		"control":          {"\n# ä\x00", []string{"line 2, column 4: has a control character, U+0000"}},
		"second document":  {"always: true\n---\nalways: true", []string{"line 2, column 1: has a second document"}},
		"trailing text":    {"{}\nx", []string{"line 2: did not find expected <document start>"}},
		"not closed":       {"\nhours:\n  mon: [[09:00\n", []string{"line 3: did not find expected ',' or ']'"}},
		"not YAML":         {"\na: b: c", []string{"line 2: mapping values are not allowed in this context"}},
		"not YAML at once": {"a: b: c", []string{"line 1: mapping values are not allowed in this context"}},
		"no such anchor":   {"hours: *x", []string{"line 1: unknown anchor 'x' referenced"}},
		"nothing required": {"{}", []string{
			"line 1, column 1: time_zone: is required, such as Europe/Berlin",
			"line 1, column 1: hours: are never open",
		}},
		"keys": {"zone: UTC\nhours: {noon: []}\nbreaks: {May: []}\nalways: true\nalways: false\n<<: {}", []string{
			`line 1, column 1: unknown key "zone"`,
			`line 2, column 9: hours: unknown weekday "noon", want mon to sun`,
			`line 3, column 10: breaks: "May" is not a date such as 2026-12-24`,
			`line 5, column 1: key "always" is given twice`,
			`line 6, column 1: unknown key "<<"`,
		}},
		"values": {"time_zone: [UTC]\nhours: 9\nholidays: {}\nday_hours: 0h\nalways: yes\n", []string{
			"line 2, column 8: hours: want a mapping",
			"line 3, column 11: holidays: want a list",
			`line 4, column 12: day_hours: "0h" is not a duration such as 7h30m`,
			`line 5, column 9: always: "yes" is neither true nor false`,
		}},
		"times": {"hours:\n  mon: [[9:00, 24:01], [10:00]]\n  tue: 9\n  wed: [[[], 17:00]]", []string{
			`line 2, column 10: hours.mon[0]: "9:00" is not a time from 00:00 to 24:00`,
			`line 2, column 16: hours.mon[0]: "24:01" is not a time from 00:00 to 24:00`,
			`line 2, column 24: hours.mon[1]: want a pair of times such as ["09:00", "17:00"]`,
			"line 3, column 8: hours.tue: want a list",
			`line 4, column 10: hours.wed[0]: "" is not a time from 00:00 to 24:00`,
		}},
		"days": {"holidays: [2026-02-29, [], " + strings.Repeat("x", 50) + "]", []string{
			`line 1, column 12: holidays[0]: "2026-02-29" is not a date such as 2026-05-25`,
			`line 1, column 24: holidays[1]: "" is not a date such as 2026-05-25`,
			`line 1, column 28: holidays[2]: "` + strings.Repeat("x", 40) + `…" is not a date such as 2026-05-25`,
		}},
		"public holidays": {"public_holidays: [us, [], {country: DE, subdivision: XX}, {land: US}, {country: US, except: [Columbs Day, 2026-10-12]}]", []string{
			`line 1, column 19: public_holidays[0]: "us" is not a country: did you mean US?`,
			"line 1, column 23: public_holidays[1]: want a country such as US, or {country: DE, subdivision: BY, except: []}",
			`line 1, column 27: public_holidays[2]: "XX" is no part of DE whose holidays are known: there are BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH`,
			`line 1, column 60: public_holidays[3]: unknown key "land", want country, subdivision or except`,
			`line 1, column 59: public_holidays[3]: no country is named`,
			`line 1, column 94: public_holidays[4].except: US has no holiday "Columbs Day": did you mean Columbus Day?`,
		}},
		"too many regions":      {"public_holidays: [" + strings.Repeat("US, ", 6) + "]", []string{"line 1, column 18: public_holidays: has 6 entries, more than 5"}},
		"holidays of wall time": {"always: true\npublic_holidays: [US]", []string{"line 1, column 9: always: leaves no room for hours, holidays, overrides or breaks"}},
		"what it means": {"time_zone: Mars/Base\nhours:\n  mon: [[09:00, 17:00],\n    [16:00, 18:00]]\nbreaks: {2026-12-24: [[12:00, 12:00]]}\nday_hours: 30h", []string{
			`line 1, column 12: time_zone: "Mars/Base" is not an IANA time zone`,
			"line 4, column 5: hours.mon[1]: overlaps hours.mon[0]",
			"line 5, column 23: breaks.2026-12-24[0]: opens at 12:00, not before it closes at 12:00",
			"line 6, column 12: day_hours: 30h0m0s is not between 0 and 24 hours",
		}},
		"too many spans": {"hours: {mon: [" + strings.Repeat("x,", 25) + "]}", []string{
			"line 1, column 14: hours.mon: has 25 entries, more than 24",
		}},
		"too much text": {strings.Repeat("#", worktime.MaxText+1), []string{"has 262145 bytes, more than 262144"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := worktime.Parse([]byte(test.text))
			if diff := cmp.Diff(test.want, problems(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextThatMultipliesByAliasesStaysBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("time_zone: UTC\nhours: {mon: &day [" + strings.Repeat("[x, y],", worktime.MaxSpans) + "]}\noverrides:\n")
	for i := range 2 * worktime.MaxDates {
		fmt.Fprintf(&text, "  %v: *day\n", time.Unix(0, 0).UTC().AddDate(0, 0, i).Format(time.DateOnly))
	}
	_, err := worktime.Parse([]byte(text.String()))
	if got := len(problems(t, err)); got != 100 {
		t.Errorf("got %d problems, want 100", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		yamlText, jsonText, "always: true", "public_holidays: [US, DE-BY, {country: CA, except: [Canada Day, 2026-01-01]}]\ntime_zone: UTC\nhours: {mon: [[09:00, 17:00]]}", "hours: {mon: &a [*a]}", "&a {*a : *a}", "- - - -", "time_zone: Local\nhours: 3\nhours: 4",
		"{time_zone: UTC, hours: {sun: [[22:00, 24:00]]}, holidays: [0000-01-01]}", "? [a]\n: b", "!!binary x: y", "%YAML 1.1\n---\n{}",
	} {
		f.Add([]byte(seed))
	}
	start := at("2026-03-04T12:00Z")
	f.Fuzz(func(t *testing.T, data []byte) {
		spec, err := worktime.Parse(data)
		if err != nil {
			if len(problems(t, err)) == 0 {
				t.Error("refused without a problem")
			}
			return
		}
		c, err := worktime.New(spec)
		if err != nil {
			t.Fatalf("parsed, but %v", err)
		}
		got, err := c.Due(start, 30*time.Hour)
		if err == nil && c.Worked(start, got) != 30*time.Hour {
			t.Errorf("due at %v, with %v worked", got, c.Worked(start, got))
		}
		if err != nil && !errors.Is(err, worktime.ErrHorizon) {
			t.Error(err)
		}
	})
}
