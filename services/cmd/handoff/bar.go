package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/handoffhq/handoff/services/internal/figures"
)

// bar shows progress on a terminal; elsewhere it is silent.
type bar struct {
	out   io.Writer
	what  string
	begun time.Time
	last  int
}

const barWidth = 40

func newBar(out io.Writer, what string) *bar {
	b := &bar{what: what, begun: time.Now(), last: -1} //nolint:forbidigo // how long a person waits is real time
	if f, ok := out.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		b.out = out
	}
	return b
}

// show draws a share from 0 to 1.
func (b *bar) show(share float64) {
	step := int(share * barWidth)
	if b.out == nil || step == b.last {
		return
	}
	b.last = step
	fmt.Fprintf(b.out, "\r%s [%s%s] %3.0f %%", b.what, strings.Repeat("=", step), strings.Repeat(" ", barWidth-step), share*100)
}

// count draws how much is done of a total that is not known.
func (b *bar) count(done int64) {
	if b.out != nil {
		fmt.Fprintf(b.out, "\r%s %s", b.what, figures.Count(done))
	}
}

// turn goes on to something else, once what was shown before is done.
func (b *bar) turn(what string) {
	if what == b.what {
		return
	}
	b.done()
	b.what, b.begun, b.last = what, time.Now(), -1 //nolint:forbidigo // how long a person waits is real time
}

// done ends what was shown, if anything was.
func (b *bar) done() {
	if b.out != nil && b.what != "" {
		fmt.Fprintf(b.out, "\r%s [%s] %s\n", b.what, strings.Repeat("=", barWidth), time.Since(b.begun).Round(100*time.Millisecond))
	}
}
