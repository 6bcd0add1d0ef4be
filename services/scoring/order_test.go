package scoring_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring"
)

// interleavings are all ways to merge the stories of several senders, each of which keeps its order.
func interleavings(lengths []int) [][]int {
	var all [][]int
	var extend func(sofar []int, left []int)
	extend = func(sofar []int, left []int) {
		done := true
		for sender, n := range left {
			if n == 0 {
				continue
			}
			done = false
			rest := append([]int(nil), left...)
			rest[sender]--
			extend(append(sofar[:len(sofar):len(sofar)], sender), rest)
		}
		if done {
			all = append(all, sofar)
		}
	}
	extend(nil, lengths)
	return all
}

func TestTheEndIsTheSameInWhateverOrderTheSendersAreHeard(t *testing.T) {
	t.Parallel()
	migrations, err := scoring.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	for dialect, open := range map[string]func(t *testing.T) *sqldb.DB{
		"sqlite":   func(t *testing.T) *sqldb.DB { return sqldbtest.SQLite(t, migrations) },
		"postgres": func(t *testing.T) *sqldb.DB { return sqldbtest.PostgresDB(t, migrations) },
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			var want []proto.Message
			for _, order := range interleavings([]int{1, 1, 2}) {
				t.Run(fmt.Sprint(order), func(t *testing.T) {
					got := setup(t, open(t)).hear(t, order)
					if want == nil {
						want = got
					}
					unordered := protocmp.IgnoreFields(&scoringv1.Lead{}, "etag")
					if diff := cmp.Diff(want, got, protocmp.Transform(), unordered, protocmp.IgnoreFields(&scoringv1.Account{}, "etag")); diff != "" {
						t.Errorf("-first order +this order:\n%s", diff)
					}
				})
			}
		})
	}
}

// hear has a lead qualify, hears what playbook (0), routing (1) and attribution (2) tell in an order, and gives what the
// lead and its account are then.
func (b *bundle) hear(t *testing.T, order []int) []proto.Message {
	t.Helper()
	b.start(t)
	account := b.account(t, "1", nil)
	lead := b.lead(t, "ann@initech.example", b.demo("1"))
	stricter := document()
	stricter.Stages.Mql = "fit > 70 && webinar"
	stories := [][]func(){
		{func() { b.activate(t, "2", stricter) }},
		{func() { b.close(t, lead, routingv1.Handoff_OUTCOME_SQL, routingv1.Step_STEP_DISPOSE) }},
		{func() { b.deal(t, "1", account.GetName(), "reps/joe", attributionv1.Opportunity_STATE_OPEN) },
			func() { b.deal(t, "1", account.GetName(), "reps/joe", attributionv1.Opportunity_STATE_WON) }},
	}
	for _, sender := range order {
		stories[sender][0]()
		stories[sender] = stories[sender][1:]
	}
	b.drain(t)
	ended, err := b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: account.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	return []proto.Message{b.get(t, lead.GetName()), ended}
}
