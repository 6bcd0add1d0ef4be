package scoring_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const nobody = "leads/0123456789abcdef0123456789abcdef"

// onMeetings are the ways to a meeting of a lead.
func (b *bundle) onMeetings(who context.Context, lead, id string) map[string]func() error {
	return map[string]func() error{
		"CreateMeeting": func() error {
			_, err := b.CreateMeeting(who, &scoringv1.CreateMeetingRequest{Parent: lead, Meeting: agreed("x")})
			return err
		},
		"GetMeeting": func() error {
			_, err := b.GetMeeting(who, &scoringv1.GetMeetingRequest{Name: lead + "/meetings/" + id})
			return err
		},
		"ListMeetings": func() error {
			_, err := b.ListMeetings(who, &scoringv1.ListMeetingsRequest{Parent: lead})
			return err
		},
	}
}

func TestAnothersLeadIsToAPartnerAsOneThatDoesNotExist(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		ours, marketings := b.prospect(t, "ann@initech.example"), b.lead(t, "bob@initech.example")
		brought := b.meet(t, ours, agreed("1"))
		_, id, _ := strings.Cut(brought.GetName(), "/meetings/")
		partner, err := b.CreateLead(roomtest.AsPartner(t.Context(), "una", "rival"), &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "agency", Email: "una@initech.example"}})
		if err != nil {
			t.Fatal(err)
		}
		for who, foreign := range map[context.Context][]*scoringv1.Lead{
			roomtest.AsPartner(t.Context(), "una", "rival"): {ours, marketings}, agency(t): {partner, marketings},
		} {
			for _, lead := range foreign {
				missing := b.onMeetings(who, nobody, id)
				for method, call := range b.onMeetings(who, lead.GetName(), id) {
					err, want := call(), missing[method]()
					wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
					if got := strings.ReplaceAll(status.Convert(err).Message(), lead.GetName(), nobody); got != status.Convert(want).Message() {
						t.Errorf("%s: %q, and of a lead that does not exist %q", method, got, status.Convert(want).Message())
					}
				}
			}
		}
		if n := b.number(t, "SELECT count(*) FROM meeting"); n != 1 {
			t.Errorf("%d meetings are kept, want one", n)
		}
		if _, err := b.CreateMeeting(roomtest.As(t.Context(), "ops", accessv1.Role_ROLE_REVOPS), &scoringv1.CreateMeetingRequest{Parent: marketings.GetName(), Meeting: agreed("1")}); err != nil {
			t.Errorf("revops brings none: %v", err)
		}
		_, err = b.CreateMeeting(b.ctx, &scoringv1.CreateMeetingRequest{Parent: marketings.GetName(), Meeting: agreed("2")})
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
	})
}

func TestARepReadsTheMeetingsOfTheirOwnHandoffsAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		mine, theirs := b.prospect(t, "ann@initech.example"), b.prospect(t, "bob@initech.example")
		brought := map[*scoringv1.Lead]*scoringv1.Meeting{mine: b.meet(t, mine, agreed("1")), theirs: b.meet(t, theirs, agreed("2"))}
		b.routing.mine[brought[mine].GetHandoff()] = true
		rep := roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP)
		for lead, meeting := range brought {
			got, err := b.GetMeeting(rep, &scoringv1.GetMeetingRequest{Name: meeting.GetName()})
			all, err2 := b.ListMeetings(rep, &scoringv1.ListMeetingsRequest{Parent: lead.GetName()})
			if lead == mine {
				if err != nil || err2 != nil || got.GetMessageAngle() == "" || len(all.GetMeetings()) != 1 {
					t.Errorf("the rep's own: %v, %v; %v, %v", got, err, all, err2)
				}
				continue
			}
			wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
			wantFault(t, err2, codes.NotFound, "RESOURCE_NOT_FOUND")
		}
		_, err := b.CreateMeeting(rep, &scoringv1.CreateMeetingRequest{Parent: mine.GetName(), Meeting: agreed("3")})
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
		_, id, _ := strings.Cut(brought[mine].GetName(), "/meetings/")
		_, err = b.GetMeeting(b.ctx, &scoringv1.GetMeetingRequest{Name: theirs.GetName() + "/meetings/" + id})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
	})
}

func TestAMeetingIsBroughtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		lead, other := b.prospect(t, "ann@initech.example"), b.prospect(t, "bob@initech.example")
		req := &scoringv1.CreateMeetingRequest{Parent: lead.GetName(), Meeting: agreed("1"), RequestId: "7b1f2a54-6a2b-4a73-9a54-0d5c2a6b8e11"}
		first, err := b.CreateMeeting(agency(t), req)
		if err != nil {
			t.Fatal(err)
		}
		b.pass(time.Minute)
		for name, again := range map[string]*scoringv1.CreateMeetingRequest{
			"the same request":        req,
			"the same source id":      {Parent: lead.GetName(), Meeting: agreed("1")},
			"and something else then": {Parent: lead.GetName(), Meeting: &scoringv1.Meeting{Source: "agency", SourceId: "1", MessageAngle: "x", AgreedTopics: []string{"x"}}},
		} {
			got, err := b.CreateMeeting(agency(t), again)
			if diff := cmp.Diff(first, got, protocmp.Transform()); diff != "" || err != nil {
				t.Errorf("%s: %v (-first +again):\n%s", name, err, diff)
			}
		}
		_, err = b.CreateMeeting(agency(t), &scoringv1.CreateMeetingRequest{Parent: other.GetName(), Meeting: agreed("1")})
		wantFault(t, err, codes.AlreadyExists, "RESOURCE_EXISTS")
		if len(b.qualified(t)) != 1 || len(b.added(t)) != 0 || b.get(t, other.GetName()).GetHandoff() != "" {
			t.Errorf("it was told again: %v, %v", b.qualified(t), b.added(t))
		}
		rival := roomtest.AsPartner(t.Context(), "una", "rival")
		theirs, err := b.CreateLead(rival, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "agency", Email: "una@initech.example"}})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.CreateMeeting(rival, &scoringv1.CreateMeetingRequest{Parent: theirs.GetName(), Meeting: agreed("1")}); err != nil || got.GetName() == first.GetName() {
			t.Errorf("another partner's meeting of the same id: %v, %v", got, err)
		}
	})
}

func TestCallersWhoBringTheSameMeetingAtTheSameTimeBringItOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		leads := []*scoringv1.Lead{b.prospect(t, "ann@initech.example"), b.prospect(t, "bob@initech.example")}
		type answer struct {
			meeting *scoringv1.Meeting
			err     error
		}
		answers := make(chan answer)
		const callers = 8
		for i := range callers {
			go func() {
				m, err := b.CreateMeeting(agency(t), &scoringv1.CreateMeetingRequest{Parent: leads[i%2].GetName(), Meeting: agreed("1")})
				answers <- answer{m, err}
			}()
		}
		var won *scoringv1.Meeting
		for range callers {
			a := <-answers
			switch {
			case a.err != nil:
				wantFault(t, a.err, codes.AlreadyExists, "RESOURCE_EXISTS")
			case won == nil:
				won = a.meeting
			case a.meeting.GetName() != won.GetName():
				t.Errorf("it was brought as %s and as %s", a.meeting.GetName(), won.GetName())
			}
		}
		if n := len(b.qualified(t)); n != 1 || b.number(t, "SELECT count(*) FROM meeting") != 1 {
			t.Errorf("%d leads qualified, want one", n)
		}
	})
}

func TestReplicasThatBringTheSameMeetingWithDifferentLeadsBringItOnce(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	all[0].open(t)
	all[0].account(t, "1", nil)
	const meetings = 16
	for i := range meetings {
		var wg sync.WaitGroup
		for n, b := range all {
			lead := b.prospect(t, fmt.Sprintf("p%d-%d@initech.example", i, n))
			wg.Go(func() {
				_, err := b.CreateMeeting(agency(t), &scoringv1.CreateMeetingRequest{Parent: lead.GetName(), Meeting: agreed(fmt.Sprint(i))})
				if err != nil {
					wantFault(t, err, codes.AlreadyExists, "RESOURCE_EXISTS")
				}
			})
		}
		wg.Wait()
	}
	if n := len(all[0].qualified(t)); n != meetings || all[0].number(t, "SELECT count(*) FROM meeting") != meetings {
		t.Errorf("%d leads qualified by %d meetings", n, meetings)
	}
}

func TestMeetingsAreListedInPagesAlsoOfLeadsThatWereMerged(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		ann := b.prospect(t, "ann@initech.example")
		b.pass(time.Minute)
		bob := b.prospect(t, "bob@initech.example")
		var brought []string // the newest first
		for i, lead := range []*scoringv1.Lead{ann, bob, ann, bob} {
			b.pass(time.Minute)
			brought = append([]string{b.meet(t, lead, agreed(fmt.Sprint(i))).GetName()}, brought...)
		}
		b.merge(t, ann, bob)
		b.pass(time.Minute)
		brought = append([]string{b.meet(t, bob, agreed("late")).GetName()}, brought...)
		if got := b.added(t); got[len(got)-1].GetLead() != ann.GetName() || !strings.HasPrefix(brought[0], bob.GetName()) {
			t.Errorf("a meeting with who joined is told as %v, and called %s", got, brought[0])
		}
		list := func(who context.Context, lead *scoringv1.Lead, size int32) (names []string) {
			t.Helper()
			for token := ""; ; {
				page, err := b.ListMeetings(who, &scoringv1.ListMeetingsRequest{Parent: lead.GetName(), PageSize: size, PageToken: token})
				if err != nil || len(page.GetMeetings()) > int(size) {
					t.Fatal(page, err)
				}
				for _, m := range page.GetMeetings() {
					names = append(names, m.GetName())
				}
				if token = page.GetNextPageToken(); token == "" {
					return names
				}
			}
		}
		for _, size := range []int32{1, 2, 5, 100} {
			if diff := cmp.Diff(brought, list(agency(t), ann, size)); diff != "" {
				t.Errorf("in pages of %d (-want +got):\n%s", size, diff)
			}
		}
		rep := roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP)
		b.routing.mine[b.get(t, ann.GetName()).GetHandoff()] = true
		for _, name := range list(rep, ann, 3) {
			if _, err := b.GetMeeting(rep, &scoringv1.GetMeetingRequest{Name: name}); err != nil {
				t.Errorf("the rep of the person cannot read %s: %v", name, err)
			}
		}
		b.unmerge(t, bob)
		if got := list(agency(t), ann, 10); len(got) != 2 || !strings.HasPrefix(got[0], ann.GetName()) {
			t.Errorf("the first alone has met %v", got)
		}
		if got := list(agency(t), bob, 10); len(got) != 3 {
			t.Errorf("the second alone has met %v", got)
		}
		_, err := b.GetMeeting(rep, &scoringv1.GetMeetingRequest{Name: brought[0]})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		_, err = b.ListMeetings(agency(t), &scoringv1.ListMeetingsRequest{Parent: ann.GetName(), PageToken: "forged"})
		wantFault(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID")
	})
}

func TestAMeetingThatSaysTooLittleOrTooMuchIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		lead := b.prospect(t, "ann@initech.example")
		many := make([]string, 51)
		for i := range many {
			many[i] = "x"
		}
		for field, change := range map[string]func(*scoringv1.Meeting){
			"meeting.source":           func(m *scoringv1.Meeting) { m.Source = "The Agency" },
			"meeting.source_id":        func(m *scoringv1.Meeting) { m.SourceId = "" },
			"meeting.message_angle":    func(m *scoringv1.Meeting) { m.MessageAngle = "" },
			"meeting.agreed_topics":    func(m *scoringv1.Meeting) { m.AgreedTopics = nil },
			"meeting.agreed_topics[1]": func(m *scoringv1.Meeting) { m.AgreedTopics[1] = "" },
			"meeting.exclusions":       func(m *scoringv1.Meeting) { m.Exclusions = many },
			"meeting.objections[0]":    func(m *scoringv1.Meeting) { m.Objections[0] = strings.Repeat("é", 501) },
			"meeting.use_case":         func(m *scoringv1.Meeting) { m.UseCase = strings.Repeat("x", 201) },
			"meeting.purpose":          func(m *scoringv1.Meeting) { m.Purpose = "a\x00b" },
			"meeting.meet_time":        func(m *scoringv1.Meeting) { m.MeetTime = &timestamppb.Timestamp{Seconds: 1 << 62} },
		} {
			m := agreed("1")
			change(m)
			_, err := b.CreateMeeting(agency(t), &scoringv1.CreateMeetingRequest{Parent: lead.GetName(), Meeting: m})
			wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", field)
		}
		m := agreed("1")
		m.MessageAngle, m.Purpose, m.UseCase = strings.Repeat("é", 1000), strings.Repeat("é", 1000), strings.Repeat("é", 200)
		m.Exclusions, m.Objections[0] = many[:50], strings.Repeat("é", 500)
		if got := b.meet(t, lead, m); got.GetPurpose() != m.GetPurpose() || len(got.GetExclusions()) != 50 {
			t.Errorf("got %v", got)
		}
		if n := b.number(t, "SELECT count(*) FROM meeting"); n != 1 {
			t.Errorf("%d meetings are kept, want one", n)
		}
	})
}
