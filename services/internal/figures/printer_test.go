package figures_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/money"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestTextStandsLeftAndFiguresRightUnderTheirHeadings(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := figures.New(&out)
	p.Title("Who")
	p.Head("rep", "works in", "touched in time")
	p.Row("Zoë", "San Diego", "100.0 %")
	p.Row("group")
	p.Row("Li", "Rio", "-")
	p.Line("and %d more", 2)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{"", "Who",
		"                    touched",
		"                         in",
		"  rep    works in      time",
		"  Zoë    San Diego  100.0 %",
		"  group",
		"  Li     Rio              -",
		"  and 2 more", ""}, "\n")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("print (-want +got):\n%s", diff)
	}
}

func usd(units int64) *money.Money { return &money.Money{CurrencyCode: "USD", Units: units} }

func TestAChannelThatAModelGivesNothingStaysInItsColumn(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := figures.New(&out)
	slice := func(channel string, units int64) *attributionv1.CreditSlice {
		return &attributionv1.CreditSlice{Slice: channel, Amount: usd(units)}
	}
	p.Credits(
		&attributionv1.CreditReport{Model: playbookv1.AttributionModel_ATTRIBUTION_MODEL_FIRST_TOUCH, Total: usd(300_000), Untouched: usd(50_000),
			Channels: []*attributionv1.CreditSlice{slice("direct", 100_000), slice("email", 150_000)}},
		&attributionv1.CreditReport{Model: playbookv1.AttributionModel_ATTRIBUTION_MODEL_LAST_NON_DIRECT, Total: usd(300_000), Untouched: usd(50_000),
			Channels: []*attributionv1.CreditSlice{slice("email", 250_000)}})
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "  last non direct       -  250.0       50.0\n"
	if !strings.Contains(out.String(), want) {
		t.Errorf("got\n%s\nwant a line\n%s", out.String(), want)
	}
}

func TestNumbersAreSpelledForPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{figures.Count(0), "0"}, {figures.Count(999), "999"}, {figures.Count(1000), "1,000"}, {figures.Count(-1234567), "-1,234,567"},
		{figures.Share(1, 3), "33.3 %"}, {figures.Share(2, 3), "66.7 %"}, {figures.Share(1, 0), "-"}, {figures.Share(7, 7), "100.0 %"},
		{figures.Amount(nil), "0"}, {figures.Amount(&money.Money{CurrencyCode: "USD", Units: 12345, Nanos: 60_000_000}), "12,345.06 USD"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestAFailedWriteIsTold(t *testing.T) {
	t.Parallel()
	p := figures.New(broken{})
	p.Title("Who")
	p.Row("Li")
	if err := p.Flush(); err == nil {
		t.Error("got no error of a broken writer")
	}
}
