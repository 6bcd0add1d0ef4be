package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring"
	"github.com/handoffhq/handoff/services/scoring/scoringtest"
)

// BenchmarkSimulate simulates a draft of the example playbook on 90 days with 100,000 leads and 1,000,000 engagements: it
// judges them by the draft and by the playbook, gives who would have qualified to thirty reps, and counts the clocks. What is
// measured is the whole process, so also whoever asks; the most memory that it had is that since the simulation began.
func BenchmarkSimulate(b *testing.B) {
	const leads, deeds = 100_000, 10
	for name, place := range where(b) {
		b.Run(name, func(b *testing.B) {
			cfg := place()
			end := time.Now().UTC().Truncate(time.Microsecond)
			remember(b, cfg, scoringtest.History{Seed: 1, Leads: leads, Deeds: deeds, Start: end.Add(-90 * 24 * time.Hour), End: end})
			a := serve(b, cfg)
			staff(b, a.GRPCAddr(), a.Key())
			text, err := os.ReadFile("../../deploy/playbooks/acme.yaml")
			if err != nil {
				b.Fatal(err)
			}
			client := playbookv1.NewPlaybookServiceClient(dial(b, a.GRPCAddr(), a.Key(), "mara", accessv1.Role_ROLE_MARKETING_LEAD))
			made := try(b, client.CreatePlaybook, &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: string(text)}})
			draft := strings.Replace(string(text), "fit > 70 && (engagement > 50", "fit > 60 && (engagement > 30", 1)
			spent, qualified := time.Duration(0), int64(0)
			for b.Loop() {
				forget(b)
				before := processor(b)
				parts, err := client.SimulatePlaybook(b.Context(), &playbookv1.SimulatePlaybookRequest{Yaml: draft, Baseline: made.GetName()})
				if err != nil {
					b.Fatal(err)
				}
				for {
					part, err := parts.Recv()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					qualified = part.GetSimulation().GetDraftFigures().GetMqlCount()
				}
				spent += processor(b) - before
			}
			b.ReportMetric(float64(leads*b.N)/b.Elapsed().Seconds(), "leads/s")
			b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(qualified), "MQLs")
			if most, ok := mostMemory(); ok {
				b.ReportMetric(float64(most>>20), "peak-MiB")
			}
		})
	}
}

// remember fills the database of the scoring service before the suite starts.
func remember(b *testing.B, cfg app.Config, h scoringtest.History) {
	b.Helper()
	migrations, err := scoring.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	place := sqldb.Config{Service: "scoring", URL: cfg.DatabaseURL, Migrations: migrations}
	if place.URL == "" {
		place.Dir = cfg.DataDir
	}
	db, err := sqldb.Open(b.Context(), place)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(scoringtest.Fill(b.Context(), db, h), db.Close()); err != nil {
		b.Fatal(err)
	}
}

// processor is the time that the process has spent so far.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// forget gives back what is not needed, and forgets how much memory there was before, where the system can.
func forget(b *testing.B) {
	b.Helper()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // Linux alone
}

// mostMemory is the most memory in bytes that the process had at once, where the system tells.
func mostMemory() (int64, bool) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(status)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10, true
		}
	}
	return 0, false
}
