package dossier_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

func lead(id string, hours int, p person.Profile) *record.Lead {
	at := start.Add(time.Duration(hours) * time.Hour)
	return &record.Lead{ID: id, Source: "website", CreatedAt: at, OccurredAt: at, Fields: p.Fields(dedupe.Reported, at), Standing: standing.New()}
}

func open(t *testing.T, lead *record.Lead, absorbed ...*record.Lead) *dossier.Dossier {
	t.Helper()
	d, err := dossier.Open(lead, absorbed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newcomer(lead *record.Lead) *dossier.Dossier {
	return dossier.New(lead, person.Stored(lead.Fields))
}

func account(id, parent string, domains ...string) *record.Account {
	a := &record.Account{ID: id, Source: "crm", SourceID: id, Company: record.Company{DisplayName: id, Parent: parent}}
	for _, domain := range domains {
		a.Hosts = append(a.Hosts, normal.Host{Name: domain, Domain: domain})
	}
	a.Company = a.Read()
	return a
}

func rules(t *testing.T) dossier.Rules {
	t.Helper()
	policy, err := qualify.Compile(&playbookv1.Document{
		Criteria: map[string]string{"demo": `engagement.count("form_submit") >= 1`},
		Stages:   &playbookv1.StagePolicy{Mql: "demo"},
		Intent:   &playbookv1.IntentPolicy{High: "demo"},
		Routing:  &playbookv1.RoutingPolicy{RequiredContext: []playbookv1.ContextField{playbookv1.ContextField_CONTEXT_FIELD_CAMPAIGN, playbookv1.ContextField_CONTEXT_FIELD_CONTENT_CONSUMED}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return dossier.Rules{Playbook: 1, Policy: policy}
}

func mint(lead string, cycle int32) string { return fmt.Sprintf("%s/%d", lead, cycle) }

func did(id, kind string, hours int) record.Engagement {
	at := start.Add(time.Duration(hours) * time.Hour)
	return record.Engagement{ID: id, Type: kind, Asset: kind + id, OccurredAt: at, RecordedAt: at}
}

func TestEveryoneWhoJoinedPointsAtTheLeadThatStands(t *testing.T) {
	t.Parallel()
	a, b, c := lead("a", 0, person.Profile{}), lead("b", 1, person.Profile{Title: "CEO"}), lead("c", 2, person.Profile{Email: "c@x.example"})
	c.MergedInto, b.Absorbed = "b", 1
	survivor, other := open(t, a), open(t, b, c)
	if err := survivor.Absorb(other); err != nil {
		t.Fatal(err)
	}
	if b.MergedInto != "a" || c.MergedInto != "a" || a.Absorbed != 2 || b.Absorbed != 0 {
		t.Errorf("b points at %q, c at %q, and a holds %d", b.MergedInto, c.MergedInto, a.Absorbed)
	}
	if who := survivor.Who(); who.Title != "CEO" || who.Email != "c@x.example" {
		t.Errorf("together they show %+v", who.Profile)
	}
	if len(survivor.Change.Merged) != 1 || survivor.Change.Merged[0].Absorbed != "b" {
		t.Errorf("merged now: %v, want b alone", survivor.Change.Merged)
	}
	if err := survivor.Absorb(survivor); err == nil {
		t.Error("a person was merged with itself")
	}
}

// Somebody who plays a part, and never did anything, joins somebody at another company.
func TestWhoJoinsSomebodyElsewhereLeavesTheCommittee(t *testing.T) {
	t.Parallel()
	a, b := lead("a", 0, person.Profile{}), lead("b", 1, person.Profile{})
	a.Match.Account, b.Match.Account, b.Score.Personas = "globex", "initech", []string{"buyer"}
	d := open(t, a)
	if got := d.Committees(rules(t).Policy, start); got != nil {
		t.Errorf("who plays no part alters %v", got)
	}
	if err := d.Absorb(open(t, b)); err != nil {
		t.Fatal(err)
	}
	got := d.Committees(rules(t).Policy, start)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"globex", "initech"}, slices.Compact(got)); diff != "" {
		t.Errorf("whose committees are altered (-want +got):\n%s", diff)
	}
}

func TestTheAccountIsDecidedAnewOnlyForAReason(t *testing.T) {
	t.Parallel()
	directory := dossier.NewDirectory(account("acme", "", "acme.example"), account("globex", "", "globex.example"))
	stored := lead("a", 0, person.Profile{Email: "ann@acme.example", Title: "CEO"})
	d := open(t, stored)
	if !d.Undecided() {
		t.Fatal("nothing was decided yet")
	}
	d.Assign(directory, dossier.Rules{}, dossier.PersonChanged, start)
	if stored.Match.Account != "acme" || stored.Match.Number != 1 || d.Change.Decision.Code != match.DomainUnique {
		t.Fatalf("decided %+v", stored.Match)
	}
	again := open(t, stored)
	if err := again.Learn("a", person.Fields{"title": {Value: "CFO", At: start.Add(time.Hour)}}, start); err != nil {
		t.Fatal(err)
	}
	if again.Undecided() {
		t.Error("another title asks for another decision")
	}
	again.Assign(directory, dossier.Rules{}, dossier.AccountsChanged, start)
	if again.Change.Decision != nil {
		t.Error("the same decision was taken twice")
	}
	if err := again.Learn("a", person.Fields{"email": {Value: "ann@globex.example", At: start.Add(time.Hour)}}, start); err != nil {
		t.Fatal(err)
	}
	if !again.Undecided() {
		t.Error("another address asks for no decision")
	}
	again.Assign(directory, dossier.Rules{}, dossier.PersonChanged, start)
	if from, to, moved := again.Moved(); from != "acme" || to != "globex" || !moved || stored.Match.Number != 2 {
		t.Errorf("moved %v from %q to %q by decision %d", moved, from, to, stored.Match.Number)
	}
}

func TestNobodyIsJudgedBeforeThereIsAPlaybook(t *testing.T) {
	t.Parallel()
	d := newcomer(lead("a", 0, person.Profile{}))
	d.Record(did("1", "form_submit", 0))
	d.Judge(dossier.Rules{}, dossier.NewDirectory(), start, mint)
	if d.Change.Result != nil || d.Lead.Standing != standing.New() {
		t.Errorf("judged as %+v", d.Lead.Standing)
	}
}

func TestRoutingHearsOfMoreContextWhenItCouldMatter(t *testing.T) {
	t.Parallel()
	r, directory := rules(t), dossier.NewDirectory()
	stored := lead("a", 0, person.Profile{})
	first := newcomer(stored)
	first.Record(did("1", "form_submit", 0))
	first.Judge(r, directory, start, mint)
	if first.Change.Step != standing.Qualify || stored.Standing.Handoff != "a/1" || first.Change.MoreContext {
		t.Fatalf("the lead is %+v", stored.Standing)
	}
	history := first.History
	for name, c := range map[string]struct {
		change func(*dossier.Dossier) error
		want   bool
	}{
		"nothing":      {func(*dossier.Dossier) error { return nil }, false},
		"another page": {func(d *dossier.Dossier) error { d.Record(did("2", "page_view", 1)); return nil }, false},
		"another form": {func(d *dossier.Dossier) error { d.Record(did("2", "form_submit", 1)); return nil }, true},
		"the missing campaign": {func(d *dossier.Dossier) error {
			return d.Learn("a", person.Fields{"campaign": {Value: "ads", At: start}}, start)
		}, true},
		"another title": {func(d *dossier.Dossier) error {
			return d.Learn("a", person.Fields{"title": {Value: "CEO", At: start}}, start)
		}, false},
	} {
		copied := *stored
		d, err := dossier.Open(&copied, nil, history)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.change(d); err != nil {
			t.Fatal(err)
		}
		d.Judge(r, directory, start.Add(2*time.Hour), mint)
		if d.Change.MoreContext != c.want {
			t.Errorf("%s: told %v, want %v", name, d.Change.MoreContext, c.want)
		}
	}
}

func TestAContextIsBoundedAndInOrder(t *testing.T) {
	t.Parallel()
	d := newcomer(lead("a", 0, person.Profile{}))
	for i := range 50 {
		d.Record(did(fmt.Sprint(i), []string{"page_view", "content_download"}[i%2], i))
	}
	d.Record(record.Engagement{ID: "bot", Type: "email_click", Automated: true, OccurredAt: start.Add(100 * time.Hour)})
	c := d.Context(rules(t), dossier.NewDirectory(), start)
	if len(c.Recent) != dossier.MaxListed || c.Recent[0].ID != "49" || len(c.Content) != dossier.MaxListed || c.Content[0] != "content_download49" {
		t.Errorf("%d recent from %s, %d assets from %s", len(c.Recent), c.Recent[0].ID, len(c.Content), c.Content[0])
	}
	if diff := cmp.Diff([]dossier.Count{{Type: "content_download", Times: 25}, {Type: "page_view", Times: 25}}, c.Counts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(c.Missing) != 1 || c.Missing[0] != playbookv1.ContextField_CONTEXT_FIELD_CAMPAIGN {
		t.Errorf("missing %v, want the campaign", c.Missing)
	}
}

// TestWhatDrewSomebodyInIsTheFirstAsset of those up to the instant at which they qualified, in whatever order it arrived.
func TestWhatDrewSomebodyInIsTheFirstAsset(t *testing.T) {
	asset := func(id, asset string, hours int) record.Engagement {
		e := did(id, "content_download", hours)
		e.Asset = asset
		return e
	}
	for _, tc := range []struct {
		name    string
		history []record.Engagement
		want    string
	}{
		{"nothing", nil, ""},
		{"no asset", []record.Engagement{asset("a", "", 0)}, ""},
		{"the first that has one", []record.Engagement{asset("c", "webinar", 2), asset("a", "", 0), asset("b", "ebook", 1)}, "ebook"},
		{"two of one instant, by id", []record.Engagement{asset("b", "webinar", 1), asset("a", "ebook", 1)}, "ebook"},
		{"at the very instant", []record.Engagement{asset("a", "ebook", 5)}, "ebook"},
		{"later", []record.Engagement{asset("a", "ebook", 6)}, ""},
	} {
		p := newcomer(lead("a", 0, person.Profile{}))
		p.History, p.Lead.Standing.QualifiedAt = tc.history, start.Add(5*time.Hour)
		if got := p.Context(rules(t), dossier.NewDirectory(), start.Add(7*time.Hour)).Magnet; got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestAHierarchyIsReadOnlySoFar(t *testing.T) {
	t.Parallel()
	circle := dossier.NewDirectory(account("a", "b", "a.example"), account("b", "c"), account("c", "a", "c.example"))
	if diff := cmp.Diff([]string{"b", "c"}, circle.Above("a")); diff != "" {
		t.Errorf("a circle (-want +got):\n%s", diff)
	}
	own, above := circle.Domains("a")
	if diff := cmp.Diff([][]string{{"a.example"}, {"c.example"}}, [][]string{own, above}); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
	tower := dossier.NewDirectory()
	for i := range 100 {
		tower.Add(account(fmt.Sprint(i), fmt.Sprint(i+1)))
	}
	if n := len(tower.Above("0")); n != dossier.MaxDepth {
		t.Errorf("%d accounts are above the lowest, want %d", n, dossier.MaxDepth)
	}
	if own, above := dossier.NewDirectory().Domains("nobody"); own != nil || above != nil {
		t.Error("an account that is not there has domains")
	}
}
