package wellformed

import (
	"fmt"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// The limits of every message.
const (
	MaxDepth = 32     // messages within each other
	MaxItems = 10_000 // items in a list
	MaxPairs = 1_000  // pairs in a map
)

// maxViolations is how many are reported; a message may have thousands.
const maxViolations = 10

// Checker checks messages of any type. The zero value is ready; it must not be copied.
type Checker struct {
	plans sync.Map // protoreflect.FullName -> *plan
}

// Check says what is wrong with the wire form of a message, at most ten things, each with the path of its field; what is
// wrong with the whole has an empty path. The error means that the type's own rules cannot be read: a fault of the type.
func (c *Checker) Check(message protoreflect.MessageDescriptor, wire []byte) ([]fault.Violation, error) {
	p, err := c.plan(message)
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", message.FullName(), err)
	}
	return p.walk(wire, 1), nil
}

func (c *Checker) plan(message protoreflect.MessageDescriptor) (*plan, error) {
	if p, ok := c.plans.Load(message.FullName()); ok {
		return p.(*plan), nil
	}
	p, err := planner{}.plan(message)
	if err != nil {
		return nil, err
	}
	c.plans.Store(message.FullName(), p)
	return p, nil
}
