package scoring

import (
	"context"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// sighting is an engagement and who did it: a lead, or whoever has a key; or nobody in particular at an account, or at
// whichever has a key.
type sighting struct {
	record.Engagement // without its lead and account
	field             string
	lead, account     string
	key               store.Key
	host              normal.Host // of the company; zero if it is not named by a host
}

// ofAccount reports whether it is about an account.
func (s *sighting) ofAccount() bool { return s.account != "" || s.key.Kind >= store.ByAccountDomain }

func (s *Service) sighting(e *scoringv1.Engagement, field string, now time.Time) (sighting, error) {
	engagement, err := s.engagement(e, field, now)
	seen := sighting{Engagement: engagement, field: field}
	if err != nil {
		return seen, err
	}
	switch who := e.GetWho().(type) {
	case *scoringv1.Engagement_Lead:
		seen.lead = ident.ID(who.Lead, "leads")
	case *scoringv1.Engagement_Email:
		address, err := normal.ParseEmail(who.Email)
		if err != nil {
			return seen, fault.Field(field+"email", "is not an e-mail address")
		}
		seen.key = store.KeyOf(dedupe.Key{Rule: dedupe.ByEmail, First: address.Key}, "")
	case *scoringv1.Engagement_LeadSourceId:
		seen.key = store.KeyOf(dedupe.Key{Rule: dedupe.BySource, First: e.GetSource(), Second: who.LeadSourceId}, "")
	case *scoringv1.Engagement_Account:
		seen.account = ident.ID(who.Account, "accounts")
	case *scoringv1.Engagement_AccountDomain:
		if seen.host, err = normal.ParseWebsite(who.AccountDomain); err != nil || seen.host.Domain == "" {
			return seen, fault.Field(field+"account_domain", "is not the domain of a company")
		}
		seen.key = store.Key{Kind: store.ByAccountDomain, Source: seen.host.Domain, Value: seen.host.Name}
	case *scoringv1.Engagement_AccountSourceId:
		seen.key = store.Key{Kind: store.ByAccountRef, Source: e.GetSource(), Value: who.AccountSourceId}
	default:
		return seen, fault.Field(field+"who", "is required: a lead, an e-mail address or the lead's id in the source; or an account, a domain of it or its id in the source")
	}
	return seen, nil
}

// place finds the accounts that sightings are about. One of an account that is not known keeps its key.
func (d *desk) place(ctx context.Context, sightings []sighting) error {
	var want store.Wanted
	about := 0
	for i := range sightings {
		seen := &sightings[i]
		if !seen.ofAccount() {
			continue
		}
		about++
		want.IDs = append(want.IDs, seen.account)
		switch seen.key.Kind {
		case store.ByAccountDomain:
			want = d.wanted(want, seen.host)
		case store.ByAccountRef:
			want.Refs = append(want.Refs, person.Ref(seen.key.Source, seen.key.Value))
		}
	}
	if about == 0 {
		return nil
	}
	found, err := store.Accounts(ctx, d.tx, want)
	if err != nil {
		return err
	}
	directory := dossier.NewDirectory(found...)
	for i := range sightings {
		if err := d.settlePlace(&sightings[i], directory); err != nil {
			return err
		}
	}
	return nil
}

// wanted adds the accounts that a host may name.
func (d *desk) wanted(want store.Wanted, host normal.Host) store.Wanted {
	want.Domains = append(want.Domains, host.Domain)
	for _, name := range []string{host.Name, host.Domain} {
		want.IDs = append(want.IDs, d.rules.Lists.Known[name])
	}
	return want
}

// settlePlace finds the account of one sighting among those that were read.
func (d *desk) settlePlace(seen *sighting, directory *dossier.Directory) error {
	switch {
	case seen.account != "" && directory.Account(seen.account) == nil:
		return fault.Dangling(seen.field+"account", accountName(seen.account))
	case seen.key.Kind == store.ByAccountRef:
		seen.account = directory.Ref(person.Ref(seen.key.Source, seen.key.Value))
	case seen.key.Kind == store.ByAccountDomain:
		account, tells := directory.At(seen.host, d.rules.Lists)
		if !tells {
			return fault.Field(seen.field+"account_domain", "belongs to no company: many use it")
		}
		seen.account = account
	}
	return nil
}

// happened notes what was recorded of accounts: they are looked at, and if rules look at such events, so are their people.
func (d *desk) happened(events []record.Engagement) {
	policy := d.rules.Policy
	for i := range events {
		e := &events[i]
		if e.Account == "" || e.Automated {
			continue
		}
		r := d.Service.ripple(d.tx, d.now)
		note(r.stirred, e.Account)
		if policy != nil && policy.Minds(e.Type) {
			d.alter(d.tx, d.now, e.Account)
		}
	}
}
