package attribution_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

const (
	histories   = 3 // on each database
	leadCount   = 8
	dealCount   = 6
	firstOfDeal = 30 // the day of January from which on deals are opened
)

// history is what happened: the events of every sender in order, and the deals.
type history struct {
	events map[string][]*eventv1.Event
	deals  []*attributionv1.Opportunity
}

// newHistory makes up a history with merges, matches, late touches and sales activities.
func newHistory(r *rand.Rand) history {
	h := history{events: map[string][]*eventv1.Event{}}
	tell := func(sender string, e *eventv1.Event) { h.events[sender] = append(h.events[sender], e) }
	anyDay := func() time.Time { return day(1 + r.IntN(60)).Add(time.Duration(r.IntN(3)) * time.Microsecond) }
	for n := 1; n <= leadCount; n++ {
		tell(eventlog.Scoring, created(n, r.IntN(4), day(1+r.IntN(30))))
	}
	for n := range 10 * leadCount {
		change := func(p *eventv1.EngagementRecorded) {
			p.Channel = []string{"", "direct", "email", "webinar"}[r.IntN(4)]
			p.Type = []string{"form_submit", "page_view", "email_sent"}[r.IntN(3)]
			p.Automated = r.IntN(9) == 0
			if r.IntN(2) == 0 {
				p.Campaign = fmt.Sprintf("campaigns/c%d", r.IntN(3))
			}
		}
		tell(eventlog.Scoring, touched(n, 1+r.IntN(leadCount), anyDay(), change))
		switch r.IntN(12) {
		case 0:
			tell(eventlog.Scoring, matched(1+r.IntN(leadCount), r.IntN(4)))
		case 1:
			tell(eventlog.Scoring, merged(1+r.IntN(leadCount), 1+r.IntN(leadCount)))
		case 2:
			tell(eventlog.Scoring, unmerged(1+r.IntN(leadCount), 1+r.IntN(leadCount)))
		}
	}
	tell(eventlog.Playbook, &eventv1.Event{Key: "playbooks", Payload: &eventv1.Event_PlaybookActivated{PlaybookActivated: &eventv1.PlaybookActivated{
		Playbook: "playbooks/1", Document: agreed(&playbookv1.AttributionPolicy{
			Journey:   &playbookv1.JourneyPolicy{People: playbookv1.EligiblePeople(1 + r.IntN(3))},
			SourcedBy: playbookv1.SourcedBy(1 + r.IntN(3)),
		})}}})
	h.addHandoffs(r, tell)
	h.addDeals(r)
	return h
}

func (h *history) addHandoffs(r *rand.Rand, tell func(string, *eventv1.Event)) {
	for n := 1; n <= leadCount; n++ {
		l := 1 + r.IntN(leadCount)
		tell(eventlog.Scoring, qualified(n, l))
		tell(eventlog.Routing, &eventv1.Event{Handoff: handoff(n), Lead: lead(l), Payload: &eventv1.Event_HandoffOpened{
			HandoffOpened: &eventv1.HandoffOpened{Handoff: handoff(n), Lead: lead(l), MqlTime: ts(day(5))}}})
		if r.IntN(2) == 0 {
			tell(eventlog.Routing, accepted(n, l))
			first, second := day(10+r.IntN(30)), day(10+r.IntN(30))
			tell(eventlog.SLA, acted(n, l, first))
			tell(eventlog.SLA, acted(n, l, second))
			if r.IntN(2) == 0 {
				tell(eventlog.SLA, suspected(n, l, first, r.IntN(3) == 0))
			}
			if r.IntN(3) == 0 {
				tell(eventlog.SLA, confirmed(n, l, first))
			}
		}
		if r.IntN(2) == 0 {
			tell(eventlog.Routing, ended(n, l, routingv1.Handoff_Outcome(1+r.IntN(6))))
		}
	}
}

func (h *history) addDeals(r *rand.Rand) {
	for n := range dealCount {
		o := &attributionv1.Opportunity{Source: "crm", SourceId: fmt.Sprint(n), Amount: usd(r.Int64N(1000_00)), OpenTime: ts(day(firstOfDeal + r.IntN(20)))}
		if r.IntN(3) > 0 {
			o.Account = account(1 + r.IntN(3))
		}
		if r.IntN(2) == 0 {
			o.Handoff = handoff(1 + r.IntN(leadCount))
		}
		for _, l := range r.Perm(leadCount)[:r.IntN(3)] {
			o.Contacts = append(o.Contacts, contacts(lead(1+l))...)
		}
		if r.IntN(2) == 0 {
			o.State, o.CloseTime = attributionv1.Opportunity_State(2+r.IntN(2)), ts(day(firstOfDeal+20+r.IntN(10)))
		}
		h.deals = append(h.deals, o)
	}
}

// deliver delivers the history: the senders take turns as it comes, in stretches of any length, each in its own order.
func (h history) deliver(t *testing.T, b *bundle, r *rand.Rand) {
	t.Helper()
	rest := make(map[string][]*eventv1.Event)
	var senders []string
	for _, sender := range eventlog.Services() {
		if events := h.events[sender]; len(events) > 0 {
			rest[sender] = events
			senders = append(senders, sender)
		}
	}
	for len(senders) > 0 {
		i := r.IntN(len(senders))
		sender := senders[i]
		n := 1 + r.IntN(len(rest[sender]))
		b.Tell(t, sender, rest[sender][:n]...)
		if rest[sender] = rest[sender][n:]; len(rest[sender]) == 0 {
			senders = append(senders[:i], senders[i+1:]...)
		}
	}
}

// answers is everything that the service can say about the deals.
func (h history) answers(t *testing.T, b *bundle) []proto.Message {
	t.Helper()
	start, end := ts(day(1)), ts(day(60))
	var all []proto.Message
	ask := func(m proto.Message, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("error: %v", err)
		}
		all = append(all, m)
	}
	page, err := b.api.ListOpportunities(b.ctx, &attributionv1.ListOpportunitiesRequest{})
	ask(page, err)
	for _, o := range page.GetOpportunities() {
		for _, model := range models() {
			c := b.credits(t, o.GetName(), model)
			wantConserved(t, o, c)
			all = append(all, c)
		}
	}
	for _, model := range models() {
		report, err := b.api.GetCreditReport(b.ctx, &attributionv1.GetCreditReportRequest{Model: model, StartTime: start, EndTime: end})
		ask(report, err)
		wantSummed(t, report)
	}
	sourcing, err := b.api.GetSourcingReport(b.ctx, &attributionv1.GetSourcingReportRequest{StartTime: start, EndTime: end})
	ask(sourcing, err)
	metric, err := b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: start, EndTime: end})
	ask(metric, err)
	funnel, err := b.api.GetFunnelReport(b.ctx, &attributionv1.GetFunnelReportRequest{StartTime: start, EndTime: end})
	ask(funnel, err)
	return all
}

// wantConserved checks that the shares of an opportunity sum to one and its money to its amount.
func wantConserved(t *testing.T, o *attributionv1.Opportunity, c *attributionv1.OpportunityCredits) {
	t.Helper()
	var parts, cents int64
	for _, touch := range c.GetTouches() {
		parts += touch.GetSharePpm()
		cents += touch.GetAmount().GetUnits()*100 + int64(touch.GetAmount().GetNanos())/10_000_000
	}
	amount := o.GetAmount().GetUnits()*100 + int64(o.GetAmount().GetNanos())/10_000_000
	if len(c.GetTouches()) > 0 && (parts != 1_000_000 || cents != amount) {
		t.Errorf("%v of %s: touches sum to %d parts and %d cents, want 1000000 and %d", c.GetModel(), o.GetSourceId(), parts, cents, amount)
	}
}

// wantSummed checks that slices and what is untouched sum to the total, both ways.
func wantSummed(t *testing.T, r *attributionv1.CreditReport) {
	t.Helper()
	cents := func(s *attributionv1.CreditSlice) int64 {
		return s.GetAmount().GetUnits()*100 + int64(s.GetAmount().GetNanos())/10_000_000
	}
	total := cents(&attributionv1.CreditSlice{Amount: r.GetTotal()})
	for _, slices := range [][]*attributionv1.CreditSlice{r.GetChannels(), r.GetCampaigns()} {
		sum := cents(&attributionv1.CreditSlice{Amount: r.GetUntouched()})
		parts := r.GetUntouchedCount() * 1_000_000
		for _, s := range slices {
			sum += cents(s)
			parts += s.GetOpportunitiesPpm()
		}
		if sum != total || parts != r.GetOpportunityCount()*1_000_000 {
			t.Errorf("%v: slices sum to %d cents and %d parts, want %d and %d", r.GetModel(), sum, parts, total, r.GetOpportunityCount()*1_000_000)
		}
	}
}

// record puts the deals on record.
func (h history) record(t *testing.T, b *bundle) {
	t.Helper()
	req := &attributionv1.BatchCreateOpportunitiesRequest{}
	for _, o := range h.deals {
		req.Requests = append(req.Requests, &attributionv1.CreateOpportunityRequest{Opportunity: o})
	}
	if _, err := b.api.BatchCreateOpportunities(b.ctx, req); err != nil {
		t.Fatalf("BatchCreateOpportunities() error: %v", err)
	}
}

func TestNoAnswerDependsOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	all := migrations(t)
	for name, open := range map[string]func(t *testing.T) *sqldb.DB{
		"sqlite":   func(t *testing.T) *sqldb.DB { return sqldbtest.SQLite(t, all) },
		"postgres": func(t *testing.T) *sqldb.DB { return sqldbtest.PostgresDB(t, all) },
	} {
		for seed := range uint64(histories) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				t.Parallel()
				h := newHistory(rand.New(rand.NewPCG(seed, 0)))
				var want []proto.Message
				for order := range uint64(2) {
					b := newBundle(t, open(t))
					h.deliver(t, b, rand.New(rand.NewPCG(seed, 1+order)))
					h.record(t, b)
					got := h.answers(t, b)
					if order == 0 {
						want = got
					}
					for i := range want {
						wantProto(t, fmt.Sprintf("answer %d", i), want[i], got[i])
					}
				}
			})
		}
	}
}

func TestCreditsDoNotDependOnWhenTheDealWasRecorded(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		h := newHistory(rand.New(rand.NewPCG(77, 0)))
		h.record(t, b)
		h.deliver(t, b, rand.New(rand.NewPCG(77, 1)))
		early := h.answers(t, b)
		late := newBundle(t, sqldbtest.SQLite(t, migrations(t)))
		h.deliver(t, late, rand.New(rand.NewPCG(77, 2)))
		h.record(t, late)
		for i, m := range h.answers(t, late) {
			switch m.(type) {
			case *attributionv1.OpportunityCredits, *attributionv1.CreditReport, *attributionv1.FunnelReport:
				wantProto(t, fmt.Sprintf("answer %d", i), m, early[i])
			}
		}
	})
}

// TestAMergeThatWasTakenBackLeavesEveryAnswerAsItWas merges leads as scoring does, the older of two that stand for themselves
// staying, and parts them again in any order, while touches go on and the other senders come when they come.
func TestAMergeThatWasTakenBackLeavesEveryAnswerAsItWas(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		r := rand.New(rand.NewPCG(4, 9))
		h := history{events: map[string][]*eventv1.Event{}}
		tell := func(sender string, e *eventv1.Event) { h.events[sender] = append(h.events[sender], e) }
		for n := 1; n <= leadCount; n++ {
			tell(eventlog.Scoring, created(n, r.IntN(4), day(1+r.IntN(30))))
		}
		h.addHandoffs(r, tell)
		h.addDeals(r)
		plain := history{events: map[string][]*eventv1.Event{eventlog.Routing: h.events[eventlog.Routing], eventlog.SLA: h.events[eventlog.SLA]}, deals: h.deals}
		plain.events[eventlog.Scoring] = append(plain.events[eventlog.Scoring], h.events[eventlog.Scoring]...)
		into := map[int]int{}
		for n := range 10 * leadCount {
			touch := touched(n, 1+r.IntN(leadCount), day(1+r.IntN(60)))
			tell(eventlog.Scoring, touch)
			plain.events[eventlog.Scoring] = append(plain.events[eventlog.Scoring], touch)
			a, c := 1+r.IntN(leadCount), 1+r.IntN(leadCount)
			_, gone := into[a]
			if _, too := into[c]; a < c && !gone && !too && r.IntN(2) == 0 {
				into[c] = a
				tell(eventlog.Scoring, merged(a, c))
			}
		}
		if len(into) < leadCount/2 {
			t.Fatalf("%d merges say little", len(into))
		}
		for _, n := range r.Perm(leadCount) {
			if survivor, is := into[n+1]; is {
				tell(eventlog.Scoring, unmerged(survivor, n+1))
			}
		}
		h.deliver(t, b, r)
		h.record(t, b)
		never := newBundle(t, sqldbtest.SQLite(t, migrations(t)))
		plain.deliver(t, never, r)
		plain.record(t, never)
		want := plain.answers(t, never)
		for i, got := range h.answers(t, b) {
			wantProto(t, fmt.Sprintf("answer %d", i), want[i], got)
		}
	})
}
