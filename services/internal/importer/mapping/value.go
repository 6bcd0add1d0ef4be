package mapping

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

var (
	errNotBool     = errors.New("is neither yes nor no")
	errNotCurrency = errors.New("has no currency of three capital letters")
)

// shape is what a field holds, as far as rules go.
type shape int

const (
	textShape shape = iota + 1
	wholeShape
	boolShape
	enumShape
	timeShape
	moneyShape
	nameShape // the name of a resource
)

// shapeOf is the shape of a field, or of the elements or values of one that has many; 0 for one that no rule can make.
func shapeOf(f protoreflect.FieldDescriptor) shape {
	if f.IsMap() {
		return textShape // attributes are the only map of the API's resources
	}
	switch f.Kind() {
	case protoreflect.StringKind:
		if refersTo(f) != "" {
			return nameShape
		}
		return textShape
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return wholeShape
	case protoreflect.BoolKind:
		return boolShape
	case protoreflect.EnumKind:
		return enumShape
	case protoreflect.MessageKind:
		switch f.Message().FullName() {
		case "handoff.attribution.v1.Contact":
			return nameShape
		case "google.protobuf.Timestamp":
			return timeShape
		case "google.type.Money":
			return moneyShape
		}
	}
	return 0
}

func readText(text string, _ cells) (protoreflect.Value, error) {
	return protoreflect.ValueOfString(text), nil
}

// readName makes the name of a resource whose id the importer chooses.
func readName(k Kind) decoder {
	return func(text string, _ cells) (protoreflect.Value, error) {
		return protoreflect.ValueOfString(k.Collection() + "/" + text), nil
	}
}

func readBool(text string, _ cells) (protoreflect.Value, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "y", "1":
		return protoreflect.ValueOfBool(true), nil
	case "false", "no", "n", "0":
		return protoreflect.ValueOfBool(false), nil
	default:
		return protoreflect.Value{}, errNotBool
	}
}

func readWhole(f protoreflect.FieldDescriptor, n number) decoder {
	return func(text string, _ cells) (protoreflect.Value, error) {
		value, err := n.whole(text)
		if f.Kind() == protoreflect.Int64Kind || err != nil {
			return protoreflect.ValueOfInt64(value), err
		}
		if value < math.MinInt32 || value > math.MaxInt32 {
			err = errRange
		}
		return protoreflect.ValueOfInt32(int32(value)), err
	}
}

func readMoney(n number, currency *rule) decoder {
	return func(text string, row cells) (protoreflect.Value, error) {
		code, err := currency.text(row)
		if err != nil {
			return protoreflect.Value{}, err
		}
		if !isCurrency(code) {
			return protoreflect.Value{}, errNotCurrency
		}
		amount, err := n.amount(text, code)
		return protoreflect.ValueOfMessage(amount.ProtoReflect()), err
	}
}

func isCurrency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func readTime(c clockFace) decoder {
	return func(text string, _ cells) (protoreflect.Value, error) {
		at, err := c.read(text)
		return protoreflect.ValueOfMessage(timestamppb.New(at).ProtoReflect()), err
	}
}

// readEnum reads the values of an enum by their names in lower case, such as `won`.
func readEnum(e protoreflect.EnumDescriptor) decoder {
	prefix := strings.TrimSuffix(string(e.Values().ByNumber(0).Name()), "UNSPECIFIED")
	var names []string
	for i := 1; i < e.Values().Len(); i++ {
		names = append(names, strings.ToLower(strings.TrimPrefix(string(e.Values().Get(i).Name()), prefix)))
	}
	unknown := fmt.Errorf("is none of %s", strings.Join(names, ", "))
	return func(text string, _ cells) (protoreflect.Value, error) {
		value := e.Values().ByName(protoreflect.Name(prefix + strings.ToUpper(text)))
		if value == nil || value.Number() == 0 {
			return protoreflect.Value{}, unknown
		}
		return protoreflect.ValueOfEnum(value.Number()), nil
	}
}
