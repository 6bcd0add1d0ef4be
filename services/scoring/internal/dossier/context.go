package dossier

import (
	"cmp"
	"maps"
	"slices"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// MaxListed is how many engagements and pieces of content a context names at most.
const MaxListed = 20

// Context is what sales gets with a lead beside its score.
type Context struct {
	Campaign string // its id; empty if none
	Channel  string // of the first engagement; empty if unknown
	Counts   []Count
	Recent   []record.Engagement // the newest first, at most MaxListed
	Content  []string            // assets, the newest first, at most MaxListed
	Magnet   string              // the asset that drew the person in; empty if none did
	Account  string              // its id; empty if none
	Owner    string              // the rep who owns it; empty for nobody
	Dealer   string              // the rep who owns its open opportunity; empty for nobody
	Missing  []playbookv1.ContextField

	Committee *qualify.Committee // nil without personas, and for a partner's lead
	Triggers  []string           // that are active at the account
}

// Count is how often a person did something.
type Count struct {
	Type  string
	Times int
}

// Context gathers it, and says what the playbook requires and it lacks. The person must have been judged.
func (d *Dossier) Context(rules Rules, dir *Directory, now time.Time) *Context {
	c := &Context{Campaign: d.who.Campaign}
	if account := dir.Account(d.Lead.Match.Account); account != nil {
		c.Account, c.Owner, c.Dealer = account.ID, cmp.Or(account.Owner, d.Change.Result.TargetOwner), account.Deals.Owner
	}
	newest := slices.SortedFunc(slices.Values(d.History), func(a, b record.Engagement) int {
		return cmp.Or(b.OccurredAt.Compare(a.OccurredAt), cmp.Compare(b.ID, a.ID))
	})
	if len(newest) > 0 {
		c.Channel = newest[len(newest)-1].Channel
	}
	c.Recent = newest[:min(len(newest), MaxListed)]
	c.Magnet = magnet(newest, d.Lead.Standing.QualifiedAt)
	counts := map[string]int{}
	for i := range newest {
		counts[newest[i].Type]++
		if asset := newest[i].Asset; asset != "" && len(c.Content) < MaxListed && !slices.Contains(c.Content, asset) {
			c.Content = append(c.Content, asset)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		c.Counts = append(c.Counts, Count{Type: kind, Times: counts[kind]})
	}
	if around := dir.Around(c.Account); around != nil && d.Lead.Partner == "" {
		c.Committee = rules.Policy.Committee(around.Members.Value, now)
		c.Triggers = rules.Policy.Triggered(around.Events, now).Active
	}
	for _, field := range rules.Policy.Required {
		if !c.has(field) {
			c.Missing = append(c.Missing, field)
		}
	}
	return c
}

// magnet is the asset of the first engagement that has one, of those up to the instant at which the person qualified. The
// newest come first.
func magnet(newest []record.Engagement, qualified time.Time) string {
	for _, e := range slices.Backward(newest) {
		if e.Asset != "" && !e.OccurredAt.After(qualified) {
			return e.Asset
		}
	}
	return ""
}

// has reports whether the context holds a field. The source and the score are always there.
func (c *Context) has(field playbookv1.ContextField) bool {
	switch field {
	case playbookv1.ContextField_CONTEXT_FIELD_CAMPAIGN:
		return c.Campaign != ""
	case playbookv1.ContextField_CONTEXT_FIELD_ENGAGEMENT_HISTORY:
		return len(c.Recent) > 0
	case playbookv1.ContextField_CONTEXT_FIELD_CONTENT_CONSUMED:
		return len(c.Content) > 0
	case playbookv1.ContextField_CONTEXT_FIELD_ACCOUNT:
		return c.Account != ""
	default:
		return true
	}
}
