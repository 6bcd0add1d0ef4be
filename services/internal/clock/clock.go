// Package clock gives the domain time: the instant at which things happen to leads.
//
// It is UTC in whole microseconds, which is what both databases keep. Tokens, leases, back-off and deadlines of calls use
// the real clock instead; they must not stand still in a rehearsal.
package clock

import (
	"sync"
	"time"
)

// System is the time of the machine.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Test is the clock of a rehearsal: it stands still until it is set. It is safe for concurrent use.
type Test struct {
	mu  sync.RWMutex
	now time.Time
}

// NewTest makes a clock that stands at an instant.
func NewTest(at time.Time) *Test {
	c := &Test{}
	c.Set(at)
	return c
}

// Now is the instant at which the clock stands.
func (c *Test) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now
}

// Set moves the clock. Who sets it keeps it from going back.
func (c *Test) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC().Truncate(time.Microsecond)
}
