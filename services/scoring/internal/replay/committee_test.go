package replay_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// committeed is a playbook by which whoever is from the crm is a buyer, who counts as engaged for five hours.
func committeed(gate string) *playbookv1.Document {
	doc := document()
	doc.Personas = map[string]*playbookv1.Persona{
		"buyer": {When: `lead.source == "crm"`, Required: true, Window: durationpb.New(5 * time.Hour)},
		"user":  {When: `lead.source == "website"`, Window: durationpb.New(5 * time.Hour)},
	}
	doc.Scoring.Engagement["site"].Events["page_view"].HalfLife = durationpb.New(time.Hour)
	doc.Stages.Mql = "fit > 70 && " + gate
	return doc
}

// colleague is a lead of a source that belongs to initech from an hour on, with what it did.
func colleague(id, source string, hours int, deeds ...replay.Deed) *replay.Past {
	return &replay.Past{Leads: []replay.Lead{{Lead: &record.Lead{ID: id, Source: source, CreatedAt: after(hours), Standing: standing.New()}}},
		Decisions: []replay.Decision{{Lead: id, Account: "initech", At: after(hours)}}, Deeds: deeds}
}

// joining is a lead of the crm at initech, from the third hour on, that is one with an older lead from the sixth hour to the ninth.
func joining(lead, older, source, account string, deeds ...replay.Deed) *replay.Past {
	past := colleague(lead, "crm", 3, deeds...)
	past.Leads = append([]replay.Lead{{Lead: &record.Lead{ID: older, Source: source, CreatedAt: after(1), Standing: standing.New()}}}, past.Leads...)
	past.Decisions = append(past.Decisions, replay.Decision{Lead: older, Account: account, At: after(1)})
	past.Merges = []replay.Merge{{Survivor: older, Absorbed: lead, At: after(6), PartedAt: after(9)}}
	return past
}

// together replays people of whom each may be at initech or globex, and gives when they qualify by the draft.
func together(t *testing.T, w *replay.World, pasts ...*replay.Past) map[string]map[int]int32 {
	t.Helper()
	w.Companies.Add(&record.Account{ID: "initech"}, nil)
	w.Companies.Add(&record.Account{ID: "globex"}, nil)
	roll := replay.NewRoll(w)
	for _, past := range pasts {
		if err := roll.Call(w, past); err != nil {
			t.Fatal(err)
		}
	}
	roll.Watch(w, roll.Accounts(), nil)
	w.Surroundings = roll.Surroundings()
	got := map[string]map[int]int32{}
	for _, past := range pasts {
		people, err := w.Run(past)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			got[p.Lead] = found(p)
		}
	}
	return got
}

// Ann, a user, is at initech from the first hour on, when she looks at a page, and what she did has faded an hour later.
func TestWhatAColleagueDoesQualifiesAnotherWhenTheServiceLooks(t *testing.T) {
	t.Parallel()
	const engaged, faded = `"buyer" in account.committee_engaged`, `"buyer" in account.committee_engaged && engagement < 20`
	late := visit("boss", "late", 6)
	late.OccurredAt = after(2)
	moved := colleague("boss", "crm", 1)
	moved.Decisions = append(moved.Decisions, replay.Decision{Lead: "boss", Account: "globex", At: after(5)})
	partner := colleague("boss", "crm", 1, visit("boss", "b", 3))
	partner.Leads[0].Partner = "fypion"
	merged := joining("boss", "cfo", "crm", "globex")
	visited := joining("aide", "boss", "crm", "initech", visit("aide", "b", 5))
	visited.Decisions[0].Account = "globex"
	for name, c := range map[string]struct {
		gate string
		boss *replay.Past
		want map[int]int32
	}{
		"a buyer comes":   {`"buyer" in account.committee`, colleague("boss", "crm", 3), map[int]int32{3: 1}},
		"a buyer engages": {engaged, colleague("boss", "crm", 1, visit("boss", "b", 4)), map[int]int32{4: 1}},
		"and covers the personas that are required":     {"account.committee_coverage >= 100", colleague("boss", "crm", 1, visit("boss", "b", 4)), map[int]int32{4: 1}},
		"nothing counts before it was recorded":         {engaged, colleague("boss", "crm", 1, late), map[int]int32{6: 1}},
		"who is engaged and engages alters nothing":     {faded, colleague("boss", "crm", 1, visit("boss", "b", 1), visit("boss", "c", 4)), map[int]int32{}},
		"who was, but not any more, does":               {faded, colleague("boss", "crm", 1, visit("boss", "b", 1), visit("boss", "c", 7)), map[int]int32{7: 1}},
		"time alone gives no cause to look":             {`!(` + engaged + `)`, colleague("boss", "crm", 0, visit("boss", "b", 1)), map[int]int32{}},
		"a buyer goes":                                  {`!("buyer" in account.committee)`, moved, map[int]int32{5: 1}},
		"a partner's lead counts for nobody":            {engaged, partner, map[int]int32{}},
		"a buyer who joins somebody elsewhere is gone":  {`!("buyer" in account.committee) && engagement < 5`, merged, map[int]int32{6: 1}},
		"who joins somebody without a part is gone too": {`!("buyer" in account.committee) && engagement < 5`, joining("boss", "guest", "fair", "initech"), map[int]int32{6: 1}},
		"who leaves takes along what it did":            {`!(` + engaged + `) && engagement < 0.2`, visited, map[int]int32{9: 1}},
		"and comes back by itself":                      {`"buyer" in account.committee && engagement < 0.2`, merged, map[int]int32{9: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := together(t, world(t, nil, committeed(c.gate)), colleague("ann", "website", 1, visit("ann", "a", 1)), c.boss)
			if diff := cmp.Diff(c.want, got["ann"]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEachVersionHasCommitteesOfItsOwn(t *testing.T) {
	t.Parallel()
	other := committeed(`!("buyer" in account.committee) && engagement < 10`) // which nobody is there to notice
	other.Personas["buyer"].When = `lead.source == "fair"`
	w := world(t, other, committeed(`"buyer" in account.committee`))
	together(t, w, colleague("boss", "crm", 3))
	people, err := w.Run(colleague("ann", "website", 1, visit("ann", "a", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[int]int32{3: 1}, found(people[0])); diff != "" || len(people[0].Found[replay.Baseline]) != 0 {
		t.Errorf("by the draft (-want +got):\n%s\nby the baseline, to which nobody is a buyer, %v", diff, people[0].Found[replay.Baseline])
	}
}

func TestAnActivationKnowsWhoIsInTheCommitteeThen(t *testing.T) {
	t.Parallel()
	w := world(t, nil, committeed(`"buyer" in account.committee_engaged`))
	w.Cut = after(6)
	together(t, w, colleague("boss", "crm", 1, visit("boss", "b", 3), visit("boss", "c", 7)))
	for hours, want := range map[int]bool{1: false, 6: true, 9: false} { // the second visit comes after the cut
		w.Cut = after(hours)
		people, err := w.Run(colleague("ann", "website", 1))
		if err != nil {
			t.Fatal(err)
		}
		if got := people[0].Now.Qualifies != nil; got != want {
			t.Errorf("after %d hours: qualifies %t, want %t", hours, got, want)
		}
	}
}

// A committee is made of so many of an account as engaged last.
func TestOfACrowdThoseWhoEngagedLastMakeTheCommittee(t *testing.T) {
	t.Parallel()
	pasts := []*replay.Past{colleague("ann", "website", 1), colleague("boss", "crm", 1, visit("boss", "b", 1))}
	for i := range 200 {
		id := fmt.Sprint("user", i)
		pasts = append(pasts, colleague(id, "website", 1, visit(id, id, 2+i)))
	}
	got := together(t, world(t, nil, committeed(`!("buyer" in account.committee)`)), pasts...)
	if diff := cmp.Diff(map[int]int32{201: 1}, got["user199"]); diff != "" {
		t.Errorf("who engaged as the two hundredth after the buyer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[int]int32{201: 1}, got["ann"]); diff != "" {
		t.Errorf("who never did (-want +got):\n%s", diff)
	}
}

func TestNoRollIsCalledUnlessAVersionAsks(t *testing.T) {
	t.Parallel()
	if replay.NewRoll(world(t, committeed("engagement > 5"), document())).AsksForCommittees() {
		t.Error("versions that only name personas ask for committees")
	}
	if !replay.NewRoll(world(t, document(), committeed("account.committee_coverage > 5"))).AsksForCommittees() {
		t.Error("a draft that asks for committees does not")
	}
}
