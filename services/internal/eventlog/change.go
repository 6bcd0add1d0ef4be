package eventlog

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// EmitChange adds the audit event of a resource that somebody changed. Before is nil when it was created, after when it
// was deleted. Both must be free of personal data.
func (l *Log) EmitChange(ctx context.Context, tx *sqldb.Tx, key Key, method string, before, after proto.Message) error {
	changed := &eventv1.ResourceChanged{Resource: key.Name, Method: method}
	for _, side := range []struct {
		of   proto.Message
		into **anypb.Any
	}{{before, &changed.Before}, {after, &changed.After}} {
		if side.of == nil || !side.of.ProtoReflect().IsValid() {
			continue
		}
		packed, err := anypb.New(side.of)
		if err != nil {
			return fmt.Errorf("audit %s: %w", key.Name, err)
		}
		*side.into = packed
	}
	return l.Emit(ctx, tx, key, &eventv1.Event{Payload: &eventv1.Event_ResourceChanged{ResourceChanged: changed}})
}
