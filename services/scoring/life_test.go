package scoring_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// life is a company of which everything happens that can happen to its leads, by chance.
type life struct {
	*bundle
	*rand.Rand
	leads   []*scoringv1.Lead
	n       int
	settled map[string]bool // handoffs that the suite closed, because there was another of the same person
	parted  int
	groups  bool // whether a company may belong to another one
	argues  bool // whether the teams dispute how handoffs ended
}

func (l *life) id() string {
	l.n++
	return fmt.Sprint("x", l.n)
}

// last lets so many things happen, each with what follows from it.
func (l *life) last(t *testing.T, steps int) {
	t.Helper()
	for range steps {
		l.step(t)
		l.drain(t)
		l.wait(t, time.Minute)
		l.settle(t)
		l.drain(t)
	}
}

// wait lets time pass, and what becomes due meanwhile happen when it is due.
func (l *life) wait(t *testing.T, d time.Duration) {
	t.Helper()
	until := l.Clock.Now().Add(d)
	for {
		at, due, err := l.service.NextDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !due || at.After(until) {
			break
		}
		l.Clock.Set(at)
		l.drain(t)
	}
	l.Clock.Set(until)
}

// step lets one thing happen.
func (l *life) step(t *testing.T) {
	t.Helper()
	l.wait(t, time.Duration(1+l.IntN(40))*time.Hour)
	who, company := l.IntN(12), fmt.Sprint("co", l.IntN(4))
	email := fmt.Sprintf("p%d@%s.example", who, company)
	switch l.IntN(16) {
	case 0: // somebody without an address
		l.leads = append(l.leads, l.create(t, &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint("w", who), Title: "VP Sales", Company: company}, l.deed()))
	case 1: // somebody with one
		l.leads = append(l.leads, l.create(t, &scoringv1.Lead{Source: "crm", SourceId: fmt.Sprint("c", who), Email: email, Title: "CEO"}, l.deed()))
	case 2: // the two turn out to be one
		l.leads = append(l.leads, l.create(t, &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint("w", who), Email: email}))
	case 3, 4, 5: // a lead does something; a part of it is recorded days later
		if lead := l.lead(t); lead != nil {
			e := by(lead, l.deed())
			e.OccurTime = timestamppb.New(l.Clock.Now().Add(-time.Duration(l.IntN(3)*l.IntN(200)) * time.Hour))
			l.record(t, e)
		}
	case 6: // somebody does something, who may not be known yet
		l.record(t, byEmail(email, l.deed()))
	case 7: // a record is corrected
		if lead := l.lead(t); lead != nil {
			if _, err := l.UpdateLead(l.ctx, &scoringv1.UpdateLeadRequest{Lead: &scoringv1.Lead{Name: lead.GetName(),
				Title: []string{"VP Sales", "Intern", "CEO"}[l.IntN(3)]}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"title"}}}); err != nil {
				t.Fatal(err)
			}
		}
	case 8: // more is known of a company
		l.account(t, company, func(a *scoringv1.Account) {
			a.DisplayName, a.Domains, a.Employees = company, []string{company + ".example"}, proto.Int64([]int64{50, 900}[l.IntN(2)])
			a.Industry, a.Owner = []string{"software", "retail"}[l.IntN(2)], []string{"reps/ann", "reps/bob"}[l.IntN(2)]
			if l.groups && company > "co1" {
				parent := fmt.Sprint("co", l.IntN(2))
				a.Parent = l.account(t, parent, func(a *scoringv1.Account) {
					a.DisplayName, a.Domains = parent, []string{parent + ".example"}
				}).GetName()
			}
		})
	case 9, 10: // sales gives somebody back, and it may be decided that it should not have
		if l.argues && l.IntN(3) == 0 {
			l.argue(t)
			return
		}
		if lead := l.lead(t); lead != nil && lead.GetHandoff() != "" {
			outcomes := []routingv1.Handoff_Outcome{routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Handoff_OUTCOME_NURTURE, routingv1.Handoff_OUTCOME_SQL,
				routingv1.Handoff_OUTCOME_DISQUALIFIED, routingv1.Handoff_OUTCOME_DUPLICATE}
			l.close(t, lead, outcomes[l.IntN(len(outcomes))], []routingv1.Step{routingv1.Step_STEP_RECYCLE, routingv1.Step_STEP_DISPOSE}[l.IntN(2)])
		}
	case 11, 12: // something happens at a company, which may not be known yet; a part of it is recorded days later
		e := l.engagement(l.id(), []string{"funding", "job_ad", "job_ad", "layoff", "news"}[l.IntN(5)])
		e.Who = &scoringv1.Engagement_AccountDomain{AccountDomain: company + ".example"}
		e.OccurTime = timestamppb.New(l.Clock.Now().Add(-time.Duration(l.IntN(3)*l.IntN(200)) * time.Hour))
		l.record(t, e)
	case 13: // somebody says that two are one
		if a, b := l.lead(t), l.lead(t); a != nil && a.GetName() != b.GetName() {
			l.merge(t, a, b)
		}
	case 14: // or that they are not
		l.part(t)
	default: // a competitor is named, or no longer; or a deal is opened
		if l.IntN(2) == 0 {
			l.list(t, "competitors", []string{"co3.example", "other.example"}[l.IntN(2)])
			return
		}
		page, err := l.ListAccounts(l.ctx, &scoringv1.ListAccountsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetAccounts()) > 0 {
			l.Tell(t, eventlog.Attribution, &eventv1.Event{Subject: "opportunities/" + fmt.Sprintf("%032x", l.n),
				Payload: &eventv1.Event_OpportunityCreated{OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: &attributionv1.Opportunity{
					Name: "opportunities/" + fmt.Sprintf("%032x", l.n), Account: page.GetAccounts()[l.IntN(len(page.GetAccounts()))].GetName(), Owner: "reps/cleo",
					State: attributionv1.Opportunity_State(1 + l.IntN(3)), OpenTime: timestamppb.New(l.Clock.Now())}}}})
		}
	}
}

// lead is one of the leads as it is now; of one that joined another, that one.
func (l *life) lead(t *testing.T) *scoringv1.Lead {
	t.Helper()
	if len(l.leads) == 0 {
		return nil
	}
	lead := l.get(t, l.leads[l.IntN(len(l.leads))].GetName())
	if lead.GetMergedInto() != "" {
		return l.get(t, lead.GetMergedInto())
	}
	return lead
}

// part takes the merge of one lead back.
func (l *life) part(t *testing.T) {
	t.Helper()
	for _, i := range l.Perm(len(l.leads)) {
		if lead := l.get(t, l.leads[i].GetName()); lead.GetMergedInto() != "" {
			l.unmerge(t, lead)
			l.parted++
			return
		}
	}
}

// argue lets the teams decide that sales should have kept a lead, or that another reason is the right one.
func (l *life) argue(t *testing.T) {
	t.Helper()
	if lead := l.lead(t); lead != nil && lead.GetHandoff() != "" {
		reasons := []playbookv1.RejectionReason{0, 0, playbookv1.RejectionReason_REJECTION_REASON_NOT_READY, playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA}
		l.rule(t, lead, reasons[l.IntN(len(reasons))])
	}
}

// settle closes what sales had of leads that joined others, as routing does unless somebody has accepted it.
func (l *life) settle(t *testing.T) {
	t.Helper()
	for _, name := range l.names() {
		lead := l.get(t, name)
		if handoff := lead.GetHandoff(); lead.GetMergedInto() != "" && handoff != "" && !l.settled[handoff] {
			l.settled[handoff] = true
			if l.IntN(3) > 0 {
				l.close(t, lead, routingv1.Handoff_OUTCOME_DUPLICATE, routingv1.Step_STEP_UNSPECIFIED)
			}
		}
	}
}

// names are those of the leads, each once.
func (l *life) names() []string {
	var names []string
	for _, lead := range l.leads {
		names = append(names, lead.GetName())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (l *life) deed() *scoringv1.Engagement {
	switch l.IntN(4) {
	case 0:
		return l.demo(l.id())
	case 1:
		return l.engagement(l.id(), "webinar_attend")
	case 2:
		return l.engagement(l.id(), "content_download")
	default:
		return l.engagement(l.id(), "page_view")
	}
}

// list gives a reference list one entry.
func (l *life) list(t *testing.T, name, value string) {
	t.Helper()
	if _, err := l.UpdateReferenceList(l.ctx, &scoringv1.UpdateReferenceListRequest{ReferenceList: &scoringv1.ReferenceList{Name: "referenceLists/" + name,
		Values: []string{value}}}); err != nil {
		t.Fatal(err)
	}
}
