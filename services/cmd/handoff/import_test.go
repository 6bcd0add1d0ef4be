package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/importer"
)

// installation is a suite in a process of its own, with the command to import into it.
type installation struct {
	address string
	metrics string
	where   []string // flags
	data    string
	server  *exec.Cmd
}

func install(t *testing.T, where []string) *installation {
	t.Helper()
	in := &installation{address: freeAddress(t), metrics: freeAddress(t), where: where, data: where[1]}
	in.serve(t)
	t.Cleanup(func() { in.kill(t) })
	return in
}

// serve starts the suite and waits until it answers.
func (in *installation) serve(t *testing.T) {
	t.Helper()
	in.server = itself(context.Background(), append([]string{"serve", "--grpc=" + in.address, "--http=-", "--metrics=" + in.metrics, "--log=error"}, in.where...)...)
	in.server.Env = append(in.server.Env, asCommand+"="+onALeash)
	in.server.Stderr = nil
	if _, err := in.server.StdinPipe(); err != nil { // the leash, which Wait lets go
		t.Fatal(err)
	}
	if err := in.server.Start(); err != nil {
		t.Fatal(err)
	}
	in.await(t)
}

// await waits until the suite answers.
func (in *installation) await(t *testing.T) {
	t.Helper()
	often := backoff.Config{BaseDelay: pollEvery, MaxDelay: pollEvery}
	conn, err := grpc.NewClient(in.address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: often, MinConnectTimeout: startLimit}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	if _, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{}, grpc.WaitForReady(true)); err != nil {
		t.Fatalf("the suite does not answer: %v", err)
	}
}

func (in *installation) kill(t *testing.T) {
	t.Helper()
	if err := in.server.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	_ = in.server.Wait() // killed
}

// itself is this program as the command.
func itself(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Stderr = os.Stderr
	return cmd
}

func (in *installation) importing(t *testing.T, set, dir, work string) (cmd *exec.Cmd, out *bytes.Buffer) {
	t.Helper()
	out = &bytes.Buffer{}
	cmd = itself(t.Context(), "import", set, dir, "--work="+work, "--batch=100", "--address="+in.address, "--data="+in.data, "-o=json")
	cmd.Stdout = out
	return cmd, out
}

// undisturbed imports in peace.
func (in *installation) undisturbed(t *testing.T, set, dir, work string) *importer.Report {
	t.Helper()
	cmd, out := in.importing(t, set, dir, work)
	if err := cmd.Run(); err != nil {
		t.Fatalf("import: %v", err)
	}
	return reported(t, out)
}

// disturbed imports while the command is killed again and again, and the suite now and then.
func (in *installation) disturbed(t *testing.T, set, dir, work string, kills int) *importer.Report {
	t.Helper()
	for kill := 1; ; kill++ {
		cmd, out := in.importing(t, set, dir, work)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		moment := time.Hour
		if kill <= kills {
			moment = 100*time.Millisecond + rand.N(400*time.Millisecond)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("after %d kills: %v", kill-1, err)
			}
			if kill == 1 {
				t.Error("nothing was killed")
			}
			return reported(t, out)
		case <-time.After(moment):
			if kill%3 == 0 {
				in.kill(t)
				in.serve(t)
			}
			_ = cmd.Process.Signal(syscall.SIGKILL) // it may have ended just now
			t.Logf("kill %d: %v", kill, <-ended)
		}
	}
}

func reported(t *testing.T, out *bytes.Buffer) *importer.Report {
	t.Helper()
	var r importer.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return &r
}

// connect comes in as somebody who reads everything.
func (in *installation) connect(t *testing.T) grpc.ClientConnInterface {
	t.Helper()
	f := clientFlags{address: in.address, data: in.data, subject: "reader", output: "text"}
	conn, done, err := f.connect(readers...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = done() })
	return conn
}

// patiently gives the longest deadline that a call may have, for machines that have much else to do.
func patiently(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// lag is how many events one service has yet to deliver to another.
var lag = regexp.MustCompile(`(?m)^handoff_eventlog_lag\{.*\} (\S+)$`)

// quiet reports whether every event has been delivered.
func (in *installation) quiet(t *testing.T) bool {
	t.Helper()
	lags := lag.FindAllStringSubmatch(get(t, "http://"+in.metrics+"/metrics"), -1)
	return len(lags) > 0 && !slices.ContainsFunc(lags, func(m []string) bool { return m[1] != "0" })
}

// events counts what the journal has, once nothing more comes: two looks are equal, and nothing is on its way.
func (in *installation) events(t *testing.T) int {
	t.Helper()
	journal := journeyv1.NewJourneyServiceClient(in.connect(t))
	for before := -1; ; time.Sleep(time.Second) {
		count, quiet := journalled(t, journal), in.quiet(t)
		if quiet && count == before {
			return count
		}
		before = count
	}
}

func journalled(t *testing.T, journal journeyv1.JourneyServiceClient) (count int) {
	t.Helper()
	for after := int64(0); ; {
		resp, err := journal.ListEvents(patiently(t), &journeyv1.ListEventsRequest{PageSize: 1000, After: after})
		if err != nil {
			t.Fatal(err)
		}
		entries := resp.GetEntries()
		if len(entries) == 0 {
			return count
		}
		count, after = count+len(entries), entries[len(entries)-1].GetNumber()
	}
}

// The published sets come in whole though both sides are killed on the way, a second run changes nothing, and the reports
// say what the files say, on both databases.
func TestAnImportThatIsKilledEndsAsTheFilesSay(t *testing.T) {
	olist, maven := portion(t, "olist_funnel"), portion(t, "maven_crm")
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := install(t, database(t))
			works := t.TempDir()
			var first []*importer.Report
			for _, set := range []string{olist, maven} {
				base := filepath.Base(set)
				r := in.disturbed(t, base, set, filepath.Join(works, base), map[bool]int{false: 8, true: 3}[raceDetector])
				if want := figuresOf(t, base, set); !cmp.Equal(want, r.Steps) {
					t.Errorf("%s (-want +got):\n%s", base, cmp.Diff(want, r.Steps))
				}
				first = append(first, r)
			}
			in.wantOlistFunnel(t, olist)
			in.wantMavenPipeline(t, maven, olist)
			events := in.events(t)
			for i, set := range []string{olist, maven} {
				base := filepath.Base(set)
				again := in.undisturbed(t, base, set, filepath.Join(works, base))
				elsewhere := in.undisturbed(t, base, set, filepath.Join(works, base+"-elsewhere"))
				if again.Resumed || !cmp.Equal(first[i].Steps, again.Steps) || !cmp.Equal(first[i].Steps, elsewhere.Steps) {
					t.Errorf("run again:\n%s", cmp.Diff(first[i], again))
				}
			}
			if got := in.events(t); got != events {
				t.Errorf("running again made %d events", got-events)
			}
		})
	}
}
