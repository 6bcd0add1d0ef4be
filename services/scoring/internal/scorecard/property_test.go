package scorecard_test

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// policies draws any valid policy of up to three groups with up to three types.
func policies() *rapid.Generator[scorecard.Policy] {
	return rapid.Custom(func(t *rapid.T) scorecard.Policy {
		points := rapid.Custom(func(t *rapid.T) scorecard.Micro {
			return scorecard.Micro(rapid.OneOf(rapid.Just(int64(full)), rapid.Int64Range(0, int64(full))).Draw(t, "points"))
		})
		span := rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, int64(100*day))).Draw(t, "span"))
		})
		var p scorecard.Policy
		p.FitGroups = []scorecard.FitGroup{{Name: "firm", Cap: points.Draw(t, "firm cap")}, {Name: "tech", Cap: points.Draw(t, "tech cap")}}
		for i := range rapid.IntRange(0, 6).Draw(t, "fit") {
			p.Fit = append(p.Fit, scorecard.FitRule{Name: fmt.Sprint("fit", i), Points: points.Draw(t, "fit points"), When: fmt.Sprint(i),
				Group: rapid.SampledFrom([]string{"", "firm", "tech"}).Draw(t, "fit group")})
		}
		for g := range rapid.IntRange(1, 3).Draw(t, "groups") {
			group := scorecard.Group{Name: fmt.Sprint("group", g), Cap: points.Draw(t, "group cap")}
			for e := range rapid.IntRange(1, 2).Draw(t, "types") {
				group.Events = append(group.Events, scorecard.EventRule{
					Type: fmt.Sprint("type", g, e), Points: points.Draw(t, "points"), Cap: points.Draw(t, "type cap"),
					HalfLife: span.Draw(t, "half-life"), Window: span.Draw(t, "window"),
					Bonus: []scorecard.Bonus{{Asset: "/a", Points: points.Draw(t, "a")}, {Asset: "/b", Points: points.Draw(t, "b")}},
				})
			}
			p.Engagement = append(p.Engagement, group)
		}
		p.Weights.Fit = scorecard.Micro(rapid.Int64Range(0, int64(point)).Draw(t, "weight"))
		p.Weights.Engagement = point - p.Weights.Fit
		return p
	})
}

// histories draws events, some of them in the future, some of types that no policy knows.
func histories() *rapid.Generator[[]scorecard.Event] {
	return rapid.Custom(func(t *rapid.T) []scorecard.Event {
		events := make([]scorecard.Event, rapid.SampledFrom([]int{0, 1, 5, 40}).Draw(t, "events"))
		for i := range events {
			events[i] = scorecard.Event{
				ID:   fmt.Sprintf("event-%02d", i),
				Type: fmt.Sprint("type", rapid.IntRange(0, 2).Draw(t, "group"), rapid.IntRange(0, 2).Draw(t, "type")),
				OccurredAt: ago(rapid.OneOf(
					rapid.Map(rapid.IntRange(-1, 3), func(n int) time.Duration { return time.Duration(n) * day }), // often at once
					rapid.Map(rapid.Int64Range(-int64(day), int64(120*day)), func(n int64) time.Duration { return time.Duration(n) }),
				).Draw(t, "age")),
				Page: rapid.SampledFrom([]string{"", "/a", "/b"}).Draw(t, "page"),
			}
		}
		return events
	})
}

func TestContributionsSumExactlyToTheScore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policy := policies().Draw(t, "policy")
		card, err := scorecard.New(policy)
		if err != nil {
			t.Fatal(err)
		}
		truths := rapid.SliceOfN(rapid.SampledFrom([]scorecard.Truth{scorecard.Unknown, scorecard.False, scorecard.True}), len(policy.Fit), len(policy.Fit)).Draw(t, "truths")
		fit := fitOf(card, func(rule int) answer { return answer{Truth: truths[rule]} })
		events := histories().Draw(t, "events")
		engagement := card.Engagement(events, asOf)
		if got := card.FitPoints(func(rule int) bool { return truths[rule] == scorecard.True }); got != fit.Total {
			t.Fatalf("fit is %v with lines and %v without", fit.Total, got)
		}
		if got := card.EngagementPoints(events, asOf); got != engagement.Total {
			t.Fatalf("engagement is %v with lines and %v without", engagement.Total, got)
		}
		for _, score := range []scorecard.Score{fit, engagement} {
			checkAccount(t, score)
		}
		checkCaps(t, policy, engagement)
		checkFitCaps(t, policy, fit)
		low, high := min(fit.Total, engagement.Total), max(fit.Total, engagement.Total)
		if got := card.Combined(fit.Total, engagement.Total); got < low || got > high {
			t.Fatalf("combined %v is not between %v and %v", got, low, high)
		}
	})
}

// checkAccount adds a score up from its lines, and each line from its events.
func checkAccount(t *rapid.T, score scorecard.Score) {
	var sum scorecard.Micro
	lines := slices.Collect(score.Lines())
	for i, line := range lines {
		sum += line.Contribution
		if line.Rule == scorecard.Clamp {
			if i != len(lines)-1 || line.Contribution >= 0 || score.Total != full {
				t.Fatalf("clamp of %v at %d of a total of %v", line.Contribution, i, score.Total)
			}
			continue
		}
		if line.Contribution != line.Decayed-line.TypeCut-line.GroupCut || line.Contribution < 0 {
			t.Fatalf("line does not add up: %+v", line)
		}
		var events scorecard.Micro
		for _, share := range line.Events {
			events += share.Contribution
			if share.Contribution != share.Decayed-share.TypeCut-share.GroupCut || share.Contribution < 0 || share.Decayed > share.Raw {
				t.Fatalf("share does not add up: %+v", share)
			}
		}
		if line.Part == scorecard.EngagementPart && events != line.Contribution {
			t.Fatalf("the events of %s give %v, the line %v", line.Name(), events, line.Contribution)
		}
	}
	if sum != score.Total || score.Total < 0 || score.Total > full {
		t.Fatalf("lines sum to %v, the score is %v", sum, score.Total)
	}
}

// checkFitCaps holds every group of fit rules against its cap, which cuts nothing before it is full.
func checkFitCaps(t *rapid.T, policy scorecard.Policy, score scorecard.Score) {
	for _, group := range policy.FitGroups {
		var given, cut scorecard.Micro
		for line := range score.Lines() {
			if line.Group == group.Name {
				given, cut = given+line.Contribution, cut+line.GroupCut
			}
		}
		if given > group.Cap || cut > 0 && given != group.Cap {
			t.Fatalf("group %s gives %v and cuts %v of its %v", group.Name, given, cut, group.Cap)
		}
	}
}

// checkCaps holds every type and group against its cap, and demands that only the
// newest events of a type or group were cut by it.
func checkCaps(t *rapid.T, policy scorecard.Policy, score scorecard.Score) {
	groups, types := map[string]scorecard.Micro{}, map[string]scorecard.Micro{}
	byType, byGroup := map[string][]scorecard.Share{}, map[string][]scorecard.Share{}
	for line := range score.Lines() {
		groups[line.Group] += line.Contribution
		types[line.Rule] += line.Contribution + line.GroupCut
		byType[line.Rule] = append(byType[line.Rule], line.Events...)
		byGroup[line.Group] = append(byGroup[line.Group], line.Events...)
	}
	for _, group := range policy.Engagement {
		checkCap(t, group.Name, group.Cap, groups[group.Name], byGroup[group.Name],
			func(s scorecard.Share) scorecard.Micro { return s.GroupCut },
			func(s scorecard.Share) scorecard.Micro { return s.Decayed - s.TypeCut })
		for _, rule := range group.Events {
			checkCap(t, rule.Type, rule.Cap, types[rule.Type], byType[rule.Type],
				func(s scorecard.Share) scorecard.Micro { return s.TypeCut },
				func(s scorecard.Share) scorecard.Micro { return s.Decayed })
		}
	}
}

func checkCap(t *rapid.T, name string, limit, got scorecard.Micro, shares []scorecard.Share, cut, offered func(scorecard.Share) scorecard.Micro) {
	if got > limit {
		t.Fatalf("%s gives %v, above its cap of %v", name, got, limit)
	}
	slices.SortFunc(shares, func(a, b scorecard.Share) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.ID, b.ID))
	})
	reached := false
	for _, share := range shares {
		if reached && cut(share) != offered(share) {
			t.Fatalf("%s: event %s got a place after an older one was cut", name, share.ID)
		}
		reached = reached || cut(share) > 0
	}
	if reached && got != limit {
		t.Fatalf("%s was cut at %v, below its cap of %v", name, got, limit)
	}
}

func TestOrderOfEventsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		card, err := scorecard.New(policies().Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		events := histories().Draw(t, "events")
		shuffled := rapid.Permutation(events).Draw(t, "shuffled")
		if diff := gocmp.Diff(accountOf(card.Engagement(events, asOf)), accountOf(card.Engagement(shuffled, asOf))); diff != "" {
			t.Fatalf("score (-given order +shuffled):\n%s", diff)
		}
	})
}

func TestScoreOnlyFallsWhileNothingHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		card, err := scorecard.New(policies().Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		events := histories().Draw(t, "events")
		now := asOf.Add(day)
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(100*day)).Draw(t, "later")))
		if before, after := card.Engagement(events, now).Total, card.Engagement(events, later).Total; after > before {
			t.Fatalf("%v at %v, %v at %v", before, now, after, later)
		}
	})
}

// TestScoresAreTheSameOnEveryMachine pins a digest of ten thousand scores. It was
// computed once; another processor, compiler or release must arrive at it too.
func TestScoresAreTheSameOnEveryMachine(t *testing.T) {
	t.Parallel()
	card := mustCard(t, example())
	types := []string{"content_download", "page_view", "email_click", "webinar_attend", "form_submit"}
	pages := []string{"", "/pricing", "/case-studies"}
	digest := fnv.New64a()
	state := uint64(1)
	next := func(n uint64) uint64 { // a plain linear congruence, the same everywhere
		state = state*6364136223846793005 + 1442695040888963407
		return state >> 33 % n
	}
	for range 10_000 {
		events := make([]scorecard.Event, next(6))
		for i := range events {
			age := time.Duration(next(1<<30)) * time.Duration(next(1<<23))
			events[i] = scorecard.Event{ID: fmt.Sprint(i), Type: types[next(5)], Page: pages[next(3)], OccurredAt: ago(age)}
		}
		score := card.Engagement(events, asOf)
		digest.Write(fmt.Appendln(nil, int64(score.Total)))
		for line := range score.Lines() {
			for _, share := range line.Events {
				digest.Write(fmt.Appendln(nil, share.Factor, int64(share.Contribution)))
			}
		}
	}
	const want = 0x536dbd95de8512d0
	if got := digest.Sum64(); got != want {
		t.Errorf("digest = %#x, want %#x", got, uint64(want))
	}
}
