package scoring_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestWhatAPersonCorrectedOutlivesWhatIsReported(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@initech.example", Title: "Analyst", Company: "Initec"})
		b.pass(day)
		b.update(t, &scoringv1.Lead{Name: lead.GetName(), Title: "VP Sales"})
		b.pass(day)
		got := b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@initech.example", Title: "Intern", Company: "Initech"})
		if got.GetTitle() != "VP Sales" || got.GetSeniority() != "vp" || got.GetCompany() != "Initech" {
			t.Errorf("got %q (%s) at %q, want the corrected title and the newer company", got.GetTitle(), got.GetSeniority(), got.GetCompany())
		}
		synced, err := b.UpdateLead(roomtest.AsService(t.Context(), "crm-sync"), &scoringv1.UpdateLeadRequest{Lead: &scoringv1.Lead{Name: lead.GetName(), Title: "SVP Sales"}})
		if err != nil || synced.GetTitle() != "SVP Sales" {
			t.Errorf("an explicit change by a platform gave %q, %v", synced.GetTitle(), err)
		}
	})
}

func TestALeadChangesByItsMaskAndEtag(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "1", Email: "ann@initech.example", Title: "VP", Phone: "+14155552671",
			Attributes: map[string]string{"a": "1", "b": "2"}})
		update := func(l *scoringv1.Lead, paths ...string) (*scoringv1.Lead, error) {
			l.Name = lead.GetName()
			req := &scoringv1.UpdateLeadRequest{Lead: l}
			if len(paths) > 0 {
				req.UpdateMask = &fieldmaskpb.FieldMask{Paths: paths}
			}
			return b.UpdateLead(b.ctx, req)
		}
		got, err := update(&scoringv1.Lead{Title: "ignored", Attributes: map[string]string{"b": "3"}, Etag: lead.GetEtag()}, "phone", "attributes")
		if err != nil || got.GetPhone() != "" || got.GetTitle() != "VP" || len(got.GetAttributes()) != 1 || got.GetAttributes()["b"] != "3" {
			t.Fatalf("got %v, %v; want no phone, one attribute, and the rest as it was", got, err)
		}
		_, err = update(&scoringv1.Lead{Title: "CEO", Etag: lead.GetEtag()})
		wantFault(t, err, codes.Aborted, "ETAG_MISMATCH")
		if again := b.get(t, lead.GetName()); again.GetTitle() != "VP" || again.GetEtag() != got.GetEtag() {
			t.Errorf("a stale change changed %v", again)
		}
		for field, l := range map[string]*scoringv1.Lead{
			"lead.source_id": {SourceId: "2"}, "lead.email": {Email: "nobody"},
			"lead.occur_time": {OccurTime: timestamppb.New(b.Clock.Now().Add(day))},
		} {
			_, err := update(l)
			wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", field)
		}
		_, err = update(&scoringv1.Lead{}, "email.local_part")
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "update_mask")
		_, err = b.UpdateLead(b.ctx, &scoringv1.UpdateLeadRequest{Lead: &scoringv1.Lead{Name: "leads/0123456789abcdef0123456789abcdef", Title: "x"}})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		if got, err := update(&scoringv1.Lead{Qualification: scoringv1.Lead_QUALIFICATION_MQL, Partner: "x", Handoff: "handoffs/x", Cycle: 9}, "qualification", "partner", "handoff", "cycle"); err != nil ||
			got.GetPartner() != "" || got.GetHandoff() != "" || got.GetCycle() != 1 {
			t.Errorf("output was taken as input: %v, %v", got, err)
		}
	})
}

func TestTheAddressOfAnotherLeadMakesThemOne(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		older := b.lead(t, "ann@initech.example")
		b.pass(day)
		younger := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "an@initech.example"})
		got := b.update(t, &scoringv1.Lead{Name: younger.GetName(), Email: "ann@initech.example"})
		if got.GetName() != older.GetName() || len(b.merges(t)) != 1 || b.get(t, younger.GetName()).GetMergedInto() != older.GetName() {
			t.Errorf("got %s with merges %v, want %s", got.GetName(), b.merges(t), older.GetName())
		}
		for _, email := range []string{"an@initech.example", "ann@initech.example"} {
			if again := b.lead(t, email); again.GetName() != older.GetName() {
				t.Errorf("%s is now %s", email, again.GetName())
			}
		}
	})
}

func TestANewAddressBringsWhatWaitedForIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		b.record(t, byEmail("ann@initech.example", b.demo("1")))
		lead := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", Title: "VP"})
		got := b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: "ann@initech.example"})
		if got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL || got.GetAccount() == "" {
			t.Errorf("the lead is %v of account %q", got.GetQualification(), got.GetAccount())
		}
	})
}
