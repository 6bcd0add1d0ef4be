package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handoffhq/handoff/services/internal/importer"
)

// write writes a file into a directory.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportSaysByItsStatusWhetherEveryRowCameIn(t *testing.T) {
	t.Parallel()
	in := install(t, []string{"--data", t.TempDir()})
	dir := t.TempDir()
	m := write(t, dir, "crm.yaml", "source: crm\nsteps: {file: people.csv, make: {lead: {source_id: id, email: email, occur_time: seen}}}\n")
	good := write(t, dir, "people.csv", "id,email,seen\n1,ann@a.example,2026-03-02\n")
	bad := write(t, dir, "bad.csv", "id,email,seen\n1,ann@a.example,2026-03-02\n2,\"bob, who has no address\",2026-03-02\n3,cid@a.example,2926-03-02\n4,dan@a.example,2026-03-02\n")
	tests := []struct {
		name   string
		args   []string
		status int
		out    string
		lines  int // of the reject file, with its header
	}{
		{"everything", []string{m, good}, 0, "lead         1", 1},
		{"not everything", []string{m, bad}, 2, "2 rejected; line by line in", 3},
		{"a caller who may not", []string{m, good, "--token=none"}, 1, "", 0},
	}
	for _, tt := range tests {
		work := t.TempDir()
		cmd := itself(t.Context(), append([]string{"import", "--work=" + work, "--address=" + in.address, "--data=" + in.data}, tt.args...)...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, nil
		status := 0
		var ended *exec.ExitError
		if err := cmd.Run(); errors.As(err, &ended) {
			status = ended.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if status != tt.status || !strings.Contains(out.String(), tt.out) {
			t.Errorf("%s: got status %d, want %d, with %q in\n%s", tt.name, status, tt.status, tt.out, &out)
		}
		rejects, _ := os.ReadFile(filepath.Join(work, "rejects.csv")) // there is none if it never began
		if lines := strings.Count(string(rejects), "\n"); lines != tt.lines && tt.lines > 0 {
			t.Errorf("%s: got %d lines of rejects, want %d:\n%s", tt.name, lines, tt.lines, rejects)
		}
		for _, personal := range []string{"bob", "cid@"} {
			if strings.Contains(string(rejects), personal) {
				t.Errorf("%s: the rejects hold %q:\n%s", tt.name, personal, rejects)
			}
		}
	}
}

func TestImportExplainsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	wrong := write(t, t.TempDir(), "crm.yaml", "source: crm\nsteps: {file: people.csv, make: {lead: {id: id}}}\n")
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"import", "crm"}, "crm is neither a file nor a ready mapping; ready are maven_crm, olist_funnel, x_education"},
		{[]string{"import", "olist_funnel"}, "where are the files? Give their folder"},
		{[]string{"import", wrong, "."}, "crm.yaml:2:41: there is no \"id\" in a lead"},
	}
	for _, tt := range tests {
		cmd := root()
		var out bytes.Buffer
		cmd.SetArgs(tt.args)
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		err := cmd.ExecuteContext(t.Context())
		if err == nil || !strings.Contains(out.String()+err.Error(), tt.want) {
			t.Errorf("%v: got %v and\n%s", tt.args, err, &out)
		}
	}
}

func TestImportPrintsReadyMappings(t *testing.T) {
	t.Parallel()
	for _, name := range importer.Ready() {
		cmd := root()
		var out bytes.Buffer
		cmd.SetArgs([]string{"import", name, "--print"})
		cmd.SetOut(&out)
		if err := cmd.ExecuteContext(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want, _ := importer.ReadyText(name); !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s: got\n%s", name, &out)
		}
	}
}
