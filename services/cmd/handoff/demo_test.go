package main

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// asCommand makes the test binary behave as the command itself, so that a test can kill it.
const asCommand = "HANDOFF_TEST_AS_COMMAND"

// onALeash is its value for a command that must not outlive the test binary, whatever ends that.
const onALeash = "leashed"

func TestMain(m *testing.M) {
	if as := os.Getenv(asCommand); as != "" {
		if as == onALeash {
			go leash()
		}
		main()
		return
	}
	os.Exit(m.Run())
}

// leash ends the process when its input does, whose other end the test binary holds.
func leash() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

// databases are where a demo can be played: a flag and its value for each.
func databases(t *testing.T) map[string]func(t *testing.T) []string {
	t.Helper()
	return map[string]func(t *testing.T) []string{
		"sqlite": func(t *testing.T) []string { return []string{"--data", t.TempDir()} },
		"postgres": func(t *testing.T) []string {
			return []string{"--data", t.TempDir(), "--database", sqldbtest.Postgres(t)}
		},
	}
}

// small makes a small month of a demo.
const small = "--leads=60"

// command is a demo.
func command(t *testing.T, flags ...string) (cmd *exec.Cmd, out *bytes.Buffer) {
	t.Helper()
	out = &bytes.Buffer{}
	cmd = exec.CommandContext(t.Context(), os.Args[0], append([]string{"demo", "--exit", "--log=error"}, flags...)...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	return cmd, out
}

// undisturbed plays a demo in peace.
func undisturbed(t *testing.T, flags ...string) []byte {
	t.Helper()
	cmd, out := command(t, flags...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("the books do not balance, or worse: %v\n%s", err, out)
	}
	return out.Bytes()
}

// The whole month is the same to the byte on both databases, each time. It takes minutes, so it is played when asked for.
func TestTheWholeMonthIsTheSameTwiceOnBothDatabases(t *testing.T) {
	if os.Getenv("HANDOFF_TEST_MONTH") == "" {
		t.Skip("the whole month is played with HANDOFF_TEST_MONTH=1; a small one is always")
	}
	t.Parallel()
	var mu sync.Mutex
	reports := map[string][]byte{}
	t.Run("played", func(t *testing.T) {
		for name, database := range databases(t) {
			for _, round := range []string{"once", "twice"} {
				t.Run(round+" on "+name, func(t *testing.T) {
					t.Parallel()
					report := undisturbed(t, database(t)...)
					mu.Lock()
					defer mu.Unlock()
					reports[t.Name()] = report
				})
			}
		}
	})
	names := slices.Sorted(maps.Keys(reports))
	for _, name := range names {
		if got, want := reports[name], reports[names[0]]; !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nand %s:\n%s", name, got, names[0], want)
		}
	}
}

// A demo that is killed at random moments, again and again, ends in the same bytes as one that is not, on both databases.
func TestADemoThatIsKilledEndsAsOneThatIsNot(t *testing.T) {
	t.Parallel()
	want := undisturbed(t, small, "--data", t.TempDir())
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			if got := undisturbed(t, append(database(t), small)...); !bytes.Equal(got, want) {
				t.Fatalf("undisturbed:\n%s\nwant:\n%s", got, want)
			}
			// What is over before it was killed often enough begins anew, with shorter lives.
			for longest, kills := time.Since(began)/9, 0; kills < wantKills; longest /= 2 {
				if longest < time.Millisecond {
					t.Fatalf("the demo was killed %d times only, want %d", kills, wantKills)
				}
				var got []byte
				if got, kills = killed(t, append(database(t), small), longest); !bytes.Equal(got, want) {
					t.Fatalf("after %d kills:\n%s\nwant:\n%s", kills, got, want)
				}
			}
		})
	}
}

// wantKills is how often the demo is killed; the race detector makes each life of it several times as long.
var wantKills = map[bool]int{false: 30, true: 6}[raceDetector]

// killed plays a small month that is killed at random moments, and says how often. A life that is short beside the whole
// spreads thirty kills over it.
func killed(t *testing.T, where []string, longest time.Duration) (out []byte, kills int) {
	t.Helper()
	for {
		cmd, output := command(t, where...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		moment := time.Hour
		if kills < wantKills {
			moment = time.Duration(rand.Int64N(int64(longest)))
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("after %d kills: %v\n%s", kills, err, output)
			}
			return output.Bytes(), kills
		case <-time.After(moment):
			_ = cmd.Process.Signal(syscall.SIGKILL) // it may have ended just now
			if err := <-ended; err == nil {
				t.Log("the demo was over just before the kill")
			}
			kills++
		}
	}
}
