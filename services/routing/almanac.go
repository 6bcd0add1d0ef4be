package routing

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// almanac reads the copies of calendars. It keeps what it made of a copy, which takes longer than to ask whether the copy
// is still the newest.
type almanac struct {
	mu   sync.Mutex
	made map[string]edition
}

// edition is a calendar made of one copy.
type edition struct {
	version int64
	hours   *worktime.Calendar
}

func newAlmanac() *almanac { return &almanac{made: map[string]edition{}} }

// read gives the calendars that there are, by id.
func (a *almanac) read(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*worktime.Calendar, error) {
	found := make(map[string]*worktime.Calendar, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	versions, err := store.CalendarVersions(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var fresh []string
	for id, version := range versions {
		if hours := a.known(id, version); hours != nil {
			found[id] = hours
		} else {
			fresh = append(fresh, id)
		}
	}
	return found, a.compile(ctx, q, fresh, found)
}

// compile reads copies that are not known, and adds what it makes of them.
func (a *almanac) compile(ctx context.Context, q sqldb.Querier, ids []string, found map[string]*worktime.Calendar) error {
	if len(ids) == 0 {
		return nil
	}
	copies, err := store.Calendars(ctx, q, ids)
	if err != nil {
		return err
	}
	for _, c := range copies {
		if found[c.ID], err = a.make(c); err != nil {
			return err
		}
	}
	return nil
}

func (a *almanac) known(id string, version int64) *worktime.Calendar {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e := a.made[id]; e.version == version {
		return e.hours
	}
	return nil
}

func (a *almanac) make(c *store.Calendar) (*worktime.Calendar, error) {
	doc := &slav1.Calendar{}
	if err := proto.Unmarshal(c.Body, doc); err != nil {
		return nil, fmt.Errorf("read calendar %s: %w", c.ID, err)
	}
	hours, err := timetable.Compile(doc)
	if err != nil {
		return nil, fmt.Errorf("read calendar %s: %w", c.ID, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.made[c.ID] = edition{version: c.Version, hours: hours}
	return hours, nil
}
