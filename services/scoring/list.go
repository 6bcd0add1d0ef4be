package scoring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// GetReferenceList implements ScoringService.
func (s *Service) GetReferenceList(ctx context.Context, req *scoringv1.GetReferenceListRequest) (*scoringv1.ReferenceList, error) {
	l, err := store.GetList(ctx, s.cfg.DB, ident.ID(req.GetName(), "referenceLists"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing(req.GetName())
	}
	if err != nil {
		return nil, err
	}
	return toList(l), nil
}

// ListReferenceLists implements ScoringService.
func (s *Service) ListReferenceLists(ctx context.Context, req *scoringv1.ListReferenceListsRequest) (*scoringv1.ListReferenceListsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListsAfter(ctx, s.cfg.DB, page.Key.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListReferenceListsResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(l *store.List) paging.Key { return paging.Key{Text: l.Name} })
	for _, row := range rows {
		listed := toList(row)
		listed.EntryCount = int32(len(listed.GetValues()) + len(listed.GetAccounts()))
		listed.Values, listed.Accounts = nil, nil
		resp.ReferenceLists = append(resp.ReferenceLists, listed)
	}
	return resp, nil
}

// UpdateReferenceList implements ScoringService.
func (s *Service) UpdateReferenceList(ctx context.Context, req *scoringv1.UpdateReferenceListRequest) (*scoringv1.ReferenceList, error) {
	now := s.cfg.Now()
	name := ident.ID(req.GetReferenceList().GetName(), "referenceLists")
	changes, err := patch.Read(req, req.GetReferenceList())
	if err != nil {
		return nil, err
	}
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.ReferenceList, error) {
		if err := s.rules.replace(ctx, tx); err != nil {
			return nil, err
		}
		before, err := store.LockList(ctx, tx, name)
		if err != nil {
			return nil, err
		}
		if err := checkList(req.GetReferenceList(), before); err != nil {
			return nil, err
		}
		after, err := next(before, changes, now)
		if err != nil {
			return nil, err
		}
		if err := s.auditList(ctx, tx, before, after, now); err != nil {
			return nil, err
		}
		if err := store.AddList(ctx, tx, after); err != nil {
			return nil, err
		}
		return toList(after), s.reconsiderList(ctx, tx, before, after, now)
	})
}

// next is the version of a list that comes after another one.
func next(before *store.List, changes patch.Patch[*scoringv1.ReferenceList], now time.Time) (*store.List, error) {
	wanted, err := changes.Apply(toList(before))
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(wanted, before.Name)
	return &store.List{Name: before.Name, Version: before.Version + 1, Events: before.Events, Entries: entries, RecordedAt: now}, err
}

// checkList refuses an etag that is not the list's. A list that does not exist has none.
func checkList(given *scoringv1.ReferenceList, before *store.List) error {
	if before.Version == 0 && given.GetEtag() != "" {
		return fault.Stale(given.GetName(), "")
	}
	return etag.Check(given.GetName(), given.GetEtag(), before.Version)
}

// entriesOf reads the entries of a list, each once and in order. Hosts must be hosts where matching uses them.
func entriesOf(given *scoringv1.ReferenceList, name string) (store.Entries, error) {
	entries := store.Entries{Values: slices.Compact(slices.Sorted(slices.Values(given.GetValues())))}
	if name != knownAccounts && len(given.GetAccounts()) > 0 {
		return entries, fault.Field("reference_list.accounts", "belongs to referenceLists/%s alone", knownAccounts)
	}
	if name == sharedDomains {
		for i, value := range given.GetValues() {
			if _, err := normal.ParseHost(value); err != nil {
				return entries, fault.Field(fmt.Sprintf("reference_list.values[%d]", i), "is not a domain")
			}
		}
	}
	for host, account := range given.GetAccounts() {
		if _, err := normal.ParseHost(host); err != nil {
			return entries, fault.Field("reference_list.accounts", "holds a key that is not a domain or host")
		}
		if entries.Accounts == nil {
			entries.Accounts = map[string]string{}
		}
		entries.Accounts[host] = ident.ID(account, "accounts")
	}
	return entries, nil
}

func toList(l *store.List) *scoringv1.ReferenceList {
	out := &scoringv1.ReferenceList{Name: ident.Name("referenceLists", l.Name), Values: l.Entries.Values, UpdateTime: instant(l.RecordedAt), Etag: etag.Of(l.Version)}
	for host, account := range l.Entries.Accounts {
		if out.Accounts == nil {
			out.Accounts = map[string]string{}
		}
		out.Accounts[host] = accountName(account)
	}
	return out
}

// perAudit is how many entries one audit event holds, so that it stays below what one message may carry.
const perAudit = 1000

// auditList tells what was removed from a list and what was added, in as many events as it takes.
func (s *Service) auditList(ctx context.Context, tx *sqldb.Tx, before, after *store.List, now time.Time) error {
	removed, added := lacking(before.Entries, after.Entries), lacking(after.Entries, before.Entries)
	for {
		out, in := cut(&removed), cut(&added)
		out.Name, in.Name = ident.Name("referenceLists", after.Name), ident.Name("referenceLists", after.Name)
		in.Etag, in.UpdateTime = etag.Of(after.Version), timestamppb.New(now)
		if before.Version == 0 {
			out = nil
		}
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: in.GetName(), Seq: &after.Events}, "UpdateReferenceList", out, in); err != nil {
			return err
		}
		if len(removed)+len(added) == 0 {
			return nil
		}
	}
}

// entry is one entry of a list: a value, or a host with its account.
type entry struct{ value, account string }

// lacking are the entries of one list that another one lacks, in order.
func lacking(of, in store.Entries) []entry {
	var out []entry
	for _, value := range of.Values {
		if _, found := slices.BinarySearch(in.Values, value); !found {
			out = append(out, entry{value: value})
		}
	}
	for _, host := range slices.Sorted(maps.Keys(of.Accounts)) {
		if in.Accounts[host] != of.Accounts[host] {
			out = append(out, entry{value: host, account: of.Accounts[host]})
		}
	}
	return out
}

// cut takes the first entries of a list.
func cut(from *[]entry) *scoringv1.ReferenceList {
	n := min(len(*from), perAudit)
	out := &scoringv1.ReferenceList{}
	for _, e := range (*from)[:n] {
		if e.account == "" {
			out.Values = append(out.Values, e.value)
			continue
		}
		if out.Accounts == nil {
			out.Accounts = map[string]string{}
		}
		out.Accounts[e.value] = accountName(e.account)
	}
	*from = (*from)[n:]
	return out
}

// reconsiderList has the people judged again whom a changed list may concern: everybody if the playbook looks things up in
// it, and whoever has an address at a host that matching now knows otherwise. What waited for the account of such a host joins it.
func (s *Service) reconsiderList(ctx context.Context, tx *sqldb.Tx, before, after *store.List, now time.Time) error {
	rules, err := s.rules.within(ctx, tx)
	if err != nil {
		return err
	}
	if rules.Policy != nil && rules.Policy.Mentions(after.Name) {
		s.plan(tx, now, map[string]store.Scope{everybody: {}})
	}
	if after.Name != sharedDomains && after.Name != knownAccounts {
		return nil
	}
	var domains []string
	for _, e := range slices.Concat(lacking(before.Entries, after.Entries), lacking(after.Entries, before.Entries)) {
		if host, err := normal.ParseHost(e.value); err == nil && host.Domain != "" {
			domains = append(domains, host.Domain)
		}
	}
	if err := s.handOver(ctx, tx, allHostsOf(domains), fmt.Sprintf("heirs/lists/%s/%d", after.Name, after.Version), now); err != nil {
		return err
	}
	for i, part := range slices.Collect(slices.Chunk(domains, perAudit)) {
		natural := fmt.Sprintf("lists/%s/%d/%d", after.Name, after.Version, i)
		if err := s.reconsider(ctx, tx, store.Scope{Domains: part, Match: true}, natural, now); err != nil {
			return err
		}
	}
	return nil
}
