package document

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// whitespace is what folding and indentation are made of.
const whitespace = " \t\r\n"

// locate finds where a character of a scalar's text stands in the source. It reads text and source side by side; if
// they part, which the styles that it knows never do, it answers with the start of the scalar.
func (p *Positions) locate(scalar place, target mark) mark {
	c, ok := p.cursorAt(scalar.value)
	if !ok {
		return scalar.value
	}
	c.style = scalar.style
	c.open()
	inText := mark{1, 1}
	for text := scalar.text; text != ""; {
		step, written := c.match(text)
		if step == 0 {
			return scalar.value
		}
		for _, r := range text[:step] {
			if !inText.before(target) {
				return c.at
			}
			inText = inText.after(r)
		}
		c.advance(written)
		text = text[step:]
	}
	return c.at
}

// cursor walks through the source of a scalar.
type cursor struct {
	rest  string
	at    mark
	style yaml.Style
}

// cursorAt is a cursor at a mark; ok is false if the source has no such place.
func (p *Positions) cursorAt(at mark) (c cursor, ok bool) {
	if at.line < 1 || at.line > len(p.lines) {
		return cursor{}, false
	}
	c = cursor{rest: p.source[p.lines[at.line-1]:], at: mark{at.line, 1}}
	for c.at.column < at.column {
		if c.rest == "" || c.rest[0] == '\n' {
			return cursor{}, false
		}
		c.advance(runeLength(c.rest))
	}
	return c, true
}

func (c *cursor) advance(n int) {
	for _, r := range c.rest[:n] {
		c.at = c.at.after(r)
	}
	c.rest = c.rest[n:]
}

// open moves behind what introduces the scalar: a quote, or the header of a block and the indentation below it.
func (c *cursor) open() {
	switch {
	case c.style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		c.advance(min(1, len(c.rest)))
	case c.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		c.advance(max(0, strings.IndexByte(c.rest, '\n')))
		c.advance(c.gap())
	default:
	}
}

// match says how many bytes of the text and of the source stand for each other next; 0 if nothing does.
func (c *cursor) match(text string) (step, written int) {
	if c.isBlock() || c.gap() > 0 {
		// A fold turns a break and any indentation into one space or into fewer breaks.
		if spaces := leadingSpace(text); spaces > 0 {
			return spaces, leadingSpace(c.rest)
		}
	}
	c.advance(c.escapedBreak())
	step = runeLength(text)
	switch {
	case c.style&yaml.DoubleQuotedStyle != 0 && strings.HasPrefix(c.rest, `\`):
		return step, escapeLength(c.rest)
	case c.style&yaml.SingleQuotedStyle != 0 && text[0] == '\'' && strings.HasPrefix(c.rest, "''"):
		return step, 2
	case strings.HasPrefix(c.rest, text[:step]):
		return step, step
	default:
		return 0, 0
	}
}

func (c *cursor) isBlock() bool { return c.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }

// gap is the length of the white space at the cursor if it holds the end of a line, else 0.
func (c *cursor) gap() int {
	n := leadingSpace(c.rest)
	if !strings.Contains(c.rest[:n], "\n") {
		return 0
	}
	return n
}

// escapedBreak is the length of a line break that a backslash in double quotes takes out of the text, else 0.
func (c *cursor) escapedBreak() int {
	isBreak := strings.HasPrefix(c.rest, "\\\n") || strings.HasPrefix(c.rest, "\\\r\n")
	if c.style&yaml.DoubleQuotedStyle == 0 || !isBreak {
		return 0
	}
	return 1 + leadingSpace(c.rest[1:])
}

// escapeLength is the length of an escape sequence, such as \n, \x41 or \u263A.
func escapeLength(source string) int {
	if len(source) < 2 {
		return len(source)
	}
	digits := 0
	switch source[1] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
	}
	return min(len(source), 1+runeLength(source[1:])+digits)
}

func leadingSpace(text string) int { return len(text) - len(strings.TrimLeft(text, whitespace)) }

func runeLength(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	return size
}
