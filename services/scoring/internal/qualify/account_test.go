package qualify_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// buying is the usual document with personas, triggers and a surge.
func buying() *playbookv1.Document {
	doc := document()
	doc.Personas = map[string]*playbookv1.Persona{
		"buyer": {When: "buyer_role && size_fit", Required: true, Window: durationpb.New(30 * day)},
		"judge": {When: `lead.function == "legal"`, Role: playbookv1.Persona_ROLE_BLOCKER, Required: true},
		"user":  {When: `lead.function == "sales"`},
	}
	doc.Triggers = map[string]*playbookv1.Trigger{
		"hiring": {Events: []string{"job_ad", "job_fair"}, Points: 6, Cap: proto.Float64(10), Window: durationpb.New(30 * day)},
		"news":   {Points: 0},
	}
	doc.Surge = &playbookv1.SurgePolicy{Events: map[string]*playbookv1.SurgeRule{
		"page_view": {Bonus: map[string]float64{"/pricing": 10}}, "webinar_attend": {Points: 25}}}
	return doc
}

func member(at time.Time, personas ...string) qualify.Member {
	return qualify.Member{Personas: personas, EngagedAt: at}
}

func TestACommitteeIsCoveredByWhoIsKnownAndEngagesLately(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, buying())
	lately, edge, long := asOf, asOf.Add(-30*day), asOf.Add(-30*day-time.Microsecond)
	for name, c := range map[string]struct {
		members         []qualify.Member
		coverage, known int
	}{
		"nobody":                                   {nil, 0, 0},
		"one of two":                               {[]qualify.Member{member(lately, "buyer")}, 50, 50},
		"one who never did anything":               {[]qualify.Member{member(time.Time{}, "buyer")}, 0, 50},
		"on the edge of the window":                {[]qualify.Member{member(edge, "buyer")}, 50, 50},
		"beyond the window":                        {[]qualify.Member{member(long, "buyer")}, 0, 50},
		"one person who plays both parts":          {[]qualify.Member{member(lately, "buyer", "judge")}, 100, 100},
		"who is not required does not count":       {[]qualify.Member{member(lately, "user")}, 0, 0},
		"two of one persona are no more than one":  {[]qualify.Member{member(lately, "buyer"), member(lately, "buyer")}, 50, 50},
		"what lies in the future has not happened": {[]qualify.Member{member(lately.Add(1), "buyer")}, 0, 50},
	} {
		if got := p.Committee(c.members, asOf); got.Coverage != c.coverage || got.Known != c.known {
			t.Errorf("%s: %d%% engaged, %d%% known, want %d%%, %d%%", name, got.Coverage, got.Known, c.coverage, c.known)
		}
	}
	all := buying()
	all.Personas["buyer"].Required, all.Personas["judge"].Required = false, false
	if got := mustCompile(t, all).Committee([]qualify.Member{member(lately, "buyer", "user")}, asOf); got.Coverage != 66 {
		t.Errorf("with none required, two of three are %d%%, want 66", got.Coverage)
	}
	if got := mustCompile(t, document()).Committee(nil, asOf); got != nil {
		t.Errorf("without personas there is a committee: %v", got)
	}
}

func TestAPersonaIsWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	doc := buying()
	doc.Personas["active"] = &playbookv1.Persona{When: `engagement.count("form_submit") > 0 || account.events.count("job_ad") > 0`}
	p := mustCompile(t, doc)
	s := subject()
	s.Account.Around = &qualify.Around{Events: []qualify.Engagement{event("a", "job_ad", asOf)}, Members: criteria.Known([]qualify.Member{})}
	r := p.Evaluate(s, asOf)
	truths := map[string]criteria.Truth{}
	for _, persona := range r.Personas {
		truths[persona.Name] = persona.Truth
	}
	want := map[string]criteria.Truth{"active": criteria.Unknown, "buyer": criteria.True, "judge": criteria.Unknown, "user": criteria.Unknown}
	if diff := cmp.Diff(want, truths); diff != "" || !cmp.Equal(r.PersonaNames(), []string{"buyer"}) {
		t.Errorf("names %v, truths (-want +got):\n%s", r.PersonaNames(), diff)
	}
}

func TestATriggerIsActiveWithinItsWindowAndCapped(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, buying())
	events := []qualify.Engagement{event("1", "job_ad", asOf.Add(-30*day)), event("2", "job_fair", asOf), event("3", "news", asOf.Add(-90*day)),
		event("4", "job_ad", asOf.Add(-30*day-1)), event("5", "unheard_of", asOf)}
	got := p.Triggered(events, asOf)
	if got.Score.Total != 10*scorecard.Point || !cmp.Equal(got.Active, []string{"hiring", "news"}) {
		t.Errorf("got %v, %v", got.Score.Total, got.Active)
	}
	if later := p.Triggered(events, asOf.Add(1)); later.Score.Total != 6*scorecard.Point || !cmp.Equal(later.Active, []string{"hiring"}) {
		t.Errorf("a moment later: %v, %v", later.Score.Total, later.Active)
	}
}

func TestWhatHappensAroundALeadIsUnknownUntilSomebodyLooks(t *testing.T) {
	t.Parallel()
	doc := buying()
	doc.Criteria["around"] = `account.trigger_points > 5 || account.is_surging || account.committee_coverage > 0 || account.events.count("news") > 0`
	p := mustCompile(t, doc)
	ask := func(around *qualify.Around) criteria.Result {
		s := subject()
		s.Account.Around = around
		for c := range p.Evaluate(s, asOf).Criteria.All() {
			if c.Name == "around" {
				return *c
			}
		}
		return criteria.Result{}
	}
	want := []string{"account.committee_coverage", "account.events", "account.is_surging", "account.trigger_points"}
	if got := ask(nil); got.Truth != criteria.Unknown || !cmp.Equal(got.Missing, want) {
		t.Errorf("got %+v", got)
	}
	looked := &qualify.Around{Members: criteria.Known([]qualify.Member{}), Surging: criteria.Known(false)}
	if got := ask(looked); got.Truth != criteria.False {
		t.Errorf("looked at: got %+v", got)
	}
	looked.Events = []qualify.Engagement{event("n", "news", asOf)}
	if got := ask(looked); got.Truth != criteria.True {
		t.Errorf("with news: got %+v", got)
	}
}

func TestHeatsNameWhatTheyAreOf(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, buying())
	look := func(id, page string, at time.Time) qualify.Engagement {
		e := event(id, "page_view", at)
		e.Page = page
		return e
	}
	events := []qualify.Engagement{look("1", "/pricing", asOf), look("2", "/pricing", asOf.Add(-7*day)), look("3", "/blog", asOf),
		look("4", "/pricing", asOf.Add(-15*day)), event("5", "webinar_attend", asOf)}
	want := []qualify.Heat{{Subject: "webinar_attend", Times: 1, Points: 25 * scorecard.Point}, {Subject: "/pricing", Times: 2, Points: 15 * scorecard.Point}}
	if diff := cmp.Diff(want, p.Surge.Heats(events, asOf)); diff != "" || p.Surge.Points(events, asOf) != 40*scorecard.Point {
		t.Errorf("%v points; heats (-want +got):\n%s", p.Surge.Points(events, asOf), diff)
	}
	for i, counts := range []bool{true, true, false, true, true} {
		if p.Surge.Counts(&events[i]) != counts {
			t.Errorf("event %d counts: %v", i+1, !counts)
		}
	}
}

// somebody is a person at the account, by a lead.
type somebody struct {
	lead string
	*qualify.Subject
}

func tallied(p *qualify.Policy, people []somebody, own []qualify.Engagement) qualify.AccountResult {
	tally := p.Tally(asOf)
	for _, one := range people {
		tally.Add(one.lead, one.Subject)
	}
	return tally.Result(own)
}

// checkLines holds each line to its own sum, and all of them to the score.
func checkLines(t interface{ Fatalf(string, ...any) }, r qualify.AccountResult) {
	var sum scorecard.Micro
	for _, line := range r.Lines {
		sum += line.Contribution
		if line.Rule != scorecard.Clamp && line.Decayed-line.TypeCut-line.GroupCut != line.Contribution || line.Decayed > line.Raw {
			t.Fatalf("a line does not add up: %+v", *line.Line)
		}
		if named := len(line.Line.Events); line.Part != qualify.OfFurther && named != line.Events {
			t.Fatalf("a line is of %d events, and names %d", line.Events, named)
		}
	}
	if sum != r.Total || sum < 0 {
		t.Fatalf("the lines sum to %v, the score is %v", sum, r.Total)
	}
}

var kinds = []string{"form_submit", "webinar_attend", "page_view", "job_ad", "news"}

func drawEvents(t *rapid.T, prefix string) []qualify.Engagement {
	events := make([]qualify.Engagement, rapid.IntRange(0, 12).Draw(t, "events"))
	for i := range events {
		events[i] = event(fmt.Sprint(prefix, i), rapid.SampledFrom(kinds).Draw(t, "kind"),
			asOf.Add(-time.Duration(rapid.Int64Range(-int64(day), int64(60*day)).Draw(t, "age"))))
	}
	return events
}

// The lines of an account's score sum to it exactly, each person's lines to what the person is worth alone, and neither the
// order of people nor that of events matters.
func TestTheLinesOfAnAccountSumToItsScore(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, buying())
	rapid.Check(t, func(t *rapid.T) {
		people := make([]somebody, rapid.IntRange(0, 4).Draw(t, "people"))
		for i := range people {
			people[i] = somebody{fmt.Sprint("lead", i), subject()}
			people[i].Engagements = drawEvents(t, people[i].lead)
		}
		own := drawEvents(t, "own")
		got := tallied(p, people, own)
		checkLines(t, got)
		byLead := map[string]scorecard.Micro{}
		for _, line := range got.Lines {
			if line.Part == qualify.OfPerson {
				byLead[line.Lead] += line.Contribution
			}
		}
		for i := range people {
			if alone := p.Evaluate(people[i].Subject, asOf).Engagement.Total; byLead[people[i].lead] != alone {
				t.Fatalf("%s is worth %v here, and %v alone", people[i].lead, byLead[people[i].lead], alone)
			}
		}
		shuffled := tallied(p, rapid.Permutation(people).Draw(t, "people"), rapid.Permutation(own).Draw(t, "own"))
		if shuffled.Total != got.Total || !cmp.Equal(shuffled.Triggers, got.Triggers) || shuffled.Committee.Coverage != got.Committee.Coverage {
			t.Fatalf("in another order: %v, want %v", shuffled, got)
		}
	})
}

// Of more people than are named, those have lines who give most, and the sum of the others is as exact as a line.
func TestOfManyPeopleThoseAreNamedWhoGiveMostAndTheOthersAreSummedUp(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, buying())
	random := rand.New(rand.NewPCG(3, 3))
	worth, people := map[string]scorecard.Micro{}, make([]somebody, 3*qualify.MostNamed+7)
	var events int
	for i := range people {
		people[i] = somebody{fmt.Sprintf("lead%04d", i), subject()}
		for n := range random.IntN(9) {
			people[i].Engagements = append(people[i].Engagements, event(fmt.Sprint(i, "/", n), kinds[random.IntN(3)], asOf.Add(-time.Duration(random.Int64N(int64(40*day))))))
		}
		worth[people[i].lead] = p.Evaluate(people[i].Subject, asOf).Engagement.Total
	}
	got := tallied(p, people, nil)
	checkLines(t, got)
	named, least, further := map[string]bool{}, scorecard.Full, 0
	for _, line := range got.Lines {
		events += line.Events
		switch line.Part {
		case qualify.OfPerson:
			named[line.Lead], least = true, min(least, worth[line.Lead])
		case qualify.OfFurther:
			further = line.People
		}
	}
	gave, counted := 0, 0
	for _, one := range people {
		if worth[one.lead] > 0 {
			gave++
		}
		if !named[one.lead] && worth[one.lead] > least {
			t.Errorf("%s gives %v and is not named, somebody who is gives %v", one.lead, worth[one.lead], least)
		}
		for line := range p.Evaluate(one.Subject, asOf).Engagement.Lines() {
			counted += len(line.Events)
		}
	}
	if len(named) != qualify.MostNamed || further != gave-qualify.MostNamed || got.People != len(people) || got.Engaged != gave || events != counted {
		t.Errorf("%d named, %d further, %d people, %d engaged, %d events; want %d, %d, %d, %d, %d", len(named), further, got.People, got.Engaged, events,
			qualify.MostNamed, gave-qualify.MostNamed, len(people), gave, counted)
	}
	for _, one := range people {
		got.Total -= worth[one.lead]
	}
	if got.Total != 0 {
		t.Errorf("the account is off by %v", got.Total)
	}
}

func TestOfManyWhoPlayAPartThoseMakeTheCommitteeWhoEngagedLast(t *testing.T) {
	t.Parallel()
	var people []qualify.Member
	for i := range 2 * qualify.MostMembers {
		people = append(people, qualify.Member{Lead: fmt.Sprintf("%04d", i), Personas: []string{"buyer"}[:i%2], EngagedAt: asOf.Add(-time.Duration(i/8) * day)})
	}
	extra := []qualify.Member{{Lead: "x", Personas: []string{"judge"}}, {Lead: "y", Personas: []string{"judge"}, EngagedAt: asOf}}
	got := qualify.Foremost(slices.Concat(people, extra))
	if len(got) != qualify.MostMembers {
		t.Fatalf("%d make the committee", len(got))
	}
	in := map[string]bool{}
	for _, m := range got {
		in[m.Lead] = true
	}
	if !in["y"] || in["x"] || in["0000"] || !in["0001"] || in["0393"] {
		t.Errorf("the wrong people make the committee: %v", in)
	}
}

func TestAnAccountIsToldInWords(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, buying())
	got := tallied(p, []somebody{{"a", subject()}}, []qualify.Engagement{event("1", "job_ad", asOf)})
	if want := "46 points: 1 of 1 people engaged; active: hiring; 50% of the buying committee engaged, 50% known."; got.Sentence() != want {
		t.Errorf("got %q, want %q", got.Sentence(), want)
	}
}
