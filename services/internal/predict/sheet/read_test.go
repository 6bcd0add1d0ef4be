package sheet_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/predict/sheet"
)

// rows reads everything of a file.
func rows(t *testing.T, r *sheet.Reader) (all [][]string) {
	t.Helper()
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, append([]string(nil), row...))
	}
}

func TestFilesOfSpreadsheetsAreRead(t *testing.T) {
	want := [][]string{{"1", "Größe, \"L\"\nzwei"}, {"2", ""}}
	for name, text := range map[string]string{
		"commas":               "id,size\n1,\"Größe, \"\"L\"\"\nzwei\"\n2,\n",
		"semicolons":           "id;size\n1;\"Größe, \"\"L\"\"\nzwei\"\n2;",
		"tabs":                 "id\tsize\n1\t\"Größe, \"\"L\"\"\nzwei\"\n2\t\n",
		"a byte order mark":    "\ufeffid,size\r\n1,\"Größe, \"\"L\"\"\nzwei\"\r\n2,\r\n",
		"blanks in the header": " id , size \n1,\"Größe, \"\"L\"\"\nzwei\"\n2,\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, err := sheet.Open("f.csv", strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"id", "size"}, r.Header()); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, rows(t, r)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

var spec = sheet.Spec{Label: "won", ID: "id", Time: "at", Exclude: []string{"typed*"}, Positive: []string{"Yes"}}

func TestEveryComplaintNamesFileAndLine(t *testing.T) {
	const head = "id,at,won,typed_a,size\na,2026-01-01,yes,x,1\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "f.csv: not a table: it is empty"},
		"too few fields":    {head + "b,2026-01-01\n", "f.csv:3: not a table: 2 fields, and the header has 5"},
		"a stray quote":     {head + "b,2026-01-01,yes,\"x\"y,1\n", `f.csv:3: not a table: column 20: extraneous or missing " in quoted-field`},
		"not UTF-8":         {head + "b,2026-01-01,yes,\xfc,1\n", "f.csv:3: not a table: the text is not UTF-8; save the file as UTF-8"},
		"no time":           {head + "b,soon,yes,x,1\n", `f.csv:3: not a table: at: "soon" is no time such as 2026-05-01, 2026-05-01 09:30:00 or RFC 3339`},
		"no label":          {"id,at,typed_a\n", `f.csv: not a table: there is no column "won"; there are id, at, typed_a`},
		"nothing excluded":  {"id,at,won\n", `f.csv: not a table: no column is called "typed*"; there are id, at, won`},
		"a column twice":    {"id,at,won,typed_a,size,Size\n", `f.csv: table: two columns are called "Size"`},
		"a line after many": {head + strings.Repeat("b,2026-01-01,no,\"\n\",1\n", 3) + "c\n", "f.csv:9: not a table: 1 fields, and the header has 5"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := sheet.Open("f.csv", strings.NewReader(c.text))
			if err == nil {
				_, _, err = sheet.Read(r, spec)
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestRowsWithoutAnOutcomeAndOutsideThePeriodAreLeftOut(t *testing.T) {
	const text = "ID,at,Won,typed,size\na,2026-01-01,YES,x,1\nb,2026-01-02,open,x,2\nc,2026-01-03,no,x,3\nd,2026-01-04, Yes ,x,4\ne,,open,x,5\n"
	s := spec
	s.Negative, s.From, s.To = []string{"no"}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)
	r, err := sheet.Open("f.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	sample, taken, err := sheet.Read(r, s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sheet.Taken{Rows: 5, Outside: 1, Open: 2}, taken); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "c"}, sample.Keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{true, false}, sample.Positive); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestColumnsAreJoinedByKey(t *testing.T) {
	open := func(text string) *sheet.Reader {
		r, err := sheet.Open("deals.csv", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open("id,account\n1, ACME\n2,\n3,unknown\n")
	l, err := sheet.NewLookup("accounts.csv", strings.NewReader("sector,account,size\nretail,acme,5\nmedical,,6\n"), "account")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Join(l); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"1", " ACME", "retail", "5"}, {"2", "", "", ""}, {"3", "unknown", "", ""}}, rows(t, r)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"id", "account", "sector", "size"}, r.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	_, err = sheet.NewLookup("accounts.csv", strings.NewReader("account\na\nA\n"), "account")
	if want := `accounts.csv:3: not a table: account "A" stands in an earlier row too`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := open("id\n").Join(l); !errors.Is(err, sheet.ErrFile) {
		t.Errorf("without the key: %v", err)
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	for _, text := range []string{"id,at,won,typed\na,2026-01-01,yes,x\n", "\ufeff;;\n", "\"", "a\r\n\r\nb"} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if r, err := sheet.Open("f.csv", strings.NewReader(text)); err == nil {
			_, _, _ = sheet.Read(r, sheet.Spec{Label: r.Header()[0]})
		}
	})
}
