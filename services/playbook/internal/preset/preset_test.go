package preset_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/preset"
)

// compose is the playbook of some presets, which has no error.
func compose(t *testing.T, names ...string) (*playbookv1.Document, string) {
	t.Helper()
	text, err := preset.Compose(names...)
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := document.Check(text, nil)
	if document.HasErrors(problems) {
		t.Fatalf("%v: %v", names, problems)
	}
	for _, p := range problems { // the list is empty as yet, and what is literal is so on purpose
		if !strings.HasPrefix(p.Field, "target_accounts") && p.Field != "surge" && !strings.HasPrefix(p.Field, "routing.tiers.T") && !slices.Contains(names, "literal") {
			t.Errorf("%v: %v", names, p)
		}
	}
	return doc, string(text)
}

func TestAllCombinationsAreWholePlaybooksThatSayTheirSource(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, gate := range []string{"score_thresholds", "joint_boolean"} {
		for _, clocks := range []string{"business", "literal"} {
			for _, order := range []string{"sal_before_sql", "sql_before_sal"} {
				_, text := compose(t, order, gate, clocks)
				for _, source := range []string{"Abmatic", "Klozeo", "Fypion", "Cargo", gate, clocks, order} {
					if !strings.Contains(text, source) {
						t.Errorf("%s, %s, %s: does not name %s", gate, clocks, order, source)
					}
				}
				seen[text] = true
			}
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d different playbooks, want 8", len(seen))
	}
	for _, p := range preset.All() {
		if p.Description == "" || p.Source == "" || p.Question == 0 {
			t.Errorf("%+v says too little", p)
		}
	}
}

func TestGates(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"score_thresholds": "fit > 70 && engagement > 50",
		"joint_boolean":    "size_fit && industry_fit && revenue_fit && geo_fit && buyer_role && (high_intent || webinar || pricing_visits || email_engaged)",
	} {
		doc, _ := compose(t, name)
		if got := doc.GetStages().GetMql(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestScoresHaveFourWeightedGroupsEach(t *testing.T) {
	t.Parallel()
	doc, _ := compose(t)
	sum := 0.0
	for _, rule := range doc.GetScoring().GetFit() {
		sum += rule.GetPoints()
	}
	if len(doc.GetScoring().GetFit()) != 4 || sum != 100 {
		t.Errorf("fit has %d groups of %g points, want 4 of 100", len(doc.GetScoring().GetFit()), sum)
	}
	for _, group := range []string{"content", "website", "email", "events"} {
		if doc.GetScoring().GetEngagement()[group].Cap == nil {
			t.Errorf("engagement by %s has no cap", group)
		}
	}
	if w := doc.GetScoring().GetWeights(); w.GetFit() != 0.5 || w.GetEngagement() != 0.5 {
		t.Errorf("weights %v", w)
	}
}

func TestPresetsNameWhatMakesACompanyBuy(t *testing.T) {
	t.Parallel()
	doc, _ := compose(t)
	for _, trigger := range []string{"new_executive", "rapid_hiring", "compliance_event", "competitive_displacement"} {
		if doc.GetTriggers()[trigger].GetPoints() == 0 {
			t.Errorf("the trigger %s gives no points", trigger)
		}
	}
	roles := map[playbookv1.Persona_Role]bool{}
	for _, p := range doc.GetPersonas() {
		roles[p.GetRole()] = true
	}
	if !roles[playbookv1.Persona_ROLE_DRIVER] || !roles[playbookv1.Persona_ROLE_BLOCKER] || doc.GetSurge() == nil {
		t.Errorf("personas %v and surge %v, want one who drives, one who blocks, and a surge", doc.GetPersonas(), doc.GetSurge())
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"business": `clocks:
  assign: {within: 5m, unit: wall, from: mql}
  accept: {within: 4h, unit: business, from: assigned, at_risk: 75%}
  first_touch: {within: 8h, unit: business, from: assigned, tiers: {T1: {within: 4h}}}
  disposition: {within: 5d, unit: business, from: accepted}
  demo_booked: {within: 30d, unit: wall, from: mql, only: [T2]}`,
		"literal": `clocks:
  assign: {within: 5m, unit: wall, from: mql}
  accept: {within: 4h, unit: wall, from: mql, at_risk: 75%}
  first_touch: {within: 24h, unit: wall, from: mql, tiers: {T1: {within: 4h}, T2: {within: 72h, at_risk: 48h}, T3: {within: 72h, at_risk: 48h}}}
  disposition: {within: 5d, unit: wall, from: mql}
  demo_booked: {within: 30d, unit: wall, from: mql, only: [T2]}`,
	} {
		got, _ := compose(t, name)
		wanted, _, problems := document.Parse([]byte("playbook: a\nscoring: {}\nstages: {mql: a}\nrouting: {}\nsla:\n  calendar: a\n  " + strings.ReplaceAll(want, "\n", "\n  ")))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(wanted.GetSla().GetClocks(), got.GetSla().GetClocks(), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOrders(t *testing.T) {
	t.Parallel()
	const sal, sql = playbookv1.Milestone_MILESTONE_SAL, playbookv1.Milestone_MILESTONE_SQL
	for name, want := range map[string][2]playbookv1.Milestone{"sal_before_sql": {sal, sql}, "sql_before_sal": {sql, sal}} {
		doc, _ := compose(t, name)
		if order := doc.GetStages().GetOrder(); len(order) != 6 || [2]playbookv1.Milestone(order[2:4]) != want {
			t.Errorf("%s: got %v", name, order)
		}
	}
}

func TestOnlyTheMailHasAWindowAndThePlaybookSaysSo(t *testing.T) {
	t.Parallel()
	doc, text := compose(t, "joint_boolean")
	for name, expression := range doc.GetCriteria() {
		if got, want := strings.Contains(expression, "within("), name == "email_engaged"; got != want {
			t.Errorf("%s has a window: %v, want %v", name, got, want)
		}
	}
	if !strings.Contains(text, "can be read to mean") {
		t.Error("the ambiguity is not said")
	}
}

func TestWhatDoesNotCombineIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := preset.Compose("literal", "business"); !errors.Is(err, preset.ErrConflict) {
		t.Errorf("got %v, want %v", err, preset.ErrConflict)
	}
	if _, err := preset.Compose("agile"); !errors.Is(err, preset.ErrUnknown) {
		t.Errorf("got %v, want %v", err, preset.ErrUnknown)
	}
	if _, err := preset.Compose("literal", "literal"); err != nil {
		t.Errorf("twice the same: %v", err)
	}
}

// The gate over scores is strict at both thresholds.
func TestAtTheThresholdsNobodyIsAnMQL(t *testing.T) {
	t.Parallel()
	const micro = 1_000_000
	doc, _ := compose(t, "score_thresholds")
	set, err := criteria.Compile(criteria.Definition{Gates: []criteria.Rule{{Name: "mql", Expression: doc.GetStages().GetMql()}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		fit, engagement int64
		want            criteria.Truth
	}{
		{70 * micro, 50 * micro, criteria.False},
		{70 * micro, 100 * micro, criteria.False},
		{100 * micro, 50 * micro, criteria.False},
		{70*micro + 1, 50*micro + 1, criteria.True},
	} {
		gates := set.Evaluate(&criteria.Facts{}, time.Time{}).Gates(criteria.Scores{Fit: tt.fit, Engagement: tt.engagement})
		if gates.Truth(0) != tt.want {
			t.Errorf("fit %d and engagement %d: got %v, want %v", tt.fit, tt.engagement, gates.Truth(0), tt.want)
		}
	}
}
