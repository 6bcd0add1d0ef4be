package feedback_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestAReasonThatVariesByCampaignIsToldAsTargeting(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.answer(t, badCampaign()...)
		if at, ok, err := o.service.NextDue(t.Context()); !ok || err != nil || !at.Equal(morning(0)) {
			t.Fatalf("due at %v, %v, %v; want %v", at, ok, err, morning(0))
		}
		o.look(t, morning(0).Add(-time.Microsecond))
		if got := o.found(t); len(got) != 0 {
			t.Fatalf("before it is due: %v", got)
		}
		o.look(t, morning(0))
		want := &feedbackv1.Pattern{Kind: feedbackv1.Pattern_KIND_REASON, Reason: notReady, Slices: []*feedbackv1.PatternSlice{ofSpring},
			CaseCount: 25, AnsweredCount: 40, Share: &feedbackv1.PatternShare{PerMille: 625, LowerPerMille: 470, UpperPerMille: 758}, Strong: true,
			Label: feedbackv1.Pattern_LABEL_TARGETING, StartTime: timestamppb.New(morning(-7)), EndTime: timestamppb.New(morning(0)),
			FindTime: timestamppb.New(morning(0)), Playbook: loose}
		told := o.found(t)
		if len(told) != 1 {
			t.Fatalf("told %v", told)
		}
		want.Name = told[0].GetName()
		same(t, "told", want, told[0])
		same(t, "shown", []*feedbackv1.Pattern{want}, o.all(t))
		if at, _, _ := o.service.NextDue(t.Context()); !at.Equal(morning(1)) {
			t.Errorf("next due at %v", at)
		}
	})
}

func TestAPatternIsToldOnceInTheCooldownAndItsFiguresAreThoseOfTheLatestLook(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.answer(t, badCampaign()...)
		o.look(t, morning(0))
		number := 500
		o.Tell(t, eventlog.Routing, answers{campaign: "spring", rep: joe, notReady: 10, daysBefore: -1}.events(&number)...)
		o.look(t, morning(2))
		all := o.all(t)
		if len(all) != 1 || all[0].GetCaseCount() != 35 || all[0].GetAnsweredCount() != 50 || !all[0].GetEndTime().AsTime().Equal(morning(2)) ||
			!all[0].GetFindTime().AsTime().Equal(morning(0)) {
			t.Errorf("two days later: %v", all)
		}
		for day := 3; day < 7; day++ {
			o.look(t, morning(day))
		}
		if got := o.found(t); len(got) != 1 {
			t.Errorf("told %d times within the cooldown", len(got))
		}
		o.look(t, morning(7))
		if got := o.found(t); len(got) != 2 || got[0].GetName() == got[1].GetName() {
			t.Errorf("told after the cooldown: %v", got)
		}
	})
}

func TestAReasonThatVariesByRepIsToldAsProcessAndShownToThoseWhoLeadReps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.answer(t, harshRep()...)
		o.look(t, morning(0))
		all := o.all(t)
		if len(all) != 1 || all[0].GetLabel() != feedbackv1.Pattern_LABEL_PROCESS {
			t.Fatalf("found %v", all)
		}
		same(t, "slices", []*feedbackv1.PatternSlice{ofJane}, all[0].GetSlices())
		for _, c := range []struct {
			subject string
			role    accessv1.Role
			sees    bool
		}{
			{"rae", accessv1.Role_ROLE_REVOPS, true}, {"eve", accessv1.Role_ROLE_EXEC, true}, {"jane", accessv1.Role_ROLE_SALES_REP, true},
			{"joe", accessv1.Role_ROLE_SALES_REP, false}, {"mia", accessv1.Role_ROLE_MARKETING, false}, {"mel", accessv1.Role_ROLE_MARKETING_LEAD, false},
			{"nobody", accessv1.Role_ROLE_SALES_REP, false},
		} {
			if got := o.shown(t, c.subject, c.role); (len(got) == 1) != c.sees {
				t.Errorf("%s sees %v", c.subject, got)
			}
			if c.sees {
				continue
			}
			_, err := o.client.GetPattern(roomtest.As(t.Context(), c.subject, c.role), &feedbackv1.GetPatternRequest{Name: all[0].GetName()})
			wantFault(t, c.subject, err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", all[0].GetName())
		}
		_, err := o.client.AcknowledgePattern(roomtest.As(t.Context(), "mel", accessv1.Role_ROLE_MARKETING_LEAD),
			&feedbackv1.AcknowledgePatternRequest{Name: all[0].GetName()})
		wantFault(t, "a foreign one is acknowledged", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", all[0].GetName())
	})
}

func TestTheSameCasesAreOnePatternOfWhichOthersDoNotSeeTheRep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.answer(t, answers{campaign: "spring", rep: jane, accepted: 10, notReady: 30, daysBefore: 2},
			answers{campaign: "autumn", rep: joe, accepted: 110, notReady: 5, daysBefore: 2})
		o.look(t, morning(0))
		all := o.all(t)
		if len(all) != 1 || all[0].GetLabel() != feedbackv1.Pattern_LABEL_UNCLEAR {
			t.Fatalf("found %v", all)
		}
		same(t, "slices", []*feedbackv1.PatternSlice{ofSpring, ofJane}, all[0].GetSlices())
		same(t, "to marketing", []*feedbackv1.PatternSlice{ofSpring}, o.shown(t, "mia", accessv1.Role_ROLE_MARKETING)[0].GetSlices())
		same(t, "to the rep", []*feedbackv1.PatternSlice{ofJane}, o.shown(t, "jane", accessv1.Role_ROLE_SALES_REP)[0].GetSlices())
	})
}

func TestTheFirstAcknowledgementStands(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.answer(t, badCampaign()...)
		o.look(t, morning(0))
		name := o.all(t)[0].GetName()
		lead := roomtest.As(t.Context(), "mel", accessv1.Role_ROLE_MARKETING_LEAD)
		req := &feedbackv1.AcknowledgePatternRequest{Name: name, Note: "the webinar draws students", RequestId: requestID(1)}
		first, err := o.client.AcknowledgePattern(lead, req)
		if err != nil || first.GetNote() != req.GetNote() || !strings.HasSuffix(first.GetAcknowledger(), "|mel") ||
			!first.GetAcknowledgeTime().AsTime().Equal(morning(0)) {
			t.Fatalf("got %v, %v", first, err)
		}
		o.pass(time.Hour)
		again, err := o.client.AcknowledgePattern(lead, req)
		same(t, "again", first, again)
		later, err2 := o.client.AcknowledgePattern(asManager(t), &feedbackv1.AcknowledgePatternRequest{Name: name, Note: "mine"})
		same(t, "by another", first, later)
		if err != nil || err2 != nil {
			t.Error(err, err2)
		}
		open, err := o.client.ListPatterns(asManager(t), &feedbackv1.ListPatternsRequest{Unacknowledged: true})
		if err != nil || len(open.GetPatterns()) != 0 {
			t.Errorf("open: %v, %v", open, err)
		}
		missing := ident.Name("patterns", strings.Repeat("0", 32))
		_, err = o.client.AcknowledgePattern(lead, &feedbackv1.AcknowledgePatternRequest{Name: missing})
		wantFault(t, "a missing one", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", missing)
		for _, e := range o.Told(t) {
			if strings.Contains(e.String(), "students") {
				t.Errorf("the note left the service: %v", e)
			}
		}
	})
}

func TestPatternsAreListedTheLatestFirstPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		var all []answers
		for i := range 5 {
			all = append(all, answers{campaign: fmt.Sprintf("c%d", i), rep: jane, notReady: 20, daysBefore: 2}, answers{campaign: "none", rep: joe, accepted: 60, daysBefore: 2})
		}
		o.answer(t, all...)
		o.look(t, morning(0))
		whole := o.all(t)
		if len(whole) < 5 {
			t.Fatalf("found %v", whole)
		}
		var paged []*feedbackv1.Pattern
		req := &feedbackv1.ListPatternsRequest{PageSize: 2}
		for {
			resp, err := o.client.ListPatterns(asManager(t), req)
			if err != nil {
				t.Fatal(err)
			}
			paged = append(paged, resp.GetPatterns()...)
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		same(t, "pages", whole, paged)
		if !slices.IsSortedFunc(whole, func(a, b *feedbackv1.Pattern) int { return strings.Compare(b.GetName(), a.GetName()) }) {
			t.Error("they are not listed by falling name")
		}
	})
}

// Events of different senders come in any order; those of one handoff in theirs.
func TestPatternsDoNotDependOnTheOrderInWhichSendersAreHeard(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		var number int
		byHandoff := make(map[string][]*eventv1.Event)
		for _, a := range badCampaign() {
			for _, e := range a.events(&number) {
				byHandoff[e.GetHandoff()] = append(byHandoff[e.GetHandoff()], e)
			}
		}
		luck := rand.New(rand.NewPCG(1, 2))
		var names []string
		for n := range number {
			names = append(names, handoff(n+1), handoff(n+1), handoff(n+1))
		}
		luck.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		var events []*eventv1.Event
		for _, name := range names {
			events = append(events, byHandoff[name][0])
			byHandoff[name] = byHandoff[name][1:]
		}
		o.Tell(t, eventlog.Routing, events[:200]...)
		o.Tell(t, eventlog.Playbook, watchful(t))
		o.Tell(t, eventlog.Routing, events[200:]...)
		o.look(t, morning(0))
		got := o.found(t)
		if len(got) != 1 || got[0].GetCaseCount() != 25 || got[0].GetAnsweredCount() != 40 || got[0].GetLabel() != feedbackv1.Pattern_LABEL_TARGETING {
			t.Errorf("told %v", got)
		}
	})
}

func TestRatingsThatFellAndMessagesThatDriftAreTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.Tell(t, eventlog.Playbook, watchful(t))
		o.disposed(t, 1, 20, "spring", 4, feedbackv1.Verdict_MESSAGE_MATCH_UNSPECIFIED)
		o.disposed(t, 21, 20, "autumn", 4, feedbackv1.Verdict_MESSAGE_MATCH_ACCURATE)
		o.Clock.Set(morning(40).Add(-time.Hour))
		o.disposed(t, 41, 13, "spring", 3, feedbackv1.Verdict_MESSAGE_MATCH_OVERSTATED)
		o.disposed(t, 54, 7, "spring", 3, feedbackv1.Verdict_MESSAGE_MATCH_UNCLEAR)
		o.disposed(t, 61, 20, "autumn", 4, feedbackv1.Verdict_MESSAGE_MATCH_ACCURATE)
		o.look(t, morning(40))
		all := slice(feedbackv1.PatternSlice_DIMENSION_ALL, "")
		web := slice(feedbackv1.PatternSlice_DIMENSION_SOURCE, "web")
		window := func(p *feedbackv1.Pattern) *feedbackv1.Pattern {
			p.StartTime, p.EndTime, p.FindTime, p.Playbook = timestamppb.New(morning(33)), timestamppb.New(morning(40)), timestamppb.New(morning(40)), loose
			return p
		}
		fell := func(of *feedbackv1.PatternSlice, sum, count int64, recent float64, baseline int64) *feedbackv1.Pattern {
			return window(&feedbackv1.Pattern{Kind: feedbackv1.Pattern_KIND_QUALITY, Slices: []*feedbackv1.PatternSlice{of}, CaseCount: sum, AnsweredCount: count,
				Rating: &feedbackv1.PatternRating{Recent: recent, Baseline: 4, BaselineCount: baseline}})
		}
		drift := func(label feedbackv1.Pattern_Label, whole int64, share *feedbackv1.PatternShare, of ...*feedbackv1.PatternSlice) *feedbackv1.Pattern {
			return window(&feedbackv1.Pattern{Kind: feedbackv1.Pattern_KIND_MESSAGE, Slices: of, CaseCount: 20, AnsweredCount: whole, Share: share,
				Strong: true, Label: label})
		}
		want := []*feedbackv1.Pattern{
			drift(feedbackv1.Pattern_LABEL_TARGETING, 20, &feedbackv1.PatternShare{PerMille: 1000, LowerPerMille: 839, UpperPerMille: 1000}, ofSpring),
			drift(feedbackv1.Pattern_LABEL_UNCLEAR, 40, &feedbackv1.PatternShare{PerMille: 500, LowerPerMille: 352, UpperPerMille: 648}, all, web, ofJane),
			fell(all, 140, 40, 3.5, 40), fell(web, 140, 40, 3.5, 40), fell(ofSpring, 60, 20, 3, 20),
		}
		got := o.found(t)
		for i := range got {
			if i < len(want) {
				want[i].Name = got[i].GetName()
			}
		}
		same(t, "told", want, got)
	})
}
