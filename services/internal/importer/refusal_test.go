package importer_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

const leads = "source: crm\nsteps: {file: f.csv, make: {lead: {source_id: id, email: email}}}"

// refuseBad refuses leads whose address is "bad", in words that name no address.
func refuseBad(m proto.Message) string {
	if l, ok := m.(*scoringv1.Lead); ok && strings.HasPrefix(l.GetEmail(), "bad") {
		return "is no address"
	}
	return ""
}

func TestRefusedBatchesArePartedUntilTheBadRowsAreAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		bad := rapid.SliceOfN(rapid.Bool(), 0, 40).Draw(rt, "bad")
		var file strings.Builder
		file.WriteString("id,email\n")
		var want, keys []string
		refused := map[string]bool{}
		for i, isBad := range bad {
			address := "ann@a.example"
			if isBad {
				address = "bad address"
				want = append(want, fmt.Sprintf("f.csv|%d|lead|%d|FIELD_INVALID", i+2, i))
				refused[fmt.Sprintf("lead/crm/%d", i)] = true
			} else {
				keys = append(keys, fmt.Sprintf("crm/%d", i))
			}
			fmt.Fprintf(&file, "%d,%s\n", i, address)
		}
		b := setup(t, leads, map[string]string{"f.csv": file.String()})
		defer os.RemoveAll(b.cfg.Path)
		b.cfg.BatchRows = rapid.IntRange(1, 50).Draw(rt, "batch")
		b.suite.refuses, b.suite.guide = refuseBad, rapid.Bool().Draw(rt, "guide")
		wantTally := importer.Tally{Kind: mapping.Lead, Accepted: int64(len(keys)), Rejected: int64(len(want))}
		if diff := cmp.Diff(wantTally, b.run(t).Steps[0].Resources[0]); diff != "" {
			rt.Errorf("figures (-want +got):\n%s", diff)
		}
		var got []string
		for _, line := range b.rejects(t) {
			cells := strings.Split(line, "|")
			got = append(got, strings.Join(cells[:5], "|"))
			if strings.Contains(line, "bad") {
				rt.Errorf("a reject repeats what stands in the row: %s", line)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Errorf("rejects (-want +got):\n%s", diff)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(keys, b.suite.keys("lead")); diff != "" {
			rt.Errorf("leads (-want +got):\n%s", diff)
		}
		if !maps.Equal(refused, b.suite.refused) {
			rt.Errorf("refused alone: got %v, want %v", b.suite.refused, refused)
		}
	})
}

func TestAGuidedRefusalNeedsThreeCallsABadRow(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("id,email\n")
	for i := range 500 {
		fmt.Fprintf(&file, "%d,%s\n", i, map[bool]string{true: "bad", false: "ann@a.example"}[i%100 == 50])
	}
	b := setup(t, leads, map[string]string{"f.csv": file.String()})
	b.cfg.BatchRows = 500
	b.suite.refuses, b.suite.guide = refuseBad, true
	b.run(t)
	if b.suite.writes > 1+3*5 {
		t.Errorf("%d calls for five bad rows", b.suite.writes)
	}
	if want := "f.csv|52|lead|50|FIELD_INVALID|email|is no address"; b.rejects(t)[0] != want {
		t.Errorf("reject: got %s, want %s", b.rejects(t)[0], want)
	}
}

func TestWhatComesAfterARefusedResourceOfARowIsNotSent(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"campaign", "lead", "engagement"} {
		b := setup(t, shop, map[string]string{
			"people.csv": "id,email,seen,page\n1,ann@a.example,2026-03-02,Home\n2,bad,2026-03-02,Price\n",
			"deals.csv":  "deal,person,won\nD1,2,2026-03-09\n",
		})
		b.suite.refuses = func(m proto.Message) string {
			switch m := m.(type) {
			case *attributionv1.Campaign:
				return map[bool]string{true: "no"}[kind == "campaign" && m.GetDisplayName() == "Price"]
			case *scoringv1.Lead:
				return map[bool]string{true: "no"}[kind == "lead" && m.GetSourceId() == "2"]
			case *scoringv1.Engagement:
				return map[bool]string{true: "no"}[kind == "engagement" && m.GetLeadSourceId() == "2"]
			}
			return ""
		}
		got := b.run(t)
		accepted := map[string]bool{}
		for _, tally := range got.Steps[0].Resources {
			accepted[string(tally.Kind)] = tally.Accepted == 2
			if tally.Accepted+tally.Repeated+tally.Skipped+tally.Rejected != got.Steps[0].Read {
				t.Errorf("%s refused: the figures do not sum to the rows: %+v", kind, tally)
			}
		}
		want := map[string]map[string]bool{
			"campaign": {"campaign": false, "lead": false, "engagement": false}, "lead": {"campaign": true, "lead": false, "engagement": false},
			"engagement": {"campaign": true, "lead": true, "engagement": false},
		}[kind]
		if diff := cmp.Diff(want, accepted); diff != "" {
			t.Errorf("%s refused: both rows accepted (-want +got):\n%s", kind, diff)
		}
		// The deal refers to the lead, which is known unless it, or what came before it, was refused.
		if got := got.Steps[1].Rejected == 0; got != want["lead"] {
			t.Errorf("%s refused: deal accepted %v", kind, got)
		}
		if lines := b.rejects(t); !strings.HasPrefix(lines[0], "people.csv|3|"+kind) {
			t.Errorf("rejects: got %v", lines)
		}
	}
}

func TestRejectsAreInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	b := setup(t, leads, map[string]string{"f.csv": "id,email\n1,bad\n2\n3,bad\n4,x\"\n"})
	b.cfg.Path, b.cfg.BatchRows = filepath.Join(b.cfg.Path, "f.csv"), 10
	b.cfg.Mapping.Steps[0].File = "people.csv" // of one file the name does not matter
	b.suite.refuses = refuseBad
	got := b.run(t)
	var places []string
	for _, line := range b.rejects(t) {
		places = append(places, strings.Join(strings.Split(line, "|")[:2], ":"))
	}
	if diff := cmp.Diff([]string{"f.csv:2", "f.csv:3", "f.csv:4", "f.csv:5"}, places); diff != "" || got.Steps[0].File != "f.csv" {
		t.Errorf("rejects of %s (-want +got):\n%s", got.Steps[0].File, diff)
	}
}

func TestAMessageThatIsTooLargeIsARefusal(t *testing.T) {
	t.Parallel()
	b := setup(t, leads, map[string]string{"f.csv": "id,email\n1,ann@a.example\n"})
	b.suite.before = func(int) error { return status.Error(codes.ResourceExhausted, "message is too large") }
	b.run(t)
	if diff := cmp.Diff([]string{"f.csv|2|lead|1|RESOURCE_EXHAUSTED||message is too large"}, b.rejects(t)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
}

func TestAnAnswerForOtherRowsIsNotBelieved(t *testing.T) {
	t.Parallel()
	b := setup(t, shop, shopFiles())
	b.cfg.Scoring = forgetful{b.suite}
	if _, err := importer.Run(context.Background(), b.cfg); err == nil || !strings.Contains(err.Error(), "answered 3 leads with 0") {
		t.Errorf("Run() error: got %v", err)
	}
}
