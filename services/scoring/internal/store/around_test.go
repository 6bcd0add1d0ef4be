package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// inhabit makes accounts, each with people, one of them a partner's and one merged, and with events of its own.
func inhabit(ctx context.Context, t *testing.T, db *sqldb.DB, accounts []string) {
	t.Helper()
	err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var events []record.Engagement
		var rows []*record.Account
		for _, account := range accounts {
			rows = append(rows, &record.Account{ID: account, Source: "crm", SourceID: account})
			for i := range 6 {
				at := start.Add(time.Duration(i) * time.Hour)
				lead := &record.Lead{ID: fmt.Sprint(account, "-", i), Match: record.Match{Account: account}, CreatedAt: start,
					Score: record.Snapshot{Personas: []string{"buyer", "user"}[:1+i%2], EngagedAt: at}}
				switch i {
				case 4:
					lead.Partner = "fypion"
				case 5:
					lead.MergedInto, lead.Match.Account = account+"-0", ""
				}
				if err := store.PutLead(tx, lead, store.Found{}); err != nil {
					return err
				}
				for _, kind := range []string{"page_view", "job_ad"} {
					id := fmt.Sprint(account, kind, i)
					events = append(events, record.Engagement{ID: id, SourceEventID: id, Lead: lead.ID, Type: kind, OccurredAt: at, RecordedAt: at},
						record.Engagement{ID: "own" + id, SourceEventID: "own" + id, Account: account, Type: kind, OccurredAt: at, RecordedAt: at, Automated: i == 3})
				}
			}
		}
		if err := store.PutAccounts(ctx, tx, rows, nil, start); err != nil {
			return err
		}
		_, err := store.AddEngagements(ctx, tx, events)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ids(events []record.Engagement) []string {
	var all []string
	for i := range events {
		all = append(all, events[i].ID)
	}
	return all
}

func leadsOf(members []qualify.Member) []string {
	var all []string
	for i := range members {
		all = append(all, members[i].Lead)
	}
	return all
}

// Of each account the newest are read, oldest first, whether alone or with others.
func TestWhatHappensAtAccountsIsTheSameReadAloneAndTogether(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, migrations(t), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var accounts []string
		for i := range 12 {
			accounts = append(accounts, fmt.Sprint("account", i))
		}
		inhabit(ctx, t, db, accounts)
		stretch := store.Stretch{Types: []string{"page_view"}, Newest: 3}
		own, people, members := read(ctx, t, db, accounts, stretch)
		for _, account := range accounts {
			aloneOwn, alonePeople, aloneMembers := read(ctx, t, db, []string{account}, stretch)
			page := func(prefix string, numbers ...int) []string {
				var all []string
				for _, n := range numbers {
					all = append(all, fmt.Sprint(prefix, account, "page_view", n))
				}
				return all
			}
			for name, diff := range map[string]string{
				"own together":     cmp.Diff(page("own", 2, 4, 5), ids(own[account])),
				"own alone":        cmp.Diff(own[account], aloneOwn[account]),
				"people together":  cmp.Diff(page("", 2, 3, 5), ids(people[account])), // 4 is the partner's, 5 was merged into 0
				"people alone":     cmp.Diff(people[account], alonePeople[account]),
				"members together": cmp.Diff([]string{account + "-3", account + "-2", account + "-1"}, leadsOf(members[account])),
				"members alone":    cmp.Diff(members[account], aloneMembers[account]),
			} {
				if diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		}
	})
}

func read(ctx context.Context, t *testing.T, db *sqldb.DB, accounts []string, s store.Stretch) (own, people map[string][]record.Engagement, members map[string][]qualify.Member) {
	t.Helper()
	own, err := store.OwnEvents(ctx, db, accounts, s)
	if err == nil {
		people, err = store.PeopleEvents(ctx, db, accounts, s)
	}
	if err == nil {
		members, err = store.Members(ctx, db, accounts, nil, 3)
	}
	if err != nil {
		t.Fatal(err)
	}
	return own, people, members
}
