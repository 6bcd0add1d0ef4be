package eventlog_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// A delivery that is larger than the receiver takes in would be refused for ever.
func TestLargeEventsArriveInSeveralDeliveries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, receiver *end) {
		err := sender.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for seq := range int64(6) { // 6 MiB; the receiver takes 4
				if err := sender.log.Emit(ctx, tx, eventlog.Key{Name: "leads/a", Seq: &seq}, &eventv1.Event{Subject: strings.Repeat("x", 1<<20),
					Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{Lead: "leads/a"}}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		drain(t, sender.log.NewRelay(eventlog.Routing, receiver.client))
		if diff := cmp.Diff(ids("leads/a", 1, 6), receiver.applied(t)); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	})
}
