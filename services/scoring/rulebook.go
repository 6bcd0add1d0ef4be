package scoring

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// The lists that matching uses.
const (
	sharedDomains = "shared_domains"
	knownAccounts = "known_accounts"
)

// maxAge is how long a what-if may work by rules that another replica has replaced meanwhile, in real time.
const maxAge = time.Second

// rulebook keeps what people are judged by in memory: the playbook in force and the lists. Each change of them has a
// number, by which a copy is known to be current.
type rulebook struct {
	db    *sqldb.DB
	shelf *shelf.Shelf[*qualify.Policy]
	held  sqldb.Local[*edition]

	mu     sync.RWMutex
	latest *edition
	least  int64 // of the rules that this process has replaced, the number of the newest
}

// edition is the rules after a number of changes.
type edition struct {
	number  int64
	rules   dossier.Rules
	checked time.Time // when this was known to be the newest, in real time
}

// within gives the rules to judge by in a transaction, and keeps them from changing until its end.
func (r *rulebook) within(ctx context.Context, tx *sqldb.Tx) (dossier.Rules, error) {
	held, _ := r.held.In(tx)
	if *held != nil {
		return (*held).rules, nil
	}
	number, err := store.Share(ctx, tx)
	if err != nil {
		return dossier.Rules{}, err
	}
	e, err := r.edition(ctx, tx, number)
	if err != nil {
		return dossier.Rules{}, err
	}
	*held = e
	tx.AfterCommit(func() { r.keep(e) })
	return e.rules, nil
}

// replace begins a change of the rules in a transaction, and keeps everybody from judging until its end. After it nobody
// in this process works by older ones, what-ifs included.
func (r *rulebook) replace(ctx context.Context, tx *sqldb.Tx) error {
	held, _ := r.held.In(tx)
	*held = nil
	if err := store.TakeRules(ctx, tx); err != nil {
		return err
	}
	number, err := store.Rules(ctx, tx)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { r.outdate(number) })
	return nil
}

// now gives the rules of about now, from memory if they were looked up less than maxAge ago.
func (r *rulebook) now(ctx context.Context) (dossier.Rules, error) {
	r.mu.RLock()
	e := r.latest
	r.mu.RUnlock()
	if e != nil && time.Since(e.checked) < maxAge {
		return e.rules, nil
	}
	number, err := store.Rules(ctx, r.db)
	if err != nil {
		return dossier.Rules{}, err
	}
	if e, err = r.edition(ctx, r.db, number); err != nil {
		return dossier.Rules{}, err
	}
	r.keep(e)
	return e.rules, nil
}

// edition is the rules of a number, from memory or from the database.
func (r *rulebook) edition(ctx context.Context, q sqldb.Querier, number int64) (*edition, error) {
	e := &edition{number: number, checked: time.Now()} //nolint:forbidigo // how old a copy in memory is does not stand still in a rehearsal
	r.mu.RLock()
	latest := r.latest
	r.mu.RUnlock()
	if latest != nil && latest.number == number {
		e.rules = latest.rules
		return e, nil
	}
	var err error
	// The version that was activated last is in force, whatever the clocks say.
	e.rules, err = r.read(ctx, q, time.Time{})
	return e, err
}

// read reads the rules that were in force at an instant; the zero time is now. Without a playbook their policy is nil.
func (r *rulebook) read(ctx context.Context, q sqldb.Querier, at time.Time) (dossier.Rules, error) {
	var rules dossier.Rules
	lists, err := store.Lists(ctx, q, at)
	if err != nil {
		return rules, fmt.Errorf("read lists: %w", err)
	}
	rules.Lists = gather(lists)
	if at.IsZero() {
		at = time.UnixMicro(1<<62 - 1)
	}
	active, err := r.shelf.Active(ctx, q, at)
	if f := fault.As(err); f != nil && f.Reason == errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE {
		return rules, nil
	}
	if err != nil {
		return rules, err
	}
	rules.Playbook = active.Number
	rules.Policy, err = equip(ctx, q, active.Policy)
	return rules, err
}

func (r *rulebook) keep(e *edition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.number >= r.least && (r.latest == nil || e.number >= r.latest.number) {
		r.latest = e
	}
}

// outdate drops rules that are older than a number, now and when they come late.
func (r *rulebook) outdate(number int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.least = max(r.least, number)
	if r.latest != nil && r.latest.number < r.least {
		r.latest = nil
	}
}

// gather prepares lists for expressions and matching. What is no host name in a list of hosts can match nothing.
func gather(stored []*store.List) dossier.Lists {
	lists := dossier.Lists{Facts: map[string]*criteria.List{}, Shared: map[string]struct{}{}, Known: map[string]string{}}
	versions := map[string]int64{}
	for _, l := range stored {
		values := valuesOf(l)
		lists.Facts[l.Name] = criteria.NewList(values)
		versions[l.Name] = l.Version
		switch l.Name {
		case sharedDomains:
			for _, value := range values {
				if host, err := normal.ParseHost(value); err == nil {
					lists.Shared[host.Name] = struct{}{}
				}
			}
		case knownAccounts:
			for value, account := range l.Entries.Accounts {
				if host, err := normal.ParseHost(value); err == nil {
					lists.Known[host.Name] = account
				}
			}
		}
	}
	lists.Version = fmt.Sprintf("%s/%d %s/%d", sharedDomains, versions[sharedDomains], knownAccounts, versions[knownAccounts])
	return lists
}

// valuesOf are the values of a list; of one with accounts also the hosts.
func valuesOf(l *store.List) []string {
	return slices.Concat(l.Entries.Values, slices.Sorted(maps.Keys(l.Entries.Accounts)))
}
