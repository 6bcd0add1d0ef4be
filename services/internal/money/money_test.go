package money_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/money"
)

func TestParseIsExact(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		given *moneypb.Money
		want  money.Amount
	}{
		{"two digits", of("USD", 12, 340_000_000), money.Amount{Minor: 1234, Currency: "USD"}},
		{"a cent", of("USD", 0, 10_000_000), money.Amount{Minor: 1, Currency: "USD"}},
		{"no minor unit", of("JPY", 500, 0), money.Amount{Minor: 500, Currency: "JPY"}},
		{"three digits", of("BHD", 1, 5_000_000), money.Amount{Minor: 1005, Currency: "BHD"}},
		{"four digits", of("CLF", 1, 100_000), money.Amount{Minor: 10001, Currency: "CLF"}},
		{"younger than the library's data", of("SLE", 1, 250_000_000), money.Amount{Minor: 125, Currency: "SLE"}},
		{"negative", of("EUR", -1, -10_000_000), money.Amount{Minor: -101, Currency: "EUR"}},
		{"nothing of a currency", of("EUR", 0, 0), money.Amount{Currency: "EUR"}},
		{"the largest", of("USD", math.MaxInt64/100, 70_000_000), money.Amount{Minor: math.MaxInt64, Currency: "USD"}},
		{"the smallest", of("USD", math.MinInt64/100, -80_000_000), money.Amount{Minor: math.MinInt64, Currency: "USD"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := money.Parse(tt.given)
			if err != nil {
				t.Fatalf("Parse(%v) error: %v", tt.given, err)
			}
			if got != tt.want {
				t.Errorf("Parse(%v): got %+v, want %+v", tt.given, got, tt.want)
			}
			if diff := cmp.Diff(tt.given, got.Proto(), protocmp.Transform()); diff != "" {
				t.Errorf("Proto() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefusesWhatIsNotWholeMinorUnits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		given *moneypb.Money
		want  error
	}{
		{"missing", nil, money.ErrCurrency},
		{"no currency", of("", 1, 0), money.ErrCurrency},
		{"small letters", of("usd", 1, 0), money.ErrCurrency},
		{"too long", of("USDT", 1, 0), money.ErrCurrency},
		{"letters outside ASCII", of("ÜD", 1, 0), money.ErrCurrency},
		{"nanos of a whole unit", of("USD", 0, 1_000_000_000), money.ErrNanos},
		{"nanos of a whole unit below zero", of("USD", 0, -1_000_000_000), money.ErrNanos},
		{"mixed signs", of("USD", 1, -10_000_000), money.ErrSign},
		{"mixed signs the other way", of("USD", -1, 10_000_000), money.ErrSign},
		{"half a cent", of("USD", 1, 5_000_000), money.ErrFraction},
		{"a tenth of a yen", of("JPY", 1, 100_000_000), money.ErrFraction},
		{"units overflow", of("USD", math.MaxInt64/100+1, 0), money.ErrRange},
		{"units overflow below zero", of("USD", math.MinInt64/100-1, 0), money.ErrRange},
		{"nanos overflow", of("USD", math.MaxInt64/100, 80_000_000), money.ErrRange},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := money.Parse(tt.given); !errors.Is(err, tt.want) {
				t.Errorf("Parse(%v): got %+v and error %v, want error %v", tt.given, got, err, tt.want)
			}
		})
	}
}

func TestEveryAmountComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := money.Amount{
			Minor:    rapid.Int64().Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"USD", "JPY", "BHD", "CLF", "SLE"}).Draw(t, "currency"),
		}
		got, err := money.Parse(want.Proto())
		if err != nil || got != want {
			t.Errorf("Parse(%+v.Proto()): got %+v and error %v", want, got, err)
		}
	})
}

func TestSpreadsheetsReadAmounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		amount money.Amount
		want   string
	}{
		{money.Amount{Minor: 25000, Currency: "USD"}, "250.00"},
		{money.Amount{Minor: -1250, Currency: "USD"}, "-12.50"},
		{money.Amount{Minor: -5, Currency: "USD"}, "-0.05"},
		{money.Amount{Minor: 0, Currency: "USD"}, "0.00"},
		{money.Amount{Minor: 7, Currency: "JPY"}, "7"},
		{money.Amount{Minor: -7, Currency: "JPY"}, "-7"},
		{money.Amount{Minor: 1, Currency: "BHD"}, "0.001"},
	} {
		if got := tc.amount.Decimal(); got != tc.want {
			t.Errorf("%+v: got %s, want %s", tc.amount, got, tc.want)
		}
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	dollars := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "USD"} }
	tests := []struct {
		name    string
		a, b    money.Amount
		want    money.Amount
		wantErr error
	}{
		{"same currency", dollars(1), dollars(2), dollars(3), nil},
		{"to nothing", money.Amount{}, dollars(2), dollars(2), nil},
		{"nothing", dollars(1), money.Amount{}, dollars(1), nil},
		{"up to the largest", dollars(math.MaxInt64 - 1), dollars(1), dollars(math.MaxInt64), nil},
		{"over it", dollars(math.MaxInt64), dollars(1), money.Amount{}, money.ErrRange},
		{"under the smallest", dollars(math.MinInt64), dollars(-1), money.Amount{}, money.ErrRange},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.a.Add(tt.b)
			if got != tt.want || !errors.Is(err, tt.wantErr) {
				t.Errorf("Add(): got %+v and error %v, want %+v and %v", got, err, tt.want, tt.wantErr)
			}
		})
	}
}

func TestAddNeverMixesCurrencies(t *testing.T) {
	t.Parallel()
	_, err := money.Amount{Minor: 1, Currency: "USD"}.Add(money.Amount{Currency: "EUR"})
	var mismatch *money.MismatchError
	if !errors.As(err, &mismatch) {
		t.Fatalf("Add(): got error %v, want a MismatchError", err)
	}
	if diff := cmp.Diff(&money.MismatchError{Have: "EUR", Want: "USD"}, mismatch); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

// Amounts are stored in minor units: if a release of the library moved a currency's decimal point, every stored amount of
// it would change its worth.
func TestMinorDigitsStayWhatTheyWere(t *testing.T) {
	t.Parallel()
	digits := map[string]int64{
		"USD": 100, "EUR": 100, "GBP": 100, "CHF": 100, "CAD": 100, "AUD": 100, "NZD": 100, "SEK": 100, "NOK": 100, "DKK": 100,
		"PLN": 100, "CZK": 100, "HUF": 100, "RON": 100, "TRY": 100, "BRL": 100, "MXN": 100, "INR": 100, "CNY": 100, "HKD": 100,
		"SGD": 100, "TWD": 100, "THB": 100, "ZAR": 100, "ILS": 100, "AED": 100, "SAR": 100,
		"JPY": 1, "KRW": 1, "VND": 1, "ISK": 1, "CLP": 1, "COP": 1, "IDR": 1, "PKR": 1, "RSD": 1, "UGX": 1, "XOF": 1, "XAF": 1,
		"BHD": 1000, "KWD": 1000, "OMR": 1000, "JOD": 1000, "TND": 1000, "CLF": 10000,
	}
	for currency, want := range digits {
		got, err := money.Parse(of(currency, 1, 0))
		if err != nil || got.Minor != want {
			t.Errorf("1 %s: got %d minor units and error %v, want %d", currency, got.Minor, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("USD", int64(12), int32(340_000_000))
	f.Add("JPY", int64(-1), int32(1))
	f.Fuzz(func(t *testing.T, currency string, units int64, nanos int32) {
		given := of(currency, units, nanos)
		got, err := money.Parse(given)
		if err != nil {
			return
		}
		if diff := cmp.Diff(given, got.Proto(), protocmp.Transform()); diff != "" {
			t.Errorf("Parse().Proto() (-given +got):\n%s", diff)
		}
	})
}

func of(currency string, units int64, nanos int32) *moneypb.Money {
	return &moneypb.Money{CurrencyCode: currency, Units: units, Nanos: nanos}
}
