package sqldb

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"
)

// What an argument may not be. Nothing was sent to the database.
var (
	// ErrNUL refuses text with a NUL character, which PostgreSQL cannot store.
	ErrNUL = errors.New("text holds a NUL character")
	// ErrUTF8 refuses text that is not valid UTF-8, which SQLite would store.
	ErrUTF8 = errors.New("text is not valid UTF-8")
	// ErrNotFinite refuses NaN, which SQLite stores as NULL, and infinities.
	ErrNotFinite = errors.New("number is not finite")
	// ErrType refuses a value that the two databases would store differently,
	// such as a time.Time, or not at all.
	ErrType = errors.New("value has no portable type")
)

// bindAll gives the arguments as both drivers take them alike: nil, string,
// int64, float64 or []byte. It leaves args as it is, and gives it back when
// there is nothing to change.
func bindAll(args []any) ([]any, error) {
	bound := args
	for i, arg := range args {
		v, changed, err := bind(arg)
		if err != nil {
			return nil, fmt.Errorf("argument $%d: %w", i+1, err)
		}
		if !changed {
			continue
		}
		if &bound[0] == &args[0] {
			bound = append([]any(nil), args...)
		}
		bound[i] = v
	}
	return bound, nil
}

// bind gives one argument as both drivers take it, and whether that is another
// value than arg.
func bind(arg any) (v any, changed bool, err error) {
	switch x := arg.(type) {
	case nil, int64:
		return x, false, nil
	case string:
		return x, false, checkText(x)
	case float64:
		return x, false, checkFinite(x)
	case []byte:
		if x == nil {
			return nil, true, nil
		}
		return x, false, nil
	case int:
		return int64(x), true, nil
	case bool:
		return boolInt(x), true, nil
	case driver.Valuer:
		return bindValuer(x)
	default:
		v, err = bindKind(reflect.ValueOf(arg))
		return v, true, err
	}
}

// bindValuer binds what a sql.Null and its like hold.
func bindValuer(x driver.Valuer) (any, bool, error) {
	if p := reflect.ValueOf(x); p.Kind() == reflect.Pointer && p.IsNil() {
		return nil, true, nil
	}
	inner, err := x.Value()
	if err != nil {
		return nil, false, err
	}
	if _, again := inner.(driver.Valuer); again {
		return nil, false, fmt.Errorf("%w: %T", ErrType, x)
	}
	v, _, err := bind(inner)
	return v, true, err
}

// bindKind binds a value by its kind: named types, narrow integers, pointers.
func bindKind(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.String:
		return v.String(), checkText(v.String())
	case reflect.Bool:
		return boolInt(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return nil, fmt.Errorf("%w: %d is more than 63 bits hold", ErrType, v.Uint())
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), checkFinite(v.Float())
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		inner, _, err := bind(v.Elem().Interface())
		return inner, err
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return nil, fmt.Errorf("%w: %s", ErrType, v.Type())
		}
		if v.IsNil() {
			return nil, nil
		}
		return v.Bytes(), nil
	default:
		return nil, fmt.Errorf("%w: %s", ErrType, v.Type())
	}
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func checkText(s string) error {
	switch {
	case strings.IndexByte(s, 0) >= 0:
		return ErrNUL
	case !utf8.ValidString(s):
		return ErrUTF8
	default:
		return nil
	}
}

func checkFinite(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ErrNotFinite
	}
	return nil
}
