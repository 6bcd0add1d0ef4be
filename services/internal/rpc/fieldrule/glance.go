package fieldrule

import (
	"math"
	"strings"
	"unicode/utf8"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// glance is what is seen of messages of one type at first sight: enough to let most of them pass. What it does not let
// pass may be right all the same; protovalidate finds out. It lets nothing pass that protovalidate would not.
type glance struct {
	refused bool    // nothing passes
	made    bool    // it is complete
	fields  []field // that have rules, their own or within
}

// field is one field of a message and how to look at it.
type field struct {
	desc   protoreflect.FieldDescriptor
	see    look
	absent bool // whether it may be absent; a field that knows no absence is looked at all the same
	always bool // it knows none
}

// look reports whether a value is surely right.
type look func(protoreflect.Value) bool

func never(protoreflect.Value) bool { return false }

func (g *glance) passes(m protoreflect.Message) bool {
	if g.refused {
		return false
	}
	for i := range g.fields {
		f := &g.fields[i]
		switch {
		case f.always || m.Has(f.desc):
			if !f.see(m.Get(f.desc)) {
				return false
			}
		case !f.absent:
			return false
		}
	}
	return true
}

// glances makes the glances of message types, each once.
type glances map[protoreflect.FullName]*glance

func (all glances) of(message protoreflect.MessageDescriptor) *glance {
	if known, ok := all[message.FullName()]; ok {
		return known
	}
	g := &glance{}
	all[message.FullName()] = g
	rules, err := protovalidate.ResolveMessageRules(message)
	if err != nil || !isEmpty(rules) || hasOneofRules(message) {
		g.refused = true
		return g
	}
	for i := range message.Fields().Len() {
		if f, ruled := all.field(message.Fields().Get(i)); ruled {
			g.fields = append(g.fields, f)
		}
	}
	g.made = true
	return g
}

func isEmpty(rules *validate.MessageRules) bool {
	empty := true
	rules.ProtoReflect().Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		empty = false
		return false
	})
	return empty
}

func hasOneofRules(message protoreflect.MessageDescriptor) bool {
	for i := range message.Oneofs().Len() {
		rules, err := protovalidate.ResolveOneofRules(message.Oneofs().Get(i))
		if err != nil || rules.GetRequired() {
			return true
		}
	}
	return false
}

// field says how to look at a field, and whether there is anything to look for.
func (all glances) field(desc protoreflect.FieldDescriptor) (f field, ruled bool) {
	rules, err := protovalidate.ResolveFieldRules(desc)
	if err != nil {
		return field{desc: desc, see: never}, true
	}
	if rules.GetIgnore() == validate.Ignore_IGNORE_ALWAYS {
		return field{}, false
	}
	see := all.value(desc, rules, desc.IsList(), desc.IsMap())
	f = field{desc: desc, see: see, absent: !rules.GetRequired()}
	if see == nil {
		f.see = func(protoreflect.Value) bool { return true }
		return f, rules.GetRequired()
	}
	// The rules hold for the value that an absent field has, unless they say otherwise.
	f.always = !desc.HasPresence() && !rules.GetRequired() && rules.GetIgnore() != validate.Ignore_IGNORE_IF_ZERO_VALUE
	return f, true
}

// value looks at the value of a field, of an item of a list, or of a key or value of a map.
func (all glances) value(field protoreflect.FieldDescriptor, rules *validate.FieldRules, list, pairs bool) look {
	switch {
	case !covered(rules):
		return never
	case list:
		return all.list(field, rules.GetRepeated())
	case pairs:
		return all.pairs(field, rules.GetMap())
	case field.Message() != nil:
		if !only(rules.ProtoReflect(), "required", "ignore") { // such as those of a wrapped text
			return never
		}
		inner := all.of(field.Message())
		if inner.made && len(inner.fields) == 0 {
			return nil // whatever it holds is right
		}
		return func(v protoreflect.Value) bool { return inner.passes(v.Message()) }
	case rules.GetString() != nil:
		return text(rules.GetString())
	case rules.GetInt32() != nil:
		r := rules.GetInt32()
		return number(r.HasGte(), int64(r.GetGte()), r.HasLte(), int64(r.GetLte()))
	case rules.GetInt64() != nil:
		r := rules.GetInt64()
		return number(r.HasGte(), r.GetGte(), r.HasLte(), r.GetLte())
	case rules.GetEnum() != nil:
		values := field.Enum().Values()
		return func(v protoreflect.Value) bool { return values.ByNumber(v.Enum()) != nil }
	default:
		return nil
	}
}

// part looks at an item of a list, or at a key or value of a map.
func (all glances) part(field protoreflect.FieldDescriptor, rules *validate.FieldRules) look {
	if rules.GetRequired() {
		return never
	}
	return all.value(field, rules, false, false)
}

func (all glances) list(field protoreflect.FieldDescriptor, rules *validate.RepeatedRules) look {
	least, most := int(rules.GetMinItems()), math.MaxInt
	if rules.HasMaxItems() {
		most = int(min(rules.GetMaxItems(), math.MaxInt))
	}
	item := look(nil)
	if rules.GetItems().GetIgnore() != validate.Ignore_IGNORE_ALWAYS {
		item = all.part(field, rules.GetItems())
	}
	return func(v protoreflect.Value) bool {
		items := v.List()
		if items.Len() < least || items.Len() > most {
			return false
		}
		for i := 0; item != nil && i < items.Len(); i++ {
			if !item(items.Get(i)) {
				return false
			}
		}
		return true
	}
}

func (all glances) pairs(field protoreflect.FieldDescriptor, rules *validate.MapRules) look {
	least, most := int(rules.GetMinPairs()), math.MaxInt
	if rules.HasMaxPairs() {
		most = int(min(rules.GetMaxPairs(), math.MaxInt))
	}
	key, value := all.part(field.MapKey(), rules.GetKeys()), all.part(field.MapValue(), rules.GetValues())
	return func(v protoreflect.Value) bool {
		pairs := v.Map()
		right := pairs.Len() >= least && pairs.Len() <= most
		pairs.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			right = right && (key == nil || key(k.Value())) && (value == nil || value(v))
			return right
		})
		return right
	}
}

// text looks at the length in characters and bytes, at what must not be in it, and at its pattern.
func text(rules *validate.StringRules) look {
	leastLen, mostLen, mostBytes := int(rules.GetMinLen()), math.MaxInt, math.MaxInt
	if rules.HasMaxLen() {
		mostLen = int(min(rules.GetMaxLen(), math.MaxInt))
	}
	if rules.HasMaxBytes() {
		mostBytes = int(min(rules.GetMaxBytes(), math.MaxInt))
	}
	var pattern *table
	if rules.HasPattern() {
		if pattern = newTable(rules.GetPattern()); pattern == nil {
			return never
		}
	}
	without := rules.GetNotContains()
	return func(v protoreflect.Value) bool {
		s := v.String()
		switch {
		case len(s) > mostBytes,
			len(s) > mostLen && utf8.RuneCountInString(s) > mostLen,
			leastLen > 0 && utf8.RuneCountInString(s) < leastLen,
			without != "" && strings.Contains(s, without),
			pattern != nil && !pattern.matches(s):
			return false
		default:
			return true
		}
	}
}

func number(hasLeast bool, least int64, hasMost bool, most int64) look {
	if !hasLeast {
		least = math.MinInt64
	}
	if !hasMost {
		most = math.MaxInt64
	}
	if least > most { // then they mean: not between
		return never
	}
	return func(v protoreflect.Value) bool { return least <= v.Int() && v.Int() <= most }
}

// covered reports whether a glance knows all that the rules of a value say.
func covered(rules *validate.FieldRules) bool {
	return only(rules.ProtoReflect(), "required", "ignore", "string", "int32", "int64", "enum", "repeated", "map") &&
		only(rules.GetString().ProtoReflect(), "min_len", "max_len", "max_bytes", "pattern", "not_contains", "example") &&
		only(rules.GetInt32().ProtoReflect(), "gte", "lte", "example") &&
		only(rules.GetInt64().ProtoReflect(), "gte", "lte", "example") &&
		only(rules.GetEnum().ProtoReflect(), "defined_only", "example") &&
		only(rules.GetRepeated().ProtoReflect(), "min_items", "max_items", "items") &&
		only(rules.GetMap().ProtoReflect(), "min_pairs", "max_pairs", "keys", "values")
}

// only reports whether nothing is set but the fields of these names.
func only(m protoreflect.Message, names ...protoreflect.Name) bool {
	right := len(m.GetUnknown()) == 0
	m.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		found := false
		for _, name := range names {
			found = found || !field.IsExtension() && field.Name() == name
		}
		right = right && found
		return right
	})
	return right
}
