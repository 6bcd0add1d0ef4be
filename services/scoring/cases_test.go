package scoring_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// describe has cases judged, and gives the variants that cannot be read too.
func (b *bundle) describe(ctx context.Context, req *scoringv1.DescribeCasesRequest) (all []*scoringv1.CaseDescription, unreadable []int32, err error) {
	parts, err := b.DescribeCases(roomtest.AsService(ctx, eventlog.Feedback), req)
	if err != nil {
		return nil, nil, err
	}
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			return all, unreadable, nil
		}
		if err != nil {
			return nil, nil, err
		}
		all, unreadable = append(all, part.GetCases()...), part.GetUnreadableVariants()
	}
}

// variants of the sociable playbook: each sort of thing that may be said differently, and one that cannot be read.
func variants() []*playbookv1.Document {
	return []*playbookv1.Document{
		{Stages: &playbookv1.StagePolicy{Mql: `fit > 60 && engagement > 70`}},
		{Criteria: map[string]string{"size_fit": `account.employees >= 901`}},
		{Criteria: map[string]string{"size_fit": `account.employees >=`}},
		{Scoring: &playbookv1.ScoringPolicy{Fit: map[string]*playbookv1.FitRule{"size": {Points: 5, When: "size_fit"}},
			Engagement: map[string]*playbookv1.EngagementGroup{"events": {Cap: proto.Float64(1)}}}},
	}
}

// Everything happens to these people: they are merged and parted, corrected, change their company, come back.
func TestACaseIsJudgedAsItWasThen(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := sociable()
		b.activate(t, "1", doc)
		b.drain(t)
		l := &life{bundle: b, Rand: rand.New(rand.NewPCG(5, 7)), settled: map[string]bool{}}
		l.last(t, 300)
		req := &scoringv1.DescribeCasesRequest{Document: doc, Variants: variants()}
		for _, q := range b.qualified(t) {
			req.Cases = append(req.Cases, &scoringv1.LeadCase{Lead: q.GetLead(), AsOfTime: q.GetMqlTime()})
		}
		began := len(req.GetCases())
		for _, c := range slices.Clone(req.GetCases()) {
			req.Cases = append(req.Cases, &scoringv1.LeadCase{Lead: c.GetLead(), AsOfTime: timestamppb.New(c.GetAsOfTime().AsTime().Add(9 * day))})
		}
		got, unreadable, err := b.describe(t.Context(), req)
		if err != nil || len(got) != len(req.GetCases()) || !slices.Equal(unreadable, []int32{2}) {
			t.Fatalf("%d of %d cases, unreadable %v: %v", len(got), len(req.GetCases()), unreadable, err)
		}
		for i, c := range got {
			asked := req.GetCases()[i]
			if i < began && !c.GetQualifies() {
				t.Errorf("%s qualified at %v; the case: %v", asked.GetLead(), asked.GetAsOfTime().AsTime(), c)
			}
			if asked.GetAsOfTime().AsTime().After(b.Clock.Now()) {
				continue
			}
			score, err := b.ExplainScore(b.ctx, &scoringv1.ExplainScoreRequest{Name: asked.GetLead() + "/score", AsOfTime: asked.GetAsOfTime()})
			if err != nil {
				t.Fatal(err)
			}
			if want := score.GetSummary().GetCombinedMicros(); c.GetCombinedMicros() != want || c.GetQualifies() != (score.GetSummary().GetOverLine() && score.GetDisqualifier() == "") {
				t.Errorf("%s at %v: %v, explained %v", asked.GetLead(), asked.GetAsOfTime().AsTime(), c, score.GetSummary())
			}
		}
		b.variantsAreVersions(t, req, got)
		if began < 10 {
			t.Errorf("%d handoffs began: too few to say much", began)
		}
	})
}

// variantsAreVersions checks that a variant judges as the whole version would.
func (b *bundle) variantsAreVersions(t *testing.T, req *scoringv1.DescribeCasesRequest, got []*scoringv1.CaseDescription) {
	t.Helper()
	for v, variant := range req.GetVariants() {
		whole := proto.CloneOf(req.GetDocument())
		proto.Merge(whole, variant)
		want, _, err := b.describe(t.Context(), &scoringv1.DescribeCasesRequest{Document: whole, Cases: req.GetCases()})
		if v == 2 {
			wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "document")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		differs := 0
		for i := range got {
			if got[i].GetVariantsQualify()[v] != want[i].GetQualifies() {
				t.Errorf("variant %d: %v, as a version %v", v, got[i], want[i])
			}
			if got[i].GetQualifies() != want[i].GetQualifies() {
				differs++
			}
		}
		if differs == 0 {
			t.Errorf("variant %d makes no difference", v)
		}
	}
}

func TestACaseOfNobodyAndOneBeforeTheLeadAreNotKnown(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		lead := b.lead(t, "jane@initech.example", b.demo("1"))
		now := b.Clock.Now()
		got, _, err := b.describe(t.Context(), &scoringv1.DescribeCasesRequest{Document: signable(), Cases: []*scoringv1.LeadCase{
			{Lead: "leads/" + strings.Repeat("0", 32), AsOfTime: timestamppb.New(now)},
			{Lead: lead.GetName(), AsOfTime: timestamppb.New(now.Add(-time.Microsecond))},
			{Lead: lead.GetName(), AsOfTime: timestamppb.New(now)},
		}})
		if err != nil || fmt.Sprint(got[0].GetKnown(), got[1].GetKnown(), got[2].GetKnown(), got[2].GetQualifies()) != "false false true true" {
			t.Errorf("%v, %v", got, err)
		}
		parts, err := b.DescribeCases(b.ctx, &scoringv1.DescribeCasesRequest{Document: signable(), Cases: []*scoringv1.LeadCase{{Lead: lead.GetName(), AsOfTime: timestamppb.New(now)}}})
		if err == nil {
			_, err = parts.Recv()
		}
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
	})
}
