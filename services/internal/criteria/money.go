package criteria

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Money is an amount that is not negative: whole units and billionths of a unit
// of an ISO 4217 currency, as in google.type.Money.
type Money struct {
	Currency string
	Units    int64
	Nanos    int32
}

// ErrMoney is returned for a text that is not an amount.
var ErrMoney = errors.New(`not an amount such as "20000000 USD" or "0.99 EUR"`)

// ParseMoney reads an amount and its currency code, "20000000 USD" or "0.99 EUR":
// digits, at most nine decimals, one space, three capital letters.
func ParseMoney(s string) (Money, error) {
	amount, currency, _ := strings.Cut(s, " ")
	whole, decimals, point := strings.Cut(amount, ".")
	units, err := strconv.ParseUint(whole, 10, 64)
	if err != nil || units > math.MaxInt64 || !isCurrency(currency) || point && !areDecimals(decimals) {
		return Money{}, fmt.Errorf("parse money %.40q: %w", s, ErrMoney)
	}
	nanos, err := strconv.ParseInt((decimals + "000000000")[:9], 10, 32)
	if err != nil {
		return Money{}, fmt.Errorf("parse money %.40q: %w", s, ErrMoney)
	}
	return Money{Currency: currency, Units: int64(units), Nanos: int32(nanos)}, nil
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func areDecimals(s string) bool {
	return s != "" && len(s) <= 9 && strings.Trim(s, "0123456789") == ""
}

// compare orders two amounts of one currency.
func (m Money) compare(other Money) (int, error) {
	if m.Currency != other.Currency {
		return 0, ErrCurrency
	}
	return cmp.Or(cmp.Compare(m.Units, other.Units), cmp.Compare(m.Nanos, other.Nanos)), nil
}

// moneyType is the type of an amount in the language: it has an order and nothing
// else. Equality is refused when a rule is compiled, because an amount in another
// currency would be neither equal nor different.
var moneyType = cel.OpaqueType("money").WithTraits(traits.ComparerType)

// amount is Money as a value of the language.
type amount struct{ money Money }

func (a amount) Compare(other ref.Val) ref.Val {
	b, ok := other.(amount)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	order, err := a.money.compare(b.money)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Int(order)
}

func (a amount) Equal(other ref.Val) ref.Val               { return types.Bool(ref.Val(a) == other) }
func (a amount) Type() ref.Type                            { return moneyType }
func (a amount) Value() any                                { return a.money }
func (a amount) ConvertToType(to ref.Type) ref.Val         { return unconvertible(a, to) }
func (a amount) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }

// String returns the amount as ParseMoney reads it, "20000000 USD" or "0.99 EUR".
func (m Money) String() string {
	decimals := strings.TrimRight(fmt.Sprintf("%09d", m.Nanos), "0")
	if decimals == "" {
		return fmt.Sprintf("%d %s", m.Units, m.Currency)
	}
	return fmt.Sprintf("%d.%s %s", m.Units, decimals, m.Currency)
}
