package routing

import (
	"context"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/patch"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// CreateRep implements RoutingService.
func (s *Service) CreateRep(ctx context.Context, req *routingv1.CreateRepRequest) (*routingv1.Rep, error) {
	now := s.cfg.Now()
	if err := checkName("rep.display_name", req.GetRep().GetDisplayName()); err != nil {
		return nil, err
	}
	row := &store.Rep{ID: req.GetRepId(), CreatedAt: now.UnixMicro(), UpdatedAt: now.UnixMicro(), RowVersion: 1}
	setRep(row, req.GetRep())
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Rep, error) {
		if err := store.PassGate(ctx, tx); err != nil {
			return nil, err
		}
		r := *row // the function may run again
		if err := checkManager(ctx, tx, &r); err != nil {
			return nil, err
		}
		if err := s.log.EmitChange(ctx, tx, eventlog.Key{Name: repName(r.ID), Seq: &r.Events}, "CreateRep", nil, publicRep(&r)); err != nil {
			return nil, err
		}
		if err := store.InsertRep(ctx, tx, &r); err != nil {
			return nil, repTaken(err, &r)
		}
		w := s.begin(tx, now) // an account may have named the rep as its owner already
		if err := w.wake(ctx, store.Line{Owners: []string{r.ID}}); err != nil {
			return nil, err
		}
		return w.finishRep(ctx, &r)
	})
}

// GetRep implements RoutingService.
func (s *Service) GetRep(ctx context.Context, req *routingv1.GetRepRequest) (*routingv1.Rep, error) {
	v, err := viewerOf(ctx, s.cfg.DB)
	if err != nil {
		return nil, err
	}
	row, err := store.GetRep(ctx, s.cfg.DB, ident.ID(req.GetName(), "reps"))
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	return v.colleague(row), nil
}

// ListReps implements RoutingService.
func (s *Service) ListReps(ctx context.Context, req *routingv1.ListRepsRequest) (*routingv1.ListRepsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	v, err := viewerOf(ctx, s.cfg.DB)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListReps(ctx, s.cfg.DB, page.Key.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(r *store.Rep) paging.Key { return paging.Key{Text: r.ID} })
	resp := &routingv1.ListRepsResponse{NextPageToken: next}
	for _, row := range rows {
		resp.Reps = append(resp.Reps, v.colleague(row))
	}
	return resp, nil
}

// UpdateRep implements RoutingService.
func (s *Service) UpdateRep(ctx context.Context, req *routingv1.UpdateRepRequest) (*routingv1.Rep, error) {
	now, id := s.cfg.Now(), ident.ID(req.GetRep().GetName(), "reps")
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Rep, error) {
		w := s.begin(tx, now)
		row, err := w.lockRep(ctx, id, req.GetRep().GetEtag())
		if err != nil {
			return nil, missing(err, repName(id))
		}
		before := repProto(row)
		wanted, err := patch.Apply(req, before, req.GetRep())
		if err != nil {
			return nil, err
		}
		return w.changeRep(ctx, row, before, wanted)
	})
}

// lockRep locks a rep, and before that the pools whose leads they can get. A stale etag is refused before that, and again
// under the lock.
func (w *work) lockRep(ctx context.Context, id, given string) (*store.Rep, error) {
	seen, err := store.GetRep(ctx, w.tx, id)
	if err != nil {
		return nil, err
	}
	if err := etag.Check(repName(id), given, seen.RowVersion); err != nil {
		return nil, err
	}
	line, err := w.lineOf(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if err := w.lockLine(ctx, line); err != nil {
		return nil, err
	}
	return w.reps[id], etag.Check(repName(id), given, w.reps[id].RowVersion)
}

// changeRep stores what is wanted of a locked rep, and looks again at whoever waits for them.
func (w *work) changeRep(ctx context.Context, row *store.Rep, before, wanted *routingv1.Rep) (*routingv1.Rep, error) {
	if err := checkName("rep.display_name", wanted.GetDisplayName()); err != nil {
		return nil, err
	}
	manager := row.Manager
	setRep(row, wanted)
	if proto.Equal(before, repProto(row)) {
		return before, nil
	}
	if row.Manager != manager {
		if err := store.PassGate(ctx, w.tx); err != nil {
			return nil, err
		}
		if err := checkManager(ctx, w.tx, row); err != nil {
			return nil, err
		}
	}
	row.UpdatedAt = w.now.UnixMicro()
	row.RowVersion++
	err := w.s.log.EmitChange(ctx, w.tx, eventlog.Key{Name: repName(row.ID), Seq: &row.Events}, "UpdateRep", withoutName(before), publicRep(row))
	if err != nil {
		return nil, err
	}
	if err := store.PutRep(ctx, w.tx, row); err != nil {
		return nil, repTaken(err, row)
	}
	if err := w.reseat(ctx, row); err != nil {
		return nil, err
	}
	if row.Active != before.GetActive() {
		if err := w.save(ctx); err != nil {
			return nil, err
		}
		if err := w.attend(ctx, row.ID, w.now); err != nil {
			return nil, err
		}
	}
	return w.finishRep(ctx, row)
}

// finishRep saves the work around a rep and shows them.
func (w *work) finishRep(ctx context.Context, row *store.Rep) (*routingv1.Rep, error) {
	if err := w.save(ctx); err != nil {
		return nil, err
	}
	if locked := w.reps[row.ID]; locked != nil {
		row = locked
	}
	return repProto(row), nil
}

// reseat puts a rep who has changed on the desk, and looks again at whoever waits for them.
func (w *work) reseat(ctx context.Context, row *store.Rep) error {
	if err := w.seat(ctx, []*store.Rep{row}); err != nil {
		return err
	}
	n := newNeed()
	n.calendars.add(row.Calendar)
	if err := w.lock(ctx, n); err != nil {
		return err
	}
	line, err := w.lineOf(ctx, []string{row.ID})
	if err != nil {
		return err
	}
	return w.wake(ctx, line)
}

// maxManagers is how many managers above each other are followed; more are taken for a cycle.
const maxManagers = 100

// checkManager refuses a manager who does not exist, or whom the rep manages in turn. The gate keeps two such changes from
// passing each other.
func checkManager(ctx context.Context, tx *sqldb.Tx, r *store.Rep) error {
	if r.Manager == "" {
		return nil
	}
	if r.Manager != r.ID {
		if _, err := store.GetRep(ctx, tx, r.Manager); err != nil {
			return dangling(err, "rep.manager", repName(r.Manager))
		}
	}
	return refuseCycle("rep.manager", r.ID, r.Manager, maxManagers, func(id string) (string, error) {
		return store.ManagerOf(ctx, tx, id)
	})
}

// refuseCycle follows references from where a field points to, and refuses the field if they come back to id.
func refuseCycle(field, id, next string, most int, follow func(string) (string, error)) error {
	for range most {
		if next == "" {
			return nil
		}
		if next == id {
			break
		}
		var err error
		if next, err = follow(next); err != nil {
			return err
		}
	}
	f := fault.Field(field, "would make a cycle")
	f.Reason = errorsv1.ErrorReason_ERROR_REASON_CYCLE
	return f.With("field", field)
}
