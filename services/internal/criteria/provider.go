package criteria

import (
	"errors"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// The types of the objects, named like the variables that hold them.
var (
	leadType       = cel.ObjectType("lead")
	accountType    = cel.ObjectType("account")
	engagementType = cel.ObjectType("engagement")
	listsType      = cel.ObjectType("lists")
	predictedType  = cel.ObjectType("predicted")
	meetingType    = cel.ObjectType("meeting")
)

var errNotConstructible = errors.New("facts cannot be constructed")

// provider tells the compiler which fields an object has and the evaluator how to
// read them. A field that is not known yields an unknown value with its name.
type provider struct {
	types.Provider
	fields    map[string]map[string]*types.FieldType // object → field
	anyLists  bool                                   // any name behind lists. is legal
	anyModels bool                                   // any name behind predicted. is legal
}

func newProvider(base types.Provider, kind Kind, lists, models []string) *provider {
	p := &provider{
		Provider: base,
		fields: map[string]map[string]*types.FieldType{
			"lead":       fieldsOf("lead", leadFacts()),
			"account":    fieldsOf("account", accountFacts()),
			"engagement": {},
			"lists":      fieldsOf("lists", listFacts(lists)),
			"predicted":  fieldsOf("predicted", modelFacts(models)),
		},
		anyLists:  lists == nil,
		anyModels: models == nil,
	}
	if kind == Check { // elsewhere the name means nothing
		p.fields["meeting"] = fieldsOf("meeting", meetingFacts())
	}
	return p
}

func fieldsOf(owner string, facts []fact) map[string]*types.FieldType {
	fields := make(map[string]*types.FieldType, len(facts))
	for _, f := range facts {
		fields[f.name] = fieldOf(owner, f)
	}
	return fields
}

func fieldOf(owner string, f fact) *types.FieldType {
	absent, read := unknown(owner+"."+f.name), f.read(owner)
	return &types.FieldType{
		Type:  f.kind(),
		IsSet: func(target any) bool { return read(target.(*Facts)) != nil },
		GetFrom: func(target any) (any, error) {
			if value := read(target.(*Facts)); value != nil {
				return value, nil
			}
			return absent, nil
		},
	}
}

func listFacts(names []string) []fact {
	facts := make([]fact, len(names))
	for i, name := range names {
		facts[i] = listFact(name)
	}
	return facts
}

func listFact(name string) fact {
	return fact{name: name, at: func(facts *Facts) *List { return facts.Lists[name] }}
}

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if _, found := p.fields[name]; found {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	if fields, found := p.fields[name]; found {
		return slices.Sorted(maps.Keys(fields)), true
	}
	return p.Provider.FindStructFieldNames(name)
}

func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if fields, found := p.fields[name]; found {
		if name == "lists" && p.anyLists {
			return fieldOf("lists", listFact(field)), true
		}
		if name == "predicted" && p.anyModels {
			return fieldOf("predicted", modelFact(field)), true
		}
		kind, known := fields[field]
		return kind, known
	}
	return p.Provider.FindStructFieldType(name, field)
}

func (p *provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, found := p.fields[name]; found {
		return types.WrapErr(errNotConstructible)
	}
	return p.Provider.NewValue(name, fields)
}
