package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// claimed finds a command and what the README says it prints.
var claimed = regexp.MustCompile("(?s)```sh\n(handoff predict .*?)\n```\n```\n(.*?)\n```")

func TestTheFiguresOfTheReadmeAreMeasured(t *testing.T) {
	t.Parallel()
	data := filepath.Dir(published(t, "x_education"))
	readme, err := os.ReadFile("../../bench/README.md")
	if err != nil {
		t.Fatal(err)
	}
	found := claimed.FindAllStringSubmatch(string(readme), -1)
	if len(found) != 4 {
		t.Fatalf("the README shows %d commands, want 4", len(found))
	}
	dir := t.TempDir()
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "handoff")); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", f[1])
		cmd.Env = append(os.Environ(), asCommand+"=1", "DATA="+data, "PATH="+dir+":"+os.Getenv("PATH"))
		out, _ := cmd.CombinedOutput() // a refusal is an answer too
		for _, part := range strings.Split(f[2], "\n  …\n") {
			if !strings.Contains(string(out), part) {
				t.Errorf("%s\nsays\n%s\nand not\n%s", f[1], out, part)
			}
		}
	}
}
