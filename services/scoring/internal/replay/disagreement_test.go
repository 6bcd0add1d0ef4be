package replay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

func after(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }

// document qualifies whoever is from the website and saw the prices twice.
func document() *playbookv1.Document {
	return &playbookv1.Document{
		Criteria: map[string]string{"web": `lead.source == "website"`, "seen": `engagement.count("page_view") >= 2`},
		Scoring: &playbookv1.ScoringPolicy{
			Fit:        map[string]*playbookv1.FitRule{"web": {Points: 75, When: "web"}},
			Engagement: map[string]*playbookv1.EngagementGroup{"site": {Events: map[string]*playbookv1.EngagementRule{"page_view": {Points: 20}}}},
		},
		Stages: &playbookv1.StagePolicy{Mql: "fit > 70 && engagement > 30"},
	}
}

func world(t *testing.T, baseline, draft *playbookv1.Document) *replay.World {
	t.Helper()
	w := &replay.World{Companies: replay.NewCompanies(), Cut: after(1000)}
	for v, doc := range []*playbookv1.Document{replay.Baseline: baseline, replay.Draft: draft} {
		if doc == nil {
			continue
		}
		policy, err := qualify.Compile(doc)
		if err != nil {
			t.Fatal(err)
		}
		w.Versions[v] = replay.Version{Policy: policy, Closes: func(replay.Case) standing.Outcome { return standing.NotEnded }}
	}
	return w
}

// visitor is a lead of the website that looks at a page every hour, so often.
func visitor(times int) *replay.Past {
	past := &replay.Past{Leads: []replay.Lead{{Lead: &record.Lead{ID: "ann", Source: "website", CreatedAt: start, Standing: standing.New()}}}}
	for i := range times {
		past.Deeds = append(past.Deeds, replay.Deed{Lead: "ann", Engagement: qualify.Engagement{KnownAt: after(i + 1), ID: string(rune('a' + i)),
			Event: criteria.Event{Type: "page_view", OccurredAt: after(i + 1)}}})
	}
	return past
}

func TestWhatDiffersIsSaidInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(d *playbookv1.Document)
		gained  string // if the changed document is the baseline
		lost    string // if it is the draft
		cause   replay.Cause
		subject string
	}{
		"a disqualifier": {func(d *playbookv1.Document) { d.Disqualify = map[string]string{"web": "web"} },
			"the disqualifier web no longer applies", "the disqualifier web now applies", replay.ByDisqualifier, "web"},
		"a criterion": {func(d *playbookv1.Document) { d.Criteria["web"] = `lead.source == "crm"` },
			"fit 75 instead of 0: web is now true", "fit 0 instead of 75: web is now false", replay.ByCriterion, "web"},
		"a criterion that nothing is known for": {func(d *playbookv1.Document) { d.Criteria["web"] = `lead.title == "CEO"` },
			"fit 75 instead of 0: web is now true", "fit 0 instead of 75: web is now unknown", replay.ByCriterion, "web"},
		"a criterion with another name": {func(d *playbookv1.Document) {
			d.Criteria["site"] = d.Criteria["web"]
			delete(d.Criteria, "web")
			d.Scoring.Fit["web"] = &playbookv1.FitRule{Points: 65, When: "site"}
		}, "fit 75 instead of 65: web is new, and true", "fit 65 instead of 75: web is gone", replay.ByCriterion, "web"},
		"a criterion that nothing asks": {func(d *playbookv1.Document) {
			delete(d.Criteria, "seen")
			d.Stages.Mql = "fit > 75 && engagement > 30"
		}, "fit 75 and engagement 40 are now over the line", "fit 75 and engagement 40 are no longer over the line", replay.ByLine, ""},
		"points that speak for the other version": {func(d *playbookv1.Document) {
			d.Scoring.Fit["seen"] = &playbookv1.FitRule{Points: 25, When: "seen"}
			d.Scoring.Fit["web"].Points = 65
			d.Stages.Mql = "fit > 70 && seen && engagement > 50"
		}, "fit 75 and engagement 40 are now over the line", "fit 90 and engagement 40 are no longer over the line", replay.ByLine, ""},
		"points of fit": {func(d *playbookv1.Document) { d.Scoring.Fit["web"].Points = 65 },
			"fit 75 instead of 65: web gives 75 points instead of 65", "fit 65 instead of 75: web gives 65 points instead of 75", replay.ByPoints, "web"},
		"points of engagement": {func(d *playbookv1.Document) { d.Scoring.Engagement["site"].Events["page_view"].Cap = proto.Float64(20) },
			"engagement 40 instead of 20: site/page_view gives 40 points instead of 20",
			"engagement 20 instead of 40: site/page_view gives 20 points instead of 40", replay.ByPoints, "site/page_view"},
		"the line": {func(d *playbookv1.Document) { d.Stages.Mql = "fit > 75" },
			"fit 75 and engagement 40 are now over the line", "fit 75 and engagement 40 are no longer over the line", replay.ByLine, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := document()
			c.change(changed)
			past := visitor(2)
			for version, w := range []*replay.World{replay.Baseline: world(t, document(), changed), replay.Draft: world(t, changed, document())} {
				people, err := w.Run(past)
				if err != nil {
					t.Fatal(err)
				}
				if found := people[0].Found; len(found[version]) != 1 || len(found[1-version]) != 0 || !found[version][0].At.Equal(after(2)) {
					t.Fatalf("it qualifies %v", found)
				}
				got, err := w.Disagree(past, &replay.Qualification{Lead: "ann", At: after(2)}, version)
				if err != nil {
					t.Fatal(err)
				}
				words := map[int]string{replay.Baseline: c.lost, replay.Draft: c.gained}[version]
				if diff := cmp.Diff(replay.Disagreement{Cause: c.cause, Subject: c.subject, Words: words}, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
		})
	}
}

func TestACriterionOfTheGateIsNamed(t *testing.T) {
	t.Parallel()
	asking := func(seen string) *playbookv1.Document {
		d := document()
		d.Criteria["seen"], d.Stages.Mql = seen, "fit > 70 && seen"
		return d
	}
	few, many := asking(`engagement.count("page_view") >= 2`), asking(`engagement.count("page_view") >= 3`)
	want := replay.Disagreement{Cause: replay.ByCriterion, Subject: "seen", Words: "seen is now false"}
	got, err := world(t, few, many).Disagree(visitor(2), &replay.Qualification{Lead: "ann", At: after(2)}, replay.Baseline)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestWhoIsWithSalesAlreadyIsNotLostByAScore(t *testing.T) {
	t.Parallel()
	early := document()
	early.Stages.Mql = "fit > 70"
	got, err := world(t, early, document()).Disagree(visitor(2), &replay.Qualification{Lead: "ann", At: after(2)}, replay.Draft)
	if err != nil {
		t.Fatal(err)
	}
	want := replay.Disagreement{Cause: replay.ByCycle, Words: "by the baseline it is with sales since 2026-03-02"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, err = world(t, nil, document()).Disagree(visitor(2), &replay.Qualification{Lead: "ann", At: after(2)}, replay.Draft); err != nil || got.Words != "no version was in force" {
		t.Errorf("without a baseline: got %v, %v", got, err)
	}
}

func TestNothingIsSeenBeforeItWasRecorded(t *testing.T) {
	t.Parallel()
	past := visitor(2)
	past.Deeds[0].KnownAt = after(500) // it happened in the first hour
	people, err := world(t, document(), document()).Run(past)
	if err != nil {
		t.Fatal(err)
	}
	if found := people[0].Found[replay.Draft]; len(found) != 1 || !found[0].At.Equal(after(500)) {
		t.Errorf("it qualifies at %v, want when the first visit was recorded", found)
	}
	past.Deeds[0].KnownAt = after(2000) // after the cut
	if people, err = world(t, document(), document()).Run(past); err != nil || len(people[0].Found[replay.Draft]) != 0 {
		t.Errorf("what was recorded after the cut counts: %v, %v", people, err)
	}
}

func TestSalesGivesThePersonBackByEveryVersionThatHasIt(t *testing.T) {
	t.Parallel()
	draft := document()
	draft.Stages.Mql = "fit > 70 && engagement > 50" // a visit later
	past := visitor(4)
	past.Closings = []replay.Closing{{Lead: "ann", At: after(3).Add(time.Minute), Outcome: standing.EndedRecycled}}
	people, err := world(t, document(), draft).Run(past)
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[int]time.Time{replay.Baseline: after(2), replay.Draft: after(3)} {
		found := people[0].Found[v]
		if len(found) != 1 || !found[0].At.Equal(want) || !found[0].ClosedAt.Equal(after(3).Add(time.Minute)) {
			t.Errorf("version %d: %v", v, found)
		}
	}
}

func TestNurtureFollowsFromTheVersionAndNotFromHistory(t *testing.T) {
	t.Parallel()
	w := world(t, document(), document())
	w.Versions[replay.Draft].Closes = func(replay.Case) standing.Outcome { return standing.EndedNurture }
	past := visitor(40 * 24)
	past.Closings = []replay.Closing{{Lead: "ann", At: after(2), Outcome: standing.EndedNurture, BySuite: true}}
	people, err := w.Run(past)
	if err != nil {
		t.Fatal(err)
	}
	baseline, draft := people[0].Found[replay.Baseline], people[0].Found[replay.Draft]
	if len(baseline) != 1 || !baseline[0].ClosedAt.IsZero() {
		t.Errorf("a close of another version's routing closes %v", baseline)
	}
	if len(draft) != 2 || draft[1].Cycle != 2 || draft[1].At.Sub(draft[0].At) != 30*24*time.Hour {
		t.Errorf("a nurtured lead comes back after the rest: %v", draft)
	}
}

func TestALeadThatRoutingDisqualifiesNeverComesBack(t *testing.T) {
	t.Parallel()
	w := world(t, document(), document())
	w.Versions[replay.Draft].Closes = func(replay.Case) standing.Outcome { return standing.EndedDisqualified }
	past := visitor(40 * 24)
	past.Closings = []replay.Closing{{Lead: "ann", At: after(2), Outcome: standing.EndedNurture, BySuite: true}}
	people, err := w.Run(past)
	if err != nil {
		t.Fatal(err)
	}
	if draft := people[0].Found[replay.Draft]; len(draft) != 1 || draft[0].Cycle != 1 {
		t.Errorf("it came back: %v", draft)
	}
}
