package holiday_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/holiday"
)

func find(t *testing.T, code string) holiday.Region {
	t.Helper()
	region, err := holiday.Find(code)
	if err != nil {
		t.Fatal(err)
	}
	return region
}

func told(days []holiday.Day) []string {
	all := make([]string, len(days))
	for i, d := range days {
		all[i] = d.Date.Format("Mon 2006-01-02 ") + d.Name
	}
	return all
}

// The published lists: of the US by its Office of Personnel Management, of England and Wales by gov.uk, of Bavaria by the
// state's law on holidays.
func TestHolidaysAreThoseThatTheStatePublishes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code string
		year int
		want []string
	}{
		{"US", 2026, []string{
			"Thu 2026-01-01 New Year's Day", "Mon 2026-01-19 Martin Luther King Jr. Day", "Mon 2026-02-16 Presidents' Day", "Mon 2026-05-25 Memorial Day",
			"Fri 2026-06-19 Juneteenth", "Fri 2026-07-03 Independence Day (observed)", "Sat 2026-07-04 Independence Day", "Mon 2026-09-07 Labor Day",
			"Mon 2026-10-12 Columbus Day", "Wed 2026-11-11 Veterans Day", "Thu 2026-11-26 Thanksgiving Day", "Fri 2026-12-25 Christmas Day",
		}},
		{"GB", 2026, []string{
			"Thu 2026-01-01 New Year's Day", "Fri 2026-04-03 Good Friday", "Mon 2026-04-06 Easter Monday", "Mon 2026-05-04 Early May",
			"Mon 2026-05-25 Spring Bank Holiday", "Mon 2026-08-31 Summer Bank Holiday", "Fri 2026-12-25 Christmas Day",
			"Sat 2026-12-26 Boxing Day", "Mon 2026-12-28 Boxing Day (observed)",
		}},
		{"DE-BY", 2026, []string{
			"Thu 2026-01-01 Neujahrstag", "Tue 2026-01-06 Heilige Drei Könige", "Fri 2026-04-03 Karfreitag", "Mon 2026-04-06 Ostermontag",
			"Fri 2026-05-01 Tag der Arbeit", "Thu 2026-05-14 Christi Himmelfahrt", "Mon 2026-05-25 Pfingstmontag", "Thu 2026-06-04 Fronleichnam",
			"Sat 2026-10-03 Tag der Deutschen Einheit", "Sun 2026-11-01 Allerheiligen", "Fri 2026-12-25 Weihnachtstag", "Sat 2026-12-26 Zweiter Weihnachtsfeiertag",
		}},
	} {
		if diff := cmp.Diff(tt.want, told(find(t, tt.code).In(tt.year))); diff != "" {
			t.Errorf("%s in %d (-want +got):\n%s", tt.code, tt.year, diff)
		}
	}
}

func TestADayOffBelongsToTheYearInWhichItLies(t *testing.T) {
	t.Parallel()
	us := find(t, "US")
	before, after := told(us.In(2027)), told(us.In(2028))
	if want := "Fri 2027-12-31 New Year's Day (observed)"; before[len(before)-1] != want {
		t.Errorf("2027 ends with %q, want %q", before[len(before)-1], want)
	}
	if want := "Sat 2028-01-01 New Year's Day"; after[0] != want {
		t.Errorf("2028 starts with %q, want %q", after[0], want)
	}
}

func TestEveryRegionHasHolidaysInOrder(t *testing.T) {
	t.Parallel()
	codes := 0
	for _, country := range holiday.Countries() {
		regions := []string{country}
		if parts := holiday.Parts(country); len(parts) > 0 {
			if _, err := holiday.Find(country); err != nil {
				regions = nil
			}
			for _, part := range parts {
				regions = append(regions, country+"-"+part)
			}
		}
		for _, code := range regions {
			codes++
			for year := 2020; year <= 2035; year++ {
				days := find(t, code).In(year)
				if len(days) < 3 || len(days) > 25 || !slices.IsSortedFunc(days, func(a, b holiday.Day) int { return a.Date.Compare(b.Date) }) {
					t.Errorf("%s in %d: %v", code, year, told(days))
				}
				for _, d := range days {
					if d.Name == "" || d.Date.Year() != year || !d.Date.Equal(d.Date.Truncate(24*time.Hour)) {
						t.Errorf("%s in %d: %v", code, year, d)
					}
				}
			}
		}
	}
	if codes < 90 {
		t.Errorf("only %d regions", codes)
	}
	if got := find(t, "US").In(holiday.LastYear + 1); len(got) > 0 {
		t.Errorf("after the last year: %v", got)
	}
}

func TestWhatIsKeptByCustomIsNoPublicHoliday(t *testing.T) {
	t.Parallel()
	for _, d := range find(t, "SE").In(2026) {
		if d.Name == "Midsommarafton" || d.Name == "Julafton" {
			t.Errorf("%v", d)
		}
	}
}

func TestExceptionsAreByNameOrByDate(t *testing.T) {
	t.Parallel()
	rule := holiday.Rule{Region: find(t, "US"), Except: []string{"Independence Day", "2026-10-12", "2027-11-11"}}
	left := strings.Join(told(rule.In(2026)), "\n")
	for name, want := range map[string]bool{"Independence Day": false, "Columbus Day": false, "Veterans Day": true, "Labor Day": true} {
		if got := strings.Contains(left, name); got != want {
			t.Errorf("%s: got %v, want %v in\n%s", name, got, want, left)
		}
	}
	for except, want := range map[string]string{
		"Columbus Day": "", "2026-10-12": "", "Columbs Day": "did you mean Columbus Day?", "Sankt Nimmerlein": "it is no date", "": "it is no date",
		strings.Repeat("x", 1000): "it is no date",
	} {
		err := rule.Check(except)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || len(err.Error()) > 120) {
			t.Errorf("%q: got %v, want %q", except, err, want)
		}
	}
}

func TestARegionThatIsNoneIsRefusedWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"us": "did you mean US?", "uk": "did you mean GB?", "UK": "did you mean GB?", "de-by": "did you mean DE-BY?", "": "no country is named",
		"US-CA": `there are no holidays for parts of US: leave "CA" out`, "DE-XX": "there are BB, BE", "AU": "name one of ACT, NSW",
		strings.Repeat("X", 1000): "is not a country", "DE-": "name one of BB, BE",
	} {
		if _, err := holiday.Find(code); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 320 {
			t.Errorf("%q: got %v, want %q", code, err, want)
		}
	}
}

func TestTheSourceIsTheReleaseThatIsBuiltIn(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if line := strings.ReplaceAll(holiday.Source, "@", " "); !strings.Contains(string(module), "\t"+line+"\n") {
		t.Errorf("go.mod does not require %q", line)
	}
}
