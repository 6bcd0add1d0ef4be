package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/proportion"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// said is a verdict given so long after noon.
func said(handoff string, after time.Duration, a verdict.Answer) store.Verdict {
	return store.Verdict{Handoff: handoff, Assignment: 1, Rep: "jane", State: 4, Counted: a.Reason, AnsweredAt: noon.Add(after).UnixMicro(), Answer: a}
}

// filled gives each database with these assignments, verdicts and endings.
func filled(t *testing.T, assigned []store.Assignment, verdicts []store.Verdict, endings []store.Ending, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	sqldbtest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		t.Helper()
		if err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
			for _, a := range assigned {
				store.Assign(tx, a)
			}
			for _, e := range endings {
				store.End(tx, e)
			}
			for _, v := range verdicts {
				store.Know(tx, store.Handoff{ID: v.Handoff, Campaign: "may"})
				if err := store.InsertVerdict(tx, &v); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

func TestEarlyWrongFitIsSaidWithin48HoursOfTheFirstAssignment(t *testing.T) {
	t.Parallel()
	first := func(handoff string, after time.Duration) store.Assignment {
		return store.Assignment{Handoff: handoff, Number: 1, Rep: "jane", At: noon.Add(after).UnixMicro()}
	}
	reject := func(reason verdict.Reason) verdict.Answer {
		return verdict.Answer{Step: verdict.Reject, Reason: reason}
	}
	overturned := said("overturned", time.Hour, reject(verdict.BadFitBudget))
	overturned.Counted = 0
	filled(t, []store.Assignment{first("just", 0), first("late", 0), first("other", 0), first("later", 0), first("disposed", 0), first("overturned", 0),
		first("before", -1000), first("after", time.Hour), {Handoff: "later", Number: 2, Rep: "joe", At: noon.UnixMicro()}},
		[]store.Verdict{
			said("just", 48*time.Hour, reject(verdict.BadFitFirmographic)),
			said("late", 48*time.Hour+time.Microsecond, reject(verdict.BadFitFirmographic)),
			said("other", time.Hour, reject(verdict.NotReady)),
			said("disposed", 47*time.Hour, verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Reason: verdict.BadFitBudget}),
			overturned,
			said("before", time.Hour, reject(verdict.BadFitBudget)), said("after", time.Hour, reject(verdict.BadFitBudget)),
		}, nil, func(t *testing.T, db *sqldb.DB) {
			joe, jane := "joe", "jane"
			for rep, want := range map[*string]proportion.Share{nil: {Part: 2, Whole: 6}, &jane: {Part: 2, Whole: 6}, &joe: {}} {
				got, err := store.EarlyWrongFit(t.Context(), db, noon, noon.Add(time.Hour), rep)
				if err != nil || got != want {
					t.Errorf("got %v, %v, want %v", got, err, want)
				}
			}
		})
}

func TestADispositionIsCompleteWithOutcomeRatingAndReason(t *testing.T) {
	t.Parallel()
	accept := verdict.Answer{Step: verdict.Accept}
	var verdicts []store.Verdict
	for _, handoff := range []string{"sql", "unrated", "unreasoned", "reasoned", "recycled", "open", "merged"} {
		verdicts = append(verdicts, said(handoff, 0, accept))
	}
	again := said("again", 0, accept)
	again.Assignment, again.Rep = 2, "joe"
	verdicts = append(verdicts, said("again", 0, accept), again, said("before", -time.Microsecond, accept), said("after", time.Hour, accept),
		said("sql", 99*time.Hour, verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL, Rating: 4}),
		said("unrated", time.Hour, verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL}),
		said("unreasoned", time.Hour, verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Rating: 1}),
		said("reasoned", time.Hour, verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Rating: 1, Reason: verdict.BadData}),
		said("recycled", time.Hour, verdict.Answer{Step: verdict.Recycle, Target: verdict.ToNurture}))
	filled(t, nil, verdicts, []store.Ending{{Handoff: "merged"}, {Handoff: "sql", Step: verdict.Dispose}}, func(t *testing.T, db *sqldb.DB) {
		joe := "joe"
		for rep, want := range map[*string]proportion.Share{nil: {Part: 3, Whole: 7}, &joe: {Whole: 1}} {
			got, err := store.Dispositions(t.Context(), db, noon, noon.Add(time.Hour), rep)
			if err != nil || got != want {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		}
	})
}

func TestMatchesAreCountedByCampaign(t *testing.T) {
	t.Parallel()
	match := func(handoff string, after time.Duration, m verdict.Match) store.Verdict {
		return said(handoff, after, verdict.Answer{Step: verdict.Dispose, Match: m})
	}
	filled(t, nil, []store.Verdict{match("a", 0, 1), match("b", time.Minute, 2), match("c", time.Minute, 2), match("d", time.Hour, 2), match("e", -1, 3), match("f", 0, 0)}, nil,
		func(t *testing.T, db *sqldb.DB) {
			got, err := store.Matches(t.Context(), db, noon, noon.Add(time.Hour), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]store.Match{{Campaign: "may", Match: 1, Count: 1}, {Campaign: "may", Match: 2, Count: 2}}, got); diff != "" {
				t.Errorf("matches (-want +got):\n%s", diff)
			}
		})
}
