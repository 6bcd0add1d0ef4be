package demo

import (
	"context"
	"time"

	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// patience is how long a call may take: the longest that the suite grants. Days pass within a single one, and the machine
// may be slow.
const patience = time.Minute

// patient is a connection whose calls wait for that long.
type patient struct{ grpc.ClientConnInterface }

// patiently connects on behalf of somebody.
func (c Config) patiently(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error) {
	conn, err := c.Connect(subject, kind, roles...)
	return patient{conn}, err
}

// Invoke implements grpc.ClientConnInterface.
func (p patient) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return p.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}
