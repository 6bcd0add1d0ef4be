package playbook

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/policy"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// CreatePlaybook implements PlaybookService.
func (s *Service) CreatePlaybook(ctx context.Context, req *playbookv1.CreatePlaybookRequest) (*playbookv1.Playbook, error) {
	now := s.cfg.Now()
	text, err := read(req.GetPlaybook())
	if err != nil {
		return nil, err
	}
	if err := s.checkModels(ctx, text.document); err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*playbookv1.Playbook, error) {
		return s.store(ctx, tx, text, 0, "CreatePlaybook", now)
	})
}

// store stores a text as a new draft, which may bring an earlier version back.
func (s *Service) store(ctx context.Context, tx *sqldb.Tx, text text, from int64, method string, now time.Time) (*playbookv1.Playbook, error) {
	version, err := store.NextVersion(ctx, tx)
	if err != nil {
		return nil, err
	}
	p := &store.Playbook{Version: version, Document: text.bytes, YAML: text.yaml, Origin: int32(origin(ctx)), RolledBackFrom: from,
		Agreement: agreement.Version{State: agreement.Draft, Hash: text.hash}, CreatedAt: now.UnixMicro(), UpdatedAt: now.UnixMicro(), RowVersion: 1}
	if err := s.audit(ctx, tx, p, method, nil); err != nil {
		return nil, err
	}
	if err := store.Insert(ctx, tx, p); err != nil {
		return nil, err
	}
	return toProto(p)
}

// origin is who writes: what an AI agent writes is marked as an AI's, whatever it says. What another service writes for a
// person is not that person's text.
func origin(ctx context.Context) playbookv1.Origin {
	peer, _ := auth.PeerFrom(ctx)
	switch kind := auth.ActorFrom(ctx).GetKind(); {
	case kind == accessv1.ActorKind_ACTOR_KIND_AI:
		return playbookv1.Origin_ORIGIN_AI
	case kind == accessv1.ActorKind_ACTOR_KIND_PLATFORM, slices.Contains(eventlog.Services(), peer):
		return playbookv1.Origin_ORIGIN_IMPORT
	default:
		return playbookv1.Origin_ORIGIN_HUMAN
	}
}

// GetPlaybook implements PlaybookService.
func (s *Service) GetPlaybook(ctx context.Context, req *playbookv1.GetPlaybookRequest) (*playbookv1.Playbook, error) {
	var p *store.Playbook
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		p, err = find(ctx, tx, req.GetName())
		return err
	})
	if err != nil {
		return nil, err
	}
	return toProto(p)
}

// find reads a version by its name, or the one in force.
func find(ctx context.Context, tx *sqldb.Tx, name string) (p *store.Playbook, err error) {
	if name == activePlaybooks {
		p, err = store.Active(ctx, tx)
	} else {
		p, err = store.Get(ctx, tx, shelf.Number(name))
	}
	return p, missing(err, name)
}

// ListPlaybooks implements PlaybookService.
func (s *Service) ListPlaybooks(ctx context.Context, req *playbookv1.ListPlaybooksRequest) (*playbookv1.ListPlaybooksResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	below := int64(math.MaxInt64)
	if !page.First {
		below = page.Key.Number
	}
	var rows []*store.Playbook
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		rows, err = store.List(ctx, tx, below, page.Limit())
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(p *store.Playbook) paging.Key { return paging.Key{Number: p.Version} })
	resp := &playbookv1.ListPlaybooksResponse{NextPageToken: next}
	for _, p := range rows {
		resp.Playbooks = append(resp.Playbooks, summary(p))
	}
	return resp, nil
}

// SubmitPlaybook implements PlaybookService.
func (s *Service) SubmitPlaybook(ctx context.Context, req *playbookv1.SubmitPlaybookRequest) (*playbookv1.Playbook, error) {
	return s.change(ctx, req, "SubmitPlaybook", func(_ context.Context, _ *sqldb.Tx, p *store.Playbook, _ time.Time) (err error) {
		p.Agreement, err = p.Agreement.Submit()
		return err
	})
}

// SignPlaybook implements PlaybookService.
func (s *Service) SignPlaybook(ctx context.Context, req *playbookv1.SignPlaybookRequest) (*playbookv1.Playbook, error) {
	team := agreement.Team(req.GetTeam())
	return s.change(ctx, req, "SignPlaybook", func(ctx context.Context, _ *sqldb.Tx, p *store.Playbook, now time.Time) (err error) {
		p.SignedAt[team] = now.UnixMicro()
		p.Agreement, err = p.Agreement.Sign(person(ctx), team, req.GetHash())
		return err
	})
}

// ActivatePlaybook implements PlaybookService.
func (s *Service) ActivatePlaybook(ctx context.Context, req *playbookv1.ActivatePlaybookRequest) (*playbookv1.Playbook, error) {
	return s.change(ctx, req, "ActivatePlaybook", s.activate)
}

// activate brings a version into force and retires the one before.
func (s *Service) activate(ctx context.Context, tx *sqldb.Tx, p *store.Playbook, now time.Time) (err error) {
	if p.Agreement, err = p.Agreement.Activate(person(ctx)); err != nil {
		return err
	}
	activations, err := store.LockActivation(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.retire(ctx, tx, now); err != nil {
		return err
	}
	doc := &playbookv1.Document{}
	if err := proto.Unmarshal(p.Document, doc); err != nil {
		return err
	}
	p.ActivatedAt = now.UnixMicro()
	p.ReviewDueAt = now.Add(policy.WithDefaults(doc).GetReviewEvery().AsDuration()).UnixMicro()
	tx.AfterCommit(s.alarm.Ring)
	return s.log.Emit(ctx, tx, eventlog.Key{Name: "playbooks", Seq: &activations}, &eventv1.Event{
		Subject: p.Name(), Playbook: p.Name(), Time: timestamppb.New(now),
		Payload: &eventv1.Event_PlaybookActivated{PlaybookActivated: &eventv1.PlaybookActivated{
			Playbook: p.Name(), Hash: p.Agreement.Hash, Document: doc}},
	})
}

// retire takes the active version, if there is one, out of force.
func (s *Service) retire(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	old, err := store.Active(ctx, tx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	before := summary(old)
	if old.Agreement, err = old.Agreement.Retire(); err != nil {
		return err
	}
	old.UpdatedAt = now.UnixMicro()
	old.RowVersion++
	if err := s.audit(ctx, tx, old, "ActivatePlaybook", before); err != nil {
		return err
	}
	return store.Update(ctx, tx, old)
}

// changeRequest is a request that moves a version on.
type changeRequest interface {
	idempotency.Request
	GetName() string
	GetEtag() string
}

// change moves a version on: it reads and locks it, checks the etag, applies the step, and stores it with its audit event.
func (s *Service) change(ctx context.Context, req changeRequest, method string,
	step func(ctx context.Context, tx *sqldb.Tx, p *store.Playbook, now time.Time) error,
) (*playbookv1.Playbook, error) {
	now := s.cfg.Now()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*playbookv1.Playbook, error) {
		p, err := store.Lock(ctx, tx, shelf.Number(req.GetName()))
		if err != nil {
			return nil, missing(err, req.GetName())
		}
		if err := etag.Check(p.Name(), req.GetEtag(), p.RowVersion); err != nil {
			return nil, err
		}
		before := summary(p)
		if err := step(ctx, tx, p, now); err != nil {
			return nil, refused(err, p)
		}
		p.UpdatedAt = now.UnixMicro()
		p.RowVersion++
		if err := s.audit(ctx, tx, p, method, before); err != nil {
			return nil, err
		}
		if err := store.Update(ctx, tx, p); err != nil {
			return nil, err
		}
		return toProto(p)
	})
}

func (s *Service) audit(ctx context.Context, tx *sqldb.Tx, p *store.Playbook, method string, before *playbookv1.Playbook) error {
	after := summary(p)
	if after.GetRefusal() != nil {
		after.Refusal.Comment = "" // people's own words stay out of events
	}
	return s.log.EmitChange(ctx, tx, eventlog.Key{Name: p.Name(), Seq: &p.Events}, method, before, after)
}

// person is the caller as the rules of signing see it.
func person(ctx context.Context) agreement.Person {
	actor := auth.ActorFrom(ctx)
	p := agreement.Person{Issuer: actor.GetIssuer(), Subject: actor.GetSubject(),
		Human: actor.GetKind() == accessv1.ActorKind_ACTOR_KIND_PERSON}
	marketing := auth.Has(actor, accessv1.Role_ROLE_MARKETING_LEAD)
	sales := auth.Has(actor, accessv1.Role_ROLE_SALES_MANAGER)
	switch {
	case marketing && sales:
		p.LeadsBoth = true
	case marketing:
		p.Leads = agreement.Marketing
	case sales:
		p.Leads = agreement.Sales
	}
	return p
}

// missing turns an unknown version into its fault.
func missing(err error, name string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing(name)
	}
	return err
}

// refused turns a refusal of the rules into its fault.
func refused(err error, p *store.Playbook) error {
	state := p.Agreement.State.String()
	switch {
	case errors.Is(err, agreement.ErrNotAllowed), errors.Is(err, agreement.ErrNotHuman):
		return fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED, "%v", err).With("resource", p.Name())
	case errors.Is(err, agreement.ErrNotDistinct):
		return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_DISTINCT, "%v", err).With("resource", p.Name())
	case errors.Is(err, agreement.ErrUnsigned):
		return fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_SIGNATURE_MISSING, "%s is not signed by both teams", p.Name()).
			With("resource", p.Name()).With("missing", missingTeams(p))
	case errors.Is(err, agreement.ErrHash):
		return fault.Refused(p.Name(), state, "%v", err).With("hash", p.Agreement.Hash)
	case errors.Is(err, agreement.ErrSigned), errors.Is(err, agreement.ErrState):
		return fault.Refused(p.Name(), state, "%s is %s: %v", p.Name(), state, err)
	}
	return err
}

func missingTeams(p *store.Playbook) string {
	missing := p.Agreement.Missing()
	if len(missing) == 2 {
		return "both"
	}
	if len(missing) == 0 {
		return ""
	}
	return missing[0].String()
}
