package passage_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/journey/internal/passage"
)

func TestAHotAccountIsToldInWords(t *testing.T) {
	t.Parallel()
	surged := &eventv1.AccountSurged{Account: "accounts/a", Surge: &scoringv1.AccountSurge{Subjects: []*scoringv1.SurgeSubject{
		{Subject: "/pricing", Count: 3}, {Subject: "webinar_attend", Count: 1}}}}
	raised := func(a *routingv1.AccountAlert) *eventv1.Event {
		return &eventv1.Event{Payload: &eventv1.Event_AccountAlertRaised{AccountAlertRaised: &eventv1.AccountAlertRaised{Alert: a}}}
	}
	for want, e := range map[string]*eventv1.Event{
		"accounts/a is hot: 3 × /pricing, 1 × webinar attend": {Payload: &eventv1.Event_AccountSurged{AccountSurged: surged}},
		"accounts/a is hot":                                                {Payload: &eventv1.Event_AccountSurged{AccountSurged: &eventv1.AccountSurged{Account: "accounts/a"}}},
		"alert about accounts/a for reps/ann":                              raised(&routingv1.AccountAlert{Account: "accounts/a", Rep: "reps/ann"}),
		"alert about accounts/a for pools/east":                            raised(&routingv1.AccountAlert{Account: "accounts/a", Pool: "pools/east"}),
		"alert about accounts/a for nobody: it has neither owner nor pool": raised(&routingv1.AccountAlert{Account: "accounts/a"}),
	} {
		if got := passage.Words(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAPatternIsToldInWords(t *testing.T) {
	t.Parallel()
	slice := func(d feedbackv1.PatternSlice_Dimension, value string) *feedbackv1.PatternSlice {
		return &feedbackv1.PatternSlice{Dimension: d, Value: value}
	}
	found := func(p *feedbackv1.Pattern) *eventv1.Event {
		return &eventv1.Event{Payload: &eventv1.Event_PatternFound{PatternFound: &eventv1.PatternFound{Pattern: p}}}
	}
	for want, e := range map[string]*eventv1.Event{
		"pattern: not ready, 40 of 100 answers for campaign spring, strong, targeting": found(&feedbackv1.Pattern{Kind: feedbackv1.Pattern_KIND_REASON,
			Reason: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY, CaseCount: 40, AnsweredCount: 100, Strong: true, Label: feedbackv1.Pattern_LABEL_TARGETING,
			Slices: []*feedbackv1.PatternSlice{slice(feedbackv1.PatternSlice_DIMENSION_CAMPAIGN, "spring")}}),
		"pattern: message overstated or unclear, 9 of 20 answers for source web = reps/kate, unclear": found(&feedbackv1.Pattern{Kind: feedbackv1.Pattern_KIND_MESSAGE,
			CaseCount: 9, AnsweredCount: 20, Label: feedbackv1.Pattern_LABEL_UNCLEAR, Slices: []*feedbackv1.PatternSlice{
				slice(feedbackv1.PatternSlice_DIMENSION_SOURCE, "web"), slice(feedbackv1.PatternSlice_DIMENSION_REP, "reps/kate")}}),
		"mean rating fell from 4.1 to 3.2 for all": {Payload: &eventv1.Event_QualityDropped{QualityDropped: &eventv1.QualityDropped{Pattern: &feedbackv1.Pattern{
			Kind: feedbackv1.Pattern_KIND_QUALITY, Slices: []*feedbackv1.PatternSlice{slice(feedbackv1.PatternSlice_DIMENSION_ALL, "")},
			Rating: &feedbackv1.PatternRating{Recent: 3.21, Baseline: 4.13}}}}},
	} {
		if got := passage.Words(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAStepOfALadderIsToldInWords(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]*eventv1.EscalationReached{
		"first touch has used 75 % of its time: tell rep":                                       {Share: 0.75, Notify: []string{"rep"}},
		"first touch has used 112.5 % of its time: tell marketing lead, tell manager, reassign": {Share: 1.125, Notify: []string{"marketing_lead", "manager"}, Action: playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN},
		"first touch has used 200 % of its time: take offline":                                  {Share: 2, Action: playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE},
		"first touch has used 7 % of its time":                                                  {Share: 0.07},
	} {
		p.Clock = &eventv1.ClockRef{Kind: "first_touch"}
		if got := passage.Words(&eventv1.Event{Payload: &eventv1.Event_EscalationReached{EscalationReached: p}}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAHandoffThatNobodyElseCanTakeIsToldInWords(t *testing.T) {
	t.Parallel()
	e := &eventv1.Event{Payload: &eventv1.Event_HandoffKept{HandoffKept: &eventv1.HandoffKept{Rep: "reps/ann",
		ReassignReason: routingv1.ReassignReason_REASSIGN_REASON_BREACH}}}
	if got, want := passage.Words(e), "stays with reps/ann after breach: nobody else can take it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestADisputeIsToldInWords(t *testing.T) {
	t.Parallel()
	opened := func(by feedbackv1.Dispute_Opener) *eventv1.Event {
		return &eventv1.Event{Payload: &eventv1.Event_DisputeOpened{DisputeOpened: &eventv1.DisputeOpened{Opener: by}}}
	}
	ended := func(d *eventv1.DisputeResolved) *eventv1.Event {
		return &eventv1.Event{Payload: &eventv1.Event_DisputeResolved{DisputeResolved: d}}
	}
	for want, e := range map[string]*eventv1.Event{
		"disputed: the evidence does not bear the answer out": opened(feedbackv1.Dispute_OPENER_EVIDENCE),
		"disputed by marketing":                               opened(feedbackv1.Dispute_OPENER_MARKETING),
		"disputed by partner":                                 opened(feedbackv1.Dispute_OPENER_PARTNER),
		"dispute lapsed: the answer is upheld":                ended(&eventv1.DisputeResolved{Ruling: feedbackv1.Dispute_RULING_UPHELD, Lapsed: true}),
		"dispute ended: the answer is upheld":                 ended(&eventv1.DisputeResolved{Ruling: feedbackv1.Dispute_RULING_UPHELD}),
		"dispute ended: the answer is overturned":             ended(&eventv1.DisputeResolved{Ruling: feedbackv1.Dispute_RULING_OVERTURNED}),
		"dispute ended: the answer counts as bad data instead of not ready": ended(&eventv1.DisputeResolved{Ruling: feedbackv1.Dispute_RULING_RECLASSIFIED,
			ReasonBefore: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY, ReasonAfter: playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA}),
	} {
		if got := passage.Words(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNurtureBesideAHandoffIsToldInWords(t *testing.T) {
	t.Parallel()
	e := &eventv1.Event{Payload: &eventv1.Event_NurtureEnrolled{NurtureEnrolled: &eventv1.NurtureEnrolled{Programme: "abm-warm", Tier: "T2"}}}
	if got, want := passage.Words(e), "nurtured by abm-warm in tier T2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAMeetingIsToldInWords(t *testing.T) {
	t.Parallel()
	checks := &scoringv1.Rubric{}
	for kind := scoringv1.RubricCheck_KIND_BUYER_ROLE; kind <= scoringv1.RubricCheck_KIND_PURPOSE_AGREED; kind++ {
		checks.Checks = append(checks.GetChecks(), &scoringv1.RubricCheck{Kind: kind, Result: scoringv1.RubricCheck_RESULT_PASSED})
	}
	checks.GetChecks()[3].Result = scoringv1.RubricCheck_RESULT_FAILED
	for want, e := range map[string]*eventv1.Event{
		"qualified as MQL under playbooks/1, for a partner's meeting: 5 of 6 checks passed, geography failed": {Playbook: "playbooks/1",
			Payload: &eventv1.Event_LeadQualified{LeadQualified: &eventv1.LeadQualified{Meeting: "leads/a/meetings/b", Rubric: checks}}},
		"handoff opened by meetings.otherwise, for a partner's meeting: 5 of 6 checks passed, geography failed": {
			Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Rule: "meetings.otherwise", Meeting: "leads/a/meetings/b", Rubric: checks}}},
		"handoff opened in tier T1 by tiers.T1": {Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Tier: "T1", Rule: "tiers.T1"}}},
		"a partner brought a meeting: 5 of 6 checks passed, geography failed": {
			Payload: &eventv1.Event_MeetingAdded{MeetingAdded: &eventv1.MeetingAdded{Meeting: "leads/a/meetings/b", Rubric: checks}}},
	} {
		if got := passage.Words(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestBurstsInWords(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*eventv1.Event{
		"activity of reps/ann flagged: too many at once": {Payload: &eventv1.Event_ActivityFlagged{ActivityFlagged: &eventv1.ActivityFlagged{Rep: "reps/ann"}}},
		"activity flagged: too many at once":             {Payload: &eventv1.Event_ActivityFlagged{ActivityFlagged: &eventv1.ActivityFlagged{}}},
		"activity of reps/ann confirmed":                 {Payload: &eventv1.Event_ActivityConfirmed{ActivityConfirmed: &eventv1.ActivityConfirmed{Rep: "reps/ann"}}},
	} {
		if got := passage.Words(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPausesInWords(t *testing.T) {
	t.Parallel()
	clocks := []*eventv1.ClockRef{{Kind: "accept"}, {Kind: "first_touch"}}
	for want, e := range map[string]*eventv1.Event{
		"accept, first touch paused for dispute": {Payload: &eventv1.Event_ClocksPaused{ClocksPaused: &eventv1.ClocksPaused{Clocks: clocks,
			Reason: playbookv1.PauseReason_PAUSE_REASON_DISPUTE}}},
		"accept, first touch paused for waiting on prospect date until 2026-03-09": {Payload: &eventv1.Event_ClocksPaused{ClocksPaused: &eventv1.ClocksPaused{Clocks: clocks,
			Reason: playbookv1.PauseReason_PAUSE_REASON_WAITING_ON_PROSPECT_DATE, EndTime: timestamppb.New(time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC))}}},
		"rejectionReports/2026-W10 came out": {Payload: &eventv1.Event_ReportPublished{ReportPublished: &eventv1.ReportPublished{Report: "rejectionReports/2026-W10"}}},
		"slaPeriods/2026-W10 closed":         {Payload: &eventv1.Event_SlaPeriodClosed{SlaPeriodClosed: &eventv1.SlaPeriodClosed{SlaPeriod: "slaPeriods/2026-W10"}}},
		"accept, first touch resumed":        {Payload: &eventv1.Event_ClocksResumed{ClocksResumed: &eventv1.ClocksResumed{Clocks: clocks, Cause: eventv1.ClocksResumed_CAUSE_RESUMED}}},
		"accept, first touch resumed as agreed": {Payload: &eventv1.Event_ClocksResumed{ClocksResumed: &eventv1.ClocksResumed{Clocks: clocks,
			Cause: eventv1.ClocksResumed_CAUSE_AGREED}}},
		"accept, first touch resumed: the pause was as long as the playbook allows": {Payload: &eventv1.Event_ClocksResumed{ClocksResumed: &eventv1.ClocksResumed{
			Clocks: clocks, Cause: eventv1.ClocksResumed_CAUSE_LIMIT}}},
		"accept still has time after all": {Payload: &eventv1.Event_BreachRetracted{BreachRetracted: &eventv1.BreachRetracted{Clock: clocks[0]}}},
		"accept had been in time after all": {Payload: &eventv1.Event_BreachRetracted{BreachRetracted: &eventv1.BreachRetracted{Clock: clocks[0],
			StopTime: timestamppb.New(time.Unix(1, 0))}}},
	} {
		if got := passage.Words(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
