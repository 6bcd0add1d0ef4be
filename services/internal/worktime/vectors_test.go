package worktime_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// vector is one published case of three libraries for business time. What
// Expected holds depends on the operation.
type vector struct {
	ID, Op, Calendar     string
	Start, End, At, Date string
	Seconds, Days        int64
	Convention           string
	Expected             json.RawMessage
	Agreed               bool // among the libraries; the others are settled by contradicts
}

type vectorFile struct {
	Calendars map[string]json.RawMessage
	Cases     []vector
}

// contradicts are the cases of another rule than ours, each with what ours gives.
var contradicts = map[string]string{
	// Backwards counts zero.
	"working_hours-095": `0`,
	"business_time-031": `0`,
	// The day of the hour that repeats has 25 hours.
	"working_hours-103": `90000`,
	// Days are counted from the date itself, though it is closed.
	"working_hours-114": `"2014-04-09"`,
	"working_hours-115": `"2014-04-07"`,
	"working_hours-117": `"2014-04-10"`,
	"working_hours-118": `"2014-04-08"`,
	// A budget of zero is due at once, though it is closed.
	"business_time-009": `"2010-04-10T12:33:00Z"`,
}

func TestPublishedVectorsOfOtherLibraries(t *testing.T) {
	t.Parallel()
	file := readVectors(t)
	calendars := make(map[string]*worktime.Calendar)
	for name, text := range file.Calendars {
		calendars[name] = vectorCalendar(t, text)
	}
	agreed, ours := 0, 0
	for _, v := range file.Cases {
		want, ok := contradicts[v.ID]
		if v.Agreed {
			agreed++
		}
		if ok {
			if v.Agreed {
				t.Errorf("%s: another rule than the one that the libraries agree upon", v.ID)
			}
			ours++
			if want == string(v.Expected) {
				t.Errorf("%s: the published answer %s is ours, so it contradicts nothing", v.ID, want)
			}
			v.Expected = json.RawMessage(want)
		}
		t.Run(v.ID, func(t *testing.T) { v.check(t, calendars[v.Calendar]) })
	}
	t.Logf("%d cases checked: all %d that the libraries agree upon, and of the others %d by a rule of ours", len(file.Cases), agreed, ours)
	if ours != len(contradicts) {
		t.Errorf("cases with another rule: got %d, want %d", ours, len(contradicts))
	}
}

// readVectors looks for the published cases beside the repository.
func readVectors(t *testing.T) vectorFile {
	t.Helper()
	const path = "shared/data/vectors/sla_business_time.json"
	const levels = 6 // from here to the directory that holds the repository, and one to spare
	dir := "."
	for range levels {
		dir = filepath.Join(dir, "..")
		data, err := os.ReadFile(filepath.Join(dir, path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var file vectorFile
		if err := errors.Join(err, json.Unmarshal(data, &file)); err != nil {
			t.Fatalf("read %s: %v", path, err)
		}
		return file
	}
	t.Skipf("published vectors are not here: no %s beside the repository", path)
	return vectorFile{}
}

// vectorCalendar reads a calendar by way of Parse: only the keys differ.
func vectorCalendar(t *testing.T, text json.RawMessage) *worktime.Calendar {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	renamed := map[string]string{"tz": "time_zone", "date_overrides": "overrides", "date_breaks": "breaks"}
	for old, key := range renamed {
		raw[key] = raw[old]
		delete(raw, old)
	}
	data, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := worktime.Parse(data)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return calendar(t, spec)
}

func (v vector) check(t *testing.T, c *worktime.Calendar) {
	switch v.Op {
	case "add":
		v.add(t, c)
	case "between":
		v.number(t, int64(c.Worked(at(v.Start), at(v.End))/time.Second))
	case "is_open":
		var want bool
		v.expect(t, &want)
		if got := c.Open(at(v.At)); got != want {
			t.Errorf("open at %s: got %v, want %v", v.At, got, want)
		}
	case "next_open_or_self":
		got, err := c.NextOpen(at(v.Start))
		v.instant(t, got, err)
	case "next_close":
		got, err := c.NextClose(at(v.Start))
		v.instant(t, got, err)
	case "prev_open_or_self":
		latest(t, c, v.wantInstant(t), at(v.Start), 0)
	case "add_days":
		v.addDays(t, c)
	case "days_between":
		from, to := v.endOf(v.Start), v.endOf(v.End)
		v.number(t, int64((c.Worked(from, to)-c.Worked(to, from))/c.Days(1))) // backwards is less than nothing
	default:
		t.Errorf("operation %q is not known", v.Op)
	}
}

func (v vector) add(t *testing.T, c *worktime.Calendar) {
	budget := time.Duration(v.Seconds) * time.Second
	if budget < 0 {
		latest(t, c, v.wantInstant(t), at(v.Start), -budget)
		return
	}
	got, err := c.Due(at(v.Start), budget)
	v.instant(t, got, err)
}

// addDays counts working days forward from the end of a date and back from its
// start.
func (v vector) addDays(t *testing.T, c *worktime.Calendar) {
	var text string
	v.expect(t, &text)
	want := at(text + "T00:00Z")
	if v.Days < 0 {
		earliest, err := c.NextOpen(want)
		if err != nil {
			t.Fatal(err)
		}
		latest(t, c, earliest, at(v.Date+"T00:00Z"), c.Days(int(-v.Days)))
		return
	}
	got, err := c.Due(v.endOf(v.Date), c.Days(int(v.Days)))
	if err != nil || !got.Truncate(24*time.Hour).Equal(want) {
		t.Errorf("got %v, %v, want a time on %v", got, err, text)
	}
}

// latest checks that start is the last instant before end that leaves the
// budget.
func latest(t *testing.T, c *worktime.Calendar, start, end time.Time, budget time.Duration) {
	t.Helper()
	if got := c.Worked(start, end); got != budget {
		t.Errorf("worked from %v: got %v, want %v", start, got, budget)
	}
	if budget > 0 {
		if got := c.Worked(start.Add(time.Microsecond), end); got >= budget {
			t.Errorf("%v is not the last: a moment later leaves %v", start, got)
		}
	} else if got := c.Worked(start.Add(-time.Microsecond), end); got == 0 {
		t.Errorf("%v is not the end of working time", start)
	}
}

func (v vector) endOf(date string) time.Time { return at(date+"T00:00Z").AddDate(0, 0, 1) }

func (v vector) expect(t *testing.T, want any) {
	t.Helper()
	if err := json.Unmarshal(v.Expected, want); err != nil {
		t.Fatal(err)
	}
}

func (v vector) number(t *testing.T, got int64) {
	t.Helper()
	var want int64
	if v.expect(t, &want); got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func (v vector) wantInstant(t *testing.T) time.Time {
	t.Helper()
	var want string
	v.expect(t, &want)
	return at(want)
}

func (v vector) instant(t *testing.T, got time.Time, err error) {
	t.Helper()
	if want := v.wantInstant(t); err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
