package difference_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/difference"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/document/documenttest"
)

func TestWhatChangesNoMeaningIsAMatterOfWording(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, to, want string }{
		{"playbook: acme", "playbook: acme\nreview_every: 90d", "Review every is written out: 90d, as it was by default"},
		{"from: assigned", "from: assigned", ""},
		{"fit > 70 && high_intent", "fit>70&&high_intent", "Stages, mql is worded or ordered otherwise, and means the same"},
		{"[high, medium]", "[medium, high]", "Routing, tiers, T1, intent is worded or ordered otherwise, and means the same"},
		{"reasons: [bad_fit_firmographic, bad_fit_budget,", "reasons: [bad_fit_budget, bad_fit_firmographic,", "Feedback, reasons is worded or ordered otherwise, and means the same"},
		{"feedback:\n  reasons: [bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, competitor, duplicate]\n", "",
			"Feedback is left to its default, {reasons: [bad_fit_firmographic, bad_fit_budget, not_ready, bad_data, competitor, duplicate]} as it was"},
		{"size_fit", "big", "Criterion size_fit is now called big and means the same"},
		{"at_risk: 75%}\n", "at_risk: {share: 0.75}}\n", ""},
		{"  calendar: us-east\n", "  # where we work\n  calendar:   'us-east'\n", ""},
	}
	for _, tt := range tests {
		var got []string
		if tt.from != tt.to {
			for _, c := range changes(t, tt.from, tt.to) {
				got = append(got, c.Sentence)
				if c.Effect != difference.Wording {
					t.Errorf("%q to %q: has effect %d", tt.from, tt.to, c.Effect)
				}
			}
		}
		if want := tt.want; want == "" && got != nil || want != "" && (len(got) != 1 || got[0] != want) {
			t.Errorf("%q to %q: got %q, want %q", tt.from, tt.to, got, want)
		}
	}
}

func TestTheOrderOfRulesThatAreAskedInTurnCounts(t *testing.T) {
	t.Parallel()
	const first, second = "    - {when: account.has_open_opportunity, to: opportunity_owner}\n", "    - {when: account.is_customer, to: {queue: customer-success}}\n"
	got := changes(t, first+second, second+first)
	if len(got) != 1 || got[0].Effect != difference.Assignment || got[0].Path != "routing.first_match" {
		t.Errorf("got %+v", got)
	}
	if got := changes(t, first, "    - {when: account.is_target, to: nurture}\n"+first); len(got) != 1 || got[0].Kind != difference.Added {
		t.Errorf("a rule in front: got %+v", got)
	}
	const initech, globex = "  - {domain: initech.example, owner: jane-doe, campaigns: [abm-q4]}\n", "  - {domain: globex.example}\n"
	if got := changes(t, initech+globex, globex+initech); len(got) != 1 || got[0].Effect != difference.Wording {
		t.Errorf("accounts in another order: got %+v", got)
	}
}

func TestARenamedCriterionHidesNoOtherChange(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range changes(t, "size_fit", "big", "fit > 70 && high_intent", "fit > 60 && high_intent && big") {
		got = append(got, fmt.Sprint(c.Effect, " ", c.Sentence))
	}
	want := []string{"1 A lead is an MQL when fit > 60 && high_intent && big, instead of when fit > 70 && high_intent",
		"5 Criterion size_fit is now called big and means the same"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestTheDocumentsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	from, to := parse(t, base), parse(t, strings.ReplaceAll(base, "size_fit", "big"))
	before, after := proto.CloneOf(from), proto.CloneOf(to)
	if got := difference.Changes(from, to); len(got) != 1 || got[0].Kind != difference.Renamed {
		t.Errorf("got %+v", got)
	}
	if !proto.Equal(from, before) || !proto.Equal(to, after) {
		t.Error("a document was changed")
	}
}

func TestADocumentDoesNotDifferFromItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := documenttest.Documents().Draw(t, "document")
		if got := difference.Changes(doc, proto.CloneOf(doc)); len(got) > 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

// Whatever two documents differ in, and however small it is, somebody is told.
func TestNoDifferenceIsPassedOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := documenttest.Documents().Draw(t, "from"), documenttest.Documents().Draw(t, "to")
		if rapid.Bool().Draw(t, "one field alone") {
			to = withOne(t, from, to)
		}
		hashFrom, errFrom := document.Hash(from)
		hashTo, errTo := document.Hash(to)
		if errFrom != nil || errTo != nil {
			t.Fatal(errFrom, errTo)
		}
		got := difference.Changes(from, to)
		if (hashFrom == hashTo) != (len(got) == 0) {
			t.Fatalf("hashes %s and %s: got %+v", hashFrom, hashTo, got)
		}
		for _, c := range got {
			if c.Sentence == "" || c.Kind == 0 || c.Path == "" {
				t.Fatalf("got %+v", c)
			}
		}
	})
}

// withOne is a document with one field of another.
func withOne(t *rapid.T, from, to *playbookv1.Document) *playbookv1.Document {
	mixed := proto.CloneOf(from)
	fields := mixed.ProtoReflect().Descriptor().Fields()
	field := fields.Get(rapid.IntRange(0, fields.Len()-1).Draw(t, "field"))
	mixed.ProtoReflect().Clear(field)
	if to.ProtoReflect().Has(field) {
		mixed.ProtoReflect().Set(field, to.ProtoReflect().Get(field))
	}
	return mixed
}

// Every field of every section is walked, those of later versions of the schema too.
func TestEachSectionOfTheSchemaIsCompared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := documenttest.Documents().Draw(t, "document")
		doc.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			without := proto.CloneOf(doc)
			without.ProtoReflect().Clear(field)
			for _, c := range difference.Changes(without, doc) {
				if strings.HasPrefix(c.Path, string(field.Name())) {
					return true
				}
			}
			t.Fatalf("%s: no change tells of it", field.Name())
			return false
		})
	})
}

func TestUnknownFieldsOfALaterVersionAreNotPassedOver(t *testing.T) {
	t.Parallel()
	doc := parse(t, base)
	later := proto.CloneOf(doc)
	later.ProtoReflect().SetUnknown([]byte{0xf8, 0x3f, 1}) // field 1023
	if got := difference.Changes(doc, later); len(got) != 1 || got[0].Effect != difference.Unknown {
		t.Errorf("got %+v", got)
	}
}
