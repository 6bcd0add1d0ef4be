package criteria

import (
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// maxPattern is how many instructions a regular expression may compile to.
const maxPattern = 500

// functions are what the language adds to standard CEL.
func functions() []cel.EnvOption {
	options := []cel.EnvOption{
		cel.Function("count", append(countOverloads(), cel.SingletonFunctionBinding(callCount))...),
		cel.Function("last", cel.MemberOverload("engagement_last",
			[]*cel.Type{engagementType, cel.StringType}, cel.TimestampType, cel.BinaryBinding(callLast))),
		cel.Function("money", cel.Overload("text_to_money",
			[]*cel.Type{cel.StringType}, moneyType, cel.UnaryBinding(callMoney))),
		cel.Function("within", cel.Overload("text_to_window",
			[]*cel.Type{cel.StringType}, cel.DurationType, cel.UnaryBinding(callWindow))),
		cel.Function("duration", cel.Overload("text_to_duration",
			[]*cel.Type{cel.StringType}, cel.DurationType, cel.UnaryBinding(callWindow))),
	}
	for _, operator := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		options = append(options, cel.Function(operator,
			cel.Overload("money"+operator, []*cel.Type{moneyType, moneyType}, cel.BoolType)))
	}
	return options
}

// standardLibrary is CEL's own, less what would let an expression slip past its
// types, and with duration("14d") in place of one that knows no days.
func standardLibrary() cel.EnvOption {
	return cel.StdLib(cel.StdLibSubset(&env.LibrarySubset{ExcludeFunctions: []*env.Function{
		env.NewFunction(overloads.TypeConvertDyn),
		env.NewFunction(overloads.TypeConvertType),
		env.NewFunction(overloads.TypeConvertDuration, env.NewOverload(overloads.StringToDuration, nil, nil)),
	}}))
}

// countOverloads are count(type), each with an optional filter and an optional
// window, in that order.
func countOverloads() []cel.FunctionOpt {
	var options []cel.FunctionOpt
	for _, only := range []struct {
		id   string
		args []*cel.Type
	}{
		{"", nil},
		{"_text", []*cel.Type{cel.MapType(cel.StringType, cel.StringType)}},
		{"_texts", []*cel.Type{cel.MapType(cel.StringType, textsType)}},
	} {
		args := slices.Concat([]*cel.Type{engagementType, cel.StringType}, only.args)
		windowed := slices.Concat(args, []*cel.Type{cel.DurationType})
		options = append(options,
			cel.MemberOverload("engagement_count"+only.id, args, cel.IntType),
			cel.MemberOverload("engagement_count"+only.id+"_within", windowed, cel.IntType))
	}
	return options
}

func callCount(args ...ref.Val) ref.Val {
	history, kind, ok := subject(args)
	if !ok {
		return types.WrapErr(ErrValue)
	}
	var only filter
	var window time.Duration
	for _, arg := range args[2:] {
		switch arg := arg.(type) {
		case traits.Mapper:
			if only, ok = filterOf(arg); !ok {
				return types.WrapErr(ErrValue)
			}
		case types.Duration:
			if window = arg.Duration; window <= 0 {
				return types.WrapErr(ErrWindow)
			}
		default:
			return types.WrapErr(ErrValue)
		}
	}
	return types.Int(history.count(kind, only, window))
}

func callLast(target, kind ref.Val) ref.Val {
	history, name, ok := subject([]ref.Val{target, kind})
	if !ok {
		return types.WrapErr(ErrValue)
	}
	return types.Timestamp{Time: history.last(name)}
}

// subject returns the history and the type of event that a call is about.
func subject(args []ref.Val) (*timeline, string, bool) {
	target, isObject := args[0].(*object)
	kind, isText := args[1].(types.String)
	if !isObject || !isText {
		return nil, "", false
	}
	history, ok := target.native.(*timeline)
	return history, string(kind), ok
}

// filterOf reads {"form": ["demo_request", "pricing"], "page": "/pricing"}.
func filterOf(entries traits.Mapper) (filter, bool) {
	var only filter
	for keys := entries.Iterator(); keys.HasNext() == types.True; {
		key := keys.Next()
		name, isText := key.(types.String)
		read := propertyOf(string(name))
		values, isTexts := textsOf(entries.Get(key))
		if !isText || read == nil || !isTexts {
			return nil, false
		}
		only = append(only, wanted{read, values})
	}
	return only, true
}

func textsOf(value ref.Val) ([]string, bool) {
	switch value := value.(type) {
	case types.String:
		return []string{string(value)}, true
	case traits.Lister:
		var texts []string
		for elements := value.Iterator(); elements.HasNext() == types.True; {
			text, ok := elements.Next().(types.String)
			if !ok {
				return nil, false
			}
			texts = append(texts, string(text))
		}
		return texts, true
	default:
		return nil, false
	}
}

func callMoney(arg ref.Val) ref.Val {
	text, ok := arg.(types.String)
	if !ok {
		return types.WrapErr(ErrValue)
	}
	money, err := ParseMoney(string(text))
	if err != nil {
		return types.WrapErr(err)
	}
	return amount{money}
}

func callWindow(arg ref.Val) ref.Val {
	text, ok := arg.(types.String)
	if !ok {
		return types.WrapErr(ErrValue)
	}
	window, err := ParseWindow(string(text))
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Duration{Duration: window}
}

// pricing charges for the calls whose cost the standard model cannot know: count
// and last walk the whole history, `in lists.x` is one look-up, and a pattern
// costs by the size of its program, which its length says little about.
type pricing struct{}

func (pricing) CallCost(function, _ string, args []ref.Val, _ ref.Val) *uint64 {
	var cost uint64
	switch function {
	case "count", "last":
		history, _, ok := subject(args)
		if !ok {
			return nil
		}
		cost = 1 + uint64(len(history.events))*uint64(len(args))
	case operators.In:
		if _, ok := args[1].(*List); !ok {
			return nil
		}
		cost = 1
	case overloads.Matches:
		text, ok := args[0].(types.String)
		if !ok {
			return nil
		}
		cost = 1 + uint64(len(text))*maxPattern/10
	default:
		return nil
	}
	return &cost
}
