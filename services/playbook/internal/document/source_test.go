package document_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

func TestParseRefusesWhatIsNotOneBoundedDocument(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct{ name, source, want string }{
		{"nothing", "", "the document is empty: a playbook says at least playbook, scoring, stages, routing and sla"},
		{"a document without content", "---", "the document is empty: a playbook says at least playbook, scoring, stages, routing and sla"},
		{"comments alone", "# later\n", "the document is empty: a playbook says at least playbook, scoring, stages, routing and sla"},
		{"too much", strings.Repeat("#", document.MaxBytes+1), "the document has 524289 bytes; at most 524288 are read"},
		{"not UTF-8", "playbook: \xff", "the document is not UTF-8; save it as UTF-8"},
		{"UTF-16", "\xff\xfep\x00", "the document is not UTF-8; save it as UTF-8"},
		{"too deep", "a: " + nested(document.MaxNesting), "1:35: more than 32 lists and mappings are inside one another"},
		{"far too deep", strings.Repeat("[", 100_000), "this is not YAML: exceeded max depth of 10000; look at the indentation, at brackets and at quotes, here and in the lines above"},
		{"a second document", "a: 1\n---\nb: 2\n", "2:1: a second document starts here; a playbook is one document, without `---` in it"},
		{"a broken second document", "a: 1\n---\n{", "3:1: this is not YAML: did not find expected node content; look at the indentation, at brackets and at quotes, here and in the lines above"},
		{"a colon in a text", "a: 1\nb: x in {\"y\": 1}\n", "2:1: this is not YAML: mapping values are not allowed in this context; put a text that holds a colon and a space in single quotes, and look at the indentation"},
		{"a tab as indentation", "a:\n\tb: 1\n", "2:1: this is not YAML: found character that cannot start any token; indent with spaces, and put a text that starts with @, ` or % in single quotes"},
		{"an anchor that does not exist", "a: 1\nb: *c\n", "this is not YAML: unknown anchor 'c' referenced; put a text that starts with * in single quotes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, positions, problems := document.Parse([]byte(tt.source))
			if doc != nil || positions != nil {
				t.Errorf("Parse returned a document for what cannot be read")
			}
			if diff := cmp.Diff([]string{tt.want}, texts(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseAllowsTheDeepestNesting(t *testing.T) {
	t.Parallel()
	source := "a: " + strings.Repeat("[", document.MaxNesting-1) + strings.Repeat("]", document.MaxNesting-1)
	if doc, _, _ := document.Parse([]byte(source)); doc == nil {
		t.Errorf("Parse refused %d levels", document.MaxNesting)
	}
}

// A small text that stands for a document of 10⁹ texts must neither be expanded nor be read in part.
func TestParseRefusesAnAliasBomb(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("criteria:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		again := strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10)
		fmt.Fprintf(&bomb, "  a%d: &a%d [%s]\n", i, i, again)
	}
	bomb.WriteString("disqualify: *a9\nscoring: &s {fit: *s}\n")
	doc, _, problems := document.Parse([]byte(bomb.String()))
	if !document.HasErrors(problems) {
		t.Fatal("Parse accepted an alias bomb")
	}
	if doc.GetDisqualify() != nil || doc.GetScoring().GetFit() != nil {
		t.Errorf("Parse followed an alias: %v", doc)
	}
}

func TestParseBoundsItsAnswer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 2_000)
	tests := []struct {
		name   string
		source []byte
	}{
		{"many unknown fields", bytes.Repeat([]byte("no: 1\n"), 8_000)},
		{"many different unknown fields", numbered("no%d: 1\n", 4_000)},
		{"many broken rules", append([]byte("target_accounts:\n"), bytes.Repeat([]byte("- {domain: ab}\n"), 3_000)...)},
		{"many wrong values", append([]byte("criteria:\n"), numbered("  a%d: []\n", 3_000)...)},
		{"many problems that only Lint sees", []byte(strings.Replace(base, "  - {domain: globex.example}\n", strings.Repeat("  - {domain: a.example}\n", 2_000-1), 1))},
		{"many names that do not exist", []byte(many())},
		{"long names and texts", []byte(strings.Repeat(long+": 1\n"+long+"2: 1\nreview_every: "+long+"\n", 40))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := document.Check(tt.source, nil)
			size := 0
			for _, p := range problems {
				size += len(p.String())
			}
			if len(problems) == 0 || len(problems) > document.MaxProblems || size > 400_000 {
				t.Errorf("%d problems of %d bytes, want 1 to %d of at most 400,000", len(problems), size, document.MaxProblems)
			}
			for _, p := range problems {
				if !utf8.ValidString(p.String()) {
					t.Fatalf("the problem %q is not UTF-8", p)
				}
			}
		})
	}
}

// many has more criteria and more rules that name none of them than anybody may.
func many() string {
	return "criteria:\n" + string(numbered("  a%d: x\n", 1_500)) + "scoring:\n  fit:\n" + string(numbered("    b%d: {when: c}\n", 1_200))
}

func numbered(format string, n int) []byte {
	var all bytes.Buffer
	for i := range n {
		fmt.Fprintf(&all, format, i)
	}
	return all.Bytes()
}
