package credit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/internal/credit"
)

func ids(touches []credit.Touch) []string {
	var ids []string
	for _, t := range touches {
		ids = append(ids, t.ID)
	}
	return ids
}

func TestTouchesAreOrderedByTimeThenSourceThenEvent(t *testing.T) {
	t.Parallel()
	ledger := []credit.Touch{
		{ID: "late", Source: "ads", SourceEventID: "1", OccurredAt: day(1)},
		{ID: "web 2", Source: "web", SourceEventID: "2", OccurredAt: day(0)},
		{ID: "web 10", Source: "web", SourceEventID: "10", OccurredAt: day(0)},
		{ID: "crm", Source: "crm", SourceEventID: "9", OccurredAt: day(0), RecordedAt: day(9)},
	}
	j := newJourney(t, ledger, credit.Milestones{})
	var got []string
	for i := range j.Len() {
		got = append(got, j.Touch(i).ID)
	}
	want := []string{"crm", "web 10", "web 2", "late"} // event ids are text
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestMilestoneBelongsToTheLastTouchAtOrBeforeIt(t *testing.T) {
	t.Parallel()
	lead := custom(t, credit.CustomWeights{LeadCreated: 1_000_000})
	const even = "1 1 1 of 3" // what absence comes to
	tests := []struct {
		name string
		at   time.Time
		cut  time.Time
		want string
	}{
		{"at the very instant of a touch", day(1), time.Time{}, "0 1 0 of 1"},
		{"just before a touch", day(1).Add(-time.Microsecond), time.Time{}, "1 0 0 of 1"},
		{"between touches", day(1).Add(time.Hour), time.Time{}, "0 1 0 of 1"},
		{"after all touches", day(9), time.Time{}, "0 0 1 of 1"},
		{"before all touches: absent", day(-1), time.Time{}, even},
		{"never: absent", time.Time{}, time.Time{}, even},
		{"at the cut", day(3), day(3), "0 0 1 of 1"},
		{"behind the cut: absent", day(4), day(3), even},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eligible := credit.Eligibility{Window: credit.Window{To: tt.cut}}
			j, err := credit.NewJourney(dailyTouches(3), eligible, credit.Milestones{LeadCreated: tt.at})
			if err != nil {
				t.Fatalf("NewJourney() error: %v", err)
			}
			if got := spell(lead.Weights(j)); got != tt.want {
				t.Errorf("weights: got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOfTouchesAtOneInstantTheLastHoldsTheMilestone(t *testing.T) {
	t.Parallel()
	ledger := dailyTouches(3)
	ledger[0].OccurredAt, ledger[1].OccurredAt = day(0), day(0)
	j := newJourney(t, ledger, credit.Milestones{LeadCreated: day(0)})
	if got, want := spell(credit.U5050().Weights(j)), "1 1 0 of 2"; got != want {
		t.Errorf("weights: got %s, want %s", got, want)
	}
}

func TestCreditOnPipelineStaysWhenTheDealIsWon(t *testing.T) {
	t.Parallel()
	pipeline := credit.Eligibility{Window: credit.Lookback(day(4), 0)}
	weights := func(reached credit.Milestones) string {
		j, err := credit.NewJourney(dailyTouches(9), pipeline, reached)
		if err != nil {
			t.Fatalf("NewJourney() error: %v", err)
		}
		return spell(credit.FullPath().Weights(j))
	}
	open := credit.Milestones{LeadCreated: day(2), OpportunityCreated: day(4)}
	won := open
	won.ClosedWon = day(8)
	if got, want := weights(won), weights(open); got != want {
		t.Errorf("weights on pipeline once won: got %s, want %s", got, want)
	}
}

func TestNewJourneyRefusesOneEventTwice(t *testing.T) {
	t.Parallel()
	ledger := dailyTouches(3)
	ledger = append(ledger, ledger[1])
	if _, err := credit.NewJourney(ledger, credit.Eligibility{}, credit.Milestones{}); !errors.Is(err, credit.ErrDuplicateTouch) {
		t.Errorf("NewJourney(): got error %v, want %v", err, credit.ErrDuplicateTouch)
	}
}

func TestNewJourneyRefusesTooManyTouches(t *testing.T) {
	t.Parallel()
	ledger := make([]credit.Touch, credit.MaxTouches+1)
	if _, err := credit.NewJourney(ledger, credit.Eligibility{}, credit.Milestones{}); !errors.Is(err, credit.ErrTooManyTouches) {
		t.Errorf("NewJourney(): got error %v, want %v", err, credit.ErrTooManyTouches)
	}
}

func TestLookbackIncludesBothEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		window credit.Window
		want   []string
	}{
		{"two days back from day 3", credit.Lookback(day(3), 48*time.Hour), []string{"t1", "t2", "t3"}},
		{"a microsecond less", credit.Lookback(day(3), 48*time.Hour-time.Microsecond), []string{"t2", "t3"}},
		{"a microsecond earlier", credit.Lookback(day(3).Add(-time.Microsecond), 48*time.Hour), []string{"t1", "t2"}},
		{"for ever", credit.Lookback(day(3), 0), []string{"t0", "t1", "t2", "t3"}},
		{"open", credit.Window{}, []string{"t0", "t1", "t2", "t3", "t4"}},
		{"empty", credit.Window{From: day(3), To: day(1)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ids(credit.Eligibility{Window: tt.window}.Select(dailyTouches(5)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEligiblePeopleAndKinds(t *testing.T) {
	t.Parallel()
	ledger := []credit.Touch{
		{ID: "ann", Person: "ann", Kind: "webinar_attend"},
		{ID: "ann's mail", Person: "ann", Kind: credit.EmailSent, SourceEventID: "1"},
		{ID: "bob", Person: "bob", Kind: "form_submit", SourceEventID: "2"},
		{ID: "bob's scroll", Person: "bob", Kind: credit.PageScroll, SourceEventID: "3"},
		{ID: "anonymous", Kind: "page_view", SourceEventID: "4"},
		{ID: "impression", Kind: credit.Impression, SourceEventID: "5"},
	}
	tests := []struct {
		name     string
		people   credit.People
		excluded []credit.Kind
		want     []string
	}{
		{"everybody at the account, acts only", credit.Account(), credit.PassiveKinds(), []string{"ann", "bob", "anonymous"}},
		{"everything", credit.People{}, nil, []string{"ann", "ann's mail", "bob", "bob's scroll", "anonymous", "impression"}},
		{"people with a role", credit.ContactRoles("bob", "cem"), credit.PassiveKinds(), []string{"bob"}},
		{"the primary contact", credit.Primary("ann"), nil, []string{"ann", "ann's mail"}},
		{"no primary contact: not the anonymous visitors", credit.Primary(""), nil, nil},
		{"no roles: nobody", credit.ContactRoles(), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ids(credit.Eligibility{People: tt.people, Excluded: tt.excluded}.Select(ledger))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEarliestLeadAmongThePeopleWhoCount(t *testing.T) {
	t.Parallel()
	leads := []credit.Lead{{Person: "bob", CreatedAt: day(5)}, {Person: "ann", CreatedAt: day(2)}, {Person: "cem", CreatedAt: day(3)}}
	tests := []struct {
		name   string
		people credit.People
		want   time.Time
	}{
		{"at the account", credit.Account(), day(2)},
		{"of two with roles", credit.ContactRoles("bob", "cem"), day(3)},
		{"of nobody who is a lead", credit.Primary("dan"), time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := credit.EarliestLead(leads, tt.people); !got.Equal(tt.want) {
				t.Errorf("EarliestLead(): got %v, want %v", got, tt.want)
			}
		})
	}
}
