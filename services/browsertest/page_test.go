package browsertest

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// patience ends a wait for what will never come: a page has all the time that a busy machine needs to show what it should.
const patience = 10 * time.Minute

// serve runs a suite on SQLite, and gives the address of its pages and a token for somebody who reads everything.
func serve(t *testing.T) (url, token string) {
	t.Helper()
	a := apptest.Run(t, app.Config{DataDir: t.TempDir(), GRPCAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0"})
	token, err := a.Key().Mint(auth.Grant{Subject: "mara", Roles: []accessv1.Role{accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_REVOPS}, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + a.HTTPAddr(), token
}

// browser is a tab, and what its page complains about.
type browser struct {
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// open starts a browser, which ends with the test.
func open(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1280, 1600),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(patience))
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, done := context.WithTimeout(ctx, patience)
	t.Cleanup(done)
	b := &browser{ctx: ctx}
	b.do(t, "start the browser")
	said := chromedp.Console(ctx)
	go b.listen(said)
	return b
}

// listen notes complaints until the browser ends.
func (b *browser) listen(said iter.Seq2[chromedp.ConsoleMessage, error]) {
	for message, err := range said {
		if err != nil {
			return
		}
		if message.Type == chromedp.ConsoleError || message.Type == chromedp.ConsoleException {
			b.mu.Lock()
			b.complaints = append(b.complaints, message.Text)
			b.mu.Unlock()
		}
	}
}

func (b *browser) complained() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.complaints
}

// do takes steps.
func (b *browser) do(t *testing.T, what string, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.picture(t, "failed")
		t.Fatalf("%s: %v; the page complains %q", what, err, b.complained())
	}
}

// see reads something off the page.
func see[T any](t *testing.T, b *browser, what chromedp.Action[T]) T {
	t.Helper()
	seen, err := chromedp.Run(b.ctx, what)
	if err != nil {
		t.Fatalf("%v; the page complains %q", err, b.complained())
	}
	return seen
}

// picture keeps a picture of the page for people to look at.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("HANDOFF_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		t.Errorf("picture %s: %v", name, err)
	}
}

func TestThePageOfTheAPIShowsItWholeAndLetsOneTryIt(t *testing.T) {
	url, token := serve(t)
	b := open(t)
	b.do(t, "open the page", chromedp.Navigate(url+"/"), chromedp.WaitVisible(`.opblock-tag`))
	title, services := see(t, b, chromedp.Title()), see(t, b, chromedp.Evaluate[[]string](`[...document.querySelectorAll('.opblock-tag')].map(e => e.dataset.tag)`))
	want := []string{"AttributionService", "FeedbackService", "JourneyService", "PlaybookService", "RoutingService", "ScoringService", "SlaService", "TestClockService"}
	if !strings.HasPrefix(title, "Handoff") || !slices.Equal(services, want) {
		t.Errorf("got the title %q and %q, want Handoff and %q", title, services, want)
	}
	b.picture(t, "api")
	b.do(t, "come in with a token", chromedp.Click(`.btn.authorize`), chromedp.WaitVisible(`.auth-container input`),
		chromedp.SendKeys(`.auth-container input`, token), chromedp.Click(`.auth-btn-wrapper .authorize`), chromedp.Click(`.auth-btn-wrapper .btn-done`))
	method := `[id$="ScoringService_ListLeads"]`
	b.do(t, "open a method", chromedp.Click(`#operations-tag-ScoringService`), chromedp.Click(method+` .opblock-summary-control`),
		chromedp.WaitVisible(`.try-out__btn`))
	b.picture(t, "method")
	answer := `.live-responses-table .response `
	b.do(t, "try it", chromedp.Click(`.try-out__btn`), chromedp.Click(`.execute`), chromedp.WaitVisible(answer+`.response-col_status`))
	b.picture(t, "answer")
	status, body := see(t, b, chromedp.Text(answer+`.response-col_status`)), see(t, b, chromedp.Text(answer+`.highlight-code`))
	if !strings.HasPrefix(status, "200") || !strings.Contains(body, "{") {
		t.Errorf("got %q with %q, want 200 and JSON", status, body)
	}
	if got := b.complained(); len(got) > 0 {
		t.Errorf("the page complains: %q", got)
	}
}
