package scoring_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// began is a handoff, as it was told or as a replay gives it.
type began struct {
	At, SourceID  string
	Cycle         int32
	Intent        string
	FirstMatch    int32 // -1 for none
	Target        bool
	Owner, Dealer string
	Requirements  []int32
}

func (one began) in(all []began) bool {
	return slices.ContainsFunc(all, func(other began) bool { return gocmp.Equal(one, other) })
}

func sortBegan(all []began) []began {
	slices.SortFunc(all, func(a, b began) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.SourceID, b.SourceID)) })
	return all
}

// recorded are the handoffs that the service told.
func (b *bundle) recorded(t *testing.T) []began {
	t.Helper()
	var all []began
	for _, q := range b.qualified(t) {
		c := q.GetContext()
		one := began{At: q.GetMqlTime().AsTime().Format(time.RFC3339Nano), SourceID: c.GetSourceId(), Cycle: q.GetCycle(), Intent: c.GetIntent().String(),
			FirstMatch: -1, Target: c.GetAccount().GetTarget(), Owner: c.GetAccount().GetOwner(), Dealer: c.GetAccount().GetOpportunityOwner(), Requirements: c.GetRequirements()}
		if len(c.GetFirstMatch()) > 0 {
			one.FirstMatch = c.GetFirstMatch()[0]
		}
		all = append(all, one)
	}
	return sortBegan(all)
}

// watchful is the usual playbook with a way over the line for who works where something happens.
func watchful() *playbookv1.Document {
	doc := signable()
	doc.Triggers = map[string]*playbookv1.Trigger{"funding": {Events: []string{"funding", "job_ad"}, Points: 10, Cap: proto.Float64(25),
		HalfLife: durationpb.New(7 * day), Window: durationpb.New(30 * day)}}
	doc.Criteria["hiring"] = `account.events.count("job_ad", within("14d")) >= 2`
	doc.Disqualify["cuts"] = `account.events.count("layoff", within("3d")) >= 1`
	doc.Stages.Mql = `fit > 35 && (engagement > 50 || high_intent || account.trigger_points >= 12 && engagement > 2 || hiring)`
	doc.Intent.Medium = `webinar || account.trigger_points > 5`
	doc.Routing.Requirements = append(doc.Routing.GetRequirements(),
		&playbookv1.RoutingRequirement{When: `account.events.count("job_ad", within("14d")) >= 1`, Needs: &playbookv1.Coverage{Skills: []string{"hiring"}}},
		&playbookv1.RoutingRequirement{When: `lead.seniority == "vp"`, Needs: &playbookv1.Coverage{Segments: []string{"upper"}}})
	return doc
}

// sociable is the watchful playbook with a way over the line for who works where those who decide are known and engaged, and
// a rest for who works where nobody is.
func sociable() *playbookv1.Document {
	doc := watchful()
	doc.Personas = map[string]*playbookv1.Persona{
		"buyer":    {When: `lead.seniority == "c_level"`, Role: playbookv1.Persona_ROLE_DRIVER, Required: true, Window: durationpb.New(4 * day)},
		"champion": {When: `lead.seniority == "vp" && !rival`, Role: playbookv1.Persona_ROLE_USER, Required: true, Window: durationpb.New(9 * day)},
		"learner":  {When: `lead.seniority == "intern"`, Role: playbookv1.Persona_ROLE_USER, Window: durationpb.New(20 * day)},
	}
	doc.Criteria["rival"] = `account.domain in lists.competitors`
	doc.Criteria["gathered"] = `account.committee_coverage >= 100`
	doc.Disqualify["lessons"] = `"learner" in account.committee_engaged && !("buyer" in account.committee)`
	doc.Stages.Mql = `fit > 35 && (engagement > 60 || gathered && engagement > 1 || hiring)`
	doc.Intent.Medium = `account.committee_coverage >= 50`
	return doc
}

// heated is the watchful playbook with a way over the line for who works where much goes on, and a rest for who works where
// that is so and who did nothing of late. Of the companies the first is a target, and so are those that belong to it.
func heated() *playbookv1.Document {
	doc := watchful()
	doc.TargetAccounts = []*playbookv1.TargetAccount{{Domain: "co0.example"}, {Domain: "co2.example"}}
	doc.Surge = &playbookv1.SurgePolicy{Enter: proto.Float64(24), Leave: proto.Float64(14), Window: durationpb.New(20 * day), HalfLife: durationpb.New(8 * day),
		Cooldown: durationpb.New(15 * day), Events: map[string]*playbookv1.SurgeRule{"form_submit": {Points: 15}, "page_view": {Points: 10},
			"webinar_attend": {Points: 20}, "funding": {Points: 25}, "job_ad": {Points: 15}}}
	doc.Disqualify["cold"] = `!account.is_surging && account.events.count("layoff", within("9d")) >= 1`
	doc.Stages.Mql = `fit > 35 && (engagement > 60 || account.is_surging && engagement > 2 || hiring && !account.is_surging)`
	doc.Intent.Medium = `account.is_surging`
	return doc
}

// toBegan is a handoff that a replay gives.
func toBegan(q *scoringv1.ReplayedQualification) began {
	one := began{At: q.GetMqlTime().AsTime().Format(time.RFC3339Nano), SourceID: q.GetSourceId(), Cycle: q.GetCycle(), Intent: q.GetIntent().String(),
		FirstMatch: -1, Target: q.GetTarget(), Owner: q.GetOwner(), Dealer: q.GetOpportunityOwner(), Requirements: q.GetRequirements()}
	if q.FirstMatch != nil {
		one.FirstMatch = q.GetFirstMatch()
	}
	return one
}

// replayed are the handoffs that a replay of a playbook begins.
func (b *bundle) replayed(t *testing.T, doc *playbookv1.Document) ([]began, *scoringv1.ReplayProgress) {
	t.Helper()
	version := &scoringv1.ReplayedVersion{Document: doc}
	leads, progress := b.replay(t, &scoringv1.ReplayLeadsRequest{Baseline: version, Draft: version,
		StartTime: timestamppb.New(time.Unix(0, 0)), EndTime: timestamppb.New(b.Clock.Now().Add(time.Microsecond))})
	var all []began
	for _, lead := range leads {
		if diff := gocmp.Diff(len(lead.GetBaseline()), len(lead.GetDraft())); diff != "" || lead.GetDisagreement() != nil {
			t.Errorf("a version disagrees with itself on %v", lead)
		}
		for _, q := range lead.GetBaseline() {
			all = append(all, toBegan(q))
		}
	}
	return sortBegan(all), progress
}

// In one life a handoff is closed while its lead is one with others, and the lead is by itself again later. In another a lead
// that another one leaves has had a handoff of its own, which that of a lead that stays takes the place of.
func TestAReplayOfTheVersionInForceBeginsWhatReallyBegan(t *testing.T) {
	for _, seed := range []uint64{5, 7, 12} {
		t.Run(fmt.Sprint("life ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.live(t, watchful(), rand.New(rand.NewPCG(seed, 7))) })
		})
		t.Run(fmt.Sprint("life with disputes ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.argued(t, rand.New(rand.NewPCG(seed, 7))) })
		})
		t.Run(fmt.Sprint("life with committees ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.live(t, sociable(), rand.New(rand.NewPCG(seed, 7))) })
		})
		t.Run(fmt.Sprint("life with surges ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.live(t, heated(), rand.New(rand.NewPCG(seed, 7)))
				b.flared(t)
			})
		})
	}
}

// argued is a life in which the teams dispute how handoffs ended.
func (b *bundle) argued(t *testing.T, chance *rand.Rand) {
	t.Helper()
	b.through(t, watchful(), &life{bundle: b, Rand: chance, settled: map[string]bool{}, argues: true})
	if ruled := b.number(t, `SELECT count(*) FROM lead_cycle_past WHERE ruled_at > 0 AND ruled <> outcome`); ruled < 5 {
		t.Errorf("of %d handoffs it was decided that they ended otherwise before the lead came back: too few to say much", ruled)
	}
}

// live lets everything happen under one playbook, and replays it.
func (b *bundle) live(t *testing.T, doc *playbookv1.Document, chance *rand.Rand) {
	t.Helper()
	b.through(t, doc, &life{bundle: b, Rand: chance, settled: map[string]bool{}, groups: doc.GetSurge() != nil})
}

func (b *bundle) through(t *testing.T, doc *playbookv1.Document, l *life) {
	t.Helper()
	b.activate(t, "1", doc)
	b.drain(t)
	l.last(t, 600)
	want := l.recorded(t)
	got, progress := l.replayed(t, doc)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("what really began (-) and what the replay begins (+) differ:\n%s", diff)
	}
	if progress.GetRecordedCount() != int64(len(want)) || progress.GetReproducedCount() != int64(len(want)) {
		t.Errorf("%d began; the replay counts %v", len(want), progress)
	}
	cycles, merges := 0, len(l.merges(t))
	for _, q := range want {
		cycles = max(cycles, int(q.Cycle))
	}
	if len(want) < 20 || cycles < 3 || merges < 10 || l.parted < 10 {
		t.Errorf("%d handoffs, cycle %d, %d merges of which %d were taken back: too few to say much", len(want), cycles, merges, l.parted)
	}
}

// flared checks that surges mattered in a life.
func (b *bundle) flared(t *testing.T) {
	t.Helper()
	began, calm := b.surges(t), heated()
	calm.Surge.Enter = proto.Float64(100)
	without, _ := b.replayed(t, calm)
	var decided int
	for _, one := range b.recorded(t) {
		if !one.in(without) {
			decided++
		}
	}
	ended := b.number(t, `SELECT count(*) FROM account_surge WHERE ended_at > 0`)
	if len(began) < 10 || ended < 10 || decided < 5 {
		t.Errorf("%d surges began and %d ended; without them %d handoffs would not have begun as they did: too few to say much", len(began), ended, decided)
	}
}

// What is said of an activation is compared with what it does: at the end of a life, for a version with other personas, and for
// one by which accounts surge otherwise. How they stand then is not forgotten: those that are hot stay so between the two
// thresholds, and those that were rest.
func TestAReplayForetellsWhatBeginsWhenTheDraftIsActivated(t *testing.T) {
	strict, draft := sociable(), sociable()
	strict.Stages.Mql = `fit > 80 && gathered`
	draft.Personas["champion"].When, draft.Personas["buyer"].Window = `lead.seniority != "c_level"`, durationpb.New(20*day)
	draft.Stages.Mql = `account.committee_coverage >= 50`
	cool, hot := heated(), heated()
	cool.Stages.Mql = `fit > 80 && account.is_surging`
	hot.Surge.Enter, hot.Surge.Leave, hot.Surge.OnlyTargets, hot.Surge.Events["content_download"] = proto.Float64(35), proto.Float64(5), proto.Bool(false), &playbookv1.SurgeRule{Points: 15}
	hot.Stages.Mql, hot.Disqualify = `account.is_surging`, nil
	for _, seed := range []uint64{5, 7, 12} {
		t.Run(fmt.Sprint("life ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.foretell(t, strict, draft, rand.New(rand.NewPCG(seed, 7))) })
		})
		t.Run(fmt.Sprint("life with surges ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.foretell(t, cool, hot, rand.New(rand.NewPCG(seed, 7))) })
		})
	}
}

// foretell lets everything happen under one playbook, and then brings another one into force.
func (b *bundle) foretell(t *testing.T, strict, draft *playbookv1.Document, chance *rand.Rand) {
	t.Helper()
	b.activate(t, "1", strict)
	b.drain(t)
	l := &life{bundle: b, Rand: chance, settled: map[string]bool{}, groups: draft.GetSurge() != nil}
	l.last(t, 200)
	for l.groups && l.number(t, `SELECT count(*) FROM momentum m JOIN lead l ON l.account_id = m.account_id WHERE m.surging = 1 AND l.merged_into = '' AND l.handoff = ''`) < 2 {
		l.last(t, 1)
	}
	leads, _ := l.replay(t, &scoringv1.ReplayLeadsRequest{Draft: &scoringv1.ReplayedVersion{Document: draft},
		StartTime: timestamppb.New(time.Unix(0, 0)), EndTime: timestamppb.New(l.Clock.Now())})
	var want []began
	for _, lead := range leads {
		if lead.GetActivation() != nil {
			want = append(want, toBegan(lead.GetActivation()))
		}
	}
	before := len(l.recorded(t))
	l.activate(t, "2", draft)
	l.drain(t)
	got := l.recorded(t)[before:]
	if diff := gocmp.Diff(sortBegan(want), got); diff != "" {
		t.Errorf("what was said (-) and what began (+) differ:\n%s", diff)
	}
	if len(got) < 2 {
		t.Errorf("%d handoffs began: too few to say much", len(got))
	}
}
