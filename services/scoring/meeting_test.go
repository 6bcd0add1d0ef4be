package scoring_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// bringing is the playbook with what a partner's meeting must be.
func bringing() *playbookv1.Document {
	doc := document()
	doc.Meetings = &playbookv1.MeetingPolicy{BuyerRole: "buyer_role", CompanyFit: "size_fit && industry_fit",
		UseCase: `meeting.use_case in ["routing"] && !("price" in meeting.objections)`, Geography: "geo_fit"}
	return doc
}

// open brings it into force.
func (b *bundle) open(t testing.TB) {
	t.Helper()
	b.activate(t, "1", bringing())
	b.drain(t)
}

func agency(t testing.TB) context.Context { return roomtest.AsPartner(t.Context(), "pat", "agency") }

// prospect is a lead that the agency brings, which is below the line.
func (b *bundle) prospect(t testing.TB, email string) *scoringv1.Lead {
	t.Helper()
	lead, err := b.CreateLead(agency(t), &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "agency", Email: email, Title: "VP Sales"}})
	if err != nil {
		t.Fatal(err)
	}
	return lead
}

// agreed is a meeting that passes.
func agreed(id string) *scoringv1.Meeting {
	return &scoringv1.Meeting{Source: "agency", SourceId: id, MessageAngle: "leads that wait", AgreedTopics: []string{"routing", "response times"},
		Exclusions: []string{"no demo"}, Objections: []string{"timing"}, UseCase: "routing", Purpose: "to see how leads are routed",
		AgreedPurpose: proto.Bool(true), MeetTime: timestamppb.New(roomtest.Start.Add(3 * day))}
}

// meet brings a meeting as the agency.
func (b *bundle) meet(t testing.TB, lead *scoringv1.Lead, m *scoringv1.Meeting) *scoringv1.Meeting {
	t.Helper()
	brought, err := b.CreateMeeting(agency(t), &scoringv1.CreateMeetingRequest{Parent: lead.GetName(), Meeting: m})
	if err != nil {
		t.Fatal(err)
	}
	return brought
}

func (b *bundle) added(t testing.TB) []*eventv1.MeetingAdded {
	t.Helper()
	return told(t, b, (*eventv1.Event).GetMeetingAdded, func(m *eventv1.MeetingAdded) bool { return m != nil })
}

const (
	passed  = scoringv1.RubricCheck_RESULT_PASSED
	failed  = scoringv1.RubricCheck_RESULT_FAILED
	unknown = scoringv1.RubricCheck_RESULT_UNKNOWN
)

// answers are the results of a rubric, which asks everything in its order.
func answers(t testing.TB, r *scoringv1.Rubric) []scoringv1.RubricCheck_Result {
	t.Helper()
	var all []scoringv1.RubricCheck_Result
	for i, check := range r.GetChecks() {
		if check.GetKind() != scoringv1.RubricCheck_Kind(i+1) {
			t.Errorf("check %d asks for %v", i, check.GetKind())
		}
		all = append(all, check.GetResult())
	}
	return all
}

func TestAPartnersMeetingQualifiesItsLead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		account := b.account(t, "1", nil)
		lead := b.prospect(t, "ann@initech.example")
		if lead.GetHandoff() != "" || lead.GetAccount() != account.GetName() {
			t.Fatalf("the lead is with sales or without its account: %v", lead)
		}
		b.pass(time.Minute)
		brought := b.meet(t, lead, agreed("1"))
		lead = b.get(t, lead.GetName())
		if lead.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL || lead.GetHandoff() == "" || lead.GetCycle() != 1 {
			t.Fatalf("the lead does not qualify: %v", lead)
		}
		want := agreed("1")
		want.Name, want.Partner, want.Handoff, want.Effect = brought.GetName(), "agency", lead.GetHandoff(), scoringv1.Meeting_EFFECT_QUALIFIED
		want.Playbook, want.CreateTime, want.Rubric = "playbooks/1", timestamppb.New(b.Clock.Now()), &scoringv1.Rubric{}
		for kind, because := range []string{"buyer_role", "size_fit && industry_fit", `meeting.use_case in ["routing"] && !("price" in meeting.objections)`,
			"geo_fit", "", "meeting.agreed_purpose"} {
			want.Rubric.Checks = append(want.Rubric.Checks, &scoringv1.RubricCheck{Kind: scoringv1.RubricCheck_Kind(kind + 1), Result: passed, Because: because})
		}
		if diff := cmp.Diff(want, brought, protocmp.Transform()); diff != "" {
			t.Errorf("the meeting (-want +got):\n%s", diff)
		}
		qualified := b.qualified(t)
		if len(qualified) != 1 || qualified[0].GetMeeting() != brought.GetName() || qualified[0].GetHandoff() != lead.GetHandoff() ||
			!qualified[0].GetMqlTime().AsTime().Equal(b.Clock.Now()) || len(b.added(t)) != 0 {
			t.Fatalf("told %v, and added %v", qualified, b.added(t))
		}
		if diff := cmp.Diff(brought.GetRubric(), qualified[0].GetRubric(), protocmp.Transform()); diff != "" {
			t.Errorf("the rubric of the handoff (-meeting +handoff):\n%s", diff)
		}
		read, err := b.GetMeeting(agency(t), &scoringv1.GetMeetingRequest{Name: brought.GetName()})
		if diff := cmp.Diff(brought, read, protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("read again: %v (-brought +read):\n%s", err, diff)
		}
	})
}

func TestEachCheckOfAMeetingFailsAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		for i, c := range []struct {
			name    string
			account func(*scoringv1.Account)
			title   string
			meeting func(*scoringv1.Meeting)
			at      int // of the check that does not pass
			want    scoringv1.RubricCheck_Result
		}{
			{"the role", nil, "Intern", nil, 0, failed},
			{"nobody knows the role", nil, "", nil, 0, unknown},
			{"the company", func(a *scoringv1.Account) { a.Industry = "farming" }, "VP Sales", nil, 1, failed},
			{"nobody knows the company's size", func(a *scoringv1.Account) { a.Employees = nil }, "VP Sales", nil, 1, unknown},
			{"the use case", nil, "VP Sales", func(m *scoringv1.Meeting) { m.UseCase = "payroll" }, 2, failed},
			{"an objection", nil, "VP Sales", func(m *scoringv1.Meeting) { m.Objections = []string{"price"} }, 2, failed},
			{"nobody knows the use case", nil, "VP Sales", func(m *scoringv1.Meeting) { m.UseCase = "" }, 2, unknown},
			{"the place", func(a *scoringv1.Account) { a.Country = "FR" }, "VP Sales", nil, 3, failed},
			{"nobody knows the place", func(a *scoringv1.Account) { a.Country = "" }, "VP Sales", nil, 3, unknown},
			{"the purpose", nil, "VP Sales", func(m *scoringv1.Meeting) { m.AgreedPurpose = proto.Bool(false) }, 5, failed},
			{"nobody said that they agreed", nil, "VP Sales", func(m *scoringv1.Meeting) { m.AgreedPurpose = nil }, 5, unknown},
		} {
			id := string(rune('a' + i))
			b.account(t, id, func(a *scoringv1.Account) {
				if a.DisplayName, a.Domains = c.name, []string{id + ".example"}; c.account != nil {
					c.account(a)
				}
			})
			lead, err := b.CreateLead(agency(t), &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "agency", Email: "x@" + id + ".example", Title: c.title}})
			if err != nil {
				t.Fatal(err)
			}
			m := agreed(id)
			if c.meeting != nil {
				c.meeting(m)
			}
			want := slices.Repeat([]scoringv1.RubricCheck_Result{passed}, 6)
			want[c.at] = c.want
			brought := b.meet(t, lead, m)
			if diff := cmp.Diff(want, answers(t, brought.GetRubric())); diff != "" || brought.GetEffect() != scoringv1.Meeting_EFFECT_QUALIFIED {
				t.Errorf("%s: %v (-want +got):\n%s", c.name, brought.GetEffect(), diff)
			}
		}
	})
}

func TestAMeetingMayBeInTheWayOfWhatSomebodyElseHasGoing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		account := b.account(t, "1", nil)
		other := b.lead(t, "bob@initech.example", b.demo("1"))
		b.pass(time.Minute)
		check := func(id, because string) {
			t.Helper()
			lead := b.prospect(t, id+"@initech.example")
			brought := b.meet(t, lead, agreed(id))
			want := slices.Repeat([]scoringv1.RubricCheck_Result{passed}, 6)
			if because != "" {
				want[4] = failed
			}
			if diff := cmp.Diff(want, answers(t, brought.GetRubric())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", id, diff)
			}
			if got := brought.GetRubric().GetChecks()[4].GetBecause(); got != "" {
				t.Errorf("the partner learns of %s", got)
			}
			all := b.qualified(t)
			if got := all[len(all)-1].GetRubric().GetChecks()[4].GetBecause(); got != because {
				t.Errorf("%s: in the way is %q, want %q", id, got, because)
			}
			seen, err := b.GetMeeting(b.ctx, &scoringv1.GetMeetingRequest{Name: brought.GetName()})
			if err != nil || seen.GetRubric().GetChecks()[4].GetBecause() != because {
				t.Errorf("marketing sees %v, %v", seen.GetRubric(), err)
			}
			b.close(t, b.get(t, lead.GetName()), routingv1.Handoff_OUTCOME_NURTURE, routingv1.Step_STEP_DISPOSE)
			b.pass(time.Minute)
		}
		check("ann", other.GetHandoff())
		deal := &attributionv1.Opportunity{Name: "opportunities/00000000000000000000000000000001", Account: account.GetName(),
			State: attributionv1.Opportunity_STATE_OPEN, OpenTime: timestamppb.New(b.Clock.Now())}
		b.Tell(t, eventlog.Attribution, &eventv1.Event{Subject: deal.GetName(),
			Payload: &eventv1.Event_OpportunityCreated{OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: deal}}})
		check("cem", deal.GetName())
		b.close(t, other, routingv1.Handoff_OUTCOME_NURTURE, routingv1.Step_STEP_DISPOSE)
		check("dan", deal.GetName())
		deal.State = attributionv1.Opportunity_STATE_LOST
		b.Tell(t, eventlog.Attribution, &eventv1.Event{Subject: deal.GetName(),
			Payload: &eventv1.Event_OpportunityClosed{OpportunityClosed: &eventv1.OpportunityClosed{Opportunity: deal}}})
		check("eve", "")
	})
}

func TestAMeetingWithoutAnAccountIsInNobodysWay(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		lead := b.prospect(t, "ann@gmail.com")
		brought := b.meet(t, lead, agreed("1"))
		want := []scoringv1.RubricCheck_Result{passed, unknown, passed, unknown, passed, passed}
		if diff := cmp.Diff(want, answers(t, brought.GetRubric())); diff != "" || brought.GetHandoff() == "" {
			t.Errorf("handoff %q (-want +got):\n%s", brought.GetHandoff(), diff)
		}
	})
}

func TestAMeetingWithALeadThatSalesHasIsAddedToItsHandoff(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		lead := b.prospect(t, "ann@initech.example")
		first := b.meet(t, lead, agreed("1"))
		b.pass(time.Hour)
		second := b.meet(t, lead, agreed("2"))
		if second.GetEffect() != scoringv1.Meeting_EFFECT_ADDED || second.GetHandoff() != first.GetHandoff() || len(b.qualified(t)) != 1 {
			t.Fatalf("the second meeting: %v, told %v", second, b.qualified(t))
		}
		want := []*eventv1.MeetingAdded{{Handoff: first.GetHandoff(), Lead: lead.GetName(), Meeting: second.GetName(), Rubric: second.GetRubric()}}
		if diff := cmp.Diff(want, b.added(t), protocmp.Transform()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if changes := b.contextChanges(t); len(changes) != 0 {
			t.Errorf("routing hears of a context that is as it was: %v", changes)
		}
		if got := answers(t, second.GetRubric()); got[4] != passed {
			t.Error("the lead is in its own way")
		}
		if lead = b.get(t, lead.GetName()); lead.GetCycle() != 1 || lead.GetHandoff() != first.GetHandoff() {
			t.Errorf("the lead is in cycle %d with %s", lead.GetCycle(), lead.GetHandoff())
		}
	})
}

func TestAMeetingEndsTheRestOfALead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		b.account(t, "1", nil)
		for id, c := range map[string]struct {
			outcome routingv1.Handoff_Outcome
			step    routingv1.Step
			want    scoringv1.Meeting_Effect
		}{
			"recycled": {routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Step_STEP_RECYCLE, scoringv1.Meeting_EFFECT_QUALIFIED},
			"nurtured": {routingv1.Handoff_OUTCOME_NURTURE, routingv1.Step_STEP_DISPOSE, scoringv1.Meeting_EFFECT_QUALIFIED},
			"bad":      {routingv1.Handoff_OUTCOME_BAD_DATA, routingv1.Step_STEP_REJECT, scoringv1.Meeting_EFFECT_TURNED_AWAY},
			"never":    {routingv1.Handoff_OUTCOME_DISQUALIFIED, routingv1.Step_STEP_DISPOSE, scoringv1.Meeting_EFFECT_TURNED_AWAY},
		} {
			lead := b.prospect(t, id+"@initech.example")
			first := b.meet(t, lead, agreed(id+"1"))
			b.pass(time.Hour)
			b.close(t, b.get(t, lead.GetName()), c.outcome, c.step)
			b.pass(time.Hour)
			second := b.meet(t, lead, agreed(id+"2"))
			if second.GetEffect() != c.want {
				t.Errorf("%s: %v, want %v", id, second.GetEffect(), c.want)
			}
			got := b.get(t, lead.GetName())
			came := got.GetCycle() == 2 && got.GetHandoff() != first.GetHandoff() && second.GetHandoff() == got.GetHandoff()
			stayed := got.GetCycle() == 1 && second.GetHandoff() == ""
			if back := c.want == scoringv1.Meeting_EFFECT_QUALIFIED; back != came || back == stayed {
				t.Errorf("%s: cycle %d, %s, and the meeting says %q", id, got.GetCycle(), got.GetHandoff(), second.GetHandoff())
			}
		}
	})
}

func TestADisqualifierStopsAMeeting(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.open(t)
		lead := b.prospect(t, "ann@mit.edu")
		brought := b.meet(t, lead, agreed("1"))
		if brought.GetEffect() != scoringv1.Meeting_EFFECT_DISQUALIFIED || brought.GetDisqualifier() != "student" || brought.GetHandoff() != "" ||
			len(brought.GetRubric().GetChecks()) != 6 {
			t.Errorf("the meeting with a student: %v", brought)
		}
		if len(b.qualified(t))+len(b.added(t)) != 0 || b.get(t, lead.GetName()).GetHandoff() != "" {
			t.Error("a student went to sales")
		}
		if read, err := b.GetMeeting(b.ctx, &scoringv1.GetMeetingRequest{Name: brought.GetName()}); err != nil || read.GetMessageAngle() == "" {
			t.Errorf("the meeting is not kept: %v, %v", read, err)
		}
	})
}

func TestMeetingsAreTakenIfThePlaybookSaysWhatTheyMustBe(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := b.prospect(t, "ann@initech.example")
		bring := func() error {
			_, err := b.CreateMeeting(agency(t), &scoringv1.CreateMeetingRequest{Parent: lead.GetName(), Meeting: agreed("1")})
			return err
		}
		wantFault(t, bring(), codes.FailedPrecondition, "PLAYBOOK_NOT_ACTIVE")
		b.start(t)
		wantFault(t, bring(), codes.FailedPrecondition, "STATE_CONFLICT")
		if n := b.number(t, "SELECT count(*) FROM meeting"); n != 0 {
			t.Errorf("%d meetings are kept", n)
		}
		b.activate(t, "2", bringing())
		b.drain(t)
		if err := bring(); err != nil {
			t.Error(err)
		}
		b.activate(t, "3", document())
		b.drain(t)
		if err := bring(); err != nil { // it was brought already
			t.Error(err)
		}
	})
}
