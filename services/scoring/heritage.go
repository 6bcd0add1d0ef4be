package scoring

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// hand gives accounts that changed what waited for them.
func (l *ledger) hand(ctx context.Context, changed []*record.Account) error {
	var keys []store.Key
	for _, a := range changed {
		if l.before[a.ID] == nil {
			keys = append(keys, store.Key{Kind: store.ByAccountRef, Source: a.Source, Value: a.SourceID})
		}
		keys = append(keys, allHostsOf(a.Domains())...)
	}
	return l.handOver(ctx, l.tx, keys, l.now)
}

// allHostsOf are the keys of all hosts of domains.
func allHostsOf(domains []string) []store.Key {
	keys := make([]store.Key, len(domains))
	for i, domain := range domains {
		keys[i] = store.Key{Kind: store.ByAccountDomain, Source: domain}
	}
	return keys
}

// handOver gives what waits under keys to the accounts that have them now.
func (s *Service) handOver(ctx context.Context, tx *sqldb.Tx, keys []store.Key, now time.Time) error {
	awaited, err := store.Awaiting(ctx, tx, keys)
	if err != nil || len(awaited) == 0 {
		return err
	}
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	owners, err := d.heirs(ctx, awaited)
	if err != nil {
		return err
	}
	for _, key := range awaited {
		if owners[key] == "" {
			continue
		}
		collected, err := d.inherit(ctx, key, owners[key])
		if err != nil {
			return err
		}
		if collected == maxCollected { // the rest is left to a job
			d.collectLater("waiting/"+owners[key]+"/"+key.Value, store.Awaited{Key: key, Account: owners[key]})
		}
	}
	return nil
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

// inherit gives an account some of what waited under a key, and says how much.
func (d *desk) inherit(ctx context.Context, key store.Key, account string) (int, error) {
	events, err := store.CollectForAccount(ctx, d.tx, key, account, maxCollected, d.now)
	d.happened(events)
	return len(events), err
}
