package figures_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestAnAccountShowsWhoGaveWhatItsCommitteeAndItsSurge(t *testing.T) {
	t.Parallel()
	at := timestamppb.New(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))
	score := &scoringv1.AccountScore{
		Sentence: "42 points: 1 of 2 people engaged.", Playbook: "playbooks/3", AsOfTime: at, ScoreMicros: 42e6, PeopleCount: 2,
		Lines: []*scoringv1.AccountScoreLine{
			{Part: scoringv1.AccountScoreLine_PART_PERSON, Lead: "leads/1", Rule: "website/page_view", EngagementCount: 3, RawMicros: 30e6, DecayedMicros: 24e6,
				GroupCappedMicros: 2e6, ContributionMicros: 22e6},
			{Part: scoringv1.AccountScoreLine_PART_ANONYMOUS, Rule: "website/page_view", EngagementCount: 1, RawMicros: 2e6, DecayedMicros: 2e6, ContributionMicros: 2e6},
			{Part: scoringv1.AccountScoreLine_PART_TRIGGER, Rule: "new_executive", EngagementCount: 1, RawMicros: 20e6, DecayedMicros: 18e6, ContributionMicros: 18e6},
		},
		Committee: &scoringv1.BuyingCommittee{CoveragePercent: 50, KnownPercent: 100, UndecidedCount: 1, Personas: []*scoringv1.PersonaCoverage{
			{Persona: "buyer", Role: playbookv1.Persona_ROLE_DRIVER, Required: true, KnownCount: 1, EngagedCount: 1}, {Persona: "user", KnownCount: 2}}},
		Surge: &scoringv1.AccountSurge{Surging: true, BeginTime: at, PointsMicros: 35e6, EnterMicros: 30e6, LeaveMicros: 15e6,
			Subjects: []*scoringv1.SurgeSubject{{Subject: "/pricing", Count: 4, PointsMicros: 35e6}}},
	}
	const want = `  42 points: 1 of 2 people engaged.
  By playbooks/3, as of 2026-05-04T09:00:00Z.

Score: 42, of 2 people
                                                                 type  group
                                                      at  decay   cap    cap
  of                    rule               events  first   took  took   took  points
  leads/1               website/page_view       3     30     -6           -2      22
  nobody in particular  website/page_view       1      2                           2
  trigger               new_executive           1     20     -2                   18

Buying committee: 50% engaged, 100% known
  persona  part    known  engaged
  buyer    driver      1        1  required
  user                 2        0
  1 more have no persona, and might have one if more were known of them.

Surge: since 2026-05-04T09:00:00Z; 35 points, it begins at 30 and ends below 15
  page, form or asset  events  points
  /pricing                  4      35
`
	var out strings.Builder
	p := figures.New(&out)
	p.AccountScore(score)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}
