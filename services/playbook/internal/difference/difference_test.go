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

func TestAChangeReadsAsASalesLeaderWouldSayIt(t *testing.T) {
	t.Parallel()
	const who, whom, when, how = difference.Qualification, difference.Assignment, difference.Timing, difference.Counting
	tests := []struct {
		from, to string
		effect   difference.Effect
		want     string
	}{
		{"{T1: {within: 24h}}", "{T1: {within: 4h}}", when, "First touch for T1 leads: 4 hours instead of 24 hours"},
		{"within: 4h, unit: business", "within: 2h, unit: business", when, "Acceptance: 2 business hours instead of 4 business hours"},
		{"at_risk: 75%", "at_risk: 1h", when, "Acceptance warns after 1 business hour instead of at 75%"},
		{"within: 24h, unit: wall,", "within: 24h, unit: wall, from: mql,", when, "First touch counts from the MQL instead of from the assignment"},
		{"    accept: {within", "    disposition: {within: 5d, unit: business}\n    accept: {within", when,
			"New clock, Disposition: {within: 5d, unit: business, from: accepted, at_risk: 75%}"},
		{"notify: rep", "notify: [rep, manager]", when, "Acceptance at 50% tells rep, manager instead of rep"},
		{"do: reassign}", "do: reassign}, {at: 200%, notify: manager}", when, "Acceptance at 200%: now {at: 200%, notify: [manager]}"},
		{"calendar: us-east", "calendar: berlin", when, "Business time is that of berlin instead of us-east"},
		{"playbook: acme", "playbook: acme\nreview_every: 30d", when, "Both teams review the playbook every 30 days instead of every 90 days"},

		{"account.employees >= 200", "account.employees >= 500", who, "size_fit means account.employees >= 500, instead of account.employees >= 200"},
		{"fit > 70 && high_intent", "fit > 70", who, "A lead is an MQL when fit > 70, instead of when fit > 70 && high_intent"},
		{"points: 25", "points: 30", who, "Fit points for size: 30 instead of 25"},
		{"cap: 30", "cap: 20", who, "All of web gives at most 20 points instead of 30"},
		{"half_life: 14d, ", "", who, "page_view no longer fades; it lost half its points in 14 days"},
		{`"/pricing": 8`, `"/pricing": 9`, who, "page_view at /pricing gives 9 points on top instead of 8"},
		{"  student:", "  competitor: account.domain in lists.competitors\n  student:", who,
			"Leads are now disqualified as competitor when account.domain in lists.competitors"},

		{"otherwise: nurture", "otherwise: {pool: velocity}", whom, "All other leads go to the pool velocity instead of marketing, who nurtures them"},
		{"{owner_or_pool: enterprise}", "{pool: enterprise}", whom, "T1 leads go to the pool enterprise instead of the account's owner, else the pool enterprise"},
		{"target: false, ", "", whom, "T2 takes all accounts, instead of only other accounts"},
		{"intent: [high, medium]", "intent: high", whom, "T1 takes high intent instead of high, medium"},
		{"  - {domain: globex.example}\n", "", whom, "globex.example leaves the target accounts"},
		{"owner: jane-doe", "owner: sam-lee", whom, "initech.example is sam-lee's account instead of jane-doe's"},
		{"intent: {high: high_intent}", "intent: {high: high_intent, medium: size_fit}", whom, "Intent is now medium when size_fit"},
		{"to: {queue: customer-success}", "to: nurture", whom, "Leads with account.is_customer go to marketing, who nurtures them instead of the queue customer-success"},

		{"checklist: [need, timing]", "checklist: bant", how, "An SQL needs bant instead of need, timing"},
		{"not_ready, bad_data, ", "bad_data, ", how,
			"Reps can give these reasons: bad fit firmographic, bad fit budget, bad data, competitor, duplicate, instead of bad fit firmographic, bad fit budget, not ready, bad data, competitor, duplicate"},
		{"120/month", "150/month", how, "Marketing promises mql volume: 150/month instead of 120/month"},
		{`"> 90%"`, `">= 90%"`, how, "Sales promises first touch in time: 90% instead of > 90%"},
		{"w_shaped", "linear", how, "Both teams quote linear attribution instead of w shaped"},
		{"[20%, 30%]", "[25%, 30%]", how, "Wanted of lead_to_mql: [0.25, 0.3] instead of [0.2, 0.3]"},
		{"attribution:", "review: {win_rate_drop: 10%}\nattribution:", how, "Review, win rate drop: 10% instead of 20%"},
	}
	for _, tt := range tests {
		got := changes(t, tt.from, tt.to)
		if len(got) != 1 || got[0].Sentence != tt.want || got[0].Effect != tt.effect {
			t.Errorf("%q to %q: got %+v\nwant %q", tt.from, tt.to, got, tt.want)
		}
	}
}

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
	fields := (&playbookv1.Document{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		rapid.Check(t, func(t *rapid.T) {
			doc := documenttest.Documents().Filter(func(d *playbookv1.Document) bool { return d.ProtoReflect().Has(field) }).Draw(t, "document")
			without := proto.CloneOf(doc)
			without.ProtoReflect().Clear(field)
			for _, c := range difference.Changes(without, doc) {
				if len(c.Path) >= len(field.Name()) && protoreflect.Name(c.Path[:len(field.Name())]) == field.Name() {
					return
				}
			}
			t.Fatalf("%s: no change tells of it", field.Name())
		})
	}
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
