package main

import (
	"errors"
	"slices"
	"testing"

	"github.com/handoffhq/handoff/services/internal/fault"
)

func TestEveryPageIsAskedForOnce(t *testing.T) {
	t.Parallel()
	next := map[string]string{"": "b", "b": "c", "c": ""}
	var asked []string
	if err := everyPage(func(token string) (string, error) { asked = append(asked, token); return next[token], nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(asked, []string{"", "b", "c"}) {
		t.Errorf("asked for %q", asked)
	}
	broken := errors.New("broken")
	if err := everyPage(func(string) (string, error) { return "more", broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsWrongIsToldOnce(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"lead.email: is too long (FIELD_INVALID)": fault.Field("lead.email", "is too long"),
		"2 things are wrong (FIELD_INVALID)\n  lead.email: is too long\n  lead.source: is missing": fault.Fields(
			fault.Violation{Field: "lead.email", Message: "is too long"}, fault.Violation{Field: "lead.source", Message: "is missing"}),
		"leads/1 does not exist (RESOURCE_NOT_FOUND)": fault.Missing("leads/1"),
	} {
		st, statusErr := fault.Status(err)
		if got := explain(fault.FromPeer(st.Err())); got != want {
			t.Errorf("%v: got %q, want %q", statusErr, got, want)
		}
	}
}
