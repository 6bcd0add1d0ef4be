package scoring_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// suspected are the pairs of source ids that may be one person, page by page.
func (b *bundle) suspected(t testing.TB, req *scoringv1.ListSuspectedDuplicatesRequest) (pairs []string, all []*scoringv1.SuspectedDuplicate) {
	t.Helper()
	for {
		page, err := b.ListSuspectedDuplicates(b.ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.GetSuspectedDuplicates() {
			pairs = append(pairs, fmt.Sprintf("%s %s %v", b.get(t, d.GetLead()).GetSourceId(), b.get(t, d.GetOther()).GetSourceId(), d.GetEvidence()))
			all = append(all, d)
		}
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
			return pairs, all
		}
	}
}

// lookalikes takes in leads of which some may be one person.
func (b *bundle) lookalikes(t testing.TB) {
	t.Helper()
	for _, l := range []*scoringv1.Lead{
		{SourceId: "a", GivenName: "Ann", FamilyName: "O'Neill", Phone: "+1 415 555 2671", Email: "ann@gmail.com"},
		{SourceId: "b", GivenName: "A.", FamilyName: "ONeill", Phone: "+14155552671", Email: "ann@initech.example"},
		{SourceId: "c", GivenName: "Ann", FamilyName: "Smith", Phone: "+1 415 555 2671", Email: "smith@initech.example"},
		{SourceId: "d", GivenName: "ann", FamilyName: "SMITH", Email: "a.smith@uk.initech.example"},
		{SourceId: "e", GivenName: "Ann", FamilyName: "Smith", Email: "smith@gmail.com"}, // many strangers have an address there
		{SourceId: "f", GivenName: "Ann", FamilyName: "Smith", Email: "f@initech.example"},
	} {
		l.Source = "crm"
		b.create(t, l)
		b.pass(day)
	}
}

const (
	byPhone = " EVIDENCE_PHONE_SURNAME"
	byName  = " EVIDENCE_NAME_DOMAIN"
)

func TestWeakEvidenceOfOnePersonIsForAPersonToDecide(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.lookalikes(t)
		want := []string{"a b" + byPhone, "c d" + byName, "c f" + byName}
		for _, size := range []int32{0, 1, 2} {
			got, _ := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-", PageSize: size})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("in pages of %d (-want +got):\n%s", size, diff)
			}
		}
		_, all := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-"})
		if got, _ := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: all[2].GetOther()}); len(got) != 1 || got[0] != want[2] {
			t.Errorf("of one lead: %v", got)
		}
		if len(b.merges(t)) != 0 {
			t.Error("leads were merged without asking")
		}
	})
}

func TestASuspicionIsResolvedOnceAndRemembered(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.lookalikes(t)
		_, all := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-"})
		resolve := func(d *scoringv1.SuspectedDuplicate, as scoringv1.SuspectedDuplicate_Resolution) (*scoringv1.SuspectedDuplicate, error) {
			return b.ResolveSuspectedDuplicate(b.ctx, &scoringv1.ResolveSuspectedDuplicateRequest{Name: d.GetName(), Resolution: as})
		}
		same, err := resolve(all[0], scoringv1.SuspectedDuplicate_RESOLUTION_SAME_PERSON)
		if err != nil || same.GetResolution() != scoringv1.SuspectedDuplicate_RESOLUTION_SAME_PERSON || b.get(t, all[0].GetOther()).GetMergedInto() != all[0].GetLead() {
			t.Errorf("resolved as %v, %v", same, err)
		}
		different, err := resolve(all[1], scoringv1.SuspectedDuplicate_RESOLUTION_DIFFERENT_PEOPLE)
		if err != nil || b.get(t, all[1].GetOther()).GetMergedInto() != "" {
			t.Errorf("resolved as %v, %v", different, err)
		}
		_, err = resolve(all[1], scoringv1.SuspectedDuplicate_RESOLUTION_SAME_PERSON)
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
		// Two people stay two, though one writes the other's address.
		b.update(t, &scoringv1.Lead{Name: all[1].GetOther(), Email: "smith@initech.example"})
		if b.get(t, all[1].GetOther()).GetMergedInto() != "" {
			t.Error("two people became one")
		}
		if got, _ := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-"}); len(got) != 1 {
			t.Errorf("left to resolve: %v", got)
		}
		if got, _ := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-", IncludeResolved: true}); len(got) != 3 {
			t.Errorf("with those that were resolved: %v", got)
		}
		changes := told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c.GetMethod() == "ResolveSuspectedDuplicate" })
		if len(changes) != 2 {
			t.Errorf("audited %v", changes)
		}
		_, err = resolve(&scoringv1.SuspectedDuplicate{Name: ident.Name("leads", "0123456789abcdef0123456789abcdef", "suspectedDuplicates", "0123456789abcdef0123456789abcdef")},
			scoringv1.SuspectedDuplicate_RESOLUTION_SAME_PERSON)
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
	})
}

func TestAPartnersLeadsAreSuspectedAmongThemselvesAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		ann := func(id string) *scoringv1.CreateLeadRequest {
			return &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "crm", SourceId: id, GivenName: "Ann", FamilyName: "Smith", Email: id + "@initech.example"}}
		}
		partner := roomtest.AsPartner(t.Context(), "pat", "fypion")
		for _, id := range []string{"x", "y"} {
			if _, err := b.CreateLead(partner, ann(id)); err != nil {
				t.Fatal(err)
			}
			b.pass(day)
		}
		if _, err := b.CreateLead(b.ctx, ann("z")); err != nil {
			t.Fatal(err)
		}
		got, _ := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-"})
		if diff := cmp.Diff([]string{"x y" + byName}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		_, err := b.ListSuspectedDuplicates(partner, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-"})
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
	})
}

func TestLookalikesOfOneBatchAreNoticed(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		req := &scoringv1.BatchCreateLeadsRequest{}
		for _, id := range []string{"x", "y", "x", "z"} {
			req.Requests = append(req.Requests, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "crm", SourceId: id, GivenName: "Ann", FamilyName: "Smith",
				Email: id + "@initech.example"}})
		}
		for range 2 {
			if _, err := b.BatchCreateLeads(b.ctx, req); err != nil {
				t.Fatal(err)
			}
		}
		if got, _ := b.suspected(t, &scoringv1.ListSuspectedDuplicatesRequest{Parent: "leads/-"}); len(got) != 2 {
			t.Errorf("suspected %v", got)
		}
	})
}

func TestReferenceListsAreListedByNameWithoutTheirEntries(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, name := range []string{"shared_domains", "competitors", "partners"} {
			b.list(t, name, "a.example", "b.example")
		}
		var names []string
		req := &scoringv1.ListReferenceListsRequest{PageSize: 2}
		for {
			page, err := b.ListReferenceLists(b.ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page.GetReferenceLists() {
				names = append(names, l.GetName())
				if len(l.GetValues()) > 0 || l.GetEntryCount() != 2 || l.GetEtag() == "" {
					t.Errorf("listed %v", l)
				}
			}
			if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"referenceLists/competitors", "referenceLists/partners", "referenceLists/shared_domains"}, names); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestLeadsAreFoundByTheirIdsInTheSource(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		ann := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "ann@initech.example"})
		b.create(t, &scoringv1.Lead{Source: "website", SourceId: "w", Email: "ann@initech.example"}) // the same person
		bob := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "2"})
		b.pass(day)
		joined := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "3"})
		b.merge(t, bob, joined)
		for name, c := range map[string]struct {
			source string
			ids    []string
			want   []string
		}{
			"of its own source":      {"crm", []string{"1"}, []string{ann.GetName()}},
			"of a source it joined":  {"website", []string{"w", "nobody"}, []string{ann.GetName()}},
			"of a lead that joined":  {"crm", []string{"3"}, []string{bob.GetName()}},
			"of all":                 {"crm", []string{"1", "2", "3"}, []string{ann.GetName(), bob.GetName()}},
			"of nobody":              {"crm", []string{"w"}, nil},
			"of somebody's namesake": {"website", []string{"1"}, nil},
		} {
			got, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{Source: c.source, SourceIds: c.ids})
			if err != nil {
				t.Fatal(err)
			}
			names := map[string]bool{}
			for _, l := range got.GetLeads() {
				names[l.GetName()] = true
			}
			if len(names) != len(c.want) {
				t.Errorf("%s: got %v, want %v", name, names, c.want)
			}
			for _, want := range c.want {
				if !names[want] {
					t.Errorf("%s: got %v, want %v", name, names, c.want)
				}
			}
		}
		_, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{SourceIds: []string{"1"}})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "source")
		partner, err := b.ListLeads(roomtest.AsPartner(t.Context(), "pat", "fypion"), &scoringv1.ListLeadsRequest{Source: "crm", SourceIds: []string{"1"}})
		if err != nil || len(partner.GetLeads()) != 0 {
			t.Errorf("a partner finds %v, %v", partner, err)
		}
	})
}

func TestChangesOfAccountsAreAuditedWithoutWhatMayBePersonal(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		created := b.account(t, "1", func(a *scoringv1.Account) {
			a.Phone, a.Attributes = "+1 415 555 2671", map[string]string{"contact": "Ann"}
		})
		updated, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: created.GetName(), Industry: "fintech"}})
		if err != nil {
			t.Fatal(err)
		}
		b.account(t, "1", func(a *scoringv1.Account) { a.Industry = "fintech" }) // nothing new
		changes := told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c != nil })
		if len(changes) != 2 || changes[0].GetMethod() != "CreateAccount" || changes[1].GetMethod() != "UpdateAccount" || changes[0].GetBefore() != nil {
			t.Fatalf("audited %v", changes)
		}
		got := &scoringv1.Account{}
		if err := changes[1].GetAfter().UnmarshalTo(got); err != nil {
			t.Fatal(err)
		}
		updated.Phone, updated.Attributes = "", nil
		if diff := cmp.Diff(updated, got, protocmp.Transform(), protocmp.IgnoreFields(&scoringv1.Account{}, "target")); diff != "" {
			t.Errorf("-want +audited:\n%s", diff)
		}
	})
}
