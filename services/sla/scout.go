package sla

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/handoffhq/handoff/services/internal/alarm"
	"github.com/handoffhq/handoff/services/sla/internal/soon"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

const (
	lookEvery = time.Second     // so that what another replica stored, or has left behind, is seen
	ahead     = 2 * time.Second // of its instant a clock is known
	mostSoon  = 16384           // clocks, or handoffs, that are known ahead at most; what comes after them is found later
	readSize  = 256             // handoffs that are read ahead together
)

// scout looks ahead: it finds which clocks are due soon, and reads their handoffs.
type scout struct {
	s    *Service
	list *soon.List
	look alarm.Alarm // the list runs short, or may lack something
	due  alarm.Alarm // rung when something was found

	mu     sync.Mutex
	read   map[string]*store.Handoff // and not changed since, as far as is known here
	unread []soon.Entry              // the soonest first
}

func newScout(s *Service, due alarm.Alarm) *scout {
	return &scout{s: s, list: soon.New(mostSoon), look: alarm.New(), due: due}
}

// run scouts until the context ends.
func (c *scout) run(ctx context.Context) error {
	always := make(chan struct{})
	close(always)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var more chan struct{}
		if c.lacks() {
			more = always
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.look:
			c.find(ctx)
		case <-timer.C:
			c.find(ctx)
			timer.Reset(lookEvery)
		case <-more:
			c.readSome(ctx)
		}
	}
}

// find looks in the table for what is due soon. What it does not find for want of the database is found the next time.
func (c *scout) find(ctx context.Context) {
	c.list.Look()
	until := c.s.cfg.Now().Add(ahead)
	entries, err := store.Soon(ctx, c.s.cfg.DB, until, mostSoon)
	if err != nil {
		if ctx.Err() == nil {
			c.s.cfg.Logger.WarnContext(ctx, "what is due soon cannot be read now", slog.String("cause", err.Error()))
		}
		return
	}
	c.list.Found(entries, until.UnixMicro())
	c.want(entries)
	c.due.Ring()
}

// want has handoffs read, and forgets all others.
func (c *scout) want(entries []soon.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := make(map[string]*store.Handoff, len(entries))
	c.unread = nil
	for _, e := range entries {
		if h, ok := c.read[e.Handoff]; ok {
			kept[e.Handoff] = h
		} else {
			c.unread = append(c.unread, e)
		}
	}
	c.read = kept
}

// lacks reports whether there is something to read.
func (c *scout) lacks() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.unread) > 0
}

// readSome reads the next handoffs. What cannot be read now is read when it is due.
func (c *scout) readSome(ctx context.Context) {
	ids := c.next()
	if len(ids) == 0 {
		return
	}
	read, err := store.Get(ctx, c.s.cfg.DB, ids...)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.Copy(c.read, read)
}

// next takes out handoffs to read. What is due by now is read by whoever fires it.
func (c *scout) next() (ids []string) {
	now := c.s.cfg.Now().UnixMicro()
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.unread) > 0 && len(ids) < readSize {
		if e := c.unread[0]; e.At > now {
			ids = append(ids, e.Handoff)
		}
		c.unread = c.unread[1:]
	}
	return ids
}

// take gives what was read of handoffs, and forgets it.
func (c *scout) take(ids []string) map[string]*store.Handoff {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := make(map[string]*store.Handoff, len(ids))
	for _, id := range ids {
		if h, ok := c.read[id]; ok {
			found[id] = h
			delete(c.read, id)
		}
	}
	return found
}
