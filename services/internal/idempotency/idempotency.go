// Package idempotency makes a retry safe (AIP-155).
//
// A mutating request may carry a `request_id`. The answer to (principal, method, request id) is stored in the transaction
// of the effect: the same request again, even at the same moment and through another replica, has one effect and gets
// the same answer, for at least seven days. The same id with another content is refused.
//
//	request_id known? -- yes --> stored answer
//	      | no
//	      v
//	effect and answer in one transaction -- refused, or beaten by a twin --> known now? --> stored answer
//
// Only successes are stored: what was refused changed nothing and may be tried again.
//
// Where the effect is another service's, what that is asked for is stored before it is asked ([Onward]):
//
//	request_id known? -- no --> decided before? -- no --> decide, and store what was decided
//	                                 | yes                         |
//	                                 '-----------> ask <-----------'
//	                                                |-- refused --> forget what was decided
//	                                                '-- answered --> store the answer
package idempotency

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// How long answers are kept, in real time.
const (
	keepFor    = 8 * 24 * time.Hour
	forgetting = time.Hour
	batch      = 5000
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the table of answers.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// Keeper keeps the answers of one service.
type Keeper struct {
	DB     *sqldb.DB
	Logger *slog.Logger
}

// Request is a mutating request.
type Request interface {
	proto.Message
	GetRequestId() string
}

type requestIDKey struct{}

// RequestID is the id of the request that is being handled; empty if it has none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Handler does what a request asks for. It may run more than once, and only the last run counts.
type Handler[Resp proto.Message] func(ctx context.Context, tx *sqldb.Tx) (Resp, error)

// Do handles a mutating request in one transaction: it runs handle, and stores its answer with the effect. A request that
// was answered before gets that answer. Requests that come at the same time share a commit.
func Do[Resp proto.Message](ctx context.Context, k *Keeper, req Request, handle Handler[Resp]) (Resp, error) {
	return within(ctx, k, k.DB.Group, newCall(ctx, req), handle, atOnce[Resp])
}

// Alone is Do in a transaction of its own. It is for what takes several locks in a certain order: requests that share a
// transaction take theirs one request after the other.
func Alone[Resp proto.Message](ctx context.Context, k *Keeper, req Request, handle Handler[Resp]) (Resp, error) {
	return within(ctx, k, k.DB.InTx, newCall(ctx, req), handle, atOnce[Resp])
}

// Together is Do for a handler that leaves its work to the end of the transaction, where it is done at once for all
// requests that share it: handle registers the work with [sqldb.Tx.BeforeCommit], and gives the message that the work
// will make the answer.
func Together[Resp proto.Message](ctx context.Context, k *Keeper, req Request, handle Handler[Resp]) (Resp, error) {
	return within(ctx, k, k.DB.Group, newCall(ctx, req), handle, func(_ context.Context, tx *sqldb.Tx, c call, resp Resp) error {
		tx.BeforeCommit(func(ctx context.Context) error { return c.store(ctx, tx, resp) })
		return nil
	})
}

// keep stores the answer of a call.
type keep[Resp proto.Message] func(ctx context.Context, tx *sqldb.Tx, c call, resp Resp) error

// atOnce stores an answer that is complete.
func atOnce[Resp proto.Message](ctx context.Context, tx *sqldb.Tx, c call, resp Resp) error {
	return c.store(ctx, tx, resp)
}

// transact runs a function in a transaction.
type transact func(ctx context.Context, fn func(ctx context.Context, tx *sqldb.Tx) error) error

func within[Resp proto.Message](ctx context.Context, k *Keeper, in transact, call call, handle Handler[Resp], store keep[Resp]) (Resp, error) {
	if call.id != "" {
		ctx = context.WithValue(ctx, requestIDKey{}, call.id)
	}
	var resp Resp
	err := in(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if known, err := recall(ctx, tx, call, &resp); known || err != nil {
			return err
		}
		if resp, err = handle(ctx, tx); err != nil {
			return err
		}
		return store(ctx, tx, call, resp)
	})
	if err == nil || call.id == "" {
		return resp, err
	}
	// A twin may have been faster: its effect is why this one was refused or met the unique index.
	if known, again := recall(ctx, k.DB, call, &resp); known || again != nil {
		return resp, again
	}
	return resp, err
}

// call is what identifies a request.
type call struct {
	principal, method, id string
	digest                []byte
}

func newCall(ctx context.Context, req Request) call {
	method, _ := grpc.Method(ctx)
	c := call{principal: auth.Principal(auth.ActorFrom(ctx)), method: method, id: req.GetRequestId()}
	if c.id != "" {
		c.digest = digest(req)
	}
	return c
}

// digest is over the decoded content of a request, its id left out.
func digest(req Request) []byte {
	content := proto.Clone(req)
	m := content.ProtoReflect()
	m.Clear(m.Descriptor().Fields().ByName("request_id"))
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(content)
	if err != nil { // a decoded request always marshals
		return nil
	}
	sum := sha256.Sum256(body)
	return sum[:]
}

// recall looks for the stored answer.
func recall[Resp proto.Message](ctx context.Context, q sqldb.Querier, c call, resp *Resp) (bool, error) {
	if c.id == "" {
		return false, nil
	}
	var digest, body []byte
	err := q.QueryRow(ctx, `SELECT digest, response FROM request WHERE principal = $1 AND method = $2 AND request_id = $3`,
		c.principal, c.method, c.id).Scan(&digest, &body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up request: %w", err)
	}
	if string(digest) != string(c.digest) {
		return false, fault.New(fault.Invalid, errorsv1.ErrorReason_ERROR_REASON_REQUEST_ID_REUSED,
			"request id was used before with another content").With("request_id", c.id)
	}
	var zero Resp
	stored, ok := zero.ProtoReflect().Type().New().Interface().(Resp)
	if !ok { // the type makes messages of itself
		return false, fmt.Errorf("stored answer is not a %s", zero.ProtoReflect().Descriptor().FullName())
	}
	if err := proto.Unmarshal(body, stored); err != nil {
		return false, fmt.Errorf("decode stored answer: %w", err)
	}
	*resp = stored
	return true, nil
}

var requestTable = &sqldb.Table{Name: "request", Columns: []sqldb.Column{
	{Name: "principal", Type: sqldb.Text}, {Name: "method", Type: sqldb.Text}, {Name: "request_id", Type: sqldb.Text},
	{Name: "digest", Type: sqldb.Bytes}, {Name: "response", Type: sqldb.Bytes}, {Name: "at", Type: sqldb.Int},
}}

// store keeps an answer. The time is real time: it says when to forget, not when something happened.
func (c call) store(_ context.Context, tx *sqldb.Tx, resp proto.Message) error {
	if c.id == "" {
		return nil
	}
	body, err := proto.Marshal(resp)
	if err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	tx.Insert(requestTable, c.principal, c.method, c.id, c.digest, body, time.Now().UnixMicro())
	return nil
}

// Run forgets old answers until the context ends.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(forgetting)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := k.Forget(ctx, time.Now().Add(-keepFor)); err != nil && ctx.Err() == nil {
			k.Logger.WarnContext(ctx, "stored answers are not cleaned up", slog.String("cause", err.Error()))
		}
	}
}

// Forget deletes the answers stored before an instant.
func (k *Keeper) Forget(ctx context.Context, before time.Time) error {
	for {
		var n int64
		err := k.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM request WHERE (principal, method, request_id) IN
				(SELECT principal, method, request_id FROM request WHERE at < $1 ORDER BY at LIMIT $2)`, before.UnixMicro(), int64(batch))
			return err
		})
		if err != nil || n < batch {
			return err
		}
	}
}
