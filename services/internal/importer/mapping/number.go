package mapping

import (
	"errors"
	"math/big"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"
)

// What can be wrong with a number.
var (
	errNotNumber = errors.New("is not a number")
	errFraction  = errors.New("is not a whole number")
	errTooFine   = errors.New("has more than nine decimal places")
	errRange     = errors.New("is out of range")
)

// number is how numbers are written, and in which unit.
type number struct {
	scale int64 // how many units of the field the unit of the column is
	comma bool  // whether a comma parts the decimal places, and points the thousands
}

// decimals are the decimal places that amounts are counted in.
const decimals = 9

// maxDigits bounds the text of a number; 64 bits need 19 digits.
const maxDigits = 40

var (
	plainNumber   = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)
	groupedNumber = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)
)

// nanos reads a number exactly, in billionths of the field's unit.
func (n number) nanos(text string) (*big.Int, error) {
	if n.comma {
		text = strings.NewReplacer(".", ",", ",", ".").Replace(text)
	}
	switch {
	case len(text) > maxDigits:
		return nil, errRange
	case groupedNumber.MatchString(text):
		text = strings.ReplaceAll(text, ",", "")
	case !plainNumber.MatchString(text):
		return nil, errNotNumber
	}
	whole, fraction, _ := strings.Cut(text, ".")
	value, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return nil, errNotNumber
	}
	value.Mul(value, big.NewInt(n.scale))
	value.Mul(value, power(decimals))
	value, rest := value.QuoRem(value, power(len(fraction)), new(big.Int))
	if rest.Sign() != 0 {
		return nil, errTooFine
	}
	return value, nil
}

// whole reads a whole number of the field's unit.
func (n number) whole(text string) (int64, error) {
	units, nanos, err := n.parts(text)
	if err == nil && nanos != 0 {
		err = errFraction
	}
	return units, err
}

// amount reads an amount of money.
func (n number) amount(text, currency string) (*money.Money, error) {
	units, nanos, err := n.parts(text)
	return &money.Money{CurrencyCode: currency, Units: units, Nanos: nanos}, err
}

func (n number) parts(text string) (units int64, nanos int32, err error) {
	value, err := n.nanos(text)
	if err != nil {
		return 0, 0, err
	}
	whole, rest := new(big.Int).QuoRem(value, power(decimals), new(big.Int))
	if !whole.IsInt64() {
		return 0, 0, errRange
	}
	return whole.Int64(), int32(rest.Int64()), nil
}

func power(digits int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
}
