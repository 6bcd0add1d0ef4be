package routing

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// BenchmarkDecision places a lead in a pool whose every third member is off shift, alone and with what is written down of it.
func BenchmarkDecision(b *testing.B) {
	for _, members := range []int{10, 200, 1000} {
		for _, told := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/told=%t", members, told), func(b *testing.B) { decideLeads(b, members, told) })
		}
	}
}

func decideLeads(b *testing.B, members int, told bool) {
	desk := dispatch.New(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	for name, opens := range map[string]time.Duration{"day": 10 * time.Hour, "night": 20 * time.Hour} {
		spec := worktime.Spec{TimeZone: "UTC"}
		for day := range spec.Hours {
			spec.Hours[day] = []worktime.Span{{Open: opens, Close: opens + 4*time.Hour}}
		}
		hours, err := worktime.New(spec)
		if err != nil {
			b.Fatal(err)
		}
		desk.AddCalendar(name, hours)
	}
	pool := &dispatch.Pool{Book: &dispatch.Book{}}
	for i := range members {
		id := fmt.Sprintf("rep-%04d", i)
		calendar := ""
		if i%3 == 0 {
			calendar = "night"
		}
		desk.AddRep(id, &dispatch.Rep{Calendar: calendar, Rep: presence.Rep{Active: true}})
		pool.Members = append(pool.Members, id)
		pool.Book.Ledger, _ = pool.Book.Ledger.Join(id, 1)
	}
	desk.AddPool("p", pool)
	p := &passage{playbook: shelf.Version[terms]{}, row: &store.Handoff{Tier: "T1", Rule: "tiers.T1"}}
	size := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		placed, _, err := desk.Place(dispatch.Lead{Key: fairness.LeadKey{Source: "web", SourceID: fmt.Sprint(i)}, Calendar: "day", Pool: "p"})
		if err != nil {
			b.Fatal(err)
		}
		if !told {
			continue
		}
		d := newDecision(p, 1)
		d.found(placed, p)
		body, err := proto.Marshal(d)
		if err != nil {
			b.Fatal(err)
		}
		size = len(body)
	}
	b.ReportMetric(float64(size), "bytes")
}
