package store_test

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// TestCellsHaveEverythingThatAReportSlicesBy proves that each answer is counted once, with the facts of its handoff and of
// the assignment that it answers; what has not arrived yet is empty.
func TestCellsHaveEverythingThatAReportSlicesBy(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		t.Helper()
		at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
		err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
			store.Open(tx, store.Handoff{ID: "h1", Source: "web", Campaign: "spring", LeadMagnet: "guide", Partner: "agency"})
			store.Open(tx, store.Handoff{ID: "h2", Source: "web"})
			store.Open(tx, store.Handoff{ID: "h3", Source: "web"})
			store.Assign(tx, store.Assignment{Handoff: "h1", Number: 1, Rep: "jane", Pool: "west", Tier: "T1"})
			store.Assign(tx, store.Assignment{Handoff: "h1", Number: 2, Rep: "joe", Tier: "T2"})
			for _, v := range []store.Verdict{
				{Handoff: "h1", Assignment: 1, Rep: "jane", State: 2, Answer: verdict.Answer{Step: verdict.Decline}},
				{Handoff: "h1", Assignment: 2, Rep: "joe", State: 4, Counted: verdict.NotReady, Standing: dispute.Disputed,
					Answer: verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Detail: "poor_timing"}},
				{Handoff: "h3", Assignment: 1, Rep: "kim", State: 4, Standing: dispute.Overturned,
					Answer: verdict.Answer{Step: verdict.Reject, Reason: verdict.NotReady, Detail: "poor_timing"}},
				{Handoff: "h2", Assignment: 1, Rep: "jane", State: 3, Answer: verdict.Answer{Step: verdict.Accept}},
				{Handoff: "h2", Assignment: 1, Rep: "jane", State: 4, Answer: verdict.Answer{Step: verdict.Recycle}},
			} {
				v.AnsweredAt = at.UnixMicro()
				if err := store.InsertVerdict(tx, &v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Cells(t.Context(), db, at, at.Add(time.Microsecond), nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, func(a, b rejection.Cell) int { return cmp.Compare(a.Rep, b.Rep) })
		want := []rejection.Cell{
			{Source: "web", Rep: "jane", Answers: 1},
			{Source: "web", Campaign: "spring", LeadMagnet: "guide", Partner: "agency", Rep: "joe", Tier: "T2", Reason: verdict.NotReady, Detail: "poor_timing",
				Standing: dispute.Disputed, Answers: 1},
			{Source: "web", Rep: "kim", Standing: dispute.Overturned, Answers: 1},
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("cells (-want +got):\n%s", diff)
		}
		joe := "joe"
		for _, test := range []struct {
			name     string
			from, to time.Time
			rep      *string
			want     int
		}{{"before", at.Add(-time.Hour), at, nil, 0}, {"after", at.Add(time.Microsecond), at.Add(time.Hour), nil, 0}, {"of one", at, at.Add(time.Hour), &joe, 1}} {
			if cells, err := store.Cells(t.Context(), db, test.from, test.to, test.rep); err != nil || len(cells) != test.want {
				t.Errorf("%s: got %v, %v, want %d", test.name, cells, err, test.want)
			}
		}
	})
}
