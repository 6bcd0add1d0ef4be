package pipeline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

func touch(team credit.Team, occurred int) credit.Touch {
	return credit.Touch{Team: team, OccurredAt: day(occurred), RecordedAt: day(occurred)}
}

func activity(occurred int) pipeline.Activity {
	return pipeline.Activity{OccurredAt: day(occurred), RecordedAt: day(occurred)}
}

func TestEachRuleAnswersForItself(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		facts pipeline.SourceFacts
		want  pipeline.Sourcing
	}{
		{"nothing on record", pipeline.SourceFacts{}, pipeline.Sourcing{}},
		{
			"three rules, three answers",
			pipeline.SourceFacts{
				Fields:     []pipeline.SourceField{{Team: credit.Marketing, RecordedAt: day(5)}},
				Touches:    []credit.Touch{touch(credit.Marketing, 6), touch(credit.NoTeam, 2)},
				Activities: []pipeline.Activity{activity(6), activity(5)},
			},
			pipeline.Sourcing{RecordedSource: credit.Marketing, FirstTouch: credit.NoTeam, BeforeSales: credit.Sales},
		},
		{
			"a touch at the instant of sales' first activity does not precede it",
			pipeline.SourceFacts{
				Touches:    []credit.Touch{touch(credit.Marketing, 3)},
				Activities: []pipeline.Activity{activity(3)},
			},
			pipeline.Sourcing{FirstTouch: credit.Marketing, BeforeSales: credit.Sales},
		},
		{
			"marketing alone",
			pipeline.SourceFacts{Touches: []credit.Touch{touch(credit.Marketing, 9)}},
			pipeline.Sourcing{FirstTouch: credit.Marketing, BeforeSales: credit.Marketing},
		},
		{
			"a touch by sales does not make it marketing's",
			pipeline.SourceFacts{Touches: []credit.Touch{touch(credit.Sales, 1)}, Activities: []pipeline.Activity{activity(2)}},
			pipeline.Sourcing{FirstTouch: credit.Sales, BeforeSales: credit.Sales},
		},
		{
			"a marketing touch before sales' first activity",
			pipeline.SourceFacts{
				Touches:    []credit.Touch{touch(credit.Marketing, 4), touch(credit.Sales, 2)},
				Activities: []pipeline.Activity{activity(6), activity(5)},
			},
			pipeline.Sourcing{FirstTouch: credit.Sales, BeforeSales: credit.Marketing},
		},
		{
			"the source field as given last",
			pipeline.SourceFacts{Fields: []pipeline.SourceField{
				{Team: credit.Sales, RecordedAt: day(4)}, {Team: credit.Marketing, RecordedAt: day(2)},
			}},
			pipeline.Sourcing{RecordedSource: credit.Sales},
		},
		{
			"what happened after the opportunity was created did not source it",
			pipeline.SourceFacts{Touches: []credit.Touch{touch(credit.Marketing, 11)}, Activities: []pipeline.Activity{activity(12)}},
			pipeline.Sourcing{},
		},
		{
			"what happened when it was created did",
			pipeline.SourceFacts{Touches: []credit.Touch{touch(credit.Marketing, 10)}},
			pipeline.Sourcing{FirstTouch: credit.Marketing, BeforeSales: credit.Marketing},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.facts.CreatedAt = day(10)
			if diff := cmp.Diff(tt.want, pipeline.Source(tt.facts, day(20))); diff != "" {
				t.Errorf("Source() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourcingTeamIsFrozenAndLateFactsAreAGap(t *testing.T) {
	t.Parallel()
	facts := pipeline.SourceFacts{
		CreatedAt:  day(10),
		Fields:     []pipeline.SourceField{{Team: credit.Sales, RecordedAt: day(10)}, {Team: credit.Marketing, RecordedAt: day(12)}},
		Touches:    []credit.Touch{{Team: credit.Marketing, OccurredAt: day(1), RecordedAt: day(12)}},
		Activities: []pipeline.Activity{activity(5)},
	}
	tests := []struct {
		rule pipeline.SourceRule
		now  time.Time
		want credit.Team
		gap  bool
	}{
		{pipeline.RecordedSource, day(11), credit.Sales, false},
		{pipeline.RecordedSource, day(12), credit.Sales, true},
		{pipeline.FirstTouch, day(11), credit.NoTeam, false},
		{pipeline.FirstTouch, day(12), credit.NoTeam, true},
		{pipeline.BeforeSales, day(11), credit.Sales, false},
		{pipeline.BeforeSales, day(12), credit.Sales, true},
		{pipeline.SourceRule(0), day(12), credit.NoTeam, false},
	}
	for _, tt := range tests {
		t.Run(tt.rule.String()+" on "+tt.now.Format(time.DateOnly), func(t *testing.T) {
			t.Parallel()
			d := pipeline.Decide(facts, tt.rule, day(10), tt.now)
			if d.Team() != tt.want || d.Gap() != tt.gap {
				t.Errorf("got %v with gap %v, want %v with gap %v", d.Team(), d.Gap(), tt.want, tt.gap)
			}
		})
	}
}

func TestSourcingIgnoresTheOrderOfFacts(t *testing.T) {
	t.Parallel()
	team := rapid.SampledFrom([]credit.Team{credit.NoTeam, credit.Marketing, credit.Sales})
	rapid.Check(t, func(t *rapid.T) {
		facts := pipeline.SourceFacts{CreatedAt: day(10)}
		for i := range rapid.IntRange(0, 12).Draw(t, "facts") {
			occurred := day(rapid.IntRange(0, 12).Draw(t, "occurred"))
			recorded := occurred.AddDate(0, 0, rapid.IntRange(0, 4).Draw(t, "delay"))
			facts.Fields = append(facts.Fields, pipeline.SourceField{Team: team.Draw(t, "field"), RecordedAt: recorded})
			facts.Touches = append(facts.Touches, credit.Touch{
				SourceEventID: string(rune('a' + i)), Team: team.Draw(t, "team"), OccurredAt: occurred, RecordedAt: recorded,
			})
			facts.Activities = append(facts.Activities, pipeline.Activity{OccurredAt: occurred.AddDate(0, 0, 1), RecordedAt: recorded})
		}
		shuffled := facts
		shuffled.Fields = rapid.Permutation(facts.Fields).Draw(t, "fields")
		shuffled.Touches = rapid.Permutation(facts.Touches).Draw(t, "touches")
		shuffled.Activities = rapid.Permutation(facts.Activities).Draw(t, "activities")
		knownAt := day(rapid.IntRange(0, 16).Draw(t, "known at"))
		if diff := cmp.Diff(pipeline.Source(facts, knownAt), pipeline.Source(shuffled, knownAt)); diff != "" {
			t.Errorf("sourcing differs by order (-first +shuffled):\n%s", diff)
		}
	})
}
