package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// metricsAddr is where the suites of this process tell what they have written.
var metricsAddr = fmt.Sprintf("127.0.0.1:%d", 20000+rand.N(10000))

// BenchmarkHandoff takes in people who qualify, five of a company, from many callers at once, each in a call of its own, until
// every one is scored and assigned and has clocks. Its references write the same number of rows for each service in batches of the
// same size, without a thought: all at once for the whole way, and those of scoring alone for the intake.
func BenchmarkHandoff(b *testing.B) {
	for name, place := range where(b) {
		for _, callers := range []int{64, 512} {
			b.Run(fmt.Sprintf("%s/%d", name, callers), func(b *testing.B) {
				var written map[string]volume
				b.Run("suite", func(b *testing.B) {
					a := serve(b, place())
					furnish(b, a.GRPCAddr(), a.Key())
					companies(b, a.GRPCAddr(), a.Key(), b.N/colleagues+1)
					conn := dial(b, a.GRPCAddr(), a.Key(), "mara", accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_REVOPS)
					written = handOver(b, conn, callers, employee)
				})
				b.Run("intake-rows", func(b *testing.B) { writeAlone(b, name, map[string]volume{"scoring": written["scoring"]}) })
				b.Run("rows", func(b *testing.B) { writeAlone(b, name, written) })
			})
		}
	}
}

// BenchmarkCrowd is the suite's part of BenchmarkHandoff when all people are of one company and have one name: each is held
// against all the others, and the company is looked at as a whole again and again.
func BenchmarkCrowd(b *testing.B) {
	for name, place := range where(b) {
		b.Run(name, func(b *testing.B) {
			a := serve(b, place())
			furnish(b, a.GRPCAddr(), a.Key())
			conn := dial(b, a.GRPCAddr(), a.Key(), "mara", accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_REVOPS)
			handOver(b, conn, 64, func(i int) *scoringv1.CreateLeadRequest { return newcomer(fmt.Sprintf("p%07d", i)) })
		})
	}
}

// handOver takes in people until all of them are handed over, and says what that has written for each.
func handOver(b *testing.B, conn *grpc.ClientConn, callers int, person func(i int) *scoringv1.CreateLeadRequest) map[string]volume {
	b.Helper()
	settle(b)
	before := volumes(b)
	b.ResetTimer()
	waits := intake(b, scoringv1.NewScoringServiceClient(conn), callers, person)
	taken := b.Elapsed()
	settle(b)
	b.StopTimer()
	written := grown(before, volumes(b), b.N)
	report(b, waits, taken, written)
	assigned(b, routingv1.NewRoutingServiceClient(conn))
	return written
}

// intake takes in b.N people and says how long each caller waited.
func intake(b *testing.B, client scoringv1.ScoringServiceClient, callers int, person func(i int) *scoringv1.CreateLeadRequest) []time.Duration {
	b.Helper()
	waits, next := make([]time.Duration, b.N), make(chan int)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := range next {
				began := time.Now()
				if _, err := client.CreateLead(b.Context(), person(i)); err != nil {
					b.Error(err)
				}
				waits[i] = time.Since(began)
			}
		})
	}
	for i := range b.N {
		next <- i
	}
	close(next)
	wg.Wait()
	return waits
}

// report gives the figures of a run.
func report(b *testing.B, waits []time.Duration, taken time.Duration, written map[string]volume) {
	b.Helper()
	b.ReportMetric(float64(b.N)/taken.Seconds(), "leads/s")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "handoffs/s")
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(waits[len(waits)*99/100])/1e6, "p99-ms")
	var all volume
	for _, v := range written {
		all.rows += v.rows
		all.commits += v.commits
	}
	b.ReportMetric(all.rows, "rows/handoff")
	b.ReportMetric(all.commits, "commits/handoff")
}

// assigned makes sure that everybody was handed to a rep.
func assigned(b *testing.B, client routingv1.RoutingServiceClient) {
	b.Helper()
	found, token := 0, ""
	for {
		page := try(b, client.ListHandoffs, &routingv1.ListHandoffsRequest{PageSize: 1000, PageToken: token})
		for _, h := range page.GetHandoffs() {
			if h.GetState() == routingv1.Handoff_STATE_ASSIGNED {
				found++
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	if found != b.N {
		b.Fatalf("%d of %d people were handed to a rep", found, b.N)
	}
}

// volume is what one service writes for one handoff, or has written.
type volume struct {
	rows, commits float64
}

// volumes is what each service has written.
func volumes(b *testing.B) map[string]volume {
	b.Helper()
	all := map[string]volume{}
	for _, m := range scrape(b) {
		v := all[m.service]
		switch m.name {
		case "handoff_database_rows_total":
			v.rows = m.value
		case "handoff_database_commits_total":
			v.commits = m.value
		default:
			continue
		}
		all[m.service] = v
	}
	return all
}

func grown(before, after map[string]volume, handoffs int) map[string]volume {
	grown := map[string]volume{}
	for service, v := range after {
		rows, commits := v.rows-before[service].rows, v.commits-before[service].commits
		if rows > 0 && commits > 0 {
			grown[service] = volume{rows / float64(handoffs), commits / float64(handoffs)}
		}
	}
	return grown
}

// settle waits until every service has applied everything that was told.
func settle(b *testing.B) {
	b.Helper()
	for {
		behind := 0.0
		for _, m := range scrape(b) {
			if m.name == "handoff_eventlog_lag" {
				behind += m.value
			}
			if m.name == "handoff_eventlog_parked" && m.value > 0 {
				b.Fatalf("%s has parked events", m.service)
			}
		}
		if behind == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond) // the suite works by itself
	}
}

// metric is one line of what the suite tells.
type metric struct {
	name, service string
	value         float64
}

func scrape(b *testing.B) []metric {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+metricsAddr+"/metrics", nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var all []metric
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, rest, ok := strings.Cut(lines.Text(), "{")
		if !ok || !strings.HasPrefix(name, "handoff_") {
			continue
		}
		_, service, _ := strings.Cut(rest, `handoff_service="`)
		service, _, _ = strings.Cut(service, `"`)
		value, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, metric{name, service, value})
	}
	return all
}
