package document_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// FuzzCheck holds any input against the promises of the package.
func FuzzCheck(f *testing.F) {
	for _, name := range []string{"acme.yaml", "minimal.yaml"} {
		source, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "deploy", "playbooks", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	f.Add([]byte(base))
	for _, source := range []string{
		"", "~", "[]", "a: *b", "a: &b [*b]", "? [a]: b", "<<: {playbook: x}", "criteria: {a: \"\\x00\\ud83d\\n\"}",
		"criteria:\n  a: |2-\n     x\n\n    y", "sla: {clocks: {accept: {within: {time: 4h, days: 5}}}}", "\ufeff%YAML 1.2\n---\n! a: !!str b",
		"routing: {tiers: {otherwise: {otherwise: x}}, otherwise: []}", "a: 1\r\nb: 2\rc: 3\u2028d: 4", "...\n", "--- |\n x",
	} {
		f.Add([]byte(source))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		_, problems := document.Check(source, undecided)
		checkProblems(t, source, problems)
		doc, _, problems := document.Parse(source)
		if len(problems) > 0 {
			return
		}
		if _, err := document.Hash(doc); err != nil {
			t.Fatal(err)
		}
		if _, err := protojson.Marshal(doc); err != nil {
			t.Fatal(err)
		}
		again, err := document.ToYAML(doc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc, mustParse(t, again), protocmp.Transform()); diff != "" {
			t.Fatalf("Parse(ToYAML(d)) (-want +got):\n%s\n%s", diff, again)
		}
	})
}

// undecided has advice about the middle of every expression.
func undecided(all []document.Expression) []document.Finding {
	var findings []document.Finding
	for i, e := range all {
		half := e.Text[:len(e.Text)/2]
		lines := strings.Split(half, "\n")
		findings = append(findings, document.Finding{
			Expression: i, Line: len(lines), Column: utf8.RuneCountInString(lines[len(lines)-1]) + 1, Message: "hm"})
	}
	return findings
}

// checkProblems makes sure that problems have a place in the text, in its order, and a readable message.
func checkProblems(t *testing.T, source []byte, problems []document.Problem) {
	t.Helper()
	if len(problems) > document.MaxProblems {
		t.Errorf("%d problems, want at most %d", len(problems), document.MaxProblems)
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(string(source)), "\n")
	line := 0
	for _, p := range problems {
		if p.Line < line || p.Line > len(lines) || p.Line < 0 || (p.Line > 0) != (p.Column > 0) {
			t.Errorf("%v stands behind line %d of %d lines", p, line, len(lines))
		}
		line = p.Line
		if p.Line > 0 && p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 {
			t.Errorf("%v stands behind the end of its line %q", p, lines[p.Line-1])
		}
		if p.Message == "" || !utf8.ValidString(p.String()) || strings.Contains(p.Message, "cannot be read") {
			t.Errorf("a problem without a readable message: %q", p)
		}
	}
}
