package attribution_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// moment is the n-th second of a room's time.
func moment(n int) time.Time { return roomtest.Start.Add(time.Duration(n) * time.Second) }

// recorded says when a service recorded what an event tells.
func recorded(n int, e *eventv1.Event) *eventv1.Event {
	e.Time = ts(moment(n))
	return e
}

func (b *bundle) wantTeam(t *testing.T, o *attributionv1.Opportunity, want playbookv1.Team) {
	t.Helper()
	got, err := b.api.GetOpportunity(b.ctx, &attributionv1.GetOpportunityRequest{Name: o.GetName()})
	if err != nil || got.GetSourcedBy() != want {
		t.Errorf("opportunity %s is sourced by %v, %v; want %v", o.GetSourceId(), got.GetSourcedBy(), err, want)
	}
}

func TestTheTeamIsFrozenOnWhatWasRecordedByThen(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, recorded(0, created(1, 1, day(1))), recorded(0, created(2, 2, day(1))))
		b.Clock.Set(moment(10))
		one, two := b.open(t, "1", day(10), of(1, 1_00)), b.open(t, "2", day(10), of(2, 1_00))
		b.Clock.Set(moment(30))
		b.wantTeam(t, one, playbookv1.Team_TEAM_UNSPECIFIED)
		b.Tell(t, eventlog.Scoring, recorded(9, touched(1, 1, day(5))), recorded(11, touched(2, 2, day(5))))
		b.wantTeam(t, one, playbookv1.Team_TEAM_MARKETING)   // it was on its way
		b.wantTeam(t, two, playbookv1.Team_TEAM_UNSPECIFIED) // it was recorded later
		told := b.Told(t)
		last := told[len(told)-1]
		if got := last.GetOpportunityChanged().GetOpportunity(); got.GetName() != one.GetName() || got.GetSourcedBy() != playbookv1.Team_TEAM_MARKETING {
			t.Errorf("told last: %v", last)
		}
		b.Tell(t, eventlog.SLA, recorded(8, acted(1, 1, day(2)))) // changes nothing by the rule of the first touch
		if again := b.Told(t); len(again) != len(told) {
			t.Errorf("told: %v", again[len(told):])
		}
	})
}

func TestTheTeamIsFrozenByThePlaybookAndTheDealOfThen(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(moment(10))
		o := b.open(t, "1", day(10), of(1, 1_00), func(o *attributionv1.Opportunity) { o.RecordedTeam = playbookv1.Team_TEAM_SALES })
		b.Clock.Set(moment(20))
		_, err := b.api.UpdateOpportunity(b.ctx, &attributionv1.UpdateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
			Name: o.GetName(), RecordedTeam: playbookv1.Team_TEAM_MARKETING, Account: account(7)}})
		if err != nil {
			t.Fatal(err)
		}
		b.wantTeam(t, o, playbookv1.Team_TEAM_UNSPECIFIED)
		b.Tell(t, eventlog.Playbook, recorded(5, &eventv1.Event{Key: "playbooks", Payload: &eventv1.Event_PlaybookActivated{
			PlaybookActivated: &eventv1.PlaybookActivated{Playbook: "playbooks/1",
				Document: agreed(&playbookv1.AttributionPolicy{SourcedBy: playbookv1.SourcedBy_SOURCED_BY_RECORDED_SOURCE})}}}))
		b.wantTeam(t, o, playbookv1.Team_TEAM_SALES)
	})
}

// life is a history in which everything has its second: what a service records, and what callers put on record.
type life struct {
	events map[string][]*eventv1.Event // by sender, in order of their time
	deals  map[int][]*attributionv1.Opportunity
}

const lifetime = 60 // seconds; events lie between the deals, never at the same instant

func newLife(r *rand.Rand) life {
	h := newHistory(r)
	l := life{events: h.events, deals: map[int][]*attributionv1.Opportunity{}}
	for _, sender := range eventlog.Services() {
		seconds := make([]int, len(l.events[sender]))
		for i := range seconds {
			seconds[i] = r.IntN(lifetime)
		}
		slices.Sort(seconds)
		for i, e := range l.events[sender] {
			e.Time = ts(moment(seconds[i]).Add(time.Millisecond))
		}
	}
	for _, o := range h.deals {
		n := 1 + r.IntN(lifetime/2)
		l.deals[n] = append(l.deals[n], o)
		again := proto.CloneOf(o)
		again.Amount, again.RecordedTeam = usd(r.Int64N(1000_00)), playbookv1.Team(r.IntN(3))
		if r.IntN(2) == 0 {
			again.Account, again.Contacts = account(1+r.IntN(3)), contacts(lead(1+r.IntN(leadCount)))
		}
		m := n + 1 + r.IntN(lifetime-n)
		l.deals[m] = append(l.deals[m], again)
	}
	return l
}

// live lives it second by second. What is recorded arrives in time, or only at the end, each sender by itself.
func (l life) live(t *testing.T, b *bundle, late bool, each func(second int)) {
	t.Helper()
	sent := map[string]int{}
	for second := range lifetime + 1 {
		b.Clock.Set(moment(second))
		for _, o := range l.deals[second] {
			if _, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: o}); err != nil {
				t.Fatalf("CreateOpportunity() error: %v", err)
			}
		}
		each(second)
		senders := eventlog.Services()
		if late {
			slices.Reverse(senders)
		}
		for _, sender := range senders {
			from, to := sent[sender], sent[sender]
			for to < len(l.events[sender]) && (!late || second == lifetime) && l.events[sender][to].GetTime().AsTime().Before(moment(second+1)) {
				to++
			}
			if sent[sender] = to; to > from {
				b.Tell(t, sender, l.events[sender][from:to]...)
			}
		}
	}
	b.Clock.Set(moment(lifetime + 1))
}

// figures are the reports and credits as of an instant, or now.
func (l life) figures(t *testing.T, b *bundle, asOf time.Time) []proto.Message {
	t.Helper()
	start, end := ts(day(1)), ts(day(60))
	known := ts(asOf)
	if asOf.IsZero() {
		known = nil
	}
	var all []proto.Message
	ask := func(m proto.Message, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("error: %v", err)
		}
		all = append(all, m)
	}
	for _, model := range []playbookv1.AttributionModel{playbookv1.AttributionModel_ATTRIBUTION_MODEL_LINEAR, playbookv1.AttributionModel_ATTRIBUTION_MODEL_FULL_PATH} {
		report, err := b.api.GetCreditReport(b.ctx, &attributionv1.GetCreditReportRequest{Model: model, StartTime: start, EndTime: end, AsOfTime: known})
		ask(report, err)
	}
	sourcing, err := b.api.GetSourcingReport(b.ctx, &attributionv1.GetSourcingReportRequest{StartTime: start, EndTime: end, AsOfTime: known})
	ask(sourcing, err)
	metric, err := b.api.GetSharedMetricReport(b.ctx, &attributionv1.GetSharedMetricReportRequest{StartTime: start, EndTime: end, AsOfTime: known})
	ask(metric, err)
	funnel, err := b.api.GetFunnelReport(b.ctx, &attributionv1.GetFunnelReportRequest{StartTime: start, EndTime: end, AsOfTime: known})
	ask(funnel, err)
	page, err := b.api.ListOpportunities(b.ctx, &attributionv1.ListOpportunitiesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range page.GetOpportunities() {
		if asOf.IsZero() || !o.GetCreateTime().AsTime().After(asOf) {
			credits, err := b.api.GetOpportunityCredits(b.ctx, &attributionv1.GetOpportunityCreditsRequest{Name: o.GetName() + "/credits", AsOfTime: known})
			ask(credits, err)
		}
	}
	return all
}

// TestThePastIsWhatWasAnsweredThen asks at many instants, and much later again as of each of them.
func TestThePastIsWhatWasAnsweredThen(t *testing.T) {
	t.Parallel()
	all := migrations(t)
	for name, open := range map[string]func(t *testing.T) *sqldb.DB{
		"sqlite":   func(t *testing.T) *sqldb.DB { return sqldbtest.SQLite(t, all) },
		"postgres": func(t *testing.T) *sqldb.DB { return sqldbtest.PostgresDB(t, all) },
	} {
		for seed := range uint64(histories) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				t.Parallel()
				l, b := newLife(rand.New(rand.NewPCG(seed, 5))), newBundle(t, open(t))
				answered := map[int][]proto.Message{}
				l.live(t, b, false, func(second int) {
					if second%9 == 0 {
						answered[second] = l.figures(t, b, time.Time{})
					}
				})
				for second, want := range answered {
					got := l.figures(t, b, moment(second))
					if len(got) != len(want) {
						t.Fatalf("second %d: %d answers, were %d", second, len(got), len(want))
					}
					for i := range want {
						wantProto(t, fmt.Sprintf("second %d, answer %d", second, i), want[i], got[i])
					}
				}
			})
		}
	}
}

// TestWhatArrivesLateLeavesNoTrace has the same life arrive in time, and only after every deal, in another order of senders.
func TestWhatArrivesLateLeavesNoTrace(t *testing.T) {
	t.Parallel()
	all := migrations(t)
	for name, open := range map[string]func(t *testing.T) *sqldb.DB{
		"sqlite":   func(t *testing.T) *sqldb.DB { return sqldbtest.SQLite(t, all) },
		"postgres": func(t *testing.T) *sqldb.DB { return sqldbtest.PostgresDB(t, all) },
	} {
		for seed := range uint64(histories) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				t.Parallel()
				l := newLife(rand.New(rand.NewPCG(seed, 6)))
				var want []proto.Message
				for _, late := range []bool{false, true} {
					b := newBundle(t, open(t))
					l.live(t, b, late, func(int) {})
					got := l.figures(t, b, time.Time{})
					for second := 3; second < lifetime; second += 20 {
						got = append(got, l.figures(t, b, moment(second))...)
					}
					page, err := b.api.ListOpportunities(b.ctx, &attributionv1.ListOpportunitiesRequest{})
					if err != nil {
						t.Fatal(err)
					}
					if got = append(got, page); !late {
						want = got
						continue
					}
					for i := range want { // how often a deal was changed is no answer about it
						wantProto(t, fmt.Sprintf("answer %d", i), want[i], got[i], protocmp.IgnoreFields(&attributionv1.Opportunity{}, "etag"))
					}
				}
			})
		}
	}
}

func TestNothingIsKnownOfTheFuture(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		o := b.open(t, "1", day(10))
		later := ts(b.Clock.Now().Add(time.Microsecond))
		_, err := b.api.GetSourcingReport(b.ctx, &attributionv1.GetSourcingReportRequest{AsOfTime: later})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "as_of_time")
		_, err = b.api.GetOpportunityCredits(b.ctx, &attributionv1.GetOpportunityCreditsRequest{Name: o.GetName() + "/credits", AsOfTime: later})
		wantRefused(t, err, codes.InvalidArgument, "FIELD_INVALID", "as_of_time")
		_, err = b.api.GetOpportunityCredits(b.ctx, &attributionv1.GetOpportunityCreditsRequest{Name: o.GetName() + "/credits",
			AsOfTime: ts(roomtest.Start.Add(-time.Second))})
		wantRefused(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
	})
}
