package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// BenchmarkAttribution runs the calculator as a command, from its start to its end, on made-up journeys in a file; beside
// that, this process reads the same file with encoding/csv and nothing else.
func BenchmarkAttribution(b *testing.B) {
	dir := b.TempDir()
	command := filepath.Join(dir, "handoff")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", command, "./cmd/handoff")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, journeys := range attributionSizes {
		file := filepath.Join(dir, "journeys.csv")
		generate := exec.CommandContext(b.Context(), command, "attribution", "generate", "--journeys="+strconv.Itoa(journeys), "--out="+file)
		if out, err := generate.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		b.Run(fmt.Sprintf("%d/csv", journeys), func(b *testing.B) {
			for b.Loop() {
				readCSV(b, file)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
		})
		for _, cores := range []string{"1", "2"} {
			for _, args := range [][]string{{"markov-1", "--order=1"}, {"markov-3", "--order=3"}, {"markov-4", "--order=4"}, {"all", "--model=all"}} {
				b.Run(fmt.Sprintf("%d/%s/cores-%s", journeys, args[0], cores), func(b *testing.B) {
					compute(b, command, "--paths="+file, "--output=csv", "--cores="+cores, args[1])
				})
			}
		}
	}
}

// attributionSizes are how many journeys there are.
var attributionSizes = []int{10_000, 100_000, 1_000_000, 10_000_000}

// compute runs the calculator and tells how long it took, on how much processor time and in how much memory.
func compute(b *testing.B, command string, args ...string) {
	b.Helper()
	var processor, memory float64
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), command, append([]string{"attribution", "compute"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		processor += float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Milliseconds())
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			memory = max(memory, float64(usage.Maxrss)/1024)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
	b.ReportMetric(processor/float64(b.N), "cpu-ms")
	b.ReportMetric(memory, "MB")
}

// readCSV reads a file with encoding/csv at its fastest.
func readCSV(b *testing.B, path string) {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.ReuseRecord = true
	for {
		if _, err := rows.Read(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
