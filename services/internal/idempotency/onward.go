package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Onward handles a request whose effect is another service's. Decide says what that one is to be asked for, and ask asks it,
// with the request id that [Derived] makes. What was decided is stored before anything is asked: so whoever tries again, also
// after a crash in between and however much has changed since, asks for the same under the same id, which has one effect. What
// the other service refuses is forgotten, and may be decided anew. Neither function runs in a transaction.
func Onward[Plan, Resp proto.Message](ctx context.Context, k *Keeper, req Request, decide func(context.Context) (Plan, error),
	ask func(context.Context, Plan) (Resp, error)) (resp Resp, err error) {
	call := newCall(ctx, req)
	if known, err := recall(ctx, k.DB, call, &resp); known || err != nil {
		return resp, err
	}
	decision := call
	decision.method += " decision"
	plan, err := decided(ctx, k, decision, decide)
	if err != nil {
		return resp, err
	}
	if resp, err = ask(ctx, plan); err != nil {
		if refused(err) {
			err = errors.Join(err, decision.forget(ctx, k.DB))
		}
		return resp, err
	}
	return within(ctx, k, k.DB.Group, call, func(context.Context, *sqldb.Tx) (Resp, error) { return resp, nil }, atOnce[Resp])
}

// decided is what was decided before, or is now. Of twins who decide at once one is right for both.
func decided[Plan proto.Message](ctx context.Context, k *Keeper, decision call, decide func(context.Context) (Plan, error)) (plan Plan, err error) {
	if known, err := recall(ctx, k.DB, decision, &plan); known || err != nil {
		return plan, err
	}
	fresh, cause := decide(ctx)
	return within(ctx, k, k.DB.Group, decision, func(context.Context, *sqldb.Tx) (Plan, error) { return fresh, cause }, atOnce[Plan])
}

// refused reports whether a service says that it has done nothing, and will not.
func refused(err error) bool {
	f := fault.As(err)
	if f == nil {
		return false
	}
	switch f.Kind {
	case fault.Invalid, fault.NotFound, fault.Exists, fault.Conflict, fault.PermissionDenied:
		return true
	default:
		return false
	}
}

// forget deletes what is stored of a call.
func (c call) forget(ctx context.Context, db *sqldb.DB) error {
	if c.id == "" {
		return nil
	}
	return db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM request WHERE principal = $1 AND method = $2 AND request_id = $3`, c.principal, c.method, c.id)
		return err
	})
}

// Derived is the id of a request that is made for another one, told apart by its purpose: a UUID that is the same each time.
// It is empty if the other one has none.
func Derived(requestID, purpose string) string {
	if requestID == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(purpose + "\x00" + requestID))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8, of RFC 9562: by a rule of our own
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
