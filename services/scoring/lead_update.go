package scoring

import (
	"context"
	"slices"
	"strings"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// UpdateLead implements ScoringService.
func (s *Service) UpdateLead(ctx context.Context, req *scoringv1.UpdateLeadRequest) (*scoringv1.Lead, error) {
	now := s.cfg.Now()
	changes, err := patch.Read(req, req.GetLead())
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Lead, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		p, err := d.update(ctx, req, changes)
		if err != nil {
			return nil, err
		}
		if err := d.finish(ctx); err != nil {
			return nil, err
		}
		return toLead(p.Lead, p.Who()), nil
	})
}

// update changes fields of a lead, and gives the person that it is then.
func (d *desk) update(ctx context.Context, req *scoringv1.UpdateLeadRequest, changes patch.Patch[*scoringv1.Lead]) (*dossier.Dossier, error) {
	wanted := req.GetLead()
	id := ident.ID(wanted.GetName(), "leads")
	if err := d.open(ctx, []string{id}); err != nil {
		return nil, err
	}
	p := d.person(id)
	if p == nil {
		return nil, fault.Missing(wanted.GetName())
	}
	if p.Lead.ID != id {
		return nil, fault.Refused(wanted.GetName(), "MERGED", "%s was merged into %s", wanted.GetName(), leadName(p.Lead.ID))
	}
	if err := etag.Check(wanted.GetName(), wanted.GetEtag(), p.Lead.Version); err != nil {
		return nil, err
	}
	merged, err := changes.Apply(toLead(p.Lead, p.Who()))
	if err != nil {
		return nil, err
	}
	if err := d.correct(p, merged, changes, origin(auth.ActorFrom(ctx), req.GetVerified())); err != nil {
		return nil, err
	}
	return d.rekey(ctx, p)
}

// correct puts the wanted fields into the lead.
func (d *desk) correct(p *dossier.Dossier, wanted *scoringv1.Lead, changes patch.Patch[*scoringv1.Lead], origin dedupe.Origin) error {
	who, err := person.Read(profile(wanted))
	if err != nil {
		return fault.Field("lead.email", "is not an e-mail address")
	}
	if changes.Changes("occur_time") {
		at := moment(wanted.GetOccurTime())
		switch {
		case at.IsZero():
			at = p.Lead.CreatedAt
		case at.After(d.now):
			return fault.Field("lead.occur_time", "is in the future")
		}
		p.Begin(at)
	}
	set, empty := person.Fields{}, []string(nil)
	all := who.Profile.Fields(origin, d.now)
	for name, field := range all {
		if held := p.Lead.Fields[name]; chosen(changes, name) && (held.Value != field.Value || held.Origin < origin) {
			set[name] = field
		}
	}
	for name := range p.Lead.Fields {
		if _, given := all[name]; chosen(changes, name) && !given {
			empty = append(empty, name)
		}
	}
	return p.Correct(set, empty)
}

// chosen reports whether a stored field belongs to one of the fields of the API that change.
func chosen(changes patch.Patch[*scoringv1.Lead], stored string) bool {
	switch {
	case stored == "account_ref":
		stored = "account_source_id"
	case strings.HasPrefix(stored, person.AttributePrefix):
		stored = "attributes"
	}
	return changes.Changes(stored)
}

// rekey makes the person known by the address that it has now. If that is another person's, the two are one.
func (d *desk) rekey(ctx context.Context, p *dossier.Dossier) (*dossier.Dossier, error) {
	n := &newcomer{who: *p.Who(), lead: *p.Lead}
	claims := map[store.Key]string{}
	for _, key := range slices.Concat(n.claims(), n.hints()) {
		claims[key] = p.Lead.ID
	}
	taken, err := store.Claim(ctx, d.tx, claims)
	if err != nil {
		return nil, err
	}
	if err := d.openOwners(ctx, []*newcomer{n}, taken); err != nil {
		return nil, err
	}
	for _, key := range n.keys() {
		if other := d.person(taken[key]); other != nil {
			if p, err = d.merge(ctx, p, other); err != nil {
				return nil, err
			}
		}
	}
	return p, d.hand(ctx, []*newcomer{n}, []member{{p, n.lead.ID}}, claims, taken)
}

// origin is how far a correction is trusted: that of a person most, and what a system has checked more than what it was told.
func origin(actor *auth.Actor, verified bool) dedupe.Origin {
	switch {
	case actor.GetKind() == accessv1.ActorKind_ACTOR_KIND_PERSON:
		return dedupe.Manual
	case verified:
		return dedupe.Verified
	default:
		return dedupe.Reported
	}
}
