package paths_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/paths"
)

func readTouches(text string, o paths.TouchOptions) ([]row, paths.Reading, error) {
	if o.Columns == (paths.TouchColumns{}) {
		o.Columns = paths.StandardTouchColumns()
	}
	var n named
	r, err := paths.ReadTouches(strings.NewReader(text), o, n.begin(0))
	if err != nil {
		return nil, r, err
	}
	return n.rows(r), r, nil
}

func TestTouchesBecomeJourneys(t *testing.T) {
	t.Parallel()
	text := `customer,time,channel,conversion,value
7,2026-05-03,mail,1,2.5
8,2026-05-01T00:00:01Z,ad,0,0
7,2026-05-01,ad,0,0
7,2026-05-04,ad,0,0
7,1777593601,web,0,0
7,2026-05-05,app,2,1
7,2026-05-05,mail,0,0
7,2026-05-06,tv,0,0
`
	const day = 86_400_000_000
	const first = 1777593600000000
	want := []row{
		{Path: "ad|web|mail", Conversions: 1, Value: "2500000000000000000", Times: fmt.Sprint([]int64{first, first + 1_000_000, first + 2*day})},
		{Path: "ad|mail|app", Conversions: 2, Value: "1000000000000000000", Times: fmt.Sprint([]int64{first + 3*day, first + 4*day, first + 4*day})},
		{Path: "tv", Nulls: 1, Value: "0", Times: fmt.Sprint([]int64{first + 5*day})},
		{Path: "ad", Nulls: 1, Value: "0", Times: fmt.Sprint([]int64{first + 1_000_000})},
	}
	got, r, err := readTouches(text, paths.TouchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || r.Rows != 8 || r.Journeys != 5 {
		t.Errorf("%d rows, %d journeys (-want +got):\n%s", r.Rows, r.Journeys, diff)
	}
}

func TestProblemsOfTouchesAreToldWithTheirLine(t *testing.T) {
	t.Parallel()
	const head = "customer,time,channel,conversion,value\n"
	for _, tt := range []struct{ name, text, want string }{
		{"a column that is not there", "customer_id,time,channel,conversion\n", `line 1: the header has no column "customer"; it has "customer_id", "time", "channel", "conversion"`},
		{"nobody", head + ",2026-05-01,ad,0,0\n", "line 2: customer: is blank"},
		{"some time", head + "1,2026-05-01,ad,0,0\n1,yesterday,ad,0,0\n", `line 3: time: "yesterday" is not an instant such as 2026-05-22T16:00:00Z, a day, or seconds since 1970`},
		{"no channel", head + "1,2026-05-01, ,0,0\n", "line 2: channel: is blank"},
		{"worth without conversion", head + "1,2026-05-01,ad,0,5\n", "line 2: value: 5 where nothing converted"},
		{"too few fields", head + "1,2026-05-01,ad,0,5,6\n", "line 2: wrong number of fields"},
	} {
		if _, _, err := readTouches(tt.text, paths.TouchOptions{}); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestMadeUpJourneysAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := paths.Generate(&out, paths.Made{Journeys: 10_000, Channels: 14, Mean: 4, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	const want = "c705929e4e20746e"
	if got := fmt.Sprintf("%x", sha256.Sum256(out.Bytes()))[:16]; got != want {
		t.Errorf("got %s, want %s:\n%.300s", got, want, out.String())
	}
	got, _, err := read(&out, paths.Options{})
	if err != nil || len(got) != 10_000 {
		t.Errorf("read %d journeys: %v", len(got), err)
	}
}
