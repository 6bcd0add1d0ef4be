package main

import (
	"strings"
	"testing"
)

const printed = `goos: linux
pkg: example.test/x
BenchmarkThing/suite-2   	    3000	    748061 ns/op	      1337 handoffs/s
BenchmarkThing/rows-2    	    3000	    138553 ns/op	      2674 handoffs/s
PASS
`

func TestARatioIsOfFiguresOfTheSameRound(t *testing.T) {
	r := &run{".", ".", "Thing", "1x"}
	all := []pair{{"P0", "things", figure{r, "Thing/suite", "handoffs/s"}, figure{r, "Thing/rows", "handoffs/s"}, "at least 1"},
		{"P0", "what nobody measured", figure{r, "Thing/other", "handoffs/s"}, figure{r, "Thing/rows", "handoffs/s"}, ""}}
	measured := results{}
	for _, round := range []string{printed, strings.Replace(printed, "1337", "2674", 1), printed} {
		found, err := figures(strings.NewReader(round))
		if err != nil {
			t.Fatal(err)
		}
		measured.add(r, found)
	}
	var out strings.Builder
	if err := printRatios(&out, all, measured); err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(strings.Split(out.String(), "\n")[1])
	if want := "P0 things 1337 2674 handoffs/s 0.500 0.500–1.00 at least 1"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.Contains(out.String(), "not measured") {
		t.Errorf("got\n%s", &out)
	}
}

func TestEveryIDCanBeChosenAndNoOther(t *testing.T) {
	for _, id := range ids(pairs()) {
		if chosen, err := choose(pairs(), []string{id}); err != nil || len(chosen) == 0 || ids(chosen)[0] != id {
			t.Errorf("%s: got %v, %v", id, chosen, err)
		}
	}
	if _, err := choose(pairs(), []string{"P99"}); err == nil {
		t.Error("P99: got no error")
	}
}
