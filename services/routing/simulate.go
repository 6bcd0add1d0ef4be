package routing

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	datepb "google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
	"github.com/handoffhq/handoff/services/routing/internal/trial"
)

// SimulateHandoffs implements RoutingService. It works on a copy of pools, reps, absences and calendars in memory.
func (s *Service) SimulateHandoffs(stream grpc.BidiStreamingServer[routingv1.SimulateHandoffsRequest, routingv1.SimulateHandoffsResponse]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	r, err := s.simulation(stream.Context(), first)
	if err != nil {
		return err
	}
	for part := first; ; {
		if err := r.begin(stream.Context(), part.GetHandoffs()); err != nil {
			return err
		}
		if err := r.answer(stream); err != nil {
			return err
		}
		if part, err = stream.Recv(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	if err := r.End(latest(r.last, r.end)); err != nil {
		return err
	}
	return r.answer(stream)
}

// simulation is one simulation, by the terms of one document.
type simulation struct {
	*trial.Trial
	service   *Service
	terms     terms
	asItIs    bool
	last, end time.Time
	hours     map[string]*worktime.Calendar
	routes    map[int64]route // of what is not settled yet
	now       []*routingv1.WouldBeAssignment
}

func (s *Service) simulation(ctx context.Context, first *routingv1.SimulateHandoffsRequest) (*simulation, error) {
	if first.GetDocument() == nil {
		return nil, fault.Field("document", "is required in the first part")
	}
	t, err := readTerms(first.GetDocument())
	if err != nil {
		return nil, fault.Field("document", "cannot be read: %v", err)
	}
	r := &simulation{service: s, terms: t, asItIs: first.GetAsThingsStand(), end: moment(first.GetEndTime()), routes: map[int64]route{}}
	var from time.Time
	if len(first.GetHandoffs()) > 0 {
		from = moment(first.GetHandoffs()[0].GetMqlTime())
	}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		desk, err := r.desk(ctx, tx, from)
		if err != nil {
			return err
		}
		stays, err := usualStay(ctx, tx)
		r.Trial = trial.New(desk, stays)
		return err
	})
	return r, err
}

// desk is a copy of everybody and everything that a decision rests on, with absences that end after an instant.
func (r *simulation) desk(ctx context.Context, tx *sqldb.Tx, from time.Time) (*dispatch.Desk, error) {
	desk, calendars := dispatch.New(from), names{}
	calendars.add(r.terms.calendar)
	for after := ""; ; {
		reps, err := store.ListReps(ctx, tx, after, perRead)
		if err != nil {
			return nil, err
		}
		for _, rep := range reps {
			if !r.asItIs {
				rep.Open = 0
			}
			desk.AddRep(rep.ID, atDesk(rep))
			calendars.add(rep.Calendar)
			after = rep.ID
		}
		if err := seatPast(ctx, tx, desk, reps, from, r.asItIs); err != nil {
			return nil, err
		}
		if len(reps) < perRead {
			break
		}
	}
	if err := r.addPools(ctx, tx, desk, calendars); err != nil {
		return nil, err
	}
	found, err := r.service.calendars.read(ctx, tx, calendars.sorted())
	if err != nil {
		return nil, err
	}
	r.hours = found
	for id, hours := range found {
		desk.AddCalendar(id, hours)
	}
	return desk, nil
}

// perRead is how many reps or pools are read at once.
const perRead = 1000

// addPools puts all pools on the desk, with their ledgers as they stand, or with all turns even, and names their calendars.
func (r *simulation) addPools(ctx context.Context, tx *sqldb.Tx, desk *dispatch.Desk, calendars names) error {
	books := map[string]*dispatch.Book{}
	for after := ""; ; {
		pools, err := store.ListPools(ctx, tx, after, perRead)
		if err != nil || len(pools) == 0 {
			return err
		}
		var ids []string
		for _, p := range pools {
			ids, after = append(ids, p.ID), p.ID
		}
		members, err := store.Memberships(ctx, tx, ids)
		if err != nil {
			return err
		}
		if err := r.openBooks(ctx, tx, books, pools); err != nil {
			return err
		}
		for _, p := range pools {
			desk.AddPool(p.ID, atWork(p, books[p.Book], members[p.ID]))
			calendars.add(p.Calendar)
		}
	}
}

// openBooks reads the ledgers of pools that were not read before.
func (r *simulation) openBooks(ctx context.Context, tx *sqldb.Tx, books map[string]*dispatch.Book, pools []*store.Pool) error {
	wanted := names{}
	for _, p := range pools {
		if books[p.Book] == nil {
			wanted.add(p.Book)
		}
	}
	rows, err := store.Books(ctx, tx, wanted.sorted())
	if err != nil {
		return err
	}
	accounts, err := store.Accounts(ctx, tx, wanted.sorted())
	for _, row := range rows {
		books[row.ID] = &dispatch.Book{Ledger: r.ledger(row, accounts[row.ID])}
	}
	return err
}

func (r *simulation) ledger(row *store.Book, members []fairness.Member) fairness.Pool {
	if r.asItIs {
		return fairness.Pool{Epoch: row.Epoch, Turn: row.Turn, Members: members}
	}
	even := fairness.Pool{Members: slices.Clone(members)}
	for i, m := range even.Members {
		even.Members[i] = fairness.Member{ID: m.ID, Weight: m.Weight}
	}
	return even
}

// How long handoffs stay with sales where too few were closed to tell, and how many tell.
const (
	presumedStay = 7 * 24 * time.Hour
	fewStays     = 30
	manyStays    = 1000
)

// usualStay is how long handoffs have stayed with reps until they were closed: half of the latest longer, half shorter.
func usualStay(ctx context.Context, q sqldb.Querier) (time.Duration, error) {
	stays, err := store.Stays(ctx, q, int64(lifecycle.StateClosed), manyStays)
	if err != nil || len(stays) < fewStays {
		return presumedStay, err
	}
	slices.Sort(stays)
	return stays[len(stays)/2], nil
}

// begin lets handoffs begin.
func (r *simulation) begin(ctx context.Context, handoffs []*routingv1.WouldBeHandoff) error {
	refusals, err := r.refusals(ctx, handoffs)
	if err != nil {
		return err
	}
	for i, h := range handoffs {
		at := moment(h.GetMqlTime())
		if at.Before(r.last) {
			return fault.Field("handoffs", "number %d begins before the one before", i)
		}
		r.last = at
		way := r.terms.routeOf(h)
		r.routes[h.GetNumber()] = way
		switch way.destination {
		case tier.Nurture:
			r.settle(h.GetNumber(), &routingv1.WouldBeAssignment{Nurture: true})
			continue
		case tier.Disqualify:
			r.settle(h.GetNumber(), &routingv1.WouldBeAssignment{Disqualified: true})
			continue
		case tier.Queue:
			r.settle(h.GetNumber(), &routingv1.WouldBeAssignment{Held: true, Queued: true})
			continue
		}
		lead := dispatch.Lead{Key: fairness.LeadKey{Source: h.GetSource(), SourceID: h.GetSourceId()}, Calendar: r.terms.calendar, Owner: way.owner,
			Waits: waits(way.destination), Pool: way.home, Overflow: r.terms.overflow, Fallback: fallback(way.fallback),
			Needs: r.terms.asks(h.GetRequirements()), Refused: refusals[ident.ID(h.GetLead(), "leads")]}
		if err := r.Begin(trial.Handoff{Number: h.GetNumber(), At: at, Rank: way.rank, Lead: lead, ClosesAt: moment(h.GetCloseTime())}); err != nil {
			return err
		}
	}
	return nil
}

// refusals are the reps whom leads do not go to any more, if things are as they stand.
func (r *simulation) refusals(ctx context.Context, handoffs []*routingv1.WouldBeHandoff) (map[string][]string, error) {
	by := map[string][]string{}
	var leads []string
	for _, h := range handoffs {
		leads = append(leads, ident.ID(h.GetLead(), "leads"))
	}
	if !r.asItIs || len(leads) == 0 {
		return by, nil
	}
	refusals, err := store.Refusals(ctx, r.service.cfg.DB, leads)
	for _, refusal := range refusals {
		if refusal.Step == lifecycle.StepDecline || r.terms.excludeRejecting {
			by[refusal.Lead] = append(by[refusal.Lead], refusal.Rep)
		}
	}
	return by, err
}

// settle answers for a handoff.
func (r *simulation) settle(number int64, a *routingv1.WouldBeAssignment) {
	a.Number, a.Tier = number, r.routes[number].tier
	delete(r.routes, number)
	r.now = append(r.now, a)
}

// answer sends what was settled, in parts that are no larger than what came.
func (r *simulation) answer(stream grpc.BidiStreamingServer[routingv1.SimulateHandoffsRequest, routingv1.SimulateHandoffsResponse]) error {
	for _, settled := range r.Settled() {
		a := &routingv1.WouldBeAssignment{Rep: repName(settled.Rep), Pool: ident.Name("pools", settled.Pool), Held: settled.Held,
			Calendar: ident.Name("calendars", settled.Calendar)}
		if !settled.At.IsZero() {
			a.AssignTime, a.AssignDate = timestamppb.New(settled.At), r.dayOf(settled.Calendar, settled.At)
		}
		r.settle(settled.Number, a)
	}
	for part := range slices.Chunk(r.now, perRead) {
		if err := stream.Send(&routingv1.SimulateHandoffsResponse{Assignments: part}); err != nil {
			return err
		}
	}
	r.now = nil
	return nil
}

// dayOf is the day of an instant where a rep works: by a calendar, or else the playbook's; by neither it is that of UTC.
func (r *simulation) dayOf(calendar string, at time.Time) *datepb.Date {
	hours := r.hours[cmp.Or(calendar, r.terms.calendar)]
	if hours != nil {
		at = at.In(hours.Location())
	}
	year, month, day := at.Date()
	return &datepb.Date{Year: int32(year), Month: int32(month), Day: int32(day)}
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
