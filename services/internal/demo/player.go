package demo

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
	"github.com/handoffhq/handoff/services/internal/worktime"
)

// Config is where and how to play.
type Config struct {
	Seed string
	// Leads is how many people make contact. Default Leads.
	Leads int
	// Connect gives a connection on behalf of somebody with roles. The play uses the public door like everybody else.
	Connect func(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error)
	// Progress is told how much of the month is done, 0 to 1; nil for nobody.
	Progress func(share float64)
}

// player plays the month.
type player struct {
	cfg      Config
	company  *company
	progress *progress

	ops, marketingLead, salesManager, website, crm grpc.ClientConnInterface
	reps                                           map[string]grpc.ClientConnInterface // by id

	accounts  map[string]string  // the names of accounts, by their ids in the CRM
	people    map[string]*person // who makes contact, by address
	calendars map[string]*worktime.Calendar
	agenda    agenda // what the reps are about to do
	seen      int64  // up to where the journal was read
	tally     Tally
}

// Tally counts what the script sent.
type Tally struct {
	Leads, Refused, Engagements int64
	People                      int64 // by address, without those who were refused
	Spend                       int64 // in cents
}

// Play plays the month, or what is left of it, and reports it.
func Play(ctx context.Context, cfg Config) (*Report, error) {
	p, err := newPlayer(cfg)
	if err != nil {
		return nil, err
	}
	now, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	if !now.After(Start) {
		if err := p.setup(ctx); err != nil {
			return nil, fmt.Errorf("set up the company: %w", err)
		}
	}
	if err := p.knowAccounts(ctx); err != nil {
		return nil, err
	}
	if err := p.play(ctx, now); err != nil {
		return nil, err
	}
	return p.report(ctx)
}

func newPlayer(cfg Config) (*player, error) {
	p := &player{cfg: cfg, company: newCompany(cfg.Seed), reps: map[string]grpc.ClientConnInterface{},
		calendars: map[string]*worktime.Calendar{}, progress: &progress{tell: cfg.Progress}}
	for _, door := range []struct {
		conn    *grpc.ClientConnInterface
		subject string
		kind    accessv1.ActorKind
		roles   []accessv1.Role
	}{
		{&p.ops, "ops", accessv1.ActorKind_ACTOR_KIND_PERSON, []accessv1.Role{accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_SALES_MANAGER}},
		{&p.marketingLead, "mia", accessv1.ActorKind_ACTOR_KIND_PERSON, []accessv1.Role{accessv1.Role_ROLE_MARKETING_LEAD}},
		{&p.salesManager, "sven", accessv1.ActorKind_ACTOR_KIND_PERSON, []accessv1.Role{accessv1.Role_ROLE_SALES_MANAGER}},
		{&p.website, "website", accessv1.ActorKind_ACTOR_KIND_PLATFORM, []accessv1.Role{accessv1.Role_ROLE_SERVICE}},
		{&p.crm, "crm", accessv1.ActorKind_ACTOR_KIND_PLATFORM, []accessv1.Role{accessv1.Role_ROLE_SERVICE}},
	} {
		var err error
		if *door.conn, err = cfg.patiently(door.subject, door.kind, door.roles...); err != nil {
			return nil, err
		}
	}
	for _, r := range p.company.reps {
		var err error
		if p.reps[r.id], err = cfg.patiently(r.id, accessv1.ActorKind_ACTOR_KIND_PERSON, accessv1.Role_ROLE_SALES_REP); err != nil {
			return nil, err
		}
	}
	return p, p.readCalendars()
}

// play goes through the script and the reps' agenda in the order of time. What lies before now has been done.
func (p *player) play(ctx context.Context, now time.Time) error {
	inputs, people := script(p.cfg.Seed, cmp.Or(p.cfg.Leads, Leads), p.company)
	p.people = people
	p.tally = count(inputs)
	if now.After(End) { // somebody moved the clock on, to look around
		return nil
	}
	inputs = slices.DeleteFunc(inputs, func(in input) bool { return in.at.Before(now) })
	if err := p.watch(ctx, now); err != nil {
		return err
	}
	for {
		at := End
		if len(inputs) > 0 {
			at = inputs[0].at
		}
		if len(p.agenda) > 0 && p.agenda[0].at.Before(at) {
			at = p.agenda[0].at
		}
		if !at.Before(End) {
			return p.advance(ctx, End)
		}
		if err := p.advance(ctx, at); err != nil {
			return err
		}
		if len(inputs) > 0 && inputs[0].at.Equal(at) {
			if err := p.send(ctx, inputs[0]); err != nil {
				return err
			}
			inputs = inputs[1:]
		}
		if err := p.actAt(ctx, at); err != nil {
			return err
		}
		if err := p.watch(ctx, at); err != nil {
			return err
		}
		p.progress.at(at)
	}
}

// send sends what the world did in a slot.
func (p *player) send(ctx context.Context, in input) error {
	slot := in.at.Format(time.RFC3339)
	scoring := scoringv1.NewScoringServiceClient(p.website)
	if len(in.leads) > 0 {
		if _, err := scoring.BatchCreateLeads(ctx, &scoringv1.BatchCreateLeadsRequest{Requests: in.leads, RequestId: requestID("leads", slot)}); err != nil {
			return fmt.Errorf("send leads of %s: %w", slot, err)
		}
	}
	for _, row := range in.broken {
		if _, err := scoring.CreateLead(ctx, row); status.Code(err) != codes.InvalidArgument {
			return fmt.Errorf("a lead without a valid address was not refused: %w", err)
		}
	}
	for chunk := range slices.Chunk(in.engagements, 1000) {
		if _, err := scoring.BatchRecordEngagements(ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: chunk,
			RequestId: requestID("engagements", slot, chunk[0].GetSourceEventId())}); err != nil {
			return fmt.Errorf("send engagements of %s: %w", slot, err)
		}
	}
	if len(in.spends) > 0 {
		if _, err := attributionv1.NewAttributionServiceClient(p.ops).BatchRecordSpends(ctx, &attributionv1.BatchRecordSpendsRequest{Spends: in.spends,
			RequestId: requestID("spends", slot)}); err != nil {
			return fmt.Errorf("send spend of %s: %w", slot, err)
		}
	}
	return p.sendDeals(ctx, in.deals)
}

func count(inputs []input) Tally {
	t, people := Tally{}, map[string]bool{}
	for _, in := range inputs {
		t.Leads += int64(len(in.leads))
		t.Refused += int64(len(in.broken))
		t.Engagements += int64(len(in.engagements))
		for _, l := range in.leads {
			people[strings.ToLower(l.GetLead().GetEmail())] = true
		}
		for _, s := range in.spends {
			t.Spend += cents(s.GetAmount())
		}
	}
	t.People = int64(len(people))
	return t
}

// actAt has the reps do what they meant to do at an instant.
func (p *player) actAt(ctx context.Context, at time.Time) error {
	for len(p.agenda) > 0 && p.agenda[0].at.Equal(at) {
		a := heap.Pop(&p.agenda).(action)
		if err := a.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", a.key, err)
		}
	}
	return nil
}

// watch reads what was assigned since the last look, and has the reps make up their minds. What they would have done
// before now they have done.
func (p *player) watch(ctx context.Context, now time.Time) error {
	client := journeyv1.NewJourneyServiceClient(p.ops)
	for {
		resp, err := client.ListEvents(ctx, &journeyv1.ListEventsRequest{PageSize: 1000, After: p.seen, Type: "handoff.routing.handoff_assigned"})
		if err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		for _, e := range resp.GetEntries() {
			p.seen = e.GetNumber()
			actions, err := p.react(ctx, e.GetEvent())
			if err != nil {
				return err
			}
			for _, a := range actions {
				if !a.at.Before(now) && a.at.Before(End) {
					heap.Push(&p.agenda, a)
				}
			}
		}
		if resp.GetNextPageToken() == "" {
			return nil
		}
	}
}

func (p *player) now(ctx context.Context) (time.Time, error) {
	c, err := testclockv1.NewTestClockServiceClient(p.ops).GetTestClock(ctx, &testclockv1.GetTestClockRequest{})
	return c.GetNow().AsTime(), err
}

func (p *player) advance(ctx context.Context, to time.Time) error {
	_, err := testclockv1.NewTestClockServiceClient(p.ops).AdvanceTestClock(ctx, &testclockv1.AdvanceTestClockRequest{To: timestamppb.New(to)})
	if err != nil {
		return fmt.Errorf("advance to %s: %w", to.Format(time.RFC3339), err)
	}
	return nil
}

// action is what somebody is about to do.
type action struct {
	at  time.Time
	key string // unique; orders what is done at one instant
	do  func(ctx context.Context) error
}

// agenda is a heap of actions, the earliest first.
type agenda []action

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return cmp.Or(a[i].at.Compare(a[j].at), cmp.Compare(a[i].key, a[j].key)) < 0
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push implements heap.Interface.
func (a *agenda) Push(x any) { *a = append(*a, x.(action)) }

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// progress tells how far the month is.
type progress struct {
	tell func(share float64)
}

func (p *progress) at(t time.Time) {
	if p.tell != nil {
		p.tell(float64(t.Sub(Start)) / float64(End.Sub(Start)))
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
