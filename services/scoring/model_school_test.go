package scoring_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// sighted are the features of a lead as a model judged it at an instant.
type sighted struct {
	at       time.Time
	features map[string]string
}

// TestWhatIsLearntFromIsWhatWasJudgedBy lets everything happen that can happen to leads, and has each of them judged again and
// again while it is young. What is learnt from it later must be what was seen of it at that instant.
func TestWhatIsLearntFromIsWhatWasJudgedBy(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.activate(t, "1", watchful())
		b.drain(t)
		l := &life{bundle: b, Rand: rand.New(rand.NewPCG(3, 9)), settled: map[string]bool{}}
		wanted, seen := &scoringv1.Model{}, map[string][]sighted{}
		look := func() {
			young := map[string]bool{}
			for _, lead := range l.leads {
				young[lead.GetName()] = !lead.GetCreateTime().AsTime().Add(8 * day).Before(l.Clock.Now())
			}
			for name := range young {
				if !young[name] {
					continue
				}
				features, err := l.service.Judged(t.Context(), name, wanted)
				if err != nil {
					t.Fatal(err)
				}
				seen[name] = append(seen[name], sighted{l.Clock.Now(), features})
			}
		}
		for n := range 120 {
			l.step(t)
			l.drain(t)
			look()
			if n%5 == 0 {
				l.pass(time.Minute)
				l.settle(t)
				l.drain(t)
				look()
			}
		}
		l.pass(100 * day)
		pupils, _, err := l.service.Pupils(t.Context(), wanted)
		if err != nil {
			t.Fatal(err)
		}
		moved := 0
		for name, p := range pupils {
			var last sighted
			for _, s := range seen[name] {
				if !s.at.After(p.Cut) {
					last = s
				}
			}
			if diff := cmp.Diff(last.features, p.Features); diff != "" {
				t.Errorf("%s as it was judged at %v (-) and as it is learnt from (+), its cut %v:\n%s", name, last.at, p.Cut, diff)
			}
			if all := seen[name]; !cmp.Equal(all[0].features, all[len(all)-1].features) {
				moved++
			}
		}
		if len(pupils) < 5 || moved < 3 || l.parted < 3 {
			t.Errorf("%d leads, %d of which changed while they were young, and %d merges taken back: too few to say much", len(pupils), moved, l.parted)
		}
	})
}

// opened tells of a deal that was opened now.
func (b *bundle) opened(t testing.TB, id string, change func(*attributionv1.Opportunity)) {
	t.Helper()
	o := &attributionv1.Opportunity{Name: "opportunities/" + (fmt.Sprintf("%x", id) + strings.Repeat("0", 32))[:32], State: attributionv1.Opportunity_STATE_OPEN,
		OpenTime: timestamppb.New(b.Clock.Now())}
	change(o)
	b.Tell(t, eventlog.Attribution, &eventv1.Event{Subject: o.GetName(),
		Payload: &eventv1.Event_OpportunityCreated{OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: o}}})
}

// ready takes in a lead that qualifies at once.
func (b *bundle) ready(t testing.TB, email string) *scoringv1.Lead {
	t.Helper()
	lead := b.lead(t, email, b.demo("demo of "+email))
	if lead = b.get(t, lead.GetName()); lead.GetHandoff() == "" {
		t.Fatalf("%s does not qualify", email)
	}
	return lead
}

// again has sales give a lead back, and the lead qualify anew.
func (b *bundle) again(t testing.TB, lead *scoringv1.Lead) *scoringv1.Lead {
	t.Helper()
	b.close(t, lead, routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Step_STEP_RECYCLE)
	b.pass(day)
	b.record(t, by(lead, b.demo("again "+lead.GetName())))
	next := b.get(t, lead.GetName())
	if next.GetHandoff() == lead.GetHandoff() {
		t.Fatalf("%s does not qualify again", lead.GetName())
	}
	return next
}

func TestADealCountsForWhoHadAPartInIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		names := map[string]string{}
		know := func(who string, lead *scoringv1.Lead) *scoringv1.Lead {
			names[lead.GetName()] = who
			b.pass(time.Minute) // the older one stands for both when two turn out to be one
			return lead
		}
		stranger := func(who string) *scoringv1.Lead {
			return know(who, b.create(t, &scoringv1.Lead{Source: "website", SourceId: who, Title: "CEO"}))
		}
		contact, survivor, absorbed := stranger("contact"), stranger("survivor"), stranger("absorbed")
		stranger("nobody")
		returned, colleague := know("returned", b.ready(t, "r@initech.example")), know("colleague", b.lead(t, "c@initech.example"))
		heir, joined := stranger("heir"), know("joined", b.ready(t, "j@initech.example"))
		late, unknown, wonInTime := stranger("won late"), stranger("won nobody says when"), stranger("won in time")
		b.pass(10 * day)
		first := returned.GetHandoff()
		b.again(t, returned)
		b.merge(t, survivor, absorbed)
		b.merge(t, heir, joined)
		contacts := func(leads ...*scoringv1.Lead) func(o *attributionv1.Opportunity) {
			return func(o *attributionv1.Opportunity) {
				for _, lead := range leads {
					o.Contacts = append(o.Contacts, &attributionv1.Contact{Lead: lead.GetName()})
				}
			}
		}
		b.opened(t, "contact", contacts(contact))
		b.opened(t, "absorbed", contacts(absorbed))
		b.opened(t, "first cycle", func(o *attributionv1.Opportunity) { o.Handoff = first })
		b.opened(t, "of who joined", func(o *attributionv1.Opportunity) { o.Handoff = joined.GetHandoff() })
		won := func(lead *scoringv1.Lead, after time.Duration) {
			b.opened(t, names[lead.GetName()], func(o *attributionv1.Opportunity) {
				contacts(lead)(o)
				if o.State = attributionv1.Opportunity_STATE_WON; after > 0 {
					o.CloseTime = timestamppb.New(b.Clock.Now().Add(after))
				}
			})
		}
		won(wonInTime, 20*day)
		won(late, 200*day)
		won(unknown, 0)
		b.pass(300 * day)
		check := func(outcome scoringv1.Model_Outcome, want map[string]bool) []string {
			t.Helper()
			pupils, cautions, err := b.service.Pupils(t.Context(), &scoringv1.Model{Outcome: outcome})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for name, p := range pupils {
				got[names[name]] = p.Positive
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%v (-want +got):\n%s", outcome, diff)
			}
			return cautions
		}
		check(scoringv1.Model_OUTCOME_OPPORTUNITY, map[string]bool{"contact": true, "survivor": true, "returned": true, "heir": true, "colleague": false, "nobody": false,
			"won late": true, "won nobody says when": true, "won in time": true})
		cautions := check(scoringv1.Model_OUTCOME_WON, map[string]bool{"contact": false, "survivor": false, "returned": false, "heir": false, "colleague": false, "nobody": false,
			"won late": false, "won in time": true})
		if len(cautions) != 1 || !strings.HasPrefix(cautions[0], "1 leads are left out: ") {
			t.Errorf("cautions %q", cautions)
		}
		b.opened(t, "nobody's", func(o *attributionv1.Opportunity) {
			o.Account, o.OpenTime = colleague.GetAccount(), timestamppb.New(b.Clock.Now().Add(-290*day))
		})
		check(scoringv1.Model_OUTCOME_OPPORTUNITY, map[string]bool{"contact": true, "survivor": true, "returned": true, "heir": true, "colleague": true, "nobody": false,
			"won late": true, "won nobody says when": true, "won in time": true})
	})
}

// TestANamelessDealCountsForWhoBelongedToItsAccountThen has a person change companies, and deals opened at both.
func TestANamelessDealCountsForWhoBelongedToItsAccountThen(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		accounts := map[string]*scoringv1.Account{}
		for _, domain := range []string{"old", "new"} {
			accounts[domain] = b.account(t, domain, func(a *scoringv1.Account) { a.DisplayName, a.Domains = domain, []string{domain + ".example"} })
		}
		names := map[string]string{}
		leads := map[string]*scoringv1.Lead{}
		for _, who := range []string{"stays", "moves"} {
			leads[who] = b.create(t, &scoringv1.Lead{Source: "website", SourceId: who, Email: who + "@old.example"})
			names[leads[who].GetName()] = who
		}
		leads["imported"] = b.create(t, &scoringv1.Lead{Source: "website", SourceId: "imported", Email: "imported@new.example", OccurTime: timestamppb.New(b.Clock.Now().Add(-20 * day))})
		names[leads["imported"].GetName()] = "imported"
		began := b.Clock.Now()
		b.pass(10 * day)
		b.update(t, &scoringv1.Lead{Name: leads["moves"].GetName(), Email: "moves@new.example"})
		if got := b.get(t, leads["moves"].GetName()).GetAccount(); got != accounts["new"].GetName() {
			t.Fatalf("who moved belongs to %q", got)
		}
		b.pass(200 * day)
		deals := 0
		check := func(account string, opened time.Time, want map[string]bool) {
			t.Helper()
			deals++
			b.opened(t, fmt.Sprint("deal", deals), func(o *attributionv1.Opportunity) {
				o.Account, o.OpenTime = accounts[account].GetName(), timestamppb.New(opened)
			})
			pupils, _, err := b.service.Pupils(t.Context(), &scoringv1.Model{})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for name, p := range pupils {
				got[names[name]] = p.Positive
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %v (-want +got):\n%s", account, opened, diff)
			}
		}
		check("new", began.Add(-time.Hour), map[string]bool{"stays": false, "moves": false, "imported": true})
		check("new", began.Add(5*day), map[string]bool{"stays": false, "moves": false, "imported": true})
		check("old", began.Add(15*day), map[string]bool{"stays": true, "moves": false, "imported": true})
		check("new", began.Add(16*day), map[string]bool{"stays": true, "moves": true, "imported": true})
	})
}

// TestWhatALeadDidAfterItFirstQualifiedIsNotEarly has a lead qualify again: what it did between the two is not early, neither
// for learning nor for judging.
func TestWhatALeadDidAfterItFirstQualifiedIsNotEarly(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		lead := b.ready(t, "r@initech.example")
		b.pass(time.Hour)
		lead = b.again(t, lead)
		want := map[string]string{"engagement.form_submit": "1"}
		for _, wait := range []time.Duration{0, 100 * day} {
			b.pass(wait)
			judged, err := b.service.Judged(t.Context(), lead.GetName(), &scoringv1.Model{})
			if err != nil || judged["engagement.form_submit"] != want["engagement.form_submit"] {
				t.Errorf("judged by %v (%v)", judged, err)
			}
		}
		pupils, _, err := b.service.Pupils(t.Context(), &scoringv1.Model{})
		if err != nil || pupils[lead.GetName()].Features["engagement.form_submit"] != "1" {
			t.Errorf("learnt from %v (%v)", pupils, err)
		}
	})
}

// TestWhatJoinedALeadLateIsNotEarly has visits wait for a lead: some join it while it is young, others when all is over. What was
// not known of it early neither judges it later nor is learnt from.
func TestWhatJoinedALeadLateIsNotEarly(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.record(t, byEmail("early@initech.example", b.engagement("1", "page_view")), byEmail("late@initech.example", b.engagement("2", "page_view")),
			byEmail("late@initech.example", b.engagement("3", "webinar_attend")))
		lead := b.create(t, &scoringv1.Lead{Source: "website", SourceId: "1"})
		b.pass(day)
		b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: "early@initech.example"})
		want := map[string]string{"engagement.page_view": "1"}
		check := func() {
			t.Helper()
			judged, err := b.service.Judged(t.Context(), lead.GetName(), &scoringv1.Model{})
			if err != nil {
				t.Fatal(err)
			}
			maps.DeleteFunc(judged, func(name, _ string) bool { return !strings.HasPrefix(name, "engagement.") })
			if diff := cmp.Diff(want, judged); diff != "" {
				t.Errorf("judged by (-want +got):\n%s", diff)
			}
		}
		check()
		b.pass(20 * day)
		b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: "late@initech.example"})
		if list, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: lead.GetName()}); err != nil || len(list.GetEngagements()) != 3 {
			t.Fatalf("it did %v, %v", list, err)
		}
		check()
		b.pass(100 * day)
		pupils, _, err := b.service.Pupils(t.Context(), &scoringv1.Model{})
		if err != nil {
			t.Fatal(err)
		}
		learnt := maps.Clone(pupils[lead.GetName()].Features)
		maps.DeleteFunc(learnt, func(name, _ string) bool { return !strings.HasPrefix(name, "engagement.") })
		if diff := cmp.Diff(want, learnt); diff != "" {
			t.Errorf("learnt from (-want +got):\n%s", diff)
		}
	})
}

// TestWhatAllOfAPersonsLeadsShowIsLearntFrom merges leads early, whose fields count together as in judging, and late, when it
// was not known early that they are one.
func TestWhatAllOfAPersonsLeadsShowIsLearntFrom(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		pair := func(who string) (older, younger *scoringv1.Lead) {
			older = b.create(t, &scoringv1.Lead{Source: "website", SourceId: who})
			b.pass(time.Minute)
			younger = b.create(t, &scoringv1.Lead{Source: "crm", SourceId: who, Country: "DE", Attributes: map[string]string{"seats": "5"}}, b.demo(who))
			b.pass(time.Minute)
			return older, younger
		}
		soon, his := pair("soon")
		late, hers := pair("late")
		b.pass(day)
		b.merge(t, soon, his)
		judged, err := b.service.Judged(t.Context(), soon.GetName(), &scoringv1.Model{})
		if err != nil {
			t.Fatal(err)
		}
		b.pass(20 * day)
		b.merge(t, late, hers)
		b.pass(100 * day)
		pupils, _, err := b.service.Pupils(t.Context(), &scoringv1.Model{})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"lead.source": "website", "lead.country": "DE", "lead.attributes.seats": "5", "engagement.form_submit": "1"}
		if diff := cmp.Diff([]map[string]string{want, want}, []map[string]string{judged, pupils[soon.GetName()].Features}); diff != "" {
			t.Errorf("merged early, as judged and as learnt from (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]string{"lead.source": "website"}, pupils[late.GetName()].Features); diff != "" {
			t.Errorf("merged late (-want +got):\n%s", diff)
		}
	})
}

func TestModelsLearnFromCompanies(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		companies := map[string]string{}
		for _, industry := range []string{"software", "retail"} {
			companies[industry] = ident.ID(b.account(t, industry, func(a *scoringv1.Account) {
				a.DisplayName, a.Domains, a.Industry = industry, []string{industry + ".example"}, industry
			}).GetName(), "accounts")
		}
		if err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for n := range 360 {
				industry, at := []string{"software", "retail"}[n%2], b.Clock.Now().Add(time.Duration(n/30)*day)
				id := ident.Seeded("companies").New(at, "lead", fmt.Sprint(n))
				if err := pastLead(ctx, tx, id, "US", []string{"free", "pro"}[n/3%2], at, (n*7)%20 < map[string]int{"software": 14, "retail": 4}[industry]); err != nil {
					return err
				}
				if err := store.AddDecision(tx, &record.Decision{Lead: id, Number: 1, DecidedAt: at,
					Decision: match.Decision{Code: match.DomainUnique, AccountID: companies[industry]}}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		b.pass(112 * day)
		m := b.learn(t, &scoringv1.Model{})
		if !slices.ContainsFunc(m.GetFeatures(), func(f *scoringv1.ModelFeature) bool { return f.GetFeature() == "account.industry" }) {
			t.Errorf("of leads that convert by their company's industry it learns %v", m)
		}
	})
}
