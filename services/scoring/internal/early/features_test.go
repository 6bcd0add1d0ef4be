package early_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
)

func TestWhatIsKnownOfALeadAreItsFeatures(t *testing.T) {
	t.Parallel()
	row := early.Of(
		&criteria.Lead{Source: criteria.Known("web"), Title: criteria.Known("CEO of Initech"), EmailDomain: criteria.Known("initech.example"),
			Attributes: map[string]string{"seats": "5"}},
		&criteria.Account{Employees: criteria.Known(int64(200)), AnnualRevenue: criteria.Known(criteria.Money{Currency: "EUR", Units: 7}),
			Technologies: criteria.Known([]string{"sap"}), IsCustomer: criteria.Known(true), HasOpenOpportunity: criteria.Known(true)},
		map[string]int{"page_view": 3})
	names := row.Names()
	slices.Sort(names)
	want := []string{"account.annual_revenue.EUR", "account.employees", "account.technologies.sap", "engagement.page_view", "lead.attributes.seats", "lead.source"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"lead.source": "web", "lead.attributes.seats": "5", "account.employees": "200", "account.annual_revenue.EUR": "7", "account.annual_revenue.USD": "",
		"account.technologies.sap": "yes", "account.technologies.crm": "no", "engagement.page_view": "3", "engagement.webinar": "0", "lead.country": "",
	} {
		if got := row.Text(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := early.Of(&criteria.Lead{}, nil, nil).Text("account.technologies.sap"); got != "" {
		t.Errorf("of no account: %q", got)
	}
}

func TestOnlyWhatWasThereEarlyCounts(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	w := early.Window{Early: 7 * 24 * time.Hour}
	for name, c := range map[string]struct {
		life early.Life
		cut  time.Time
	}{
		"left alone":           {early.Life{First: day(1), CreatedAt: day(2)}, day(9)},
		"qualified early":      {early.Life{First: day(1), CreatedAt: day(2), Qualified: day(4)}, day(4)},
		"qualified late":       {early.Life{First: day(1), CreatedAt: day(2), Qualified: day(20)}, day(9)},
		"a deal before that":   {early.Life{First: day(1), CreatedAt: day(2), Qualified: day(5), Dealt: day(3)}, day(3)},
		"a deal from the past": {early.Life{First: day(1), CreatedAt: day(5), Dealt: day(2)}, day(5)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.Cut(c.life); !got.Equal(c.cut) {
				t.Errorf("cut %v, want %v", got, c.cut)
			}
		})
	}
	life := early.Life{First: day(1), CreatedAt: day(2)}
	cut := w.Cut(life)
	for name, c := range map[string]struct {
		occurred, recorded time.Time
		want               bool
	}{
		"early":                  {day(3), day(3), true},
		"before it came in":      {day(1), day(2), true},
		"at the end":             {day(8), day(9), true},
		"late":                   {day(9), day(9), false},
		"recorded after the cut": {day(3), day(10), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.Counts(life, cut, c.occurred, c.recorded); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
