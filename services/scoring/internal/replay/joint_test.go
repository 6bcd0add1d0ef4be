package replay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// pair are two leads of the website: ann looks at a page in the first hour, bob in the second.
func pair() *replay.Past {
	past := visitor(1)
	past.Leads = append(past.Leads, replay.Lead{Lead: &record.Lead{ID: "bob", Source: "website", CreatedAt: start.Add(time.Minute), Standing: standing.New()}})
	past.Deeds = append(past.Deeds, visit("bob", "z", 2))
	return past
}

func visit(lead, id string, hours int) replay.Deed {
	return replay.Deed{Lead: lead, Engagement: qualify.Engagement{ID: id, KnownAt: after(hours), Event: criteria.Event{Type: "page_view", OccurredAt: after(hours)}}}
}

// found are when somebody qualifies, by hours from the start, and in which cycle.
func found(p replay.Person) map[int]int32 {
	all := map[int]int32{}
	for _, q := range p.Found[replay.Draft] {
		all[int(q.At.Sub(start).Hours())] = q.Cycle
	}
	return all
}

func TestWhoWasOnePersonForATimeQualifiesAsOneThenAndAsTwoAfterwards(t *testing.T) {
	t.Parallel()
	merge := replay.Merge{Survivor: "ann", Absorbed: "bob", At: after(5), PartedAt: after(10)}
	for name, c := range map[string]struct {
		change   func(p *replay.Past)
		ann, bob map[int]int32
	}{
		"together they saw it twice, and what began then stays with the lead that stays": {func(*replay.Past) {}, map[int]int32{5: 1}, map[int]int32{}},
		"each goes on with what it did": {func(p *replay.Past) { p.Deeds = append(p.Deeds, visit("bob", "y", 12)) }, map[int]int32{5: 1}, map[int]int32{12: 1}},
		"each goes on from where it stood": {func(p *replay.Past) {
			p.Deeds = append(p.Deeds, visit("bob", "y", 3))
			p.Closings = []replay.Closing{{Lead: "bob", At: after(6), Outcome: standing.EndedDisqualified}}
		}, map[int]int32{}, map[int]int32{3: 1}},
		"a handoff that was closed for the merge begins anew": {func(p *replay.Past) {
			p.Deeds = append(p.Deeds, visit("bob", "y", 3), visit("ann", "x", 4))
			p.Closings = []replay.Closing{{Lead: "bob", At: after(6), Outcome: standing.EndedDuplicate, BySuite: true}}
		}, map[int]int32{4: 1}, map[int]int32{3: 1, 10: 2}},
		"what was closed because somebody was somebody else was not the handoff of who stays": {func(p *replay.Past) {
			p.Deeds = append(p.Deeds, visit("ann", "x", 3))
			p.Closings = []replay.Closing{{Lead: "bob", At: after(6), Outcome: standing.EndedDuplicate, BySuite: true}}
		}, map[int]int32{3: 1}, map[int]int32{}},
		"it lasts": {func(p *replay.Past) { p.Merges[0].PartedAt = time.Time{} }, map[int]int32{5: 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			past := pair()
			past.Merges = []replay.Merge{merge}
			c.change(past)
			people, err := world(t, nil, document()).Run(past)
			if err != nil {
				t.Fatal(err)
			}
			got, want := map[string]map[int]int32{}, map[string]map[int]int32{"ann": c.ann}
			if c.bob != nil {
				want["bob"] = c.bob
			}
			for _, p := range people {
				got[p.Lead] = found(p)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A chain: cleo joined bob, bob joined ann. Cleo leaves first, then bob.
func TestALeadThatWasJoinedAndJoinedSomebodyItselfIsWhatItWas(t *testing.T) {
	t.Parallel()
	past := pair()
	past.Leads = append(past.Leads, replay.Lead{Lead: &record.Lead{ID: "cleo", Source: "website", CreatedAt: start.Add(time.Hour), Standing: standing.New()}})
	past.Deeds = append(past.Deeds, visit("cleo", "y", 3), visit("cleo", "x", 4))
	past.Merges = []replay.Merge{{Survivor: "bob", Absorbed: "cleo", At: after(5), PartedAt: after(7)}, {Survivor: "ann", Absorbed: "bob", At: after(6), PartedAt: after(8)}}
	past.Closings = []replay.Closing{{Lead: "cleo", At: after(9), Outcome: standing.EndedRecycled}}
	past.Deeds = append(past.Deeds, visit("bob", "w", 11))
	people, err := world(t, nil, document()).Run(past)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[int]int32{}
	for _, p := range people {
		got[p.Lead] = found(p)
	}
	// Without cleo ann and bob saw it twice, so they qualify when cleo leaves.
	want := map[string]map[int]int32{"ann": {7: 1}, "bob": {11: 1}, "cleo": {4: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Bob and cleo join ann, who rests, and cleo is with sales. Bob leaves first: what ann was before him must not be lost.
func TestWhatALeadWasIsKeptUntilTheLastOfItsMergesIsTakenBack(t *testing.T) {
	t.Parallel()
	past := pair()
	past.Leads = append(past.Leads, replay.Lead{Lead: &record.Lead{ID: "cleo", Source: "website", CreatedAt: start.Add(time.Hour), Standing: standing.New()}})
	past.Deeds = append(past.Deeds, visit("ann", "y", 2), visit("cleo", "x", 3), visit("cleo", "w", 4))
	past.Merges = []replay.Merge{{Survivor: "ann", Absorbed: "bob", At: after(5), PartedAt: after(7)}, {Survivor: "ann", Absorbed: "cleo", At: after(6), PartedAt: after(8)}}
	past.Closings = []replay.Closing{{Lead: "ann", At: after(3), Outcome: standing.EndedRecycled}}
	people, err := world(t, nil, document()).Run(past)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[int]int32{}
	for _, p := range people {
		got[p.Lead] = found(p)
	}
	want := map[string]map[int]int32{"ann": {2: 1}, "bob": {}, "cleo": {4: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// employed is a world with one company, of which it was known in the third hour that something happened in the first.
func employed(t *testing.T, doc *playbookv1.Document, kind string) *replay.World {
	t.Helper()
	w := world(t, nil, doc)
	w.Companies.Add(&record.Account{ID: "initech"}, nil)
	w.Companies.Stir(map[string][]qualify.Engagement{"initech": {{ID: "n", KnownAt: after(3), Event: criteria.Event{Type: kind, OccurredAt: after(1)}}}})
	return w
}

func TestWhatHappensAtAnAccountCountsFromWhenItWasKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gate, kind string
		partner    string
		want       map[int]int32
	}{
		"a trigger":                              {"account.trigger_points >= 20", "funding", "", map[int]int32{3: 1}},
		"an event by itself":                     {`account.events.count("news") > 0`, "news", "", map[int]int32{3: 1}},
		"no event of the kind":                   {"account.trigger_points >= 20", "news", "", map[int]int32{}},
		"who is a partner's":                     {"account.trigger_points >= 20", "funding", "fypion", map[int]int32{}},
		"nobody asks, so nobody is judged again": {"engagement < 20", "funding", "", map[int]int32{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := document()
			doc.Triggers = map[string]*playbookv1.Trigger{"funding": {Points: 20}}
			doc.Scoring.Engagement["site"].Events["page_view"].HalfLife = durationpb.New(time.Hour)
			doc.Stages.Mql = c.gate
			past := visitor(1)
			past.Leads[0].Partner = c.partner
			past.Leads[0].CreatedAt = after(1)
			past.Decisions = []replay.Decision{{Lead: "ann", Account: "initech", At: after(1)}}
			people, err := employed(t, doc, c.kind).Run(past)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, found(people[0])); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
