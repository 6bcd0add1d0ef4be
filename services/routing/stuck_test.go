package routing_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// exec changes the database behind the service's back.
func (b *bundle) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestALineThatCannotBeReadKeepsNoOtherFromBeingServed: the ledger of one pool is broken. Who waits for another is served in
// time, and so is the broken one once it is mended.
func TestALineThatCannotBeReadKeepsNoOtherFromBeingServed(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("evening", "America/New_York", "18:00", "20:00", wholeWeek...))
		b.rep(t, "eve", worksBy("evening"))
		b.rep(t, "vic", worksBy("evening"))
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity", "vic")
		broken, sound := b.qualify(t, target), b.qualify(t)
		b.exec(t, `UPDATE account SET entitled = entitled + 1 WHERE book = 'enterprise'`)
		evening := at("2026-03-02T18:00-05:00")
		b.advanceTo(t, evening)
		b.assignedTo(t, sound, "vic")
		b.heldFor(t, broken, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		if next, due, err := b.service.NextDue(t.Context()); err != nil || !due || !next.After(evening) {
			t.Errorf("the broken line is looked at again at %v (%v), %v", next, due, err)
		}
		b.exec(t, `UPDATE account SET entitled = entitled - 1 WHERE book = 'enterprise'`)
		b.advanceTo(t, evening.Add(5*time.Minute))
		b.assignedTo(t, broken, "eve")
		b.checkBooks(t)
	})
}

// TestAHandoffThatCannotBeReadKeepsNoOtherOfItsLineFromBeingServed: it names a playbook that nobody has. Those behind it are
// served by the timer, and when a rep who was full gives one back; it waits until it can be read.
func TestAHandoffThatCannotBeReadKeepsNoOtherOfItsLineFromBeingServed(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic", maxOpen(0))
		b.pool(t, "velocity", "vic")
		names := b.qualifyMany(t, 3)
		b.exec(t, `UPDATE handoff SET playbook = 99 WHERE id = $1`, names[0][len("handoffs/"):])
		b.updateRep(t, &routingv1.Rep{Name: "reps/vic", MaxOpen: proto.Int32(1)}, "max_open")
		b.assignedTo(t, names[1], "vic")
		b.advanced(t, "vic", names[1], 1, routingv1.Step_STEP_REJECT)
		b.assignedTo(t, names[2], "vic")
		b.exec(t, `UPDATE handoff SET playbook = 1 WHERE id = $1`, names[0][len("handoffs/"):])
		b.advanced(t, "vic", names[2], 1, routingv1.Step_STEP_REJECT)
		b.assignedTo(t, names[0], "vic")
		b.checkBooks(t)
	})
}
