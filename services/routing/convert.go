package routing

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/scope"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/coverage"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

func handoffName(id string) string { return ident.Name("handoffs", id) }

func repName(id string) string { return ident.Name("reps", id) }

func poolName(id string) string { return ident.Name("pools", id) }

func queueName(id string) string { return ident.Name("queues", id) }

// instant is a time of the store; missing for none.
func instant(micros int64) *timestamppb.Timestamp {
	if micros == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMicro(micros))
}

// atDesk is a rep as the desk sees them, without their absences and what came to them.
func atDesk(r *store.Rep) *dispatch.Rep {
	return &dispatch.Rep{Calendar: r.Calendar, Coverage: r.Coverage.Coverage(), Offline: r.OfflineAt > 0,
		Rep: presence.Rep{Active: r.Active, Open: r.Open, MaxOpen: r.MaxOpen, Caps: capsOf(r)}}
}

// capsOf are the limits on what comes to a rep.
func capsOf(r *store.Rep) []presence.Cap {
	var caps []presence.Cap
	if r.MaxPerDay != nil {
		caps = append(caps, presence.Cap{Window: presence.Day, Most: *r.MaxPerDay})
	}
	if r.MaxPerWeek != nil {
		caps = append(caps, presence.Cap{Window: presence.Week, Most: *r.MaxPerWeek})
	}
	if r.RollingDays > 0 {
		caps = append(caps, presence.Cap{Window: presence.Window(r.RollingDays), Most: r.RollingMax})
	}
	return caps
}

// readCoverage is a coverage as the rules see it.
func readCoverage(c *playbookv1.Coverage) coverage.Coverage {
	return coverage.New(c.GetSegments(), c.GetRegions(), c.GetSkills(), c.GetLanguages())
}

// coverageProto is a coverage as the API shows it; missing for nothing.
func coverageProto(c coverage.Coverage) *playbookv1.Coverage {
	if c.Empty() {
		return nil
	}
	return &playbookv1.Coverage{Segments: c.Segments, Regions: c.Regions, Skills: c.Skills, Languages: c.Languages}
}

func interval(a *store.Absence) worktime.Interval {
	return worktime.Interval{Start: store.Instant(a.StartAt), End: store.Instant(a.EndAt)}
}

// handoffProto is a handoff as the API shows it to a caller, without its context. States and outcomes are numbered alike.
func handoffProto(ctx context.Context, h *store.Handoff) (*routingv1.Handoff, error) {
	out := &routingv1.Handoff{
		Name:       handoffName(h.ID),
		Kind:       routingv1.Handoff_Kind(h.Kind),
		Lead:       ident.Name("leads", h.Lead),
		Account:    ident.Name("accounts", h.Account),
		Cycle:      int32(h.Cycle),
		State:      routingv1.Handoff_State(h.State),
		Outcome:    routingv1.Handoff_Outcome(h.Outcome),
		Tier:       h.Tier,
		Rule:       h.Rule,
		Pool:       poolName(h.Pool),
		Queue:      queueName(h.Queue),
		Rep:        repName(h.Rep),
		Assignment: int32(h.Assignment),
		Playbook:   shelf.Version[terms]{Number: h.Playbook}.Name(),
		Partner:    h.Partner,
		MqlTime:    instant(h.MQLAt),
		AssignTime: instant(h.AssignedAt),
		AcceptTime: instant(h.AcceptedAt),
		CloseTime:  instant(h.ClosedAt),
		TraceId:    h.ID,
		Test:       h.Test,
		CreateTime: instant(h.CreatedAt),
		UpdateTime: instant(h.UpdatedAt),
		Etag:       etag.Of(h.RowVersion),
		Needs:      coverageProto(h.Needs.Coverage()),
		Cover:      repName(h.Cover),
		CoverFor:   repName(h.CoverFor),

		NurtureProgramme: h.Programme,
		Meeting:          h.Meeting,
	}
	if h.State == lifecycle.StateHeld {
		out.Pool = poolName(h.Home)
		out.Hold = &routingv1.Hold{Reason: routingv1.Hold_Reason(h.HoldReason), HoldTime: instant(h.HeldAt),
			NextAvailableTime: instant(h.NextAt)}
	}
	if h.Meeting == "" {
		return out, nil
	}
	checks, err := readRubric(h)
	out.Rubric = scope.Rubric(scope.Partner(auth.ActorFrom(ctx)), checks)
	return out, err
}

// moment is a time of the API in whole microseconds; the zero time for none.
func moment(at *timestamppb.Timestamp) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.AsTime().Truncate(time.Microsecond)
}
