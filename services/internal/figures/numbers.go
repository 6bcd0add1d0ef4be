package figures

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"
)

// Count is a whole number with its thousands set apart.
func Count(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// Share is a part of a whole in per cent, to a tenth, rounded half up; - of nothing.
func Share(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return perMille(int32((part*2000/whole+1)/2), true)
}

// Amount is money to the cent.
func Amount(m *money.Money) string {
	if m.GetCurrencyCode() == "" {
		return "0"
	}
	return fmt.Sprintf("%s.%02d %s", Count(m.GetUnits()), m.GetNanos()/nanosPerCent, m.GetCurrencyCode())
}

const nanosPerCent = 10_000_000

func cents(m *money.Money) int64 { return m.GetUnits()*100 + int64(m.GetNanos())/nanosPerCent }

// unit is what large amounts are shown in, in cents.
type unit int64

// unitOf is the unit that keeps the parts of an amount short.
func unitOf(total *money.Money) unit {
	if total.GetUnits() >= 100_000 {
		return 100_000
	}
	return 100
}

// note says what the unit is.
func (u unit) note(total *money.Money) string {
	if u == 100_000 {
		return ", in thousands of " + total.GetCurrencyCode()
	}
	return ""
}

// amount is an amount in the unit, to a tenth of a thousand or to the cent, rounded half up.
func (u unit) amount(m *money.Money) string {
	if u == 100_000 {
		tenths := (cents(m) + 5_000) / 10_000
		return fmt.Sprintf("%s.%d", Count(tenths/10), tenths%10)
	}
	return fmt.Sprintf("%s.%02d", Count(cents(m)/100), cents(m)%100)
}

// perMille is a share in per mille as per cent; - where there is none.
func perMille(share int32, given bool) string {
	if !given {
		return "-"
	}
	return fmt.Sprintf("%d.%d %%", share/10, share%10)
}

func word(value, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, prefix), "_", " "))
}

func named(slice string) string {
	if slice == "" {
		return "unknown"
	}
	return slice
}
