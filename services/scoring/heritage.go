package scoring

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// handedAtOnce is under how many keys what waits is handed over in one transaction.
const handedAtOnce = 50

// hand gives accounts that changed what waited for them.
func (l *ledger) hand(ctx context.Context, changed []*record.Account) error {
	var keys []store.Key
	for _, a := range changed {
		if l.before[a.ID] == nil {
			keys = append(keys, store.Key{Kind: store.ByAccountRef, Source: a.Source, Value: a.SourceID})
		}
		keys = append(keys, allHostsOf(a.Domains())...)
	}
	return l.handOver(ctx, l.tx, keys, fmt.Sprintf("heirs/accounts/%d", l.seq), l.now)
}

// allHostsOf are the keys of all hosts of domains.
func allHostsOf(domains []string) []store.Key {
	keys := make([]store.Key, len(domains))
	for i, domain := range domains {
		keys[i] = store.Key{Kind: store.ByAccountDomain, Source: domain}
	}
	return keys
}

// handOver gives what waits under keys to the accounts that have them now: some at once, and if there is more, the rest by a
// job. The natural key tells the job from others.
func (s *Service) handOver(ctx context.Context, tx *sqldb.Tx, keys []store.Key, natural string, now time.Time) error {
	awaited, err := store.Awaiting(ctx, tx, keys)
	if err != nil || len(awaited) == 0 {
		return err
	}
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	to, err := d.bequeath(ctx, awaited, place{})
	if err == nil && to.key < len(awaited) {
		d.plan(tx, now, map[string]store.Scope{s.cfg.IDs.New(now, "job", natural): {Heirs: awaited[to.key:]}})
	}
	return err
}

// handOverMore goes on with a job that hands over.
func (s *Service) handOverMore(ctx context.Context, tx *sqldb.Tx, st *stint, now time.Time) error {
	from, err := parsePlace(st.job.Course.After)
	if err != nil {
		return err
	}
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	to, err := d.bequeath(ctx, st.job.Scope.Heirs, from)
	if err != nil {
		return err
	}
	st.done, st.over = []string{to.String()}, to.key == len(st.job.Scope.Heirs)
	return nil
}

// place is how far keys are handed over: those before one, and of that, which stands for the hosts of a domain, the hosts up
// to one.
type place struct {
	key  int
	host string
}

// String is a text that is in order with those of other places.
func (p place) String() string { return fmt.Sprintf("%09d %s", p.key, p.host) }

func parsePlace(text string) (p place, err error) {
	if text == "" {
		return p, nil
	}
	key, host, _ := strings.Cut(text, " ")
	p.host = host
	p.key, err = strconv.Atoi(key)
	return p, err
}

// bequeath gives what waits under some keys after a place to the accounts that have them now, and says how far it came. What
// belongs to nobody goes on waiting.
func (d *desk) bequeath(ctx context.Context, keys []store.Key, from place) (to place, err error) {
	some, to, err := d.nextKeys(ctx, keys, from)
	if err != nil {
		return from, err
	}
	owners, err := d.heirs(ctx, some)
	if err != nil {
		return from, err
	}
	left := maxCollected
	for _, key := range some {
		owner := owners[key]
		if owner == "" {
			continue
		}
		collected, err := d.inherit(ctx, key, owner, left)
		if err != nil {
			return from, err
		}
		if left -= collected; left == 0 {
			d.collectLater(fmt.Sprintf("waiting/%s/%d/%s", owner, key.Kind, key.Value), store.Awaited{Key: key, Account: owner})
		}
	}
	return to, nil
}

// nextKeys are the next keys that are handed over together, with a host each where one stands for hosts, and the place after
// them.
func (d *desk) nextKeys(ctx context.Context, keys []store.Key, from place) (some []store.Key, to place, err error) {
	for to = from; to.key < len(keys) && len(some) < handedAtOnce; {
		key := keys[to.key]
		if key.Value != "" {
			some, to = append(some, key), place{key: to.key + 1}
			continue
		}
		hosts, err := store.HostsAwaiting(ctx, d.tx, key.Source, to.host, int64(handedAtOnce-len(some)))
		if err != nil {
			return nil, from, err
		}
		for _, host := range hosts {
			to.host, key.Value = host, host
			some = append(some, key)
		}
		if len(some) < handedAtOnce {
			to = place{key: to.key + 1}
		}
	}
	return some, to, nil
}

// heirs finds the accounts that keys name now; one that several might have belongs to none.
func (d *desk) heirs(ctx context.Context, keys []store.Key) (map[store.Key]string, error) {
	var want store.Wanted
	hosts := map[store.Key]normal.Host{}
	for _, key := range keys {
		if key.Kind == store.ByAccountRef {
			want.Refs = append(want.Refs, person.Ref(key.Source, key.Value))
		} else if host, err := normal.ParseHost(key.Value); err == nil {
			hosts[key] = host
			want = d.wanted(want, host)
		}
	}
	found, err := store.Accounts(ctx, d.tx, want)
	if err != nil {
		return nil, err
	}
	directory, owners := dossier.NewDirectory(found...), map[store.Key]string{}
	for _, key := range keys {
		if key.Kind == store.ByAccountRef {
			owners[key] = directory.Ref(person.Ref(key.Source, key.Value))
		} else if host, is := hosts[key]; is {
			owners[key], _ = directory.At(host, d.rules.Lists)
		}
	}
	return owners, nil
}

// inherit gives an account up to a number of the events that waited under a key, and says how many.
func (d *desk) inherit(ctx context.Context, key store.Key, account string, most int) (int, error) {
	if most == 0 {
		return 0, nil
	}
	events, err := store.CollectForAccount(ctx, d.tx, key, account, int64(most), d.now)
	d.happened(events)
	return len(events), err
}
