package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"golang.org/x/text/currency"
	moneypb "google.golang.org/genproto/googleapis/type/money"
)

// Why an amount is refused.
var (
	// ErrCurrency says that the currency is not the three capital letters of ISO 4217.
	ErrCurrency = errors.New("currency is not three capital letters")
	// ErrNanos says that the nanos are not within one unit.
	ErrNanos = errors.New("nanos are not between -999999999 and 999999999")
	// ErrSign says that units and nanos have different signs.
	ErrSign = errors.New("units and nanos have different signs")
	// ErrFraction says that an amount is finer than the currency's minor unit.
	ErrFraction = errors.New("amount is finer than the currency's minor unit")
	// ErrRange says that an amount exceeds what 64 bits of minor units hold.
	ErrRange = errors.New("amount is out of range")
)

// MismatchError says that amounts of two currencies were to be added.
type MismatchError struct {
	Have, Want string
}

// Error names both currencies.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("cannot add %s to %s", e.Have, e.Want)
}

// nanosPerUnit is the scale of the nanos in google.type.Money.
const (
	nanosPerUnit = 1_000_000_000
	nanoDigits   = 9
)

// defaultDigits are the minor digits of a currency that the library does not know.
const defaultDigits = 2

// Amount is money in whole minor units, such as cents. The zero Amount is nothing of no currency.
type Amount struct {
	Minor    int64
	Currency string // ISO 4217
}

// Parse reads an amount of the API.
//
// Errors: [ErrCurrency], [ErrNanos], [ErrSign], [ErrFraction], [ErrRange].
func Parse(m *moneypb.Money) (Amount, error) {
	units, nanos := m.GetUnits(), int64(m.GetNanos())
	switch {
	case !code(m.GetCurrencyCode()):
		return Amount{}, ErrCurrency
	case nanos <= -nanosPerUnit || nanos >= nanosPerUnit:
		return Amount{}, ErrNanos
	case units > 0 && nanos < 0 || units < 0 && nanos > 0:
		return Amount{}, ErrSign
	}
	minorPerUnit := scale(m.GetCurrencyCode())
	nanosPerMinor := nanosPerUnit / minorPerUnit
	if nanos%nanosPerMinor != 0 {
		return Amount{}, ErrFraction
	}
	if units > math.MaxInt64/minorPerUnit || units < math.MinInt64/minorPerUnit {
		return Amount{}, ErrRange
	}
	minor, fits := add(units*minorPerUnit, nanos/nanosPerMinor)
	if !fits {
		return Amount{}, ErrRange
	}
	return Amount{Minor: minor, Currency: m.GetCurrencyCode()}, nil
}

// Proto is the amount as the API shows it.
func (a Amount) Proto() *moneypb.Money {
	if a.Currency == "" {
		return &moneypb.Money{}
	}
	minorPerUnit := scale(a.Currency)
	return &moneypb.Money{
		CurrencyCode: a.Currency,
		Units:        a.Minor / minorPerUnit,
		Nanos:        int32(a.Minor % minorPerUnit * (nanosPerUnit / minorPerUnit)),
	}
}

// Decimal is the amount as spreadsheets read it, with a point and the minor digits of the currency, such as `-12.50`.
func (a Amount) Decimal() string {
	minorPerUnit := scale(a.Currency)
	digits := len(strconv.FormatInt(minorPerUnit, 10)) - 1
	text := fmt.Sprintf("%0*d", digits+1, a.Minor)
	if a.Minor < 0 {
		text = fmt.Sprintf("%0*d", digits+2, a.Minor) // the sign takes a place
	}
	if digits == 0 {
		return text
	}
	return text[:len(text)-digits] + "." + text[len(text)-digits:]
}

// Add sums two amounts. Nothing of no currency adds to any. It fails with a [*MismatchError] or [ErrRange].
func (a Amount) Add(b Amount) (Amount, error) {
	switch {
	case a == Amount{}:
		return b, nil
	case b == Amount{}:
		return a, nil
	case a.Currency != b.Currency:
		return Amount{}, &MismatchError{Have: b.Currency, Want: a.Currency}
	}
	sum, fits := add(a.Minor, b.Minor)
	if !fits {
		return Amount{}, ErrRange
	}
	return Amount{Minor: sum, Currency: a.Currency}, nil
}

// code reports whether the text is formed like a code of ISO 4217.
func code(text string) bool {
	if len(text) != 3 {
		return false
	}
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			return false
		}
	}
	return true
}

// scale is how many minor units make a unit of the currency: a power of ten up to 10⁹.
func scale(code string) int64 {
	digits := defaultDigits
	if unit, err := currency.ParseISO(code); err == nil {
		digits, _ = currency.Standard.Rounding(unit)
	}
	minorPerUnit := int64(1)
	for range min(digits, nanoDigits) {
		minorPerUnit *= 10
	}
	return minorPerUnit
}

// add returns a + b and whether it fits.
func add(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}
