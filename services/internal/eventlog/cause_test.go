package eventlog_test

import (
	"context"
	"testing"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

func TestAnEventKeepsTheCauseThatItNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sender, _ *end) {
		for named, want := range map[string]string{"": "idp|ops", "idp|ann": "idp|ann"} {
			e := &eventv1.Event{Actor: named, RequestId: named, Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{}}}
			ctx := auth.WithActor(t.Context(), &auth.Actor{Issuer: "idp", Subject: "ops"})
			err := sender.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				return sender.log.Emit(ctx, tx, eventlog.Key{Name: "leads/1" + named, Seq: new(int64)}, e)
			})
			if err != nil {
				t.Fatal(err)
			}
			if e.GetActor() != want || e.GetRequestId() != named {
				t.Errorf("named %q: caused by %q in request %q", named, e.GetActor(), e.GetRequestId())
			}
		}
	})
}
