package scoring

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/sift"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ledger is one change of accounts in one transaction. Nobody else changes accounts or judges people meanwhile.
type ledger struct {
	*Service
	tx       *sqldb.Tx
	now      time.Time
	seq      int64  // the number of this change
	method   string // by which a caller makes it; empty if it follows from something else
	rules    dossier.Rules
	accounts map[string]*record.Account // as they are to be
	byRef    map[string]string
	before   map[string]*record.Company // of those that were known and changed
	changed  []string                   // ids, in order
}

func (s *Service) ledger(ctx context.Context, tx *sqldb.Tx, now time.Time) (*ledger, error) {
	seq, err := store.TakeAccounts(ctx, tx)
	if err != nil {
		return nil, err
	}
	rules, err := s.rules.within(ctx, tx)
	return &ledger{Service: s, tx: tx, now: now, seq: seq, rules: rules, accounts: map[string]*record.Account{}, byRef: map[string]string{},
		before: map[string]*record.Company{}}, err
}

// open reads accounts and those above them.
func (l *ledger) open(ctx context.Context, want store.Wanted) error {
	found, err := store.Accounts(ctx, l.tx, want)
	for _, a := range found {
		if l.accounts[a.ID] == nil {
			l.enter(a)
		}
	}
	return err
}

func (l *ledger) enter(a *record.Account) {
	l.accounts[a.ID] = a
	l.byRef[person.Ref(a.Source, a.SourceID)] = a.ID
}

// openGiven reads what is known of accounts that are given, and of their parents.
func (l *ledger) openGiven(ctx context.Context, requests []*scoringv1.CreateAccountRequest) error {
	var want store.Wanted
	for _, req := range requests {
		want.Refs = append(want.Refs, refOf(req.GetAccount()))
		want.IDs = append(want.IDs, ident.ID(req.GetAccount().GetParent(), "accounts"))
	}
	return l.open(ctx, want)
}

// put creates an account, or adds what is given to one that is known.
func (l *ledger) put(ctx context.Context, given *scoringv1.Account, path string) (*record.Account, error) {
	if id, known := l.byRef[refOf(given)]; known {
		joined := proto.CloneOf(given) // further attributes join those that are known
		for name, value := range l.accounts[id].Attributes {
			if _, again := given.GetAttributes()[name]; !again && len(given.GetAttributes()) > 0 {
				joined.Attributes[name] = value
			}
		}
		return l.accounts[id], l.update(ctx, l.accounts[id], patch.Set(joined, strings.TrimSuffix(path, ".")), path)
	}
	if given.GetDisplayName() == "" {
		return nil, fault.Field(path+"display_name", "is required")
	}
	a := &record.Account{ID: l.cfg.IDs.New(l.now, "account", refOf(given)), Source: given.GetSource(), SourceID: given.GetSourceId(), Test: l.cfg.Test, CreatedAt: l.now}
	var err error
	if a.Company, err = company(given, path); err != nil {
		return nil, err
	}
	l.enter(a)
	l.changed = append(l.changed, a.ID)
	return a, l.checkParent(ctx, a, path)
}

// update changes fields of an account that is known.
func (l *ledger) update(ctx context.Context, a *record.Account, changes patch.Patch[*scoringv1.Account], path string) error {
	merged, err := changes.Apply(toAccount(a, false))
	if err != nil {
		return err
	}
	if merged.GetDisplayName() == "" {
		return fault.Field(path+"display_name", "is required")
	}
	changed, err := company(merged, path)
	if err != nil {
		return err
	}
	changed.Deals = a.Deals
	if !changes.Changes("customer") {
		changed.Customer = a.Customer // what is shown also knows of deals that were won
	}
	l.change(a, changed)
	if changed.Parent == "" {
		return nil
	}
	return l.checkParent(ctx, a, path)
}

// change puts what is known now into an account. Saying the same again is no change.
func (l *ledger) change(a *record.Account, to record.Company) {
	if a.Company.Equal(&to) {
		return
	}
	if !slices.Contains(l.changed, a.ID) {
		l.changed = append(l.changed, a.ID)
		before := a.Company
		l.before[a.ID] = &before
	}
	a.Company = to
}

// checkParent refuses a parent that does not exist, is below the account, or is too deep.
func (l *ledger) checkParent(ctx context.Context, a *record.Account, path string) error {
	if err := l.open(ctx, store.Wanted{IDs: []string{a.Parent}}); err != nil {
		return err
	}
	depth := 0
	for id := a.Parent; id != ""; id = l.accounts[id].Parent {
		switch depth++; {
		case l.accounts[id] == nil:
			return fault.Dangling(path+"parent", accountName(id))
		case id == a.ID:
			return cycle(path + "parent")
		case depth > dossier.MaxDepth:
			return fault.Field(path+"parent", "has more than %d accounts above it", dossier.MaxDepth-1)
		}
	}
	return nil
}

func cycle(field string) error {
	f := fault.Field(field, "is the account itself, or below it")
	f.Reason = errorsv1.ErrorReason_ERROR_REASON_CYCLE
	return f.With("field", field)
}

// target reports whether an account is on the target account list in force.
func (l *ledger) target(id string) bool {
	directory := dossier.NewDirectory()
	for _, a := range l.accounts {
		directory.Add(a)
	}
	return isTarget(l.rules, directory, id)
}

// How many changed accounts, and how many accounts below them, are looked at together.
const (
	perScope  = 50
	perFamily = 4000
)

// save stores the accounts and has the people judged again whom they may concern.
func (l *ledger) save(ctx context.Context) error {
	var rows []*record.Account
	for _, id := range l.changed {
		a := l.accounts[id]
		a.UpdatedAt = l.now
		a.Version++
		a.Seq = l.seq
		if err := l.audit(ctx, a); err != nil {
			return err
		}
		rows = append(rows, a)
	}
	if err := store.PutAccounts(ctx, l.tx, rows, l.before, l.now); err != nil {
		return err
	}
	if err := l.hand(ctx, rows); err != nil {
		return err
	}
	known, elsewhere := sift.Split(rows, func(a *record.Account) bool { return l.before[a.ID] != nil && l.before[a.ID].MatchesAs(&a.Company) })
	for part := range slices.Chunk(known, perScope) {
		if err := l.reconsiderPart(ctx, part, false); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(elsewhere, perScope) {
		if err := l.reconsiderPart(ctx, part, true); err != nil {
			return err
		}
	}
	return l.reconsiderAlike(ctx, elsewhere)
}

// scopes are whom changed accounts may concern: whoever has an address at one of their domains or names the company, as it
// was and as it is, their leads, and those of the accounts below them.
func (l *ledger) scopes(ctx context.Context, changed []*record.Account, matched bool) ([]store.Scope, error) {
	direct := store.Scope{Match: matched}
	var ids []string
	for _, a := range changed {
		ids = append(ids, a.ID)
		direct.Domains = append(direct.Domains, a.Domains()...)
		direct.Names = append(direct.Names, a.Keys.Name)
		if before := l.before[a.ID]; before != nil {
			direct.Domains = append(direct.Domains, before.Domains()...)
			direct.Names = append(direct.Names, before.Keys.Name)
		} else {
			direct.Refs = append(direct.Refs, person.Ref(a.Source, a.SourceID))
		}
	}
	family, err := store.Family(ctx, l.tx, ids)
	if err == nil && l.rules.Policy != nil && l.rules.Policy.Surge != nil { // what is a target may have changed
		err = store.Wake(ctx, l.tx, family, l.now)
		l.nudge(l.tx)
	}
	if err != nil {
		return nil, err
	}
	direct.Accounts = family[:min(len(family), perFamily)]
	scopes := []store.Scope{direct}
	for part := range slices.Chunk(family[len(direct.Accounts):], perFamily) {
		scopes = append(scopes, store.Scope{Accounts: part, Match: matched})
	}
	return scopes, err
}

// reconsiderPart has the people judged again whom some changed accounts may concern, and the account of each decided again if
// the accounts match others than before.
func (l *ledger) reconsiderPart(ctx context.Context, changed []*record.Account, matched bool) error {
	scopes, err := l.scopes(ctx, changed, matched)
	if err != nil {
		return err
	}
	for i, scope := range scopes {
		natural := fmt.Sprintf("accounts/%s/%d/%d", changed[0].ID, changed[0].Version, i)
		if err := l.reconsider(ctx, l.tx, scope, natural, l.now); err != nil {
			return err
		}
	}
	return nil
}

// reconsiderAlike plans that those who name a company that is like a changed account, as it was or as it is, are judged again
// if no stronger rule has decided.
func (l *ledger) reconsiderAlike(ctx context.Context, changed []*record.Account) error {
	if len(changed) == 0 || l.rules.Policy != nil && l.rules.Policy.Matching.NameFuzzy == match.Ignore {
		return nil
	}
	unsure, err := store.Companies(ctx, l.tx, "", 1)
	if len(unsure) == 0 || err != nil {
		return err
	}
	var names []string
	for _, a := range changed {
		names = append(names, a.Keys.Name)
		if before := l.before[a.ID]; before != nil && before.Keys.Name != a.Keys.Name {
			names = append(names, before.Keys.Name)
		}
	}
	id := l.cfg.IDs.New(l.now, "job", fmt.Sprintf("similar/%s/%d", changed[0].ID, changed[0].Version))
	l.plan(l.tx, l.now, map[string]store.Scope{id: {Similar: names, Match: true}})
	return nil
}

// audit tells how callers changed an account, without what may be somebody's own: its telephone number and further facts.
func (l *ledger) audit(ctx context.Context, a *record.Account) error {
	if l.method == "" {
		return nil
	}
	shown := func(company record.Company, version int64) *scoringv1.Account {
		side := *a
		side.Company, side.Version = company, version
		out := toAccount(&side, false)
		out.Phone, out.Attributes = "", nil
		return out
	}
	var before proto.Message
	if known := l.before[a.ID]; known != nil {
		before = shown(*known, a.Version-1)
	}
	return l.log.EmitChange(ctx, l.tx, eventlog.Key{Name: accountName(a.ID), Seq: &a.Events}, l.method, before, shown(a.Company, a.Version))
}
