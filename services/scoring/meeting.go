package scoring

import (
	"cmp"
	"context"
	"errors"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// CreateMeeting implements ScoringService.
func (s *Service) CreateMeeting(ctx context.Context, req *scoringv1.CreateMeetingRequest) (*scoringv1.Meeting, error) {
	now := s.cfg.Now()
	lead, given := ident.ID(req.GetParent(), "leads"), meeting(req.GetMeeting())
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Meeting, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		if err := d.open(ctx, []string{lead}); err != nil {
			return nil, err
		}
		p, actor := d.person(lead), auth.ActorFrom(ctx)
		if p == nil || !scope.Wide(actor) && p.Lead.Partner != scope.Partner(actor) {
			return nil, fault.Missing(req.GetParent())
		}
		m := given
		m.Lead, m.Partner, m.CreatedAt = lead, p.Lead.Partner, now
		if known, err := d.brought(ctx, p, &m); known != nil || err != nil {
			return known, err
		}
		if err := d.meet(ctx, p, &m); err != nil {
			return nil, err
		}
		return toMeeting(ctx, &m), nil
	})
}

// brought is a meeting that its partner brought with the person before; nil if it is new.
func (d *desk) brought(ctx context.Context, p *dossier.Dossier, m *record.Meeting) (*scoringv1.Meeting, error) {
	known, err := store.MeetingOf(ctx, d.tx, m.Partner, m.Source, m.SourceID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case d.person(known.Lead) != p:
		return nil, fault.Taken(meetingName(known))
	default:
		return toMeeting(ctx, known), nil
	}
}

// meet has a person judged with a new meeting, checks it, and stores both.
func (d *desk) meet(ctx context.Context, p *dossier.Dossier, m *record.Meeting) error {
	switch {
	case d.rules.Policy == nil:
		return notActive()
	case !d.rules.Policy.TakesMeetings():
		playbook := playbookName(d.rules.Playbook)
		return fault.Refused(playbook, "NO_MEETINGS", "%s does not say what a meeting must be: add a section meetings to the playbook", playbook)
	}
	m.ID = d.cfg.IDs.New(d.now, "meeting", m.Partner+"/"+m.Source+"/"+m.SourceID)
	p.Meet(m)
	people := []*dossier.Dossier{p}
	if err := d.settle(ctx, people, dossier.PersonChanged); err != nil {
		return err
	}
	motion, err := d.motion(ctx, p.Lead)
	if err != nil {
		return err
	}
	p.Check(d.rules, d.directory, motion, d.now)
	added, err := store.AddMeeting(ctx, d.tx, m)
	switch {
	case err != nil:
		return err
	case !added: // somebody brought it with another lead at the same moment
		known, err := store.MeetingOf(ctx, d.tx, m.Partner, m.Source, m.SourceID)
		if err != nil {
			return err
		}
		return fault.Taken(meetingName(known))
	}
	return d.save(ctx, people)
}

// motion is the name of what somebody else has going with the account of a lead: its open opportunity, or else the open handoff
// of somebody else there. It is empty if there is nothing.
func (d *desk) motion(ctx context.Context, lead *record.Lead) (string, error) {
	account := lead.Match.Account
	if account == "" {
		return "", nil
	}
	deal, err := store.OpenDeal(ctx, d.tx, account)
	if deal != "" || err != nil {
		return ident.Name("opportunities", deal), err
	}
	handoff, err := store.OpenHandoff(ctx, d.tx, account, lead.ID)
	return ident.Name("handoffs", handoff), err
}

// GetMeeting implements ScoringService.
func (s *Service) GetMeeting(ctx context.Context, req *scoringv1.GetMeetingRequest) (*scoringv1.Meeting, error) {
	ids := ident.Parse(req.GetName(), "leads", "meetings")
	visible, err := s.sees(ctx, ids[0])
	if err != nil {
		return nil, err
	}
	m, err := store.Meeting(ctx, s.cfg.DB, ids[0], ids[1])
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !visible:
		return nil, fault.Missing(req.GetName())
	case err != nil:
		return nil, err
	}
	return toMeeting(ctx, m), nil
}

// sees reports whether the caller may see a lead, or the one that stands for its person now: a meeting keeps the name that it
// had when the two became one.
func (s *Service) sees(ctx context.Context, id string) (bool, error) {
	found, err := store.Leads(ctx, s.cfg.DB, []string{id})
	if len(found) == 0 || err != nil {
		return false, err
	}
	for _, id := range []string{id, cmp.Or(found[0].MergedInto, id)} {
		_, err := s.visible(ctx, id)
		if f := fault.As(err); err == nil || f == nil || f.Kind != fault.NotFound {
			return err == nil, err
		}
	}
	return false, nil
}

// ListMeetings implements ScoringService.
func (s *Service) ListMeetings(ctx context.Context, req *scoringv1.ListMeetingsRequest) (*scoringv1.ListMeetingsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	lead, err := s.visible(ctx, ident.ID(req.GetParent(), "leads"))
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListMeetingsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		ids, err := withAbsorbed(ctx, tx, lead)
		if err != nil {
			return err
		}
		rows, err := store.Meetings(ctx, tx, ids, below(page), page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(m *record.Meeting) paging.Key { return paging.Key{Text: m.ID} })
		for _, row := range rows {
			resp.Meetings = append(resp.Meetings, toMeeting(ctx, row))
		}
		return nil
	})
	return resp, err
}
