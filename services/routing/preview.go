package routing

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// maxDetailed is how many routes are told with everybody who was asked.
const maxDetailed = 20

// PreviewRoutes implements RoutingService.
func (s *Service) PreviewRoutes(ctx context.Context, req *routingv1.PreviewRoutesRequest) (*routingv1.PreviewRoutesResponse, error) {
	if req.GetDetailed() && len(req.GetLeads()) > maxDetailed {
		return nil, fault.Field("leads", "has more than %d, which is too many to be detailed", maxDetailed)
	}
	p, err := s.preview(ctx, req.GetOnlyQualified(), req.GetDetailed())
	if err != nil {
		return nil, err
	}
	routes, err := p.routes(ctx, req.GetLeads())
	if err != nil {
		return nil, err
	}
	load, err := p.load(ctx)
	return &routingv1.PreviewRoutesResponse{Routes: routes, Load: load}, err
}

// StreamPreviewRoutes implements RoutingService.
func (s *Service) StreamPreviewRoutes(stream grpc.BidiStreamingServer[routingv1.StreamPreviewRoutesRequest, routingv1.StreamPreviewRoutesResponse]) error {
	var p *preview
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) && p != nil {
			break
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if p == nil {
			if p, err = s.preview(stream.Context(), req.GetOnlyQualified(), false); err != nil {
				return err
			}
		}
		routes, err := p.routes(stream.Context(), req.GetLeads())
		if err != nil {
			return err
		}
		if err := stream.Send(&routingv1.StreamPreviewRoutesResponse{Routes: routes}); err != nil {
			return err
		}
	}
	load, err := p.load(stream.Context())
	if err != nil {
		return err
	}
	return stream.Send(&routingv1.StreamPreviewRoutesResponse{Load: load})
}

// preview is a copy of everybody and everything that a decision rests on, as it is now, on which leads are placed.
type preview struct {
	*Service
	now                     time.Time
	playbook                shelf.Version[terms]
	desk                    *dispatch.Desk
	onlyQualified, detailed bool
	sum                     *routingv1.RouteLoad
	reps                    map[string]int64 // how many leads they got, by id
	pools                   map[string]*routingv1.RouteLoad_Pool
}

func (s *Service) preview(ctx context.Context, onlyQualified, detailed bool) (*preview, error) {
	p := &preview{Service: s, now: s.cfg.Now(), onlyQualified: onlyQualified, detailed: detailed, sum: &routingv1.RouteLoad{},
		reps: map[string]int64{}, pools: map[string]*routingv1.RouteLoad_Pool{}}
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if p.playbook, err = s.playbooks.Active(ctx, tx, p.now); err != nil {
			return err
		}
		copied := &simulation{service: s, terms: p.playbook.Policy, asItIs: true}
		p.desk, err = copied.desk(ctx, tx, p.now)
		return err
	})
	return p, err
}

// routes places leads, in their order.
func (p *preview) routes(ctx context.Context, leads []*routingv1.PreviewedLead) ([]*routingv1.PreviewedRoute, error) {
	described, err := p.describe(ctx, leads)
	if err != nil {
		return nil, err
	}
	routes := make([]*routingv1.PreviewedRoute, len(leads))
	err = p.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		refusals, err := refusalsOf(ctx, tx, known(described))
		if err != nil {
			return err
		}
		var decisions []*routingv1.RouteDecision
		for i, d := range described {
			if routes[i], err = p.route(d, refusals[ident.ID(d.GetLead(), "leads")]); err != nil {
				return err
			}
			if decision := routes[i].GetDecision(); decision != nil {
				decisions = append(decisions, decision)
			}
		}
		if err := complete(ctx, tx, decisions, p.playbook, viewer{wide: true}); err != nil {
			return err
		}
		for _, d := range decisions {
			if !p.detailed {
				d.Rungs = nil
			}
		}
		return nil
	})
	return routes, err
}

// known are the leads that exist.
func known(described []*scoringv1.DescribeLeadsResponse_Description) []string {
	var ids []string
	for _, d := range described {
		if id := ident.ID(d.GetLead(), "leads"); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// describe asks Scoring by what to decide about leads of which that is not said.
func (p *preview) describe(ctx context.Context, leads []*routingv1.PreviewedLead) ([]*scoringv1.DescribeLeadsResponse_Description, error) {
	described := make([]*scoringv1.DescribeLeadsResponse_Description, len(leads))
	req := &scoringv1.DescribeLeadsRequest{}
	var asked []int
	for i, lead := range leads {
		if lead.GetContext() != nil {
			described[i] = &scoringv1.DescribeLeadsResponse_Description{Context: lead.GetContext(), OverLine: true}
			continue
		}
		one := &scoringv1.DescribedLead{}
		if lead.GetSupposed() != nil {
			one.Lead = &scoringv1.DescribedLead_Supposed{Supposed: lead.GetSupposed()}
		} else {
			one.Lead = &scoringv1.DescribedLead_Name{Name: lead.GetName()}
		}
		req.Leads, asked = append(req.GetLeads(), one), append(asked, i)
	}
	if len(asked) == 0 {
		return described, nil
	}
	resp, err := p.cfg.Scoring.DescribeLeads(ctx, req)
	if err != nil {
		return nil, err
	}
	if resp.GetPlaybook() != p.playbook.Name() || len(resp.GetDescriptions()) != len(asked) {
		return nil, fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "%s comes into force just now", resp.GetPlaybook())
	}
	for n, i := range asked {
		described[i] = resp.GetDescriptions()[n]
	}
	return described, nil
}

// route places one lead.
func (p *preview) route(lead *scoringv1.DescribeLeadsResponse_Description, refusals []*store.Refusal) (*routingv1.PreviewedRoute, error) {
	p.sum.LeadCount++
	if lead.GetError() != nil {
		p.sum.ErrorCount++
		return &routingv1.PreviewedRoute{Error: lead.GetError()}, nil
	}
	out := &routingv1.PreviewedRoute{Qualified: lead.GetOverLine() && lead.GetDisqualifier() == "", Disqualifier: lead.GetDisqualifier()}
	if !out.GetQualified() {
		p.sum.UnqualifiedCount++
		if p.onlyQualified {
			return out, nil
		}
	}
	d, err := p.decide(lead, refusals)
	out.Decision = d.RouteDecision
	p.count(d)
	return out, err
}

// decide decides as intake does.
func (p *preview) decide(lead *scoringv1.DescribeLeadsResponse_Description, refusals []*store.Refusal) (decision, error) {
	known := lead.GetContext()
	one := &passage{playbook: p.playbook, row: &store.Handoff{Lead: ident.ID(lead.GetLead(), "leads"), Source: known.GetSource(), SourceID: known.GetSourceId()}}
	one.set(p.playbook.Policy.route(known, known.GetFirstMatch()), known)
	one.remember(refusals)
	d := newDecision(one, routingv1.RouteDecision_CAUSE_PREVIEW)
	d.DecideTime = timestamppb.New(p.now)
	switch one.row.Destination {
	case tier.Nurture:
		d.Outcome = routingv1.Handoff_OUTCOME_NURTURE
	case tier.Disqualify:
		d.Outcome = routingv1.Handoff_OUTCOME_DISQUALIFIED
	case tier.Queue:
		d.held(dispatch.Hold{Reason: dispatch.Queued}, one.row.Queue)
	default:
		placed, hold, err := p.desk.Place(one.lead())
		switch {
		case err != nil:
			return d, err
		case hold != nil:
			d.held(*hold, "")
			p.pool(one.row.Home).HeldCount++
		default:
			d.found(placed, one)
		}
	}
	return d, nil
}

// count adds a decision to the load.
func (p *preview) count(d decision) {
	switch {
	case d.GetRep() != "":
		p.sum.AssignedCount++
		p.reps[d.GetRep()]++
		if d.GetPool() != "" {
			p.pool(d.GetPool()).LeadCount++
		}
	case d.GetQueue() != "":
		p.sum.QueuedCount++
	case d.GetHold() != nil:
		p.sum.HeldCount++
	default:
		p.sum.ClosedCount++
	}
}

func (p *preview) pool(id string) *routingv1.RouteLoad_Pool {
	if p.pools[id] == nil {
		p.pools[id] = &routingv1.RouteLoad_Pool{Pool: poolName(id)}
	}
	return p.pools[id]
}

// load is what everybody got.
func (p *preview) load(ctx context.Context) (*routingv1.RouteLoad, error) {
	ids := slices.Sorted(maps.Keys(p.reps))
	known, err := store.DisplayNames(ctx, p.cfg.DB, ids)
	for _, id := range ids {
		p.sum.Reps = append(p.sum.Reps, &routingv1.RouteLoad_Rep{Rep: repName(id), DisplayName: known[id], LeadCount: p.reps[id],
			OpenCount: p.desk.Rep(id).Open - p.reps[id]})
	}
	for _, id := range slices.Sorted(maps.Keys(p.pools)) {
		if id != "" {
			p.sum.Pools = append(p.sum.Pools, p.pools[id])
		}
	}
	return p.sum, err
}
