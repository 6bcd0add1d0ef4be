package wellformed

import (
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// kind is how a value can be wrong.
type kind uint8

const (
	sound   kind = iota // it cannot be wrong; only the number of values can
	text                // NUL, not UTF-8
	number              // NaN, infinities
	instant             // google.protobuf.Timestamp out of range
	span                // google.protobuf.Duration out of range
	nested              // a message
	pair                // the key and the value of a map
)

// plan is what has to be looked at in messages of one type.
type plan struct {
	dense   []*check // by field number
	sparse  map[protowire.Number]*check
	counted int // how many checks count
}

// check is what has to be looked at in one field.
type check struct {
	name   string
	kind   kind
	list   bool
	form   protowire.Type // of a value
	packed bool           // the items of a list may stand in one run, without a tag each
	limit  int            // values; 0 for any number
	slot   int            // among the checks that count
	plan   *plan          // of a message or pair
}

// maxDense bounds the table of a plan; larger field numbers are looked up.
const maxDense = 256

func (p *plan) field(number protowire.Number) *check {
	if int(number) < len(p.dense) {
		return p.dense[number]
	}
	return p.sparse[number]
}

func (p *plan) add(number protowire.Number, c check) {
	if c.limit > 0 {
		c.slot = p.counted
		p.counted++
	}
	if number >= maxDense {
		p.sparse[number] = &c
		return
	}
	for len(p.dense) <= int(number) {
		p.dense = append(p.dense, nil)
	}
	p.dense[number] = &c
}

// planner makes the plans of a type and of every type within it, each once, so that types may contain themselves.
type planner map[protoreflect.FullName]*plan

func (made planner) plan(message protoreflect.MessageDescriptor) (*plan, error) {
	if p, ok := made[message.FullName()]; ok {
		return p, nil
	}
	p := &plan{sparse: make(map[protowire.Number]*check)}
	made[message.FullName()] = p
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		c, err := made.check(field)
		if err != nil {
			return nil, err
		}
		if c.kind != sound || c.limit > 0 {
			p.add(field.Number(), c)
		}
	}
	return p, nil
}

func (made planner) check(field protoreflect.FieldDescriptor) (c check, err error) {
	c = check{name: string(field.Name()), kind: kindOf(field), list: field.IsList(), form: formOf(field)}
	c.packed = c.list && c.form != protowire.BytesType && c.form != protowire.StartGroupType
	if c.limit, err = limit(field); err != nil {
		return c, err
	}
	if c.kind == nested || c.kind == pair {
		c.plan, err = made.plan(field.Message())
	}
	return c, err
}

func kindOf(field protoreflect.FieldDescriptor) kind {
	if field.IsMap() {
		return pair
	}
	switch field.Kind() {
	case protoreflect.StringKind:
		return text
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return number
	case protoreflect.MessageKind:
		switch field.Message().FullName() {
		case "google.protobuf.Timestamp":
			return instant
		case "google.protobuf.Duration":
			return span
		}
		return nested
	}
	return sound
}

func formOf(field protoreflect.FieldDescriptor) protowire.Type {
	switch field.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return protowire.BytesType
	case protoreflect.GroupKind:
		return protowire.StartGroupType
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return protowire.Fixed64Type
	}
	return protowire.VarintType
}

// takes says whether a value of this form belongs to the field. A decoder keeps any other aside as unknown.
func (c *check) takes(form protowire.Type) bool {
	return form == c.form || c.packed && form == protowire.BytesType
}

// limit is how many values the field may have: of a list or map the general limit, or its own when that is larger (a smaller
// one of its own is the business of the field's rules); of a message, one.
func limit(field protoreflect.FieldDescriptor) (int, error) {
	switch {
	case field.IsList(), field.IsMap():
		rules, err := protovalidate.ResolveFieldRules(field)
		if err != nil {
			return 0, err
		}
		if field.IsMap() {
			return max(MaxPairs, int(rules.GetMap().GetMaxPairs())), nil
		}
		return max(MaxItems, int(rules.GetRepeated().GetMaxItems())), nil
	case field.Kind() == protoreflect.MessageKind:
		return 1, nil
	}
	return 0, nil
}
