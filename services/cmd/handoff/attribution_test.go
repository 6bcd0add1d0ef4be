package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/calculator"
)

// computed is what the calculator answers, in this process, for a file on standard input.
func computed(t *testing.T, in string, args ...string) (out, told string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := root()
	cmd.SetArgs(append([]string{"attribution", "compute"}, args...))
	cmd.SetIn(strings.NewReader(in))
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

const goldenPaths = `path,total_conversions,total_conversion_value,total_null
ga,2,200,1
mail,1,100,0
ga > mail,1,100,0
`

func TestChannelsOfAFileAreCredited(t *testing.T) {
	t.Parallel()
	const touches = "who;day;what;won;usd\n1;2026-05-01;ad;0;0\n1;2026-05-08;mail;1;300\n2;2026-05-01;ad;0;0\n"
	mapped := []string{"--touches=-", "--customer=who", "--time=day", "--channel=what", "--conversion=won", "--value=usd", "-o=csv"}
	for name, tt := range map[string]struct {
		in   string
		args []string
		want string
	}{
		"by removal":        {goldenPaths, []string{"--paths=-", "-o=csv"}, "channel,conversions,value,removal_effect\nga,2.4,240,0.75\nmail,1.6,160,0.5\n"},
		"without nulls":     {goldenPaths, []string{"--paths=-", "--no-nulls", "-o=csv"}, "channel,conversions,value,removal_effect\nga,2.4,240,0.75\nmail,1.6,160,0.5\n"},
		"the first":         {goldenPaths, []string{"--paths=-", "--model=first", "-o=csv"}, "channel,conversions,value\nga,3,300\nmail,1,100\n"},
		"by another name":   {goldenPaths, []string{"--paths=-", "--model=LAST-TOUCH", "-o=csv"}, "channel,conversions,value\nga,2,200\nmail,2,200\n"},
		"not the direct":    {goldenPaths, []string{"--paths=-", "--model=last_non_direct", "--direct=mail", "-o=csv"}, "channel,conversions,value\nga,3,300\nmail,1,100\n"},
		"by own weights":    {goldenPaths, []string{"--paths=-", "--model=custom", "--weights=first=0.25,last=0.75", "-o=csv"}, "channel,conversions,value\nga,2.25,225\nmail,1.75,175\n"},
		"several":           {goldenPaths, []string{"--paths=-", "--model=markov,first", "-o=csv"}, "model,channel,conversions,value,removal_effect\nfirst,ga,3,300,\nfirst,mail,1,100,\nmarkov,ga,2.4,240,0.75\nmarkov,mail,1.6,160,0.5\n"},
		"thirds":            {"path,total_conversions\na > b > c,1\n", []string{"--paths=-", "--model=linear", "-o=csv"}, "channel,conversions,value\na,0.333333333334,0\nb,0.333333333333,0\nc,0.333333333333,0\n"},
		"touches":           {touches, append(mapped, "--model=linear"), "channel,conversions,value\nad,0.5,150\nmail,0.5,150\n"},
		"touches that fade": {touches, append(mapped, "--model=time_decay"), "channel,conversions,value\nad,0.333333333333,100\nmail,0.666666666667,200\n"},
		"as text":           {goldenPaths, []string{"--paths=-"}, "markov: 4 conversions worth 400.00\n                                         removal\n  channel  conversions   share   value    effect\n  ga              2.40  60.0 %  240.00  0.750000\n  mail            1.60  40.0 %  160.00  0.500000\n"},
	} {
		out, told, err := computed(t, tt.in, tt.args...)
		if err != nil || told != "" {
			t.Errorf("%s: %v, told %q", name, err, told)
		} else if diff := cmp.Diff(tt.want, strings.TrimLeft(out, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCreditsAsJSONHaveAllTheirDigits(t *testing.T) {
	t.Parallel()
	out, _, err := computed(t, goldenPaths, "--paths=-", "--model=shapley", "--output=json")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"models":[{"model":"shapley","conversions":4,"value":400,"channels":[{"channel":"ga","conversions":2.5,"value":250},{"channel":"mail","conversions":1.5,"value":150}]}]}`
	if diff := cmp.Diff(want, strings.TrimSpace(compact(t, out))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatComputeCannotDoItSays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in   string
		args []string
		want string
	}{
		"no file":            {"", nil, "at least one of the flags in the group [paths touches] is required"},
		"two":                {"", []string{"--paths=-", "--touches=-"}, "[paths touches] were all set"},
		"a file not there":   {"", []string{"--paths=/nowhere.csv"}, "open /nowhere.csv: no such file or directory"},
		"an unknown model":   {goldenPaths, []string{"--paths=-", "--model=best"}, `there is no "best"; there are first, last, `},
		"an order":           {goldenPaths, []string{"--paths=-", "--order=5"}, "order is not within 1 to 4: 5"},
		"decay of paths":     {goldenPaths, []string{"--paths=-", "--model=time_decay"}, "time_decay needs the times of touches"},
		"custom":             {goldenPaths, []string{"--paths=-", "--model=custom"}, "custom needs weights"},
		"weights in all":     {goldenPaths, []string{"--paths=-", "--model=custom", "--weights=first=0.5"}, "weights sum to 500000, not to 1000000"},
		"a weight":           {goldenPaths, []string{"--paths=-", "--weights=middle=1"}, `not "middle=1"`},
		"a half-life":        {goldenPaths, []string{"--paths=-", "--half-life=0d"}, `not "0d"`},
		"a way to print":     {goldenPaths, []string{"--paths=-", "--output=xml"}, `--output is text, json or csv, not "xml"`},
		"cores":              {goldenPaths, []string{"--paths=-", "--cores=0"}, "--cores is at least 1"},
		"a bad row":          {goldenPaths + "a,b,1,1\n", []string{"--paths=-"}, `standard input: line 5: total_conversions: "b" is not a whole number`},
		"a column":           {goldenPaths, []string{"--paths=-", "--path=way"}, `line 1: the header has no column "way"; it has "path"`},
		"a bad touch":        {"customer,time,channel,conversion\n1,x,a,1\n", []string{"--touches=-"}, `line 2: time: "x" is not an instant`},
		"nothing in a file":  {"", []string{"--paths=-"}, "standard input: the file is empty"},
		"an unknown command": {"", []string{"extra"}, "unknown command"},
	} {
		out, _, err := computed(t, tt.in, tt.args...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || out != "" {
			t.Errorf("%s: got %v and %q, want %q", name, err, out, tt.want)
		}
	}
}

func TestThereIsNoAnswerWithoutConversions(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--paths=-", "--min-conversions=30"}, {"--paths=-"}} {
		in := goldenPaths
		if len(args) == 1 {
			in = "path,total_conversions,total_null\na > b,0,4\n"
		}
		out, told, err := computed(t, in, args...)
		if !errors.Is(err, tooLittle) || out != "" || !strings.HasPrefix(told, "no answer: ") {
			t.Errorf("%v: got %v, %q, told %q, want status %d", args, err, out, told, tooLittle)
		}
	}
}

func TestBadRowsAreLeftOutIfSoAsked(t *testing.T) {
	t.Parallel()
	out, told, err := computed(t, goldenPaths+"ga,x,0,0\n,1,0,0\n", "--paths=-", "--skip-bad", "--output=csv")
	if err != nil || !strings.Contains(out, "ga,2.4,240,0.75") {
		t.Errorf("got %v and %q", err, out)
	}
	if want := "2 of 5 rows were left out, the first of them: line 5: total_conversions: \"x\" is not a whole number\n"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

// attributionData is a file of published data beside the repository.
func attributionData(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "shared", "data", "attribution", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no published data: shared/data/attribution/%s is absent", name)
	}
	return path
}

// TestEveryModelCreditsAllConversionsOfThePublishedPaths reads every column of every model at every order, with journeys
// that did not convert and without.
func TestEveryModelCreditsAllConversionsOfThePublishedPaths(t *testing.T) {
	t.Parallel()
	path := attributionData(t, "channelattribution_pathdata.csv")
	const conversions, value = "19785", "74802.971587210834765742"
	for order := 1; order <= 4; order++ {
		for _, nulls := range []bool{true, false} {
			out, _, err := computed(t, "", "--paths="+path, "--model=all", "--weights=first=0.1,last=0.2,rest=0.7", fmt.Sprintf("--order=%d", order), fmt.Sprintf("--no-nulls=%t", !nulls), "--output=csv")
			if err != nil {
				t.Fatal(err)
			}
			sums := columnSums(t, out)
			if len(sums) != len(calculator.Models())-1 { // time decay needs times
				t.Errorf("order %d: %d models", order, len(sums))
			}
			for model, sum := range sums {
				if got := [2]string{sum[0].FloatString(30), sum[1].FloatString(30)}; got != [2]string{decimal(t, conversions), decimal(t, value)} {
					t.Errorf("order %d, nulls %t, %s: got %v", order, nulls, model, got)
				}
			}
		}
	}
}

func decimal(t *testing.T, text string) string {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is not a number", text)
	}
	return r.FloatString(30)
}

// columnSums adds conversions and value up by model.
func columnSums(t *testing.T, out string) map[string][2]*big.Rat {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string][2]*big.Rat{}
	for _, row := range rows[1:] {
		if _, known := sums[row[0]]; !known {
			sums[row[0]] = [2]*big.Rat{new(big.Rat), new(big.Rat)}
		}
		for i, into := range sums[row[0]] {
			r, ok := new(big.Rat).SetString(row[i+2])
			if !ok {
				t.Fatalf("%q is not a number", row[i+2])
			}
			into.Add(into, r)
		}
	}
	return sums
}

// TestThePublishedPathsGiveTheirKnownCredits compares with figures that were worked out by another program, in fractions or
// to 10⁻¹⁶: alpha to zeta in the order of their names.
func TestThePublishedPathsGiveTheirKnownCredits(t *testing.T) {
	t.Parallel()
	path := attributionData(t, "channelattribution_pathdata.csv")
	for _, tt := range []struct{ args, want string }{
		{"--order=1", "5344.947682 2527.352167 4.613618 599.570650 3340.847402 171.145443 3884.614702 274.363256 1282.847223 1.722425 1971.912880 381.062553"},
		{"--order=2", "5617.453854 2439.648976 5.159056 614.373523 3391.858163 171.918183 3810.511044 266.027054 1189.472022 2.073189 1902.473610 374.031325"},
		{"--order=3", "5748.098650 2405.534040 5.070844 623.432061 3396.070645 178.482808 3791.029167 264.239346 1150.740020 2.126775 1849.812647 370.362997"},
		{"--order=4", "5814.108549 2401.273919 5.320742 622.112895 3401.827087 179.208510 3771.937946 260.930646 1139.752117 2.154941 1816.534702 369.837943"},
		{"--order=1 --no-nulls", "5260.069561 2585.406272 4.258673 604.831524 3347.765891 176.028054 3899.246228 276.651119 1295.482152 1.892970 1938.846090 394.521465"},
		{"--order=2 --no-nulls", "5563.519265 2461.831271 4.608212 620.822417 3399.087911 175.342110 3812.757533 268.361354 1193.789210 2.048455 1898.176139 384.656124"},
		{"--order=3 --no-nulls", "5716.474442 2416.529147 4.752380 624.462729 3400.907933 178.984846 3792.469172 263.839633 1150.768360 2.112464 1856.028328 377.670566"},
		{"--order=4 --no-nulls", "5787.368992 2404.957695 4.825831 625.160963 3402.270164 180.378915 3777.026558 259.961036 1138.286251 2.145020 1826.966294 375.652281"},
		{"--model=first", "6308.000000 . . . 3164.000000 . 4606.000000 . . 2.000000"},
		{"--model=last", "8447.000000 . . . 4167.000000 . 3355.000000 . . 2.000000"},
		{"--model=linear", "7574.718594 . . . 3539.951157 . 3857.096221 . . 2.222222"},
		{"--model=position", "7444.823759 . . . 3618.796149 . 3944.948166 . . 2.057143"},
		{"--model=shapley", "7627.944048 . . . 3613.655952 . 3505.044048 . . 2.666667"},
		{"--model=shapley_exact", "7627.944048 . . . 3613.655952 . 3505.044048 . . 2.666667"},
	} {
		out, _, err := computed(t, "", append(strings.Fields(tt.args), "--paths="+path, "--output=json")...)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Models []struct {
				Channels []struct {
					Channel     string
					Conversions float64
				}
			}
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		for i, want := range strings.Fields(tt.want) {
			channel := got.Models[0].Channels[i]
			if figure := fmt.Sprintf("%.6f", channel.Conversions); want != "." && figure != want {
				t.Errorf("%s, %s: got %s, want %s", tt.args, channel.Channel, figure, want)
			}
		}
	}
}

func TestThePublishedPathsGiveTheSameBytesWithAnyNumberOfCores(t *testing.T) {
	t.Parallel()
	path := attributionData(t, "channelattribution_pathdata.csv")
	var want string
	for _, cores := range []int{1, 2, 8} {
		out, _, err := computed(t, "", "--paths="+path, "--model=all", "--order=3", "--output=json", fmt.Sprintf("--cores=%d", cores))
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = out
		}
		if out != want {
			t.Errorf("%d cores give other bytes than one", cores)
		}
	}
}

func TestThePublishedTouchesAreCreditedByEveryModel(t *testing.T) {
	t.Parallel()
	path := attributionData(t, "cookie_touchpoints_sample.csv")
	out, _, err := computed(t, "", "--touches="+path, "--customer=customer_id", "--value=conversion_value", "--model=all", "--output=csv")
	if err != nil {
		t.Fatal(err)
	}
	for model, sum := range columnSums(t, out) {
		if got := [2]string{sum[0].FloatString(12), sum[1].FloatString(18)}; got != [2]string{"1838.000000000000", "11423.500000000000000000"} {
			t.Errorf("%s: got %v", model, got)
		}
	}
}

func TestMadeUpJourneysAreCredited(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journeys.csv")
	cmd := root()
	cmd.SetArgs([]string{"attribution", "generate", "--journeys=3000", "--channels=20", "--seed=5", "--out=" + path})
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, _, err := computed(t, "", "--paths="+path, "--model=shapley_exact", "--output=csv")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out, "\n"); lines != 13 || !strings.Contains(out, "\nother,") {
		t.Errorf("20 channels are to be twelve, one of them other:\n%s", out)
	}
}
