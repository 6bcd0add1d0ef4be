package scoring_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// began is a handoff, as it was told or as a replay gives it.
type began struct {
	At, SourceID  string
	Cycle         int32
	Intent        string
	FirstMatch    int32 // -1 for none
	Target        bool
	Owner, Dealer string
}

func sortBegan(all []began) []began {
	slices.SortFunc(all, func(a, b began) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.SourceID, b.SourceID)) })
	return all
}

// recorded are the handoffs that the service told.
func (b *bundle) recorded(t *testing.T) []began {
	t.Helper()
	var all []began
	for _, q := range b.qualified(t) {
		c := q.GetContext()
		one := began{At: q.GetMqlTime().AsTime().Format(time.RFC3339Nano), SourceID: c.GetSourceId(), Cycle: q.GetCycle(), Intent: c.GetIntent().String(),
			FirstMatch: -1, Target: c.GetAccount().GetTarget(), Owner: c.GetAccount().GetOwner(), Dealer: c.GetAccount().GetOpportunityOwner()}
		if len(c.GetFirstMatch()) > 0 {
			one.FirstMatch = c.GetFirstMatch()[0]
		}
		all = append(all, one)
	}
	return sortBegan(all)
}

// watchful is the usual playbook with a way over the line for who works where something happens.
func watchful() *playbookv1.Document {
	doc := signable()
	doc.Triggers = map[string]*playbookv1.Trigger{"funding": {Events: []string{"funding", "job_ad"}, Points: 10, Cap: proto.Float64(25),
		HalfLife: durationpb.New(7 * day), Window: durationpb.New(30 * day)}}
	doc.Criteria["hiring"] = `account.events.count("job_ad", within("14d")) >= 2`
	doc.Disqualify["cuts"] = `account.events.count("layoff", within("3d")) >= 1`
	doc.Stages.Mql = `fit > 35 && (engagement > 50 || high_intent || account.trigger_points >= 12 && engagement > 2 || hiring)`
	doc.Intent.Medium = `webinar || account.trigger_points > 5`
	return doc
}

// sociable is the watchful playbook with a way over the line for who works where those who decide are known and engaged, and
// a rest for who works where nobody is.
func sociable() *playbookv1.Document {
	doc := watchful()
	doc.Personas = map[string]*playbookv1.Persona{
		"buyer":    {When: `lead.seniority == "c_level"`, Role: playbookv1.Persona_ROLE_DRIVER, Required: true, Window: durationpb.New(4 * day)},
		"champion": {When: `lead.seniority == "vp" && !rival`, Role: playbookv1.Persona_ROLE_USER, Required: true, Window: durationpb.New(9 * day)},
		"learner":  {When: `lead.seniority == "intern"`, Role: playbookv1.Persona_ROLE_USER, Window: durationpb.New(20 * day)},
	}
	doc.Criteria["rival"] = `account.domain in lists.competitors`
	doc.Criteria["gathered"] = `account.committee_coverage >= 100`
	doc.Disqualify["lessons"] = `"learner" in account.committee_engaged && !("buyer" in account.committee)`
	doc.Stages.Mql = `fit > 35 && (engagement > 60 || gathered && engagement > 1 || hiring)`
	doc.Intent.Medium = `account.committee_coverage >= 50`
	return doc
}

// replayed are the handoffs that a replay of a playbook begins.
func (b *bundle) replayed(t *testing.T, doc *playbookv1.Document) ([]began, *scoringv1.ReplayProgress) {
	t.Helper()
	version := &scoringv1.ReplayedVersion{Document: doc}
	leads, progress := b.replay(t, &scoringv1.ReplayLeadsRequest{Baseline: version, Draft: version,
		StartTime: timestamppb.New(time.Unix(0, 0)), EndTime: timestamppb.New(b.Clock.Now().Add(time.Microsecond))})
	var all []began
	for _, lead := range leads {
		if diff := gocmp.Diff(len(lead.GetBaseline()), len(lead.GetDraft())); diff != "" || lead.GetDisagreement() != nil {
			t.Errorf("a version disagrees with itself on %v", lead)
		}
		for _, q := range lead.GetBaseline() {
			one := began{At: q.GetMqlTime().AsTime().Format(time.RFC3339Nano), SourceID: q.GetSourceId(), Cycle: q.GetCycle(), Intent: q.GetIntent().String(),
				FirstMatch: -1, Target: q.GetTarget(), Owner: q.GetOwner(), Dealer: q.GetOpportunityOwner()}
			if q.FirstMatch != nil {
				one.FirstMatch = q.GetFirstMatch()
			}
			all = append(all, one)
		}
	}
	return sortBegan(all), progress
}

// life is a company of which everything happens that can happen to its leads, by chance.
type life struct {
	*bundle
	*rand.Rand
	leads   []*scoringv1.Lead
	n       int
	settled map[string]bool // handoffs that the suite closed, because there was another of the same person
	parted  int
}

func (l *life) id() string {
	l.n++
	return fmt.Sprint("x", l.n)
}

// step lets one thing happen.
func (l *life) step(t *testing.T) {
	t.Helper()
	l.pass(time.Duration(1+l.IntN(40)) * time.Hour)
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
		})
	case 9, 10: // sales gives somebody back
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

// In one life a handoff is closed while its lead is one with others, and the lead is by itself again later. In another a lead
// that another one leaves has had a handoff of its own, which that of a lead that stays takes the place of.
func TestAReplayOfTheVersionInForceBeginsWhatReallyBegan(t *testing.T) {
	for _, seed := range []uint64{5, 7, 12} {
		t.Run(fmt.Sprint("life ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.live(t, watchful(), rand.New(rand.NewPCG(seed, 7))) })
		})
		t.Run(fmt.Sprint("life with committees ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) { b.live(t, sociable(), rand.New(rand.NewPCG(seed, 7))) })
		})
	}
}

// live lets everything happen under one playbook, and replays it.
func (b *bundle) live(t *testing.T, doc *playbookv1.Document, chance *rand.Rand) {
	t.Helper()
	b.activate(t, "1", doc)
	b.drain(t)
	l := &life{bundle: b, Rand: chance, settled: map[string]bool{}}
	for range 600 {
		l.step(t)
		l.drain(t)
		l.pass(time.Minute)
		l.settle(t)
		l.drain(t)
	}
	want := l.recorded(t)
	got, progress := l.replayed(t, doc)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("what really began (-) and what the replay begins (+) differ:\n%s", diff)
	}
	if progress.GetRecordedCount() != int64(len(want)) || progress.GetReproducedCount() != int64(len(want)) {
		t.Errorf("%d began; the replay counts %v", len(want), progress)
	}
	cycles, merges := 0, len(l.merges(t))
	for _, q := range want {
		cycles = max(cycles, int(q.Cycle))
	}
	if len(want) < 20 || cycles < 3 || merges < 10 || l.parted < 10 {
		t.Errorf("%d handoffs, cycle %d, %d merges of which %d were taken back: too few to say much", len(want), cycles, merges, l.parted)
	}
}
