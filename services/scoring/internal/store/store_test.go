package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

func each(t *testing.T, test func(ctx context.Context, t *testing.T, tx *sqldb.Tx)) {
	t.Helper()
	t.Parallel()
	sqldbtest.Each(t, migrations(t), func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			test(ctx, t, tx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestListsLongerThanAStatementAreCut(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		const n = 4100
		claims, leads := map[store.Key]string{}, []string(nil)
		for i := range n {
			id := fmt.Sprintf("%032x", i)
			leads = append(leads, id)
			claims[store.Key{Kind: store.ByEmail, Value: id}] = id
			if err := store.PutLead(tx, &record.Lead{ID: id, CreatedAt: start}, store.Found{}); err != nil {
				t.Fatal(err)
			}
		}
		if taken := must[map[store.Key]string](t)(store.Claim(ctx, tx, claims)); len(taken) != 0 {
			t.Errorf("%d keys were taken before", len(taken))
		}
		if err := store.Give(ctx, tx, claims); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(claims, must[map[store.Key]string](t)(store.Claim(ctx, tx, claims))); diff != "" {
			t.Errorf("-claimed +taken:\n%s", diff)
		}
		if got := must[[]*record.Lead](t)(store.LockLeads(ctx, tx, leads)); len(got) != n {
			t.Errorf("%d of %d leads were read", len(got), n)
		}
		must[[]record.Engagement](t)(store.History(ctx, tx, leads, time.Time{}, 10))
		must[[]*record.Lead](t)(store.Absorbed(ctx, tx, leads))
		must[[]string](t)(store.Family(ctx, tx, leads))
	})
}

func TestKeysAreComparedByteByByteWithinTheirScope(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		claims := map[store.Key]string{}
		for i, value := range []string{"a", "A", "é", "e\u0301", "a\u200b", "", " a"} {
			for _, scope := range []string{"", "fypion"} {
				claims[store.Key{Kind: store.BySource, Source: "website", Value: value, Scope: scope}] = fmt.Sprint(i, scope)
			}
		}
		must[map[store.Key]string](t)(store.Claim(ctx, tx, claims))
		if diff := cmp.Diff(claims, must[map[store.Key]string](t)(store.Claim(ctx, tx, claims))); diff != "" {
			t.Errorf("-claimed +taken:\n%s", diff)
		}
	})
}

func TestOnlyTheNewestOfALongHistoryAreRead(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		var all []record.Engagement
		for i := range 30 {
			id := fmt.Sprintf("%08d", i)
			all = append(all, record.Engagement{ID: id, Lead: "a", Source: "s", SourceEventID: id, Type: "page_view", OccurredAt: start.Add(time.Duration(i) * time.Second), RecordedAt: start})
		}
		all = append(all, record.Engagement{ID: "bot", Lead: "a", Source: "s", SourceEventID: "bot", Automated: true, OccurredAt: start.Add(1e6 * time.Second), RecordedAt: start})
		must[map[string]struct{}](t)(store.AddEngagements(ctx, tx, all))
		got := must[[]record.Engagement](t)(store.History(ctx, tx, []string{"a"}, time.Time{}, 20))
		if len(got) != 20 || got[0].ID != "00000010" || got[19].ID != "00000029" {
			t.Errorf("%d are read, from %s to %s", len(got), got[0].ID, got[len(got)-1].ID)
		}
	})
}

func TestAPersonIsFollowedThroughItsMerges(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, tx *sqldb.Tx) {
		for _, id := range []string{"a", "b", "c", "d"} {
			if err := store.PutLead(tx, &record.Lead{ID: id}, store.Found{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, edge := range []*record.Edge{
			{Absorbed: "c", Survivor: "b", MergedAt: start.Add(time.Hour)}, {Absorbed: "b", Survivor: "a", MergedAt: start.Add(2 * time.Hour)},
			{Absorbed: "d", Survivor: "a", MergedAt: start, PartedAt: start.Add(4 * time.Hour)},
		} {
			if err := store.PutEdge(tx, edge); err != nil {
				t.Fatal(err)
			}
		}
		for at, want := range map[time.Duration]map[string][]string{
			-1:            {"d": {"d"}, "a": {"a"}},
			0:             {"a": {"a", "d"}, "b": {"b"}, "c": {"c"}, "d": {"a", "d"}},
			time.Hour:     {"a": {"a", "d"}, "b": {"b", "c"}, "c": {"b", "c"}},
			3 * time.Hour: {"a": {"a", "b", "c", "d"}, "b": {"a", "b", "c", "d"}, "c": {"a", "b", "c", "d"}},
			5 * time.Hour: {"a": {"a", "b", "c"}, "b": {"a", "b", "c"}, "c": {"a", "b", "c"}, "d": {"d"}},
		} {
			for lead, group := range want {
				root := must[string](t)(store.RootAt(ctx, tx, lead, start.Add(at)))
				if diff := cmp.Diff(map[string][]string{group[0]: group}, must[map[string][]string](t)(store.GroupsAt(ctx, tx, []string{root}, start.Add(at)))); diff != "" {
					t.Errorf("%s after %v (-want +got):\n%s", lead, at, diff)
				}
			}
		}
	})
}
