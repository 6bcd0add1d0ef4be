package feedback_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

const weekly = 7 * 24 * time.Hour

// history lets sales answer so many leads in each of some weeks up to now. Of companies of 200 to 399 people, a third of all,
// one in ten buys where size matters; of others six in ten.
func (o *office) history(t *testing.T, weeks, perWeek int, sizeMatters bool) {
	t.Helper()
	luck, end := rand.New(rand.NewPCG(1, 2)), o.Clock.Now()
	var events []*eventv1.Event
	for n := range weeks * perWeek {
		name, at := handoff(1000+n), end.Add(-time.Duration(weeks)*weekly).Add(time.Duration(n)*weekly/time.Duration(perWeek))
		small := luck.IntN(3) == 0
		chance := 0.6
		if small && sizeMatters {
			chance = 0.1
		}
		o.judge.employees[leadOf(name)] = map[bool]int{true: 200 + luck.IntN(200), false: 400 + luck.IntN(1000)}[small]
		events = append(events, answeredBy(name, at, luck.Float64() < chance)...)
	}
	o.Tell(t, eventlog.Routing, events...)
}

// answeredBy is what Routing tells of a handoff that became an SQL, or was rejected for what the company is.
func answeredBy(name string, at time.Time, good bool) []*eventv1.Event {
	of := func(e *eventv1.Event) *eventv1.Event {
		e.Handoff, e.Lead, e.Playbook, e.Time = name, leadOf(name), strict, timestamppb.New(at)
		return e
	}
	events := []*eventv1.Event{of(&eventv1.Event{Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Handoff: name, Lead: leadOf(name),
		Source: "web", MqlTime: timestamppb.New(at)}}})}
	if !good {
		return append(events, of(&eventv1.Event{Payload: &eventv1.Event_HandoffRejected{HandoffRejected: &eventv1.HandoffRejected{Handoff: name, Assignment: 1,
			Rep: jane, Reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC, RejectTime: timestamppb.New(at)}}}))
	}
	return append(events,
		of(&eventv1.Event{Payload: &eventv1.Event_HandoffAccepted{HandoffAccepted: &eventv1.HandoffAccepted{Handoff: name, Assignment: 1, Rep: jane,
			AcceptTime: timestamppb.New(at)}}}),
		of(&eventv1.Event{Payload: &eventv1.Event_HandoffClosed{HandoffClosed: &eventv1.HandoffClosed{Handoff: name, Assignment: 1, Rep: jane,
			Step: routingv1.Step_STEP_DISPOSE, Outcome: routingv1.Handoff_OUTCOME_SQL, CloseTime: timestamppb.New(at)}}}))
}

// propose asks for a recalibration.
func (o *office) propose(t *testing.T, asked *feedbackv1.Recalibration) *feedbackv1.Recalibration {
	t.Helper()
	r, err := o.client.ProposeRecalibration(asManager(t), &feedbackv1.ProposeRecalibrationRequest{Recalibration: asked})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// work does what is due.
func (o *office) work(t *testing.T) error {
	t.Helper()
	at, due, err := o.service.NextDue(t.Context())
	if err != nil || !due || at.After(o.Clock.Now()) {
		return err
	}
	return o.service.Fire(t.Context())
}

// recalibrated asks for a recalibration and works it out.
func (o *office) recalibrated(t *testing.T, asked *feedbackv1.Recalibration) *feedbackv1.Recalibration {
	t.Helper()
	r := o.propose(t, asked)
	if err := o.work(t); err != nil {
		t.Fatal(err)
	}
	return o.recalibration(t, r.GetName())
}

func (o *office) recalibration(t *testing.T, name string) *feedbackv1.Recalibration {
	t.Helper()
	r, err := o.client.GetRecalibration(asManager(t), &feedbackv1.GetRecalibrationRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// nine asks for nine weeks, of which three are held out.
func nine() *feedbackv1.Recalibration {
	return &feedbackv1.Recalibration{Weeks: 9, HeldOutWeeks: 3}
}

func TestARecalibrationProposesWhatProvesItselfOnWeeksHeldOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.history(t, 9, 40, true)
		asked := o.propose(t, nine())
		if asked.GetState() != feedbackv1.Recalibration_STATE_RUNNING || asked.GetPhase() != feedbackv1.Recalibration_PHASE_WAITING || asked.GetMaxChanges() != 3 {
			t.Errorf("at first: %v", asked)
		}
		if err := o.work(t); err != nil {
			t.Fatal(err)
		}
		r := o.recalibration(t, asked.GetName())
		if r.GetState() != feedbackv1.Recalibration_STATE_PROPOSED || r.GetPlaybook() != "playbooks/10" || r.GetBaseline() != acme || len(r.GetChanges()) != 1 {
			t.Fatalf("got %v", r)
		}
		change, held := r.GetChanges()[0], r.GetHeldOut()
		same(t, "the change", []string{"criteria.size_fit: account.employees >=", "account.employees >= 200", "size_fit asks for more employees"},
			[]string{change.GetSubject(), change.GetOld(), strings.Join(change.GetSentences(), " ")})
		if bound := criteria.Bounds(change.GetNew()); len(bound) != 1 || bound[0].Value < 350 || bound[0].Value > 500 {
			t.Errorf("size_fit asks for %s, want about 400", change.GetNew())
		}
		if held.GetAnsweredCount() != 120 || held.GetDraft().GetPerMille() < held.GetBaseline().GetPerMille()+100 || held.GetPValue() >= 0.05 ||
			!strings.Contains(r.GetSentence(), "weeks held out") || !strings.Contains(change.GetBecause(), "bad fit firmographic") {
			t.Errorf("held out: %v; %s; %s", held, r.GetSentence(), change.GetBecause())
		}
		base, err := o.library.GetPlaybook(t.Context(), &playbookv1.GetPlaybookRequest{Name: acme})
		if err != nil {
			t.Fatal(err)
		}
		base.Document.Criteria["size_fit"] = change.GetNew()
		for _, draft := range o.library.drafts.byID {
			same(t, "the draft", base.GetDocument(), draft.GetDocument())
		}
		same(t, "the simulation", &playbookv1.Simulation{Draft: r.GetPlaybook(), Baseline: acme, StartTime: r.GetStartTime(), EndTime: r.GetCreateTime()}, r.GetSimulation())
		o.tellsOf(t, r)
	})
}

// tellsOf checks that a proposal is told of once, and listed without its simulation.
func (o *office) tellsOf(t *testing.T, r *feedbackv1.Recalibration) {
	t.Helper()
	var told []*eventv1.RecalibrationProposed
	for _, e := range o.Told(t) {
		if p := e.GetRecalibrationProposed(); p != nil {
			told = append(told, p)
		}
	}
	same(t, "events", []*eventv1.RecalibrationProposed{{Recalibration: r.GetName(), Playbook: r.GetPlaybook(), Baseline: acme, ChangeCount: 1}}, told)
	resp, err := o.client.ListRecalibrations(asManager(t), &feedbackv1.ListRecalibrationsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	listed := proto.CloneOf(r)
	listed.Simulation = nil
	same(t, "the list", []*feedbackv1.Recalibration{listed}, resp.GetRecalibrations())
}

func TestNothingIsProposedWithoutAReasonAndItIsSaidWhy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		few := o.recalibrated(t, nine())
		o.history(t, 9, 40, false)
		none := o.recalibrated(t, nine())
		for what, r := range map[string]*feedbackv1.Recalibration{"CAUSE_TOO_FEW_CASES": few, "CAUSE_NO_CHANGE CAUSE_NOT_PROVEN": none} {
			if r.GetState() != feedbackv1.Recalibration_STATE_NOTHING || !strings.Contains(what, r.GetCause().String()) || r.GetSentence() == "" || r.GetPlaybook() != "" {
				t.Errorf("%s: got %v", what, r)
			}
		}
		if n := len(o.library.drafts.byID); n > 0 {
			t.Errorf("%d drafts were written", n)
		}
	})
}

func TestARefusalIsRememberedAndWhatWasRefusedIsNotProposedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.history(t, 9, 40, true)
		first := o.recalibrated(t, nine())
		o.Tell(t, eventlog.Playbook, &eventv1.Event{Playbook: first.GetPlaybook(), Time: timestamppb.New(o.Clock.Now()),
			Payload: &eventv1.Event_PlaybookRefused{PlaybookRefused: &eventv1.PlaybookRefused{Playbook: first.GetPlaybook(), Team: playbookv1.Team_TEAM_SALES}}})
		if got := o.recalibration(t, first.GetName()); got.GetState() != feedbackv1.Recalibration_STATE_REFUSED || got.GetRefusedBy() != playbookv1.Team_TEAM_SALES {
			t.Errorf("the first is %v, refused by %v", got.GetState(), got.GetRefusedBy())
		}
		second := o.recalibrated(t, nine())
		want := []*feedbackv1.RecalibrationDissent{{Subject: first.GetChanges()[0].GetSubject(), Recalibration: first.GetName(), Team: playbookv1.Team_TEAM_SALES,
			RefuseTime: timestamppb.New(o.Clock.Now()), CaseCount: 360}}
		same(t, "what is left out", want, second.GetLeftOut())
		for _, c := range second.GetChanges() {
			if c.GetSubject() == want[0].GetSubject() {
				t.Errorf("it is proposed again: %v", c)
			}
		}
	})
}

func TestWhatBecomesOfADraftIsSeenOnItsRecalibration(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.history(t, 9, 40, true)
		activate := func(version string) {
			o.pass(time.Minute)
			doc, err := o.library.GetPlaybook(t.Context(), &playbookv1.GetPlaybookRequest{Name: acme})
			if err != nil {
				t.Fatal(err)
			}
			o.Tell(t, eventlog.Playbook, &eventv1.Event{Playbook: version, Time: timestamppb.New(o.Clock.Now()),
				Payload: &eventv1.Event_PlaybookActivated{PlaybookActivated: &eventv1.PlaybookActivated{Playbook: version, Document: doc.GetDocument()}}})
		}
		activate(acme)
		o.pass(time.Minute)
		first, second := o.recalibrated(t, nine()), o.recalibrated(t, nine())
		if first.GetState() != feedbackv1.Recalibration_STATE_PROPOSED || second.GetPlaybook() == first.GetPlaybook() {
			t.Fatalf("got %v and %v", first, second)
		}
		activate(first.GetPlaybook())
		got := []feedbackv1.Recalibration_State{o.recalibration(t, first.GetName()).GetState(), o.recalibration(t, second.GetName()).GetState()}
		same(t, "states", []feedbackv1.Recalibration_State{feedbackv1.Recalibration_STATE_IN_FORCE, feedbackv1.Recalibration_STATE_STALE}, got)
	})
}

// TestACrashAtAnyPointLeavesOneDraft loses answers of the playbook service: each time it goes on where it was.
func TestACrashAtAnyPointLeavesOneDraft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.history(t, 9, 40, true)
		o.library.drafts.lost, o.library.drafts.busy = 2, 2
		r := o.propose(t, nine())
		var phases []feedbackv1.Recalibration_Phase
		for range 4 {
			if err := o.work(t); err == nil {
				t.Error("what got lost was not noticed")
			}
			phases = append(phases, o.recalibration(t, r.GetName()).GetPhase())
			o.history(t, 9, 40, false) // what is told later does not change what was found
			o.pass(time.Hour)
		}
		drafting, simulating := feedbackv1.Recalibration_PHASE_DRAFTING, feedbackv1.Recalibration_PHASE_SIMULATING
		same(t, "phases", []feedbackv1.Recalibration_Phase{drafting, drafting, simulating, simulating}, phases)
		if err := o.work(t); err != nil {
			t.Fatal(err)
		}
		if got := o.recalibration(t, r.GetName()); got.GetState() != feedbackv1.Recalibration_STATE_PROPOSED || len(o.library.drafts.byID) != 1 {
			t.Errorf("%d drafts; %v", len(o.library.drafts.byID), got)
		}
	})
}

func TestWhatCannotBeWorkedOutIsGivenUpAndHoldsUpNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.history(t, 9, 40, true)
		o.library.drafts.busy = 1000
		r := o.propose(t, nine())
		for range 12 {
			if err := o.work(t); err == nil {
				t.Error("a busy service was not noticed")
			}
			o.pass(time.Hour)
		}
		got := o.recalibration(t, r.GetName())
		if got.GetState() != feedbackv1.Recalibration_STATE_NOTHING || got.GetCause() != feedbackv1.Recalibration_CAUSE_GIVEN_UP {
			t.Errorf("got %v", got)
		}
		o.library.drafts.refuses = true
		got = o.recalibrated(t, nine())
		if got.GetCause() != feedbackv1.Recalibration_CAUSE_DRAFT_REFUSED {
			t.Errorf("a draft that is refused: got %v", got)
		}
	})
}

func TestWhoAsksForARecalibrationAndForWhat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ask := func(ctx context.Context, asked *feedbackv1.Recalibration, id string) (*feedbackv1.Recalibration, error) {
			return o.client.ProposeRecalibration(ctx, &feedbackv1.ProposeRecalibrationRequest{Recalibration: asked, RequestId: id})
		}
		_, err := ask(asRep(t, "jane"), nil, "")
		wantFault(t, "a rep asks", err, codes.PermissionDenied, "ROLE_MISSING", "", "")
		_, err = ask(asManager(t), &feedbackv1.Recalibration{Weeks: 4, HeldOutWeeks: 4}, "")
		wantFields(t, "nothing to look at", err, "recalibration.held_out_weeks")
		_, err = o.client.GetRecalibration(asManager(t), &feedbackv1.GetRecalibrationRequest{Name: "recalibrations/" + strings.Repeat("0", 32)})
		wantFault(t, "an unknown one", err, codes.NotFound, "RESOURCE_NOT_FOUND", "", "")

		first, err := ask(asManager(t), nil, requestID(1))
		if err != nil || first.GetWeeks() != 12 || first.GetHeldOutWeeks() != 4 || first.GetMinKeptPercent() != 50 {
			t.Fatalf("got %v, %v", first, err)
		}
		again, err := ask(asManager(t), nil, requestID(1))
		if err != nil || !proto.Equal(first, again) {
			t.Errorf("a retry gave %v, %v", again, err)
		}
		for n := range 2 {
			o.pass(time.Second)
			o.propose(t, &feedbackv1.Recalibration{Weeks: int32(5 + n)})
		}
		_, err = ask(asManager(t), nil, "")
		wantFault(t, "too many at once", err, codes.ResourceExhausted, "LIMIT_EXCEEDED", "", "")
		o.listed(t, "6 5 12")
	})
}

// listed checks the list, two a page.
func (o *office) listed(t *testing.T, want string) {
	t.Helper()
	var got []string
	req := &feedbackv1.ListRecalibrationsRequest{PageSize: 2}
	for more := true; more; more = req.GetPageToken() != "" {
		resp, err := o.client.ListRecalibrations(asManager(t), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range resp.GetRecalibrations() {
			got = append(got, fmt.Sprint(r.GetWeeks()))
		}
		req.PageToken = resp.GetNextPageToken()
	}
	same(t, "the list", want, strings.Join(got, " "))
}

func TestWhatSalesMakesOfALeadIsACaseByItsLastAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.history(t, 9, 40, true)
		r := o.recalibrated(t, nine())
		if got := r.GetHeldOut().GetAnsweredCount() + r.GetTraining().GetAnsweredCount(); got != 360 {
			t.Errorf("%d cases, want 360: one for each lead, whatever was said on the way", got)
		}
		words := slices.ContainsFunc(r.GetChanges(), func(c *feedbackv1.RecalibrationChange) bool {
			return c.GetLeftOutCount()+c.GetKeptCount() == r.GetTraining().GetAnsweredCount()
		})
		if !words {
			t.Errorf("the changes do not account for all: %v", r.GetChanges())
		}
	})
}
