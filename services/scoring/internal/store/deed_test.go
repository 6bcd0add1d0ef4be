package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// Whatever a text holds, also the character that parts texts, it comes back as it was written.
func TestDeedsComeBackAsTheyWereRecorded(t *testing.T) {
	sqldbtest.Each(t, migrations(t), func(t *testing.T, db *sqldb.DB) {
		at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
		event := func(id, lead string, hours int, change func(*record.Engagement)) record.Engagement {
			e := record.Engagement{ID: id, Lead: lead, Source: "website", SourceEventID: id, Type: "page_view", OccurredAt: at(hours), RecordedAt: at(hours)}
			if change != nil {
				change(&e)
			}
			return e
		}
		events := []record.Engagement{
			event("plain", "ann", 1, func(e *record.Engagement) { e.Page, e.Campaign, e.Channel = "/pricing", "spring", "mail" }),
			event("odd", "ann", 2, func(e *record.Engagement) { e.Page, e.Form, e.Asset = "/a\x1fb", "\x1f", "é\x1f" }),
			event("ahead", "ann", 3, func(e *record.Engagement) { e.OccurredAt = at(9) }),
			event("robot", "ann", 4, func(e *record.Engagement) { e.Automated = true }),
			event("late", "ann", 5, func(e *record.Engagement) { e.RecordedAt = at(100) }),
			event("other", "bob", 6, func(e *record.Engagement) { e.Type = "form\x1fsubmit" }),
			event("nobody's", "", 7, func(e *record.Engagement) { e.Account = "initech" }),
		}
		read := func(batch store.Batch, newest int) (found map[string][]replay.Deed) {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) (err error) {
				if _, err := store.AddEngagements(ctx, tx, events); err != nil {
					return err
				}
				found, err = store.DeedsOf(ctx, tx, batch, at(50), newest)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		deed := func(id, lead string, known, occurred int, texts criteria.Event) replay.Deed {
			texts.Source, texts.OccurredAt = "website", at(occurred)
			return replay.Deed{Lead: lead, Engagement: qualify.Engagement{ID: id, KnownAt: at(known), Event: texts}}
		}
		want := map[string][]replay.Deed{
			"ann": {
				deed("ahead", "ann", 3, 3, criteria.Event{Type: "page_view"}),
				deed("odd", "ann", 2, 2, criteria.Event{Type: "page_view", Page: "/a\x1fb", Form: "\x1f", Asset: "é\x1f"}),
				deed("plain", "ann", 1, 1, criteria.Event{Type: "page_view", Page: "/pricing", Campaign: "spring", Channel: "mail"}),
			},
			"bob": {deed("other", "bob", 6, 6, criteria.Event{Type: "form\x1fsubmit"})},
		}
		for what, batch := range map[string]store.Batch{
			"by their ids":         {More: []string{"ann", "bob", "cleo"}},
			"from one to another":  {First: "ann", Last: "bob"},
			"a stretch and others": {First: "amy", Last: "ann", More: []string{"bob"}},
		} {
			if diff := cmp.Diff(want, read(batch, 10)); diff != "" {
				t.Errorf("all of them, %s (-want +got):\n%s", what, diff)
			}
		}
		want["ann"] = want["ann"][:2]
		if diff := cmp.Diff(want, read(store.Batch{First: "ann", Last: "cleo"}, 2)); diff != "" {
			t.Errorf("the newest two (-want +got):\n%s", diff)
		}
		delete(want, "ann")
		if diff := cmp.Diff(want, read(store.Batch{First: "ann0", Last: "cleo"}, 10)); diff != "" {
			t.Errorf("of some alone (-want +got):\n%s", diff)
		}
	})
}
