package scoring_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

const requestID = "0f2c1c3e-5d6a-4f0b-8a3e-9d8c7b6a5f4e"

func TestARetryHasOneEffectAndOneAnswer(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		req := &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", GivenName: "Ann", Email: "ann@initech.example", Title: "VP"},
			Engagements: []*scoringv1.Engagement{b.demo("1")}, RequestId: requestID}
		answers := make([]*scoringv1.Lead, 8)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = b.CreateLead(b.ctx, proto.CloneOf(req)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		b.pass(day)
		later, err := b.CreateLead(b.ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, answer := range append(answers, later) {
			if diff := cmp.Diff(answers[0], answer, protocmp.Transform()); diff != "" {
				t.Errorf("one request, two answers:\n%s", diff)
			}
		}
		if n := len(b.Told(t)); n != 4 {
			t.Errorf("told %d events, want that the account was made, and that the lead was created, did something and qualified", n)
		}
		req.Lead.GivenName = "Bob"
		_, err = b.CreateLead(b.ctx, req)
		wantFault(t, err, codes.InvalidArgument, "REQUEST_ID_REUSED")
	})
}

func TestABatchIsTakenInAtOnceAndInOrder(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		req := &scoringv1.BatchCreateLeadsRequest{}
		for i := range 1000 {
			req.Requests = append(req.Requests, &scoringv1.CreateLeadRequest{
				Lead:        &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint(i), Email: fmt.Sprintf("lead%d@initech.example", i), Title: "VP"},
				Engagements: []*scoringv1.Engagement{b.demo(fmt.Sprint(i))}})
		}
		resp, err := b.BatchCreateLeads(b.patient(t), req)
		if err != nil {
			t.Fatal(err)
		}
		for i, lead := range resp.GetLeads() {
			if lead.GetSourceId() != fmt.Sprint(i) || lead.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
				t.Fatalf("answer %d is %v", i, lead)
			}
		}
		if n := len(b.qualified(t)); n != 1000 {
			t.Errorf("%d leads qualified", n)
		}
		again := &scoringv1.BatchRecordEngagementsRequest{}
		for i := range 1000 {
			again.Engagements = append(again.Engagements, byEmail(fmt.Sprintf("lead%d@initech.example", i), b.engagement(fmt.Sprint(i%500+900), "page_view")))
		}
		got, err := b.BatchRecordEngagements(b.patient(t), again)
		if err != nil || got.GetRecordedCount() != 400 || got.GetDuplicateCount() != 600 {
			t.Errorf("recorded %v, %v; want 400 new and 600 duplicates", got, err)
		}
	})
}

func TestEachEventOfALeadHasItsPlace(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		b.record(t, by(lead, b.engagement("2", "page_view")), by(lead, b.demo("3")))
		b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: "ann@gmail.com"})
		var got []string
		for i, e := range b.Told(t)[1:] { // the first is about the account
			got = append(got, strings.TrimPrefix(e.GetType(), "handoff.scoring."))
			if e.GetKey() != lead.GetName() || e.GetSeq() != int64(i+1) || !e.GetTest() || e.GetLead() != lead.GetName() {
				t.Errorf("event %d is %s/%d about %s", i, e.GetKey(), e.GetSeq(), e.GetLead())
			}
		}
		want := []string{"lead_created", "engagement_recorded", "lead_qualified", "engagement_recorded", "engagement_recorded", "lead_context_changed",
			"match_changed", "lead_context_changed"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +told:\n%s", diff)
		}
	})
}

func TestNoEventHoldsPersonalData(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "7", Email: "ann.secret@initech.example", GivenName: "Annabella", FamilyName: "Secretova",
			Phone: "+14155552671", Title: "VP Sales", Company: "Initech", PostalCode: "94105", Country: "US"}, b.demo("1"))
		b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: "second.secret@initech.example"})
		for _, e := range b.Told(t) {
			for _, secret := range []string{"secret", "Secretova", "Annabella", "4155552671", "94105"} {
				if strings.Contains(e.String(), secret) {
					t.Errorf("%s holds %q", e.GetType(), secret)
				}
			}
		}
	})
}

func TestTheContextSaysWhatItLacks(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		download := b.engagement("2", "content_download")
		download.Asset, download.Channel, download.Campaign, download.OccurTime = "ebook", "paid_search", "campaigns/ads", timestamppb.New(b.Clock.Now().Add(-time.Hour))
		lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "7", Email: "ann@initech.example", Title: "VP Sales", Country: "Germany"}, b.demo("1"), download)
		c := b.qualified(t)[0].GetContext()
		want := &scoringv1.LeadContext{Source: "website", SourceId: "7", Channel: "paid_search", ContentConsumed: []string{"ebook"}, LeadMagnet: "ebook", Seniority: "vp", Function: "sales", Country: "DE",
			Intent: 3, EngagementCounts: []*scoringv1.EngagementCount{{Type: "content_download", Count: 1}, {Type: "form_submit", Count: 1}},
			RecentEngagements: []*scoringv1.EngagementFact{{Type: "form_submit", OccurTime: timestamppb.New(b.Clock.Now()), Subject: "demo_request"},
				{Type: "content_download", OccurTime: download.GetOccurTime(), Subject: "ebook", Campaign: "campaigns/ads"}},
			Account: &scoringv1.AccountContext{Account: lead.GetAccount(), MatchRule: "DOMAIN_UNIQUE", Target: true, Owner: "reps/jane-doe", Industry: "software", Country: "US"},
			Missing: c.GetMissing(), Score: b.explain(t, lead, b.Clock.Now())}
		if diff := cmp.Diff(want, c, protocmp.Transform()); diff != "" {
			t.Errorf("-want +told:\n%s", diff)
		}
		if len(c.GetMissing()) != 1 || c.GetMissing()[0].String() != "CONTEXT_FIELD_CAMPAIGN" {
			t.Errorf("missing %v, want the campaign alone", c.GetMissing())
		}
	})
}
