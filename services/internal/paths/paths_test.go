package paths_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/paths"
)

// row is a row as it was read, by names.
type row struct {
	Path               string // joined by |
	Conversions, Nulls int64
	Value              string // in units of 10⁻¹⁸
	Times              string
}

// named gathers the journeys of all readers. Those of one reader are in the order of the file.
type named struct {
	all [][]paths.Journeys
}

func (n *named) begin(reader int) func(*paths.Journeys) {
	for len(n.all) <= reader {
		n.all = append(n.all, nil)
	}
	return func(j *paths.Journeys) {
		kept := *j
		kept.Steps, kept.Times = slices.Clone(j.Steps), slices.Clone(j.Times)
		n.all[reader] = append(n.all[reader], kept)
	}
}

func (n *named) rows(r paths.Reading) []row {
	var out []row
	for reader, journeys := range n.all {
		for _, j := range journeys {
			names := make([]string, len(j.Steps))
			for i, s := range j.Steps {
				names[i] = r.Channels[reader][s]
			}
			one := row{Path: strings.Join(names, "|"), Conversions: j.Conversions, Nulls: j.Nulls, Value: j.Value.Int().String()}
			if j.Times != nil {
				one.Times = fmt.Sprint(j.Times)
			}
			out = append(out, one)
		}
	}
	return out
}

func read(in io.Reader, o paths.Options) ([]row, paths.Reading, error) {
	if o.Columns == (paths.Columns{}) {
		o.Columns = paths.StandardColumns()
	}
	var n named
	r, err := paths.Read(in, o, n.begin)
	if err != nil {
		return nil, r, err
	}
	return n.rows(r), r, nil
}

const header = "path,total_conversions,total_conversion_value,total_null\n"

func TestRowsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	want := []row{{Path: "a|b c|a", Conversions: 2, Nulls: 3, Value: "1500000000000000000"}}
	for name, text := range map[string]string{
		"plainly":                        header + "a > b c > a,2,1.5,3\n",
		"without an end of line":         header + "a > b c > a,2,1.5,3",
		"with the line ends of DOS":      "path,total_conversions,total_conversion_value,total_null\r\na > b c > a,2,1.5,3\r\n",
		"behind a byte order mark":       "\uFEFF" + header + "a > b c > a,2,1.5,3\n",
		"in quotes":                      `"path","total_conversions","total_conversion_value","total_null"` + "\n" + `"a > b c > a","2","1.5","3"` + "\n",
		"in other columns":               "total_null,x,total_conversion_value,total_conversions,path\n3,,1.5,2,a > b c > a\n",
		"with semicolons":                "path;total_conversions;total_conversion_value;total_null\na > b c > a;2;1.5;3\n",
		"with tabs":                      "path\ttotal_conversions\ttotal_conversion_value\ttotal_null\na > b c > a\t2\t1.5\t3\n",
		"between empty lines":            "\n\n" + header + "\n\r\na > b c > a,2,1.5,3\n\n",
		"with blanks around names":       header + " a  >  b c >  a ,2,1.5,3\n",
		"with numbers as R writes them":  header + "a > b c > a,2e+00,15e-1,3.0\n",
		"with a digit that counts for 0": header + "a > b c > a,2,1.5000000000000000004,3\n",
	} {
		got, _, err := read(strings.NewReader(text), paths.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWorthIsRoundedToEighteenDecimals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"0.0000000000000000005": "1", "0.00000000000000000049": "0", "1e-18": "1", "12.5e3": "12500000000000000000000"} {
		got, _, err := read(strings.NewReader(header+"a,1,"+text+",0\n"), paths.Options{})
		if err != nil || got[0].Value != want {
			t.Errorf("%s: got %v, %v, want %s units", text, got, err, want)
		}
	}
}

func TestNamesOfAnyLengthAndKind(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	names := []string{"a", "a>b", "> b", "12345678", "123456789", long + "1" + long, long + "2" + long, "é > ", "a, \"b\"", "a\nb", "1234567", "1234567\x00"}
	names[7] = "é"
	var text strings.Builder
	text.WriteString(header)
	quoted := strings.ReplaceAll(strings.Join(names, " > "), `"`, `""`)
	fmt.Fprintf(&text, "\"%s\",1,0,0\n", quoted)
	got, _, err := read(strings.NewReader(text.String()), paths.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []row{{Path: strings.Join(names, "|"), Conversions: 1, Value: "0"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyPathAndConversionsAreNeeded(t *testing.T) {
	t.Parallel()
	got, _, err := read(strings.NewReader("way,won\na > b,4\n"), paths.Options{Columns: paths.Columns{Path: "way", Conversions: "won", Value: "value", Nulls: "nulls"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]row{{Path: "a|b", Conversions: 4, Value: "0"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProblemsAreToldWithTheirLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "the file is empty"},
		{"no header", "a > b,1,0,0\n", `line 1: the header has no column "path"; it has "a > b", "1", "0", "0"`},
		{"too few fields", header + "a,1,0,0\na,1\n", "line 3: 2 fields, and the header has 4"},
		{"half a conversion", header + "a,0.5,0,0\n", `line 2: total_conversions: "0.5" is not a whole number`},
		{"less than none", header + "a,-1,0,0\n", `line 2: total_conversions: "-1" is less than nothing`},
		{"a word", header + "a,1,0,NA\n", `line 2: total_null: "NA" is not a whole number`},
		{"nothing for a number", header + "a,1,,0\n", `line 2: total_conversion_value: "" is not a number`},
		{"a fraction", header + "a,1,1/3,0\n", `line 2: total_conversion_value: "1/3" is not a number`},
		{"a huge exponent", header + "a,1,1e999999999,0\n", `line 2: total_conversion_value: "1e999999999" is not a number`},
		{"a debit", header + "a,1,-0.01,0\n", `line 2: total_conversion_value: "-0.01" is less than nothing`},
		{"too many", header + "a,1000000000001,0,0\n", `line 2: total_conversions: "1000000000001" is more than 10¹²`},
		{"a blank path", header + "a,1,0,0\n,1,0,0\n", `line 3: path: "" has a step without a name`},
		{"a blank step", header + "\n\na >  > b,1,0,0\n", `line 4: path: "a >  > b" has a step without a name`},
		{"a trailing step", header + "a > ,1,0,0\n", `line 2: path: "a > " has a step without a name`},
		{"a bare quote", header + "a,1,0,0\n\"b\nc\",1,0,0\nx\"y,1,0,0\n", "line 5: a quote stands in a field that does not begin with one"},
		{"behind a quote", header + "\"a\"b,1,0,0\n", "line 2: something follows the quote at the end of a field"},
		{"an open quote", header + "a,1,0,0\n\"b,1,0,0\na,1,0,0\n", "line 3: a quoted field does not end"},
		{"too many in all", header + strings.Repeat("a,1000000000000,0,0\n", 100), "line 72: more than 7·10¹³ journeys, or worth more than 3·10¹⁴"},
	} {
		for _, readers := range []int{1, 3} {
			_, _, err := read(strings.NewReader(tt.text), paths.Options{Readers: readers})
			if err == nil || err.Error() != tt.want {
				t.Errorf("%s, %d readers: got %v, want %s", tt.name, readers, err, tt.want)
			}
		}
	}
}

func TestBadRowsAreCountedIfSoAsked(t *testing.T) {
	t.Parallel()
	got, r, err := read(strings.NewReader(header+"a,1,0,0\na,x,0,0\n\"b\"c,1,0,0\nb,2,0,0\n"), paths.Options{SkipBad: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || r.Rows != 4 || r.Bad != 2 || r.FirstBad == nil || !strings.HasPrefix(r.FirstBad.Error(), "line 3:") {
		t.Errorf("got %v of %d rows, %d bad, the first %v", got, r.Rows, r.Bad, r.FirstBad)
	}
}

// TestAnyNumberOfReadersReadsTheSame reads a file of several blocks, with quotes that go over their ends.
func TestAnyNumberOfReadersReadsTheSame(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString(header)
	var want []row
	for i := range 150_000 {
		name := fmt.Sprintf("channel %d", i%97)
		if i%5000 == 0 {
			name += strings.Repeat("\n,", 30_000)
		}
		fmt.Fprintf(&text, "\"%s > b\",%d,%d.25,1\n", name, i%3, i)
		want = append(want, row{Path: name + "|b", Conversions: int64(i % 3), Nulls: 1, Value: fmt.Sprintf("%d", new(big.Int).Add(new(big.Int).Mul(big.NewInt(int64(i)), big.NewInt(1e18)), big.NewInt(25e16)))})
	}
	byPlace := func(a, b row) int {
		return strings.Compare(fmt.Sprintf("%030s", a.Value), fmt.Sprintf("%030s", b.Value))
	}
	for _, readers := range []int{1, 2, 8} {
		got, r, err := read(bytes.NewReader(text.Bytes()), paths.Options{Readers: readers})
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, byPlace)
		if r.Rows != int64(len(want)) || !slices.Equal(want, got) {
			t.Errorf("%d readers: %d rows, or other ones than the %d written", readers, r.Rows, len(want))
		}
	}
}

func TestTheFirstProblemIsToldWhoeverReadsIt(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString(header)
	for i := range 300_000 {
		if i == 123_456 || i > 200_000 {
			text.WriteString("a,?,0,0\n")
		} else {
			text.WriteString("a > b > c,1,0,0\n")
		}
	}
	for range 20 {
		if _, _, err := read(bytes.NewReader(text.Bytes()), paths.Options{Readers: 4}); err == nil || !strings.HasPrefix(err.Error(), "line 123458:") {
			t.Fatalf("got %v", err)
		}
	}
}

func TestWhatReadingFailsWithIsTold(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	for _, before := range []string{"", header, header + "a,1,0,0\n"} {
		in := io.MultiReader(strings.NewReader(before), iotest.ErrReader(broken))
		if _, _, err := read(in, paths.Options{Readers: 2}); !errors.Is(err, broken) {
			t.Errorf("after %q: got %v", before, err)
		}
	}
}

// FuzzRead holds the records of any text against those that encoding/csv finds.
func FuzzRead(f *testing.F) {
	f.Add("a > b,1,2,3\n")
	f.Add("\"a\"\"\r\n > b\",1,2,3\r\n\r\nx,\"1\",2,3\r")
	f.Add("a,1,2\n\"")
	f.Add("a\"b,1,2,3\nc >  d,07,1.50,3\n")
	f.Fuzz(func(t *testing.T, body string) {
		want, wantErr := byLibrary(body)
		for _, readers := range []int{1, 2} {
			got, _, err := read(iotest.OneByteReader(strings.NewReader(header+body)), paths.Options{Readers: readers})
			if (err != nil) != (wantErr != nil) {
				t.Fatalf("got error %v, want %v", err, wantErr)
			}
			if err == nil && !slices.Equal(want, got) {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
	})
}

func byLibrary(body string) ([]row, error) {
	r := csv.NewReader(strings.NewReader(header + body))
	all, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []row
	for _, fields := range all[1:] {
		steps := strings.Split(fields[0], " > ")
		for i := range steps {
			if steps[i] = strings.Trim(steps[i], " "); steps[i] == "" {
				return nil, errors.New("blank")
			}
		}
		one := row{Path: strings.Join(steps, "|")}
		for i, into := range []*int64{&one.Conversions, nil, &one.Nulls} {
			n, ok := number(fields[i+1], 0)
			if into == nil {
				if n, ok = number(fields[i+1], 18); ok {
					one.Value = n.String()
				}
			}
			if !ok {
				return nil, errors.New("number")
			}
			if into != nil {
				*into = n.Int64()
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// number reads a decimal number of so many decimals in another way than the package.
func number(text string, decimals int) (*big.Int, bool) {
	if len(text) > 64 || strings.Trim(text, "0123456789.eE+-") != "" || text == "" {
		return nil, false
	}
	if mantissa, exponent, has := strings.Cut(strings.ToLower(text), "e"); has && (len(strings.Trim(exponent, "+-")) > 3 || mantissa == "") {
		return nil, false
	}
	v, ok := new(big.Rat).SetString(text)
	if !ok || v.Sign() < 0 || decimals > 0 && v.Cmp(big.NewRat(1e15, 1)) > 0 || decimals == 0 && v.Cmp(big.NewRat(1e12, 1)) > 0 {
		return nil, false
	}
	v.Mul(v, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
	if decimals == 0 && !v.IsInt() {
		return nil, false
	}
	v.Add(v, big.NewRat(1, 2))
	return new(big.Int).Div(v.Num(), v.Denom()), true
}
