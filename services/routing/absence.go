package routing

import (
	"context"
	"errors"
	"math"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// longestAbsence is how long a rep can be away in one piece.
const longestAbsence = 400 * 24 * time.Hour

// CreateAbsence implements RoutingService.
func (s *Service) CreateAbsence(ctx context.Context, req *routingv1.CreateAbsenceRequest) (*routingv1.Absence, error) {
	now, rep := s.cfg.Now(), ident.ID(req.GetParent(), "reps")
	row, err := s.newAbsence(rep, req, now)
	if err != nil {
		return nil, err
	}
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Absence, error) {
		w, a := s.begin(tx, now), *row
		if _, err := w.lockRep(ctx, rep, ""); err != nil {
			return nil, missing(err, req.GetParent())
		}
		if err := w.checkCover(ctx, &a); err != nil {
			return nil, err
		}
		if err := w.auditAbsence(ctx, &a, "CreateAbsence", nil, publicAbsence(&a)); err != nil {
			return nil, err
		}
		err := store.InsertAbsence(ctx, tx, &a)
		if errors.Is(err, store.ErrIDTaken) {
			return nil, fault.Taken(absenceName(&a))
		}
		if err != nil {
			return nil, err
		}
		return absenceProto(&a), w.afterAbsence(ctx, rep)
	})
}

// newAbsence reads an absence that somebody enters.
func (s *Service) newAbsence(rep string, req *routingv1.CreateAbsenceRequest, now time.Time) (*store.Absence, error) {
	a := &store.Absence{Rep: rep, CreatedAt: now.UnixMicro(), UpdatedAt: now.UnixMicro(), RowVersion: 1}
	if err := setAbsence(a, req.GetAbsence()); err != nil {
		return nil, err
	}
	key := rep + "|" + store.Instant(a.StartAt).String() + "|" + store.Instant(a.EndAt).String() + "|" + a.Kind + "|" + req.GetRequestId()
	a.ID = s.cfg.IDs.New(now, "absence", key)
	return a, nil
}

// setAbsence writes what people say of an absence.
func setAbsence(row *store.Absence, a *routingv1.Absence) error {
	start, end := moment(a.GetStartTime()), moment(a.GetEndTime())
	switch {
	case a.GetStartTime() == nil:
		return fault.Field("absence.start_time", "is required")
	case a.GetEndTime() == nil:
		return fault.Field("absence.end_time", "is required")
	case !end.After(start):
		return fault.Field("absence.end_time", "is not after the start")
	case end.Sub(start) > longestAbsence:
		return fault.Field("absence.end_time", "is more than 400 days after the start")
	}
	row.StartAt, row.EndAt, row.Kind, row.Cover = start.UnixMicro(), end.UnixMicro(), a.GetKind(), ident.ID(a.GetCover(), "reps")
	return nil
}

// UpdateAbsence implements RoutingService.
func (s *Service) UpdateAbsence(ctx context.Context, req *routingv1.UpdateAbsenceRequest) (*routingv1.Absence, error) {
	now, name := s.cfg.Now(), req.GetAbsence().GetName()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Absence, error) {
		w := s.begin(tx, now)
		a, err := w.lockAbsence(ctx, name, req.GetAbsence().GetEtag())
		if err != nil {
			return nil, missing(err, name)
		}
		before := absenceProto(a)
		wanted, err := patch.Apply(req, before, req.GetAbsence())
		if err != nil {
			return nil, err
		}
		return w.changeAbsence(ctx, a, before, wanted)
	})
}

// changeAbsence stores what is wanted of an absence whose rep is locked, and does what follows from it.
func (w *work) changeAbsence(ctx context.Context, a *store.Absence, before, wanted *routingv1.Absence) (*routingv1.Absence, error) {
	audited := publicAbsence(a)
	if err := setAbsence(a, wanted); err != nil {
		return nil, err
	}
	if proto.Equal(before, absenceProto(a)) {
		return before, nil
	}
	if err := w.checkCover(ctx, a); err != nil {
		return nil, err
	}
	a.UpdatedAt = w.now.UnixMicro()
	a.RowVersion++
	if err := w.auditAbsence(ctx, a, "UpdateAbsence", audited, publicAbsence(a)); err != nil {
		return nil, err
	}
	if err := store.PutAbsence(ctx, w.tx, a); err != nil {
		return nil, err
	}
	return absenceProto(a), w.afterAbsence(ctx, a.Rep)
}

// lockAbsence locks the rep of an absence, and reads the absence then: it may have been changed before. A stale etag is refused.
func (w *work) lockAbsence(ctx context.Context, name, given string) (*store.Absence, error) {
	ids := ident.Parse(name, "reps", "absences")
	if _, err := store.GetAbsence(ctx, w.tx, ids[0], ids[1]); err != nil {
		return nil, err
	}
	if _, err := w.lockRep(ctx, ids[0], ""); err != nil {
		return nil, err
	}
	a, err := store.GetAbsence(ctx, w.tx, ids[0], ids[1])
	if err != nil {
		return nil, err
	}
	return a, etag.Check(name, given, a.RowVersion)
}

// ListAbsences implements RoutingService.
func (s *Service) ListAbsences(ctx context.Context, req *routingv1.ListAbsencesRequest) (*routingv1.ListAbsencesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	if page.First {
		page.Key.Number = math.MinInt64
	}
	rows, err := s.absencesOf(ctx, ident.ID(req.GetParent(), "reps"), page)
	if err != nil {
		return nil, missing(err, req.GetParent())
	}
	rows, next := paging.Cut(page, rows, func(a *store.Absence) paging.Key { return paging.Key{Number: a.StartAt, Text: a.ID} })
	resp := &routingv1.ListAbsencesResponse{NextPageToken: next}
	for _, row := range rows {
		resp.Absences = append(resp.Absences, absenceProto(row))
	}
	return resp, nil
}

// absencesOf reads a page of a rep's absences. Why colleagues are away is no rep's business: a rep sees their own.
func (s *Service) absencesOf(ctx context.Context, id string, page paging.Page) (rows []*store.Absence, err error) {
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		rep, err := store.GetRep(ctx, tx, id)
		if err != nil {
			return err
		}
		if actor := auth.ActorFrom(ctx); !scope.Wide(actor) && (actor.GetIssuer() != rep.Issuer || actor.GetSubject() != rep.Subject) {
			return store.ErrNotFound
		}
		rows, err = store.ListAbsences(ctx, tx, id, page.Key.Number, page.Key.Text, page.Limit())
		return err
	})
	return rows, err
}

// DeleteAbsence implements RoutingService.
func (s *Service) DeleteAbsence(ctx context.Context, req *routingv1.DeleteAbsenceRequest) (*emptypb.Empty, error) {
	now := s.cfg.Now()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*emptypb.Empty, error) {
		w := s.begin(tx, now)
		a, err := w.lockAbsence(ctx, req.GetName(), "")
		if err != nil {
			return nil, missing(err, req.GetName())
		}
		if err := w.auditAbsence(ctx, a, "DeleteAbsence", publicAbsence(a), nil); err != nil {
			return nil, err
		}
		if err := store.DeleteAbsence(ctx, tx, a.ID); err != nil {
			return nil, err
		}
		return &emptypb.Empty{}, w.afterAbsence(ctx, a.Rep)
	})
}

// afterAbsence looks again at whoever waits for a rep whose absences have changed, and at what they and their covers have.
func (w *work) afterAbsence(ctx context.Context, rep string) error {
	if err := w.reseat(ctx, w.reps[rep]); err != nil {
		return err
	}
	if err := w.save(ctx); err != nil {
		return err
	}
	if err := w.attend(ctx, rep, w.now); err != nil {
		return err
	}
	return w.save(ctx)
}

func (w *work) auditAbsence(ctx context.Context, a *store.Absence, method string, before, after *routingv1.Absence) error {
	key := eventlog.Key{Name: absenceName(a), Seq: &a.Events}
	return w.s.log.EmitChange(ctx, w.tx, key, method, before, after)
}

func absenceName(a *store.Absence) string { return ident.Name("reps", a.Rep, "absences", a.ID) }

// absenceProto is an absence as the API shows it.
func absenceProto(a *store.Absence) *routingv1.Absence {
	return &routingv1.Absence{Name: absenceName(a), StartTime: instant(a.StartAt), EndTime: instant(a.EndAt), Kind: a.Kind,
		Cover: repName(a.Cover), CreateTime: instant(a.CreatedAt), UpdateTime: instant(a.UpdatedAt), Etag: etag.Of(a.RowVersion)}
}

// publicAbsence is an absence as the audit may keep it: why somebody is away is personal.
func publicAbsence(a *store.Absence) *routingv1.Absence {
	public := absenceProto(a)
	public.Kind = ""
	return public
}
