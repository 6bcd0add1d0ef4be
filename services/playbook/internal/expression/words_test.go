package expression_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"cel.dev/cel-go/parser/gen"
	"github.com/antlr4-go/antlr/v4"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// faults counts what a lexer cannot read.
type faults struct {
	*antlr.DefaultErrorListener
	n int
}

func (f *faults) SyntaxError(antlr.Recognizer, any, int, int, string, antlr.RecognitionException) {
	f.n++
}

// celWords are the words of a text by the grammar of CEL, and whether it can be read. Two texts side by side are no
// expression: CEL finds them in what is never closed.
func celWords(text string) (words []string, ok bool) {
	lexer := gen.NewCELLexer(antlr.NewInputStream(text))
	var f faults
	last, ok := 0, true
	lexer.RemoveErrorListeners()
	lexer.AddErrorListener(&f)
	for token := lexer.NextToken(); token.GetTokenType() != antlr.TokenEOF; token = lexer.NextToken() {
		if token.GetChannel() == antlr.TokenDefaultChannel {
			words = append(words, token.GetText())
			ok = ok && (last != gen.CELLexerSTRING || token.GetTokenType() != gen.CELLexerSTRING)
			last = token.GetTokenType()
		}
	}
	return words, ok && f.n == 0
}

func TestWordsAreThoseOfCEL(t *testing.T) {
	t.Parallel()
	if words, ok := celWords(`ar"""\""" // why "` + "\n"); ok {
		t.Errorf("two texts side by side can be read: %q", words)
	}
	pieces := []string{"a", "in", "fit_2", "_x", "r", "b", "rb", "0", "12", "1.5", ".5", "1e3", "1e", "2E-7", "0x", "0xFf", "7u", "0x1U", "1.x",
		`""`, `''`, `"it's"`, `'say "no"'`, `"a\"b"`, `'\\'`, `"""a"b""c"""`, `'''a''b'''`, `"""\""""`, `r"\"`, `R'\'`, `r"""\"""`, `b"x"`, `B'y'`,
		`br"\"`, `bR'''\'''`, "`a-b.c`", "// why \"\n", "//", "&&", "||", "<=", "<", "==", "!=", "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}", "+", "-",
		"*", "/", "%", " ", "\t", "\n", "\r", "\f", `"é"`}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		for _, piece := range rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces") {
			if n := text.Len(); n > 0 && strings.ContainsAny(piece, `"'`) && strings.ContainsAny(text.String()[n-1:], `"'`) {
				text.WriteByte(' ') // two texts side by side are no expression
			}
			text.WriteString(piece)
		}
		want, ok := celWords(text.String())
		if !ok {
			t.Skip("CEL has no words for this")
		}
		if diff := cmp.Diff(want, slices.Collect(expression.Words(text.String()))); diff != "" {
			t.Fatalf("words of %q (-CEL +got):\n%s", text.String(), diff)
		}
	})
}

// FuzzWords holds that words are all of a text but its space and comments, whatever the text.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{`a.b == "c" // d`, `'''`, `r"""\"`, "`", "0x", "1e+", "\xff\"", "a\r\n'b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := expression.Rename(text, map[string]string{"": "x"}); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
		for w := range expression.Words(text) {
			if w == "" || utf8.ValidString(text) && !utf8.ValidString(w) {
				t.Errorf("%q has the word %q", text, w)
			}
		}
	})
}

func TestWhatIsNeverClosedIsOneWord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`a && "b && c`:            {"a", "&&", `"b && c`},
		"'b\r&& c":                {"'b", "&&", "c"},
		"'b && c\n&& d":           {`'b && c`, "&&", "d"},
		`"""a" && "b"`:            {`"""a" && "b"`},
		`"\"\"\"\"\"\"`:           {`"\"\"\"\"\"\"`},
		`r'''\'''` + `'''\'''`:    {`r'''\'''`, `'''\'''`},
		"account.`a b && c\n|| d": {"account", ".", "`a b && c", "||", "d"},
	} {
		if diff := cmp.Diff(want, slices.Collect(expression.Words(text))); diff != "" {
			t.Errorf("words of %q (-want +got):\n%s", text, diff)
		}
	}
}
