package scoring

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// perCasePart is how many cases are told in one message.
const perCasePart = 100

// DescribeCases implements ScoringService. Each case is recalled once, in a transaction of its own, and judged by all variants.
func (s *Service) DescribeCases(req *scoringv1.DescribeCasesRequest, stream grpc.ServerStreamingServer[scoringv1.DescribeCasesResponse]) error {
	court, err := s.court(stream.Context(), req)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(req.GetCases(), perCasePart) {
		resp := &scoringv1.DescribeCasesResponse{UnreadableVariants: court.unreadable}
		for _, c := range part {
			described, err := court.describe(stream.Context(), c)
			if err != nil {
				return err
			}
			resp.Cases = append(resp.Cases, described)
		}
		if err := stream.Send(resp); err != nil {
			return err
		}
	}
	return nil
}

// court judges cases by a version and its variants.
type court struct {
	*Service
	version    *qualify.Policy
	variants   []*qualify.Policy // nil for one that cannot be read
	unreadable []int32
	lists      []replay.Edition // the oldest first
}

func (s *Service) court(ctx context.Context, req *scoringv1.DescribeCasesRequest) (*court, error) {
	c := &court{Service: s, variants: make([]*qualify.Policy, len(req.GetVariants()))}
	var err error
	if c.version, err = qualify.Compile(req.GetDocument()); err != nil {
		return nil, fault.Field("document", "cannot be read: %v", err)
	}
	if c.version, err = equip(ctx, s.cfg.DB, c.version); err != nil {
		return nil, err
	}
	for i, variant := range req.GetVariants() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		policy, unreadable := qualify.Compile(varied(req.GetDocument(), variant))
		if unreadable != nil {
			c.unreadable = append(c.unreadable, int32(i))
			continue
		}
		if c.variants[i], err = equip(ctx, s.cfg.DB, policy); err != nil {
			return nil, err
		}
	}
	c.lists, err = s.listEditions(ctx, func(name string) bool {
		return slices.ContainsFunc(append(c.variants, c.version), func(p *qualify.Policy) bool { return p != nil && p.Mentions(name) })
	})
	return c, err
}

// varied is a version with what a variant says differently.
func varied(version, variant *playbookv1.Document) *playbookv1.Document {
	doc := proto.CloneOf(version)
	proto.Merge(doc, variant)
	return doc
}

// describe judges one case. Whoever looks around sees the account as the version looks at it.
func (c *court) describe(ctx context.Context, of *scoringv1.LeadCase) (*scoringv1.CaseDescription, error) {
	asOf := of.GetAsOfTime().AsTime()
	var subject *qualify.Subject
	err := c.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := store.Leads(ctx, tx, []string{ident.ID(of.GetLead(), "leads")})
		if err != nil || len(found) == 0 || found[0].CreatedAt.After(asOf) {
			return err
		}
		subject, err = recalled(ctx, tx, found[0], dossier.Rules{Policy: c.version, Lists: dossier.Lists{Facts: c.listsAt(asOf)}}, asOf)
		return err
	})
	if err != nil || subject == nil {
		return &scoringv1.CaseDescription{}, err
	}
	subject.History = &qualify.History{}
	subject.History.Add(subject.Engagements...)
	d := c.version.Decide(subject, asOf)
	out := &scoringv1.CaseDescription{Known: true, Qualifies: qualifies(&d), CombinedMicros: int64(d.Combined),
		VariantsQualify: make([]bool, len(c.variants))}
	for i, variant := range c.variants {
		if variant != nil {
			d := variant.Decide(subject, asOf)
			out.VariantsQualify[i] = qualifies(&d)
		}
	}
	return out, nil
}

func qualifies(d *qualify.Decision) bool { return d.OverLine && d.Disqualifier == "" }

// listsAt are the lists as they were at an instant.
func (c *court) listsAt(at time.Time) (lists map[string]*criteria.List) {
	for _, edition := range c.lists {
		if edition.From.After(at) {
			break
		}
		lists = edition.Lists
	}
	return lists
}
