package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

func put(t *testing.T, tx *sqldb.Tx, l *record.Lead) {
	t.Helper()
	l.CreatedAt, l.OccurredAt, l.Source = start, start, "web"
	if err := store.PutLead(tx, l, store.Found{}); err != nil {
		t.Fatal(err)
	}
}

func TestADealCountsForWhoHadAPartInIt(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		put(t, tx, &record.Lead{ID: "contact"})
		put(t, tx, &record.Lead{ID: "survivor"})
		put(t, tx, &record.Lead{ID: "absorbed", MergedInto: "survivor"})
		handed := &record.Lead{ID: "handed"}
		handed.Standing.Handoff = "h"
		put(t, tx, handed)
		put(t, tx, &record.Lead{ID: "colleague", Match: record.Match{Account: "initech"}})
		put(t, tx, &record.Lead{ID: "nobody", Match: record.Match{Account: "globex"}})
		later, before := start.Add(time.Hour), start.Add(-time.Hour)
		for _, o := range []store.Opportunity{
			{ID: "1", OpenedAt: later, State: store.OpportunityWon, ClosedAt: later, Contacts: []string{"contact", "unheard of"}, Account: "globex"},
			{ID: "2", OpenedAt: later, State: store.OpportunityOpen, Contacts: []string{"absorbed"}},
			{ID: "3", OpenedAt: later, State: store.OpportunityLost, Handoff: "h", Account: "initech"},
			{ID: "4", OpenedAt: later, State: store.OpportunityOpen, Account: "initech"},
			{ID: "5", OpenedAt: before, State: store.OpportunityOpen, Account: "initech"},
			{ID: "6", OpenedAt: later, State: store.OpportunityOpen, Contacts: []string{"nobody"}},
			{ID: "6", OpenedAt: later, State: store.OpportunityOpen, Contacts: nil}, // no more
		} {
			must[string](t)(store.PutOpportunity(ctx, tx, o))
		}
		got := map[string][]store.Deal{}
		for _, p := range must[[]*store.Past](t)(store.PastLeads(ctx, tx, "~", time.Hour, 10)) {
			got[p.ID] = p.Deals
		}
		want := map[string][]store.Deal{
			"contact":   {{State: store.OpportunityWon, OpenedAt: later, ClosedAt: later}},
			"survivor":  {{State: store.OpportunityOpen, OpenedAt: later}},
			"handed":    {{State: store.OpportunityLost, OpenedAt: later}},
			"colleague": {{State: store.OpportunityOpen, OpenedAt: later}},
			"nobody":    nil,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("deals (-want +got):\n%s", diff)
		}
	})
}

func TestThePastIsAsItWasRecorded(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		value := func(text string) person.Fields { return person.Fields{"title": dedupe.Field{Value: text, At: start}} }
		hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
		put(t, tx, &record.Lead{ID: "a", Fields: value("CEO")})
		put(t, tx, &record.Lead{ID: "b", MergedInto: "a"})
		for n, title := range []string{"", "intern", "CFO"} {
			if err := store.KeepFields(tx, "a", value(title), hour(n)); err != nil {
				t.Fatal(err)
			}
		}
		for n, account := range []string{"", "initech", "globex"} {
			if err := store.AddDecision(tx, &record.Decision{Lead: "a", Number: int64(n + 1), Decision: match.Decision{AccountID: account}, DecidedAt: hour(2 * n)}); err != nil {
				t.Fatal(err)
			}
		}
		must[map[string]struct{}](t)(store.AddEngagements(ctx, tx, []record.Engagement{
			{ID: "1", Lead: "a", Source: "s", SourceEventID: "1", Type: "page_view", OccurredAt: hour(1), RecordedAt: hour(2)},
			{ID: "2", Lead: "b", Source: "s", SourceEventID: "2", Type: "form_submit", OccurredAt: hour(9), RecordedAt: hour(3)},
			{ID: "3", Lead: "a", Source: "s", SourceEventID: "3", Type: "page_view", OccurredAt: hour(1), RecordedAt: hour(5)},
			{ID: "4", Lead: "a", Source: "s", SourceEventID: "4", Type: "page_view", OccurredAt: hour(1), RecordedAt: hour(2), Automated: true},
		}))
		past := must[[]*store.Past](t)(store.PastLeads(ctx, tx, "~", 4*time.Hour, 10))
		if len(past) != 1 {
			t.Fatalf("%d leads", len(past))
		}
		p := past[0]
		for n, want := range []string{"intern ", "CFO ", "CEO initech", "CEO initech", "CEO globex"} {
			if got := p.FieldsAt(hour(n))["title"].Value + " " + p.AccountAt(hour(n)); got != want {
				t.Errorf("after %d hours %q, want %q", n, got, want)
			}
		}
		if diff := cmp.Diff([]store.Deed{{"page_view", hour(1), hour(2)}, {"form_submit", hour(3), hour(3)}}, p.Did); diff != "" {
			t.Errorf("what they did (-want +got):\n%s", diff)
		}
	})
}

func TestAnAccountIsKnownAsItWas(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		account := func(industry string) *record.Account {
			return &record.Account{ID: "a", Source: "crm", SourceID: "1", Company: record.Company{DisplayName: "Initech", Industry: industry}, CreatedAt: start, UpdatedAt: start}
		}
		if err := store.PutAccounts(ctx, tx, []*record.Account{account("retail")}, nil, start); err != nil {
			t.Fatal(err)
		}
		if err := tx.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		before := account("retail").Company
		if err := store.PutAccounts(ctx, tx, []*record.Account{account("software")}, map[string]*record.Company{"a": &before}, start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		found := must[map[string]*store.PastAccount](t)(store.PastAccounts(ctx, tx, []string{"a", "unheard of"}))
		if len(found) != 1 || found["a"].CompanyAt(start).Industry != "retail" || found["a"].CompanyAt(start.Add(time.Hour)).Industry != "software" {
			t.Errorf("%v", found)
		}
	})
}
