package sla

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	datepb "google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/load"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// mostDays is how many days an answer names at most.
const mostDays = 1000

// SimulateClocks implements SlaService.
func (s *Service) SimulateClocks(stream grpc.ClientStreamingServer[slav1.SimulateClocksRequest, slav1.SimulateClocksResponse]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	r, err := s.simulation(stream.Context(), first)
	if err != nil {
		return err
	}
	for part := first; ; {
		if err := r.add(stream.Context(), part.GetHandoffs()); err != nil {
			return err
		}
		if part, err = stream.Recv(); errors.Is(err, io.EOF) {
			return stream.SendAndClose(r.result())
		} else if err != nil {
			return err
		}
	}
}

// simulation counts the clocks of one document.
type simulation struct {
	*Service
	policy  deadline.Policy
	hours   *worktime.Calendar // of the playbook; nil: it names one that does not exist
	load    *load.Load
	almanac deadline.Almanac
	asked   []string // calendars that were looked for
}

func (s *Service) simulation(ctx context.Context, first *slav1.SimulateClocksRequest) (*simulation, error) {
	if first.GetDocument() == nil {
		return nil, fault.Field("document", "is required in the first part")
	}
	agreed, err := compile(first.GetDocument())
	if err != nil {
		return nil, fault.Field("document", "cannot be read: %v", err)
	}
	r := &simulation{Service: s, policy: agreed.clocks, almanac: deadline.Almanac{}}
	if err := r.consult(ctx, r.policy.Calendar); err != nil {
		return nil, err
	}
	if editions := r.almanac[r.policy.Calendar]; len(editions) > 0 {
		r.hours = editions[len(editions)-1].Calendar
	}
	r.load = load.New(r.hours)
	return r, nil
}

// consult makes sure that calendars are known, as far as they exist.
func (r *simulation) consult(ctx context.Context, ids ...string) error {
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" || slices.Contains(r.asked, id) })
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	r.asked = append(r.asked, ids...)
	return r.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		editions, err := store.Peruse(ctx, tx, ids)
		if err != nil {
			return err
		}
		found, err := r.library.almanac(ctx, tx, editions)
		for id, editions := range found {
			r.almanac[id] = editions
		}
		return err
	})
}

// missing are the calendars that were looked for and do not exist, in order.
func (r *simulation) missing() []string {
	ids := slices.DeleteFunc(slices.Clone(r.asked), func(id string) bool { return len(r.almanac[id]) > 0 })
	slices.Sort(ids)
	return ids
}

// add counts the clocks of handoffs.
func (r *simulation) add(ctx context.Context, handoffs []*slav1.WouldBeClocked) error {
	var calendars []string
	for _, h := range handoffs {
		calendars = append(calendars, ident.ID(h.GetCalendar(), "calendars"))
	}
	if err := r.consult(ctx, calendars...); err != nil {
		return err
	}
	for _, h := range handoffs {
		facts := wouldBe(h)
		r.load.Add(deadline.Clocks(facts, r.policy, r.almanac, facts.MQL))
	}
	return nil
}

// wouldBe is what would be known of a handoff once it was assigned.
func wouldBe(h *slav1.WouldBeClocked) deadline.Facts {
	var f deadline.Facts
	f.Qualify(micros(h.GetMqlTime()))
	f.Open(h.GetTier())
	if h.GetAssignTime() != nil {
		f.Assign(1, "", ident.ID(h.GetCalendar(), "calendars"), micros(h.GetAssignTime()))
	}
	if h.GetNurture() {
		f.Close(deadline.Closing{At: f.MQL, Outcome: deadline.OutcomeNurture})
	}
	if h.GetDisqualified() {
		f.Close(deadline.Closing{At: f.MQL, Outcome: deadline.OutcomeDisqualified})
	}
	return f
}

func micros(at *timestamppb.Timestamp) time.Time { return at.AsTime().Truncate(time.Microsecond) }

func (r *simulation) result() *slav1.SimulateClocksResponse {
	out := &slav1.SimulateClocksResponse{}
	for _, kind := range r.policy.AfterAssignment() {
		out.UncountedKinds = append(out.UncountedKinds, kind.String())
	}
	r.load.Counts(func(key load.Key, n load.Count) {
		c := &slav1.ClockLoad{Kind: key.Kind.String(), Tier: key.Tier, ClockCount: n.Clocks}
		if r.hours != nil {
			c.DueOutsideHoursCount = &n.Outside
		}
		out.Clocks = append(out.Clocks, c)
	})
	for _, id := range r.missing() {
		out.MissingCalendars = append(out.MissingCalendars, ident.Name("calendars", id))
	}
	days := r.load.Days()
	for _, d := range days[:min(len(days), mostDays)] {
		year, month, day := d.From.Date()
		out.Days = append(out.Days, &slav1.DueDay{Date: &datepb.Date{Year: int32(year), Month: int32(month), Day: int32(day)}, DueCount: d.Clocks})
	}
	if most, ok := r.load.Busiest(); ok {
		out.BusiestHour = &slav1.DueHour{StartTime: timestamppb.New(most.From), DueCount: most.Clocks}
	}
	return out
}
