package sla

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// library keeps calendars as worktime has them, by the digest of their documents: what a transaction has read that is
// undone later does no harm.
type library struct {
	mu    sync.RWMutex
	known map[string]*worktime.Calendar
}

// almanac puts editions together.
func (l *library) almanac(ctx context.Context, q sqldb.Querier, editions []store.Edition) (deadline.Almanac, error) {
	a := deadline.Almanac{}
	for _, e := range editions {
		c, err := l.calendar(ctx, q, e)
		if err != nil {
			return nil, err
		}
		a[e.Calendar] = append(a[e.Calendar], deadline.Edition{Version: e.Version, From: e.From, Calendar: c})
	}
	return a, nil
}

func (l *library) calendar(ctx context.Context, q sqldb.Querier, e store.Edition) (*worktime.Calendar, error) {
	l.mu.RLock()
	c, ok := l.known[e.Digest]
	l.mu.RUnlock()
	if ok {
		return c, nil
	}
	raw, err := store.Document(ctx, q, e.Calendar, e.Version)
	if err != nil {
		return nil, err
	}
	doc := &slav1.Calendar{}
	if err := proto.Unmarshal(raw, doc); err != nil {
		return nil, fmt.Errorf("decode calendar %s: %w", e.Calendar, err)
	}
	if c, err = timetable.Compile(doc); err != nil {
		return nil, fmt.Errorf("read calendar %s: %w", e.Calendar, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]*worktime.Calendar{}
	}
	l.known[e.Digest] = c
	return c, nil
}
