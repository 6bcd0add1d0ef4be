package document_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestShippedPlaybooksHaveNoError(t *testing.T) {
	t.Parallel()
	for name, advice := range map[string][]string{
		"acme.yaml":    {"criteria.revenue_fit", "target_accounts", "target_accounts", "sla.clocks.first_touch.tiers.T2.within", "sla.clocks.first_touch.tiers.T3.within"},
		"minimal.yaml": {"disqualify", "target_accounts", "routing.tiers"},
	} {
		_, problems := document.Check(example(t, name), compile)
		if document.HasErrors(problems) {
			t.Errorf("%s: %v", name, texts(errorsOf(problems)))
		}
		var fields []string
		for _, p := range problems {
			fields = append(fields, p.Field)
		}
		if diff := cmp.Diff(advice, fields); diff != "" {
			t.Errorf("%s: fields with advice (-want +got):\n%s", name, diff)
		}
	}
}

func TestAcmeMeansWhatItSays(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "acme.json")
	got := mustParse(t, example(t, "acme.yaml"))
	if *update {
		encoded, err := protojson.MarshalOptions{Multiline: true}.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, append(encoded, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	encoded, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := &playbookv1.Document{}
	if err := protojson.Unmarshal(encoded, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// The demo's reps, pools and calendars are made under these ids.
func TestAcmeUsesTheIdsOfTheDemo(t *testing.T) {
	t.Parallel()
	doc := mustParse(t, example(t, "acme.yaml"))
	pools := map[string]bool{}
	for _, tier := range doc.GetRouting().GetTiers() {
		pools[tier.GetAssign().GetOwnerOrPool()+tier.GetAssign().GetPool()] = true
	}
	if want := map[string]bool{"enterprise": true, "velocity": true}; !cmp.Equal(want, pools) {
		t.Errorf("pools %v, want %v", pools, want)
	}
	if got := doc.GetSla().GetCalendar(); got != "us-east-business" {
		t.Errorf("calendar %q, want us-east-business", got)
	}
	if got := doc.GetRouting().GetFirstMatch()[1].GetTo().GetQueue(); got != "customer-success" {
		t.Errorf("queue %q, want customer-success", got)
	}
	if !slices.Contains(doc.GetRouting().GetHeldLadder(), playbookv1.HeldStep_HELD_STEP_OVERFLOW) {
		t.Error("the held ladder does not try the overflow pool")
	}
}

func TestMinimalHasNoSectionToSpare(t *testing.T) {
	t.Parallel()
	doc := mustParse(t, example(t, "minimal.yaml"))
	source, err := document.ToYAML(doc)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(source), "\n")
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, " ") {
			continue
		}
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], " ") {
			end++
		}
		without := strings.Join(slices.Concat(lines[:i], lines[end:]), "")
		if _, _, problems := document.Parse([]byte(without)); len(problems) == 0 {
			t.Errorf("the playbook is valid without\n%s", strings.Join(lines[i:end], ""))
		}
	}
}
