package criteria_test

import (
	"errors"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want criteria.Money
		ok   bool
	}{
		{"20000000 USD", criteria.Money{Currency: "USD", Units: 20_000_000}, true},
		{"0.99 EUR", criteria.Money{Currency: "EUR", Nanos: 990_000_000}, true},
		{"1.000000001 JPY", criteria.Money{Currency: "JPY", Units: 1, Nanos: 1}, true},
		{"9223372036854775807 USD", criteria.Money{Currency: "USD", Units: 9223372036854775807}, true},
		{"9223372036854775808 USD", criteria.Money{}, false},
		{"99999999999999999999999 USD", criteria.Money{}, false},
		{"1.0000000001 USD", criteria.Money{}, false},
		{"-5 USD", criteria.Money{}, false},
		{"+5 USD", criteria.Money{}, false},
		{"5", criteria.Money{}, false},
		{"5 usd", criteria.Money{}, false},
		{"5  USD", criteria.Money{}, false},
		{"5 USDX", criteria.Money{}, false},
		{"5. USD", criteria.Money{}, false},
		{".5 USD", criteria.Money{}, false},
		{"1_000 USD", criteria.Money{}, false},
		{"1e3 USD", criteria.Money{}, false},
		{"", criteria.Money{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := criteria.ParseMoney(tt.text)
			if got != tt.want || (err == nil) != tt.ok || err != nil && !errors.Is(err, criteria.ErrMoney) {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Duration // 0 for an error
	}{
		{"14d", 14 * day},
		{"2w", 14 * day},
		{"1w1d1h1m1s", 8*day + time.Hour + time.Minute + time.Second},
		{"36h", 36 * time.Hour},
		{"1d0.5h", day + 30*time.Minute},
		{"106751d", 106751 * day},
		{"106752d", 0},
		{"15251w", 0},
		{"106751d24h", 0},
		{"2562047h", 2562047 * time.Hour},
		{"0d", 0}, {"", 0}, {"14", 0}, {"d", 0}, {"-1d", 0}, {"+1d", 0}, {"1d-1h", 0}, {"1d+1h", 0}, {"-1h", 0},
		{"1d1w", 0}, {"1d1d", 0}, {"1.5d", 0}, {"14 d", 0}, {"1d ", 0}, {"99999999999999999999d", 0}, {"two weeks", 0},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := criteria.ParseWindow(tt.text)
			if got != tt.want || (err == nil) != (tt.want > 0) || err != nil && !errors.Is(err, criteria.ErrWindow) {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func FuzzParseMoney(f *testing.F) {
	f.Add("20000000 USD")
	f.Add("0.99 EUR")
	f.Fuzz(func(t *testing.T, text string) {
		money, err := criteria.ParseMoney(text)
		if err == nil && (money.Units < 0 || money.Nanos < 0 || money.Nanos > 999_999_999 || len(money.Currency) != 3) {
			t.Errorf("%q gave %+v", text, money)
		}
	})
}

func FuzzParseWindow(f *testing.F) {
	f.Add("14d")
	f.Add("1w2d3h")
	f.Fuzz(func(t *testing.T, text string) {
		if window, err := criteria.ParseWindow(text); err == nil && window <= 0 {
			t.Errorf("%q gave %v", text, window)
		}
	})
}
