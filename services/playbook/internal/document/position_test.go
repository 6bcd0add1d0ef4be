package document_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// cross is the character whose place the tests ask for.
const cross = "✗"

// placeOf is where the cross stands in a text, from 1, in characters.
func placeOf(text string) (line, column int) {
	before, _, _ := strings.Cut(text, cross)
	lines := strings.Split(before, "\n")
	return len(lines), utf8.RuneCountInString(lines[len(lines)-1]) + 1
}

func TestPositionsFindACharacterInsideAScalar(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source string }{
		{"plain", "criteria:\n  a: one && ✗\n"},
		{"plain, first character", "criteria:\n  a: ✗\n"},
		{"plain, over several lines", "criteria:\n  a: one &&\n     two &&\n\n       three ✗ || four\n"},
		{"plain, behind characters of several bytes", "criteria:\n  a: lead.title == 'Übermütig ☃' ✗\n"},
		{"plain, behind a comment", "# why\ncriteria: # what\n  # how\n  a: one ✗ # not this\n"},
		{"plain, in a flow mapping", "{criteria: {b: x, a: one ✗}}\n"},
		{"single quotes", "criteria:\n  a: 'one ✗'\n"},
		{"single quotes with quotes inside", "criteria:\n  a: 'it''s ''one'' ✗'\n"},
		{"single quotes over several lines", "criteria:\n  a: 'one\n    two ''\n\n    three ✗'\n"},
		{"double quotes", "criteria:\n  a: \"one ✗\"\n"},
		{"double quotes with escapes", "criteria:\n  a: \"\\\"o\\\\n\\x65\\\" \\u263A \\U0001F600\\t ✗\"\n"},
		{"double quotes with an escaped break", "criteria:\n  a: \"one \\\n     two ✗\"\n"},
		{"double quotes with a break that is in the text", "criteria:\n  a: \"one\\ntwo\\\n  \\n  three ✗\"\n"},
		{"literal block", "criteria:\n  a: |\n    one &&\n    two ✗\n"},
		{"literal block with inner indentation", "criteria:\n  a: |\n    one &&\n      (two ||\n\n        three ✗)\n"},
		{"literal block with a header", "criteria:\n  a: |-  # why\n      one &&\n      ✗\n"},
		{"literal block with its own indentation", "criteria:\n  a: |2\n      one\n    ✗\n"},
		{"literal block that begins with empty lines", "criteria:\n  a: |\n\n\n    one ✗\n"},
		{"folded block", "criteria:\n  a: >\n    one &&\n    two &&\n\n    three ✗\n"},
		{"folded block with a deeper line", "criteria:\n  a: >-\n    one &&\n      two\n    three ✗\n"},
		{"lines that end in CR LF", "criteria:\r\n  b: x\r\n  a: |\r\n    one &&\r\n    two ✗\r\n"},
		{"behind a byte order mark", "\ufeffcriteria: {a: one ✗}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, positions, _ := document.Parse([]byte(tt.source))
			text := doc.GetCriteria()["a"]
			if !strings.Contains(text, cross) {
				t.Fatalf("the text is %q: it has lost the cross", text)
			}
			textLine, textColumn := placeOf(text)
			line, column := positions.Within("criteria.a", textLine, textColumn)
			wantLine, wantColumn := placeOf(strings.TrimPrefix(tt.source, "\ufeff"))
			if line != wantLine || column != wantColumn {
				t.Errorf("the cross is at %d:%d, want %d:%d", line, column, wantLine, wantColumn)
			}
		})
	}
}

func TestPositionsFindAnyCharacterInAnyStyle(t *testing.T) {
	t.Parallel()
	styles := []yaml.Style{0, yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{
			"a", "é", "☃", "'", `"`, `\`, " ", "  ", "\n", "\n\n", "\t", "#", ": ", "- ", "{", "\u00a0", "\x07"})).Draw(t, "text")
		at := rapid.IntRange(0, len(pieces)).Draw(t, "cross")
		text := strings.Join(pieces[:at], "") + cross + strings.Join(pieces[at:], "")
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: rapid.SampledFrom(styles).Draw(t, "style")}
		source, err := yaml.Marshal(map[string]map[string]*yaml.Node{"criteria": {"a": value}})
		if err != nil {
			t.Fatal(err)
		}
		doc, positions, problems := document.Parse(source)
		if doc.GetCriteria()["a"] != text {
			t.Skipf("the YAML library does not read back what it wrote: %v", problems)
		}
		textLine, textColumn := placeOf(text)
		line, column := positions.Within("criteria.a", textLine, textColumn)
		if wantLine, wantColumn := placeOf(string(source)); line != wantLine || column != wantColumn {
			t.Fatalf("in\n%s\nthe cross is at %d:%d, want %d:%d", source, line, column, wantLine, wantColumn)
		}
	})
}

func TestPositionsOfFields(t *testing.T) {
	t.Parallel()
	const source = `scoring:
  engagement:
    web:
      events:
        page_view: {bonus: {"/a.b": 3, "x\"y": 4}}
routing:
  first_match:
    - when: 'true'
      to: nurture
sla:
  escalate:
    accept:
      - {at: 50%, notify: [rep, manager]}
  clocks:
    accept:
      within: {days: 5}
`
	_, positions, _ := document.Parse([]byte(source))
	tests := []struct {
		path         string
		line, column int
	}{
		{"", 1, 1},
		{"scoring.engagement.web", 3, 5},
		{`scoring.engagement.web.events.page_view.bonus["/a.b"]`, 5, 37},
		{`scoring.engagement.web.events.page_view.bonus["x\"y"]`, 5, 48},
		{"routing.first_match[0]", 8, 7},
		{"routing.first_match[0].to", 9, 11},
		{"routing.first_match[7].to", 7, 3},
		{"sla.escalate.accept[0].notify[1]", 13, 33},
		{"sla.clocks.accept.within", 16, 7},
		{"sla.clocks.accept.unit", 15, 5},
		{"sla.calendar", 10, 1},
		{"attribution.targets.x.low", 1, 1},
	}
	for _, tt := range tests {
		if line, column := positions.Of(tt.path); line != tt.line || column != tt.column {
			t.Errorf("Of(%q) = %d:%d, want %d:%d", tt.path, line, column, tt.line, tt.column)
		}
	}
}

func TestPositionsOutsideTheTextStayInside(t *testing.T) {
	t.Parallel()
	const source = "criteria:\n  a: 'one'\n"
	_, positions, _ := document.Parse([]byte(source))
	tests := []struct{ line, column, wantLine, wantColumn int }{
		{0, 0, 2, 6},   // the whole
		{1, 1, 2, 7},   // behind the quote
		{1, 99, 2, 10}, // the end
		{9, 9, 2, 10},
		{1, -5, 2, 7},
	}
	for _, tt := range tests {
		if line, column := positions.Within("criteria.a", tt.line, tt.column); line != tt.wantLine || column != tt.wantColumn {
			t.Errorf("Within(%d, %d) = %d:%d, want %d:%d", tt.line, tt.column, line, column, tt.wantLine, tt.wantColumn)
		}
	}
	var none *document.Positions
	if line, column := none.Within("criteria.a", 1, 1); line != 0 || column != 0 {
		t.Errorf("without positions: %d:%d, want 0:0", line, column)
	}
}
