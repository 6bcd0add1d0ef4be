package deal_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/internal/credit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func days(n int) time.Time { return noon.AddDate(0, 0, n) }

// open is a deal with everything that an open one can have.
func open() deal.Deal {
	return deal.Deal{
		Source: "crm", SourceID: "1", Account: "acme", Handoff: "h1", Contacts: []deal.Contact{{Lead: "ann"}, {Lead: "bob", Role: "champion"}},
		AmountMinor: 100_00, Currency: "USD", State: deal.Open, Stage: "demo", Owner: "jane", Recorded: credit.Sales,
		OpenedAt: days(-9), LossReason: "-", Competitor: "globex",
	}
}

// won is the same deal, won.
func won() deal.Deal {
	d := open()
	d.State, d.ClosedAt = deal.Won, days(-1)
	return d
}

func with(d deal.Deal, change func(*deal.Deal)) deal.Deal {
	change(&d)
	return d
}

func TestStartCompletesWhatIsGiven(t *testing.T) {
	t.Parallel()
	got := deal.Start(deal.Deal{Source: "crm", SourceID: "1"}, noon)
	want := deal.Deal{Source: "crm", SourceID: "1", State: deal.Open, OpenedAt: noon}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Start() (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(won(), deal.Start(won(), noon)); diff != "" {
		t.Errorf("Start() changed what was given (-want +got):\n%s", diff)
	}
}

func TestMergeReplacesWhatIsGivenAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		known deal.Deal
		given deal.Deal
		want  deal.Deal
	}{
		{"nothing", won(), deal.Deal{}, won()},
		{"all of it", deal.Deal{Source: "crm", SourceID: "1", State: deal.Open, OpenedAt: days(-20)}, won(), won()},
		{
			"an amount comes with its currency", open(), deal.Deal{AmountMinor: 7, Currency: "EUR"},
			with(open(), func(d *deal.Deal) { d.AmountMinor, d.Currency = 7, "EUR" }),
		},
		{
			"an amount of nothing is an amount", open(), deal.Deal{Currency: "USD"},
			with(open(), func(d *deal.Deal) { d.AmountMinor = 0 }),
		},
		{
			"people replace the people", open(), deal.Deal{Contacts: []deal.Contact{{Lead: "cid"}}},
			with(open(), func(d *deal.Deal) { d.Contacts = []deal.Contact{{Lead: "cid"}} }),
		},
		{
			"won", open(), deal.Deal{State: deal.Won, ClosedAt: days(-1)}, won(),
		},
		{
			"won turns out lost at the same instant", won(), deal.Deal{State: deal.Lost},
			with(won(), func(d *deal.Deal) { d.State = deal.Lost }),
		},
		{"opened again it is no longer closed", won(), deal.Deal{State: deal.Open}, open()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.known.Merge(tt.given)); diff != "" {
				t.Errorf("Merge() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBecomeKeepsWhatADealAlwaysHas(t *testing.T) {
	t.Parallel()
	bare := deal.Deal{Source: "crm", SourceID: "1"}
	want := deal.Deal{Source: "crm", SourceID: "1", State: deal.Open, OpenedAt: days(-9)}
	if diff := cmp.Diff(want, won().Become(bare)); diff != "" {
		t.Errorf("Become() (-want +got):\n%s", diff)
	}
}

func TestCheckListsEveryProblem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		deal deal.Deal
		want []deal.Problem
	}{
		{"open", open(), nil},
		{"won", won(), nil},
		{"opened this instant", with(open(), func(d *deal.Deal) { d.OpenedAt = noon }), nil},
		{"closed the instant it was opened", with(won(), func(d *deal.Deal) { d.ClosedAt = d.OpenedAt }), nil},
		{
			"opened a microsecond from now", with(open(), func(d *deal.Deal) { d.OpenedAt = noon.Add(time.Microsecond) }),
			[]deal.Problem{{Field: "open_time", Reason: "is in the future"}},
		},
		{
			"lost, nobody knows when", with(won(), func(d *deal.Deal) { d.State, d.ClosedAt = deal.Lost, time.Time{} }),
			[]deal.Problem{{Field: "close_time", Reason: "is required when the deal was won or lost"}},
		},
		{
			"open and closed", with(won(), func(d *deal.Deal) { d.State = deal.Open }),
			[]deal.Problem{{Field: "close_time", Reason: "is only for deals that were won or lost"}},
		},
		{
			"won before it was opened", with(won(), func(d *deal.Deal) { d.ClosedAt = d.OpenedAt.Add(-time.Microsecond) }),
			[]deal.Problem{{Field: "close_time", Reason: "is before the deal was opened"}},
		},
		{
			"all at once", deal.Deal{State: deal.Won, AmountMinor: -1, Currency: "USD", OpenedAt: days(1)},
			[]deal.Problem{
				{Field: "source", Reason: "is required"},
				{Field: "source_id", Reason: "is required"},
				{Field: "amount", Reason: "is negative"},
				{Field: "open_time", Reason: "is in the future"},
				{Field: "close_time", Reason: "is required when the deal was won or lost"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, problems(t, tt.deal.Check(noon))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemsErrorNamesEveryProblem(t *testing.T) {
	t.Parallel()
	err := deal.Deal{State: deal.Open, AmountMinor: -1}.Check(noon)
	const want = "deal: source is required; source_id is required; amount is negative"
	if err == nil || err.Error() != want {
		t.Errorf("error text: got %v, want %s", err, want)
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	lost := with(won(), func(d *deal.Deal) { d.State = deal.Lost })
	tests := []struct {
		name string
		got  []deal.News
		want []deal.News
	}{
		{"a new deal", open().First(), []deal.News{deal.Created}},
		{"a new deal that is over", won().First(), []deal.News{deal.Created, deal.Closed}},
		{"the same again", won().Since(won()), nil},
		{"another amount", with(open(), func(d *deal.Deal) { d.AmountMinor++ }).Since(open()), []deal.News{deal.Changed}},
		{"other people", with(open(), func(d *deal.Deal) { d.Contacts = nil }).Since(open()), []deal.News{deal.Changed}},
		{"won", won().Since(open()), []deal.News{deal.Closed}},
		{"lost after all", lost.Since(won()), []deal.News{deal.Closed}},
		{"another amount of a won deal", with(won(), func(d *deal.Deal) { d.AmountMinor++ }).Since(won()), []deal.News{deal.Changed}},
		{"opened again", open().Since(won()), []deal.News{deal.Changed}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("news (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergingTwiceChangesNothingMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		known, given := anyDeal().Draw(t, "known"), anyDeal().Draw(t, "given")
		known = deal.Start(known, noon)
		once := known.Merge(given)
		if again := once.Merge(given); !again.Equal(once) || again.Since(once) != nil {
			t.Errorf("merged twice (-once +twice):\n%s", cmp.Diff(once, again))
		}
	})
}

func anyDeal() *rapid.Generator[deal.Deal] {
	return rapid.Custom(func(t *rapid.T) deal.Deal {
		d := deal.Deal{
			Account:  rapid.SampledFrom([]string{"", "acme"}).Draw(t, "account"),
			Contacts: rapid.SampledFrom([][]deal.Contact{nil, {{Lead: "ann"}}, {{Lead: "ann", Role: "champion"}}, {{Lead: "bob"}, {Lead: "ann"}}}).Draw(t, "contacts"),
			State:    deal.State(rapid.Uint8Range(0, uint8(deal.Lost)).Draw(t, "state")),
			Recorded: credit.Team(rapid.Uint8Range(0, uint8(credit.Sales)).Draw(t, "recorded")),
			OpenedAt: rapid.SampledFrom([]time.Time{{}, days(-3), days(-2)}).Draw(t, "opened"),
		}
		if rapid.Bool().Draw(t, "priced") {
			d.AmountMinor, d.Currency = rapid.Int64Range(0, 5).Draw(t, "amount"), "USD"
		}
		if d.State > deal.Open {
			d.ClosedAt = rapid.SampledFrom([]time.Time{days(-1), days(0)}).Draw(t, "closed")
		}
		return d
	})
}

func problems(t *testing.T, err error) []deal.Problem {
	t.Helper()
	if err == nil {
		return nil
	}
	var found *deal.ProblemsError
	if !errors.As(err, &found) {
		t.Fatalf("got error %v, want a ProblemsError", err)
	}
	return found.Problems
}
