package criteria

import (
	"errors"
	"maps"
	"reflect"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

var errNotNative = errors.New("facts have no native form")

// object is lead, account, meeting, engagement or lists as a value of the language. Its
// fields are read through the provider, which knows their types.
type object struct {
	kind   *cel.Type
	native any // *timeline of engagement, *Facts of the others
}

func (o *object) Equal(other ref.Val) ref.Val               { return types.Bool(ref.Val(o) == other) }
func (o *object) Type() ref.Type                            { return o.kind }
func (o *object) Value() any                                { return o.native }
func (o *object) ConvertToType(to ref.Type) ref.Val         { return unconvertible(o, to) }
func (o *object) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }

func unconvertible(v ref.Val, to ref.Type) ref.Val {
	if to == types.TypeType {
		return v.Type().(ref.Val)
	}
	return types.NewErr("%s cannot become %s", v.Type().TypeName(), to.TypeName())
}

// unknown is the value of a fact that nobody knows. It carries the fact's name
// through every operation to the result of the rule.
func unknown(name string) *types.Unknown {
	return types.NewUnknown(0, types.NewAttributeTrail(name))
}

// missing lists the names that an unknown value carries, sorted and without repeats.
func missing(u *types.Unknown) []string {
	var names []string
	for _, id := range u.IDs() {
		trails, _ := u.GetAttributeTrails(id)
		for _, trail := range trails {
			names = append(names, trail.Variable())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// attributeMap is an open set of attributes. It is a map in the language except
// that a key which is not there is unknown, where a map would fail; `"x" in m` and
// has(m.x) ask whether it is there.
type attributeMap struct {
	owner  string // "lead" or "account"
	values map[string]string
}

var attributesType = cel.MapType(cel.StringType, cel.StringType)

func (m *attributeMap) Get(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	value, found := m.values[string(name)]
	if !found {
		return unknown(attributeName(m.owner, string(name)))
	}
	return types.String(value)
}

func (m *attributeMap) Contains(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	_, found := m.values[string(name)]
	return types.Bool(found)
}

func (m *attributeMap) IsSet(key ref.Val) ref.Val { return m.Contains(key) }
func (m *attributeMap) Size() ref.Val             { return types.Int(len(m.values)) }

// Iterator walks the keys in order, so that the cost of a rule does not vary.
func (m *attributeMap) Iterator() traits.Iterator {
	keys := slices.Sorted(maps.Keys(m.values))
	return types.NewStringList(types.DefaultTypeAdapter, keys).Iterator()
}

func (m *attributeMap) Equal(other ref.Val) ref.Val               { return types.Bool(ref.Val(m) == other) }
func (m *attributeMap) Type() ref.Type                            { return types.MapType }
func (m *attributeMap) Value() any                                { return m.values }
func (m *attributeMap) ConvertToType(to ref.Type) ref.Val         { return unconvertible(m, to) }
func (m *attributeMap) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }
