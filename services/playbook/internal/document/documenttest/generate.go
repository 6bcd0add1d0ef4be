// Package documenttest makes playbooks for tests.
package documenttest

import (
	"math"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// Documents generates documents that keep every rule of the schema. It reads the rules from the schema, so a new field
// is tried without a change here.
func Documents() *rapid.Generator[*playbookv1.Document] {
	return rapid.Custom(func(t *rapid.T) *playbookv1.Document {
		doc := &playbookv1.Document{}
		fill(t, doc.ProtoReflect())
		delete(doc.GetRouting().GetTiers(), "otherwise") // in YAML the name of another field
		return doc
	})
}

func fill(t *rapid.T, message protoreflect.Message) {
	fields := message.Descriptor().Fields()
	for i := range message.Descriptor().Oneofs().Len() {
		if oneof := message.Descriptor().Oneofs().Get(i); !oneof.IsSynthetic() {
			field := oneof.Fields().Get(rapid.IntRange(0, oneof.Fields().Len()-1).Draw(t, string(oneof.Name())))
			message.Set(field, value(t, field, rulesOf(field), message.NewField(field)))
		}
	}
	for i := range fields.Len() {
		field := fields.Get(i)
		if oneof := field.ContainingOneof(); oneof != nil && !oneof.IsSynthetic() {
			continue
		}
		rules := rulesOf(field)
		if !isNeeded(field, rules) && !rapid.Bool().Draw(t, string(field.Name())+"?") {
			continue
		}
		switch {
		case field.IsMap():
			fillMap(t, field, rules.GetMap(), message.Mutable(field).Map())
		case field.IsList():
			fillList(t, field, rules.GetRepeated(), message.Mutable(field).List())
		default:
			message.Set(field, value(t, field, rules, message.NewField(field)))
		}
	}
}

func rulesOf(field protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, err := protovalidate.ResolveFieldRules(field)
	if err != nil {
		panic(err)
	}
	return rules
}

// isNeeded says whether the empty value breaks a rule.
func isNeeded(field protoreflect.FieldDescriptor, rules *validate.FieldRules) bool {
	text := rules.GetString()
	return rules.GetRequired() || rules.GetMap().GetMinPairs() > 0 || field.Kind() == protoreflect.StringKind &&
		!field.IsList() && !field.IsMap() && (text.Pattern != nil || text.GetMinLen() > 0) ||
		field.FullName() == "handoff.playbook.v1.EscalationStep.at"
}

func fillMap(t *rapid.T, field protoreflect.FieldDescriptor, rules *validate.MapRules, m protoreflect.Map) {
	for range rapid.IntRange(max(0, int(rules.GetMinPairs())), 3).Draw(t, "entries") {
		key := value(t, field.MapKey(), rules.GetKeys(), protoreflect.Value{}).MapKey()
		m.Set(key, value(t, field.MapValue(), rules.GetValues(), m.NewValue()))
	}
}

func fillList(t *rapid.T, field protoreflect.FieldDescriptor, rules *validate.RepeatedRules, list protoreflect.List) {
	seen := map[any]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "elements") {
		element := value(t, field, rules.GetItems(), list.NewElement())
		if rules.GetUnique() && seen[element.Interface()] {
			continue
		}
		seen[element.Interface()] = true
		list.Append(element)
	}
}

// value draws one value of a field, an element of a list, or a key or value of a map. A message is filled in place.
func value(t *rapid.T, field protoreflect.FieldDescriptor, rules *validate.FieldRules, empty protoreflect.Value) protoreflect.Value {
	label := string(field.Name())
	switch field.Kind() {
	case protoreflect.MessageKind:
		if length, ok := empty.Message().Interface().(*durationpb.Duration); ok {
			drawDuration(t, rules.GetDuration(), length)
		} else {
			fill(t, empty.Message())
		}
		return empty
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.IntRange(1, field.Enum().Values().Len()-1).Draw(t, label)))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(number(t, rules.GetDouble()))
	case protoreflect.Int32Kind:
		most := int32(math.MaxInt32)
		if rules.GetInt32().GetLte() > 0 {
			most = rules.GetInt32().GetLte()
		}
		return protoreflect.ValueOfInt32(rapid.Int32Range(1, most).Draw(t, label))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rules.GetBool().GetConst() || rapid.Bool().Draw(t, label))
	default:
		return protoreflect.ValueOfString(word(t, rules.GetString()))
	}
}

// number draws a number in its range, half of them as round as people write them.
func number(t *rapid.T, rules *validate.DoubleRules) float64 {
	low, high := max(rules.GetGte(), rules.GetGt()), 1e6
	if most := max(rules.GetLte(), rules.GetLt()); most > 0 {
		high = most
	}
	drawn := rapid.OneOf(
		rapid.Map(rapid.IntRange(int(low*1000), int(high*1000)), func(n int) float64 { return float64(n) / 1000 }),
		rapid.Float64Range(low, high),
	).Draw(t, "number")
	if rules.GetGt() == drawn && rules.HasGt() || rules.GetLt() == drawn && rules.HasLt() {
		return (low + high) / 2
	}
	return drawn
}

func drawDuration(t *rapid.T, rules *validate.DurationRules, length *durationpb.Duration) {
	most := int64(315_576_000_000)
	if rules.GetLte() != nil {
		most = rules.GetLte().GetSeconds()
	}
	fits := func(unit int64) bool { return unit <= most }
	unit := rapid.SampledFrom([]int64{1, 60, 3600, 86400}).Filter(fits).Draw(t, "unit")
	least := max(1, (rules.GetGte().GetSeconds()+unit-1)/unit)
	length.Seconds = rapid.Int64Range(least, most/unit).Draw(t, "seconds") * unit
	if length.GetSeconds() < most && rapid.Bool().Draw(t, "fraction") {
		length.Nanos = int32(rapid.IntRange(0, 999_999_999).Draw(t, "nanos"))
	}
}

// word draws a text: an allowed one, one that has the pattern, or any at all.
func word(t *rapid.T, rules *validate.StringRules) string {
	switch {
	case len(rules.GetIn()) > 0:
		return rapid.SampledFrom(rules.GetIn()).Draw(t, "one of")
	case rules.GetPattern() != "":
		return rapid.StringMatching(rules.GetPattern()).Draw(t, "pattern")
	}
	most := 80
	if rules.GetMaxLen() > 0 {
		most = int(rules.GetMaxLen())
	}
	return rapid.StringOfN(rapid.OneOf(
		rapid.SampledFrom([]rune(" \t\n\r\"'\\#:-{}[]&*!|>%@`~?,=\u0085\u00a0\u2028\ufeff\x07\x7f0123456789.neyt")),
		rapid.Rune().Filter(func(r rune) bool { return r != 0 }),
	), max(1, int(rules.GetMinLen())), most, -1).Draw(t, "text")
}
