package replay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// surging is a playbook by which two visits make an account hot. They halve every four hours, so that an account that two
// visits made hot is calm again after four hours, and rests until ten hours after it became so.
func surging(gate string) *playbookv1.Document {
	doc := document()
	doc.Surge = &playbookv1.SurgePolicy{Enter: proto.Float64(40), Leave: proto.Float64(20.1), Window: durationpb.New(100 * time.Hour), HalfLife: durationpb.New(4 * time.Hour),
		Cooldown: durationpb.New(10 * time.Hour), OnlyTargets: proto.Bool(false),
		Events: map[string]*playbookv1.SurgeRule{"page_view": {Points: 20}, "audit": {}}}
	doc.Stages.Mql = "fit > 70 && " + gate
	return doc
}

// around replays people of initech as [together] does, where something happened that nobody in particular did, and gives when
// ann, who does nothing herself, qualifies by the draft.
func around(t *testing.T, w *replay.World, happened []qualify.Engagement, pasts ...*replay.Past) map[int]int32 {
	t.Helper()
	w.Companies.Stir(map[string][]qualify.Engagement{"initech": happened})
	return together(t, w, append(pasts, colleague("ann", "website", 0))...)["ann"]
}

// views are visits of a lead of the crm at initech, one an hour given.
func views(lead string, hours ...int) *replay.Past {
	past := colleague(lead, "crm", 0)
	for _, h := range hours {
		past.Deeds = append(past.Deeds, visit(lead, lead+string(rune('a'+h)), h))
	}
	return past
}

func TestAnAccountSurgesInThePastWhenTheServiceWouldHaveLooked(t *testing.T) {
	t.Parallel()
	const hot, calm = `account.is_surging`, `!account.is_surging && account.events.count("audit") > 0`
	stir := func(hours int) qualify.Engagement {
		return visit("", "own", hours).Engagement
	}
	audit := func(hours int) []qualify.Engagement {
		return []qualify.Engagement{{ID: "audit", KnownAt: after(hours), Event: criteria.Event{Type: "audit", OccurredAt: after(hours)}}}
	}
	moved := views("bob", 1, 2)
	moved.Decisions[0].Account = "globex"
	moved.Decisions = append(moved.Decisions, replay.Decision{Lead: "bob", Account: "initech", At: after(3)})
	gone := views("bob", 1, 1)
	gone.Decisions = append(gone.Decisions, replay.Decision{Lead: "bob", Account: "globex", At: after(2)})
	late := views("bob", 1)
	late.Deeds = append(late.Deeds, replay.Deed{Lead: "bob", Engagement: qualify.Engagement{ID: "late", KnownAt: after(3), Event: criteria.Event{Type: "page_view", OccurredAt: after(1).Add(-time.Hour)}}})
	partner := views("bob", 1, 1)
	partner.Leads[0].Partner = "fypion"
	joined := joining("bob", "old", "fair", "globex", visit("bob", "x", 4), visit("bob", "y", 4))
	for name, c := range map[string]struct {
		gate string
		own  []qualify.Engagement
		bobs []*replay.Past
		want map[int]int32
	}{
		"two visits of two people":                  {hot, nil, []*replay.Past{views("bob", 3), views("eve", 3)}, map[int]int32{3: 1}},
		"a visit of one, and of nobody":             {hot, []qualify.Engagement{stir(3)}, []*replay.Past{views("bob", 3)}, map[int]int32{3: 1}},
		"one is not enough":                         {hot, nil, []*replay.Past{views("bob", 3)}, map[int]int32{}},
		"a second one that comes late":              {hot, nil, []*replay.Past{views("bob", 1, 8)}, map[int]int32{}},
		"nothing counts before it was recorded":     {hot + ` && account.events.count("audit") > 0`, audit(2), []*replay.Past{views("bob", 1, 1, 9)}, map[int]int32{2: 1}},
		"what is recorded late counts what is left": {hot, nil, []*replay.Past{late, views("eve", 3)}, map[int]int32{3: 1}},
		"calm again by itself":                      {calm, audit(1), []*replay.Past{views("bob", 1, 1)}, map[int]int32{4: 1}},
		"calm again before it stirs again":          {calm, audit(1), []*replay.Past{views("bob", 1, 1, 9)}, map[int]int32{4: 1}},
		"it rests, and is hot when it has rested":   {hot + ` && account.events.count("audit", within("6h")) > 0`, audit(6), []*replay.Past{views("bob", 1, 1, 8, 10, 11)}, map[int]int32{11: 1}},
		"who comes brings along what he did":        {hot, nil, []*replay.Past{moved}, map[int]int32{}},
		"with somebody's who is there":              {hot, nil, []*replay.Past{moved, views("eve", 3)}, map[int]int32{3: 1}},
		"who goes takes it along":                   {calm, audit(1), []*replay.Past{gone}, map[int]int32{2: 1}},
		"who joins somebody elsewhere does, too":    {calm, audit(4), []*replay.Past{joined}, map[int]int32{6: 1}},
		"a partner's lead counts for nobody":        {hot, nil, []*replay.Past{partner}, map[int]int32{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := around(t, world(t, nil, surging(c.gate)), c.own, c.bobs...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// At hour 6 nothing that happened at initech is left but two visits.
func TestAnActivationGoesOnFromHowAccountsReallyStand(t *testing.T) {
	t.Parallel()
	hot := surge.State{Surging: true, Number: 3, Began: after(-90)}
	rested := func(began int) surge.State {
		return surge.State{Number: 3, Began: after(began), Ended: after(began + 1)}
	}
	for name, c := range map[string]struct {
		really surge.State
		hours  []int
		want   bool
	}{
		"above the line, and never hot":             {surge.State{}, []int{6, 6}, true},
		"below the line, and never hot":             {surge.State{}, []int{5, 6}, false},
		"below the line, and hot already":           {hot, []int{5, 6}, true},
		"below the lower line, and hot already":     {hot, []int{1, 2}, false},
		"above the line, and resting":               {rested(-3), []int{6, 6}, false},
		"above the line, and rested":                {rested(-4), []int{6, 6}, true},
		"as it would have been by the draft before": {surge.State{}, []int{4, 4}, false},
		"what comes after the cut":                  {surge.State{}, []int{6, 7}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t, nil, surging("account.is_surging"))
			w.Cut = after(6)
			w.Companies.Add(&record.Account{ID: "initech"}, nil)
			roll := replay.NewRoll(w)
			ann := colleague("ann", "website", 0)
			for _, past := range []*replay.Past{ann, views("bob", c.hours...)} {
				if err := roll.Call(w, past); err != nil {
					t.Fatal(err)
				}
			}
			roll.Watch(w, roll.Accounts(), map[string]surge.State{"initech": c.really})
			w.Surroundings = roll.Surroundings()
			people, err := w.Run(ann)
			if err != nil {
				t.Fatal(err)
			}
			if got := people[0].Now.Qualifies != nil; got != c.want {
				t.Errorf("qualifies: %t", got)
			}
		})
	}
}

// With two visits at once ann makes initech hot herself.
func TestWhoMakesAnAccountHotIsJudgedBeforeAndAfterwards(t *testing.T) {
	t.Parallel()
	draft, baseline := surging("cold && engagement > 30"), surging("account.is_surging && engagement > 30")
	draft.Criteria["cold"] = "!account.is_surging"
	w := world(t, baseline, draft)
	ann := colleague("ann", "website", 0, visit("ann", "a", 3), visit("ann", "b", 3))
	together(t, w, ann)
	people, err := w.Run(ann)
	if err != nil {
		t.Fatal(err)
	}
	for v, version := range []string{"baseline", "draft"} {
		if got := people[0].Found[v]; len(got) != 1 || !got[0].At.Equal(after(3)) {
			t.Errorf("by the %s: %v", version, got)
		}
	}
	w = world(t, surging("engagement > 90"), draft)
	together(t, w, ann)
	got, err := w.Disagree(ann, &people[0].Found[replay.Draft][0], replay.Draft)
	if want := (replay.Disagreement{Cause: replay.ByCriterion, Subject: "cold", Words: "cold is new, and true"}); got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestNoRollIsCalledForSurgesUnlessAVersionAsks(t *testing.T) {
	t.Parallel()
	deaf := document()
	deaf.Stages.Mql = "account.is_surging" // which without a surge is never known
	if replay.NewRoll(world(t, surging("engagement > 5"), deaf)).AsksForSurges() {
		t.Error("versions that do not look at surges ask for them")
	}
	if !replay.NewRoll(world(t, document(), surging("account.is_surging"))).AsksForSurges() {
		t.Error("a draft that asks for surges does not")
	}
}
